"""The second factor of staff: an authenticator app's codes, and recovery codes for a lost phone."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import transaction
from django.utils import timezone
from django_otp import device_classes, devices_for_user
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

RECOVERY_CODES = 10
APP_DIGITS = 6  # a recovery code has eight characters
Person = AbstractBaseUser | AnonymousUser


def is_required() -> bool:
    """Whether everybody on the staff side needs a second factor."""
    return bool(settings.STAFF_TWO_FACTOR == "required")


def has_second_factor(user: Person) -> bool:
    """Whether this person has set one up; every page asks, so all kinds are asked for at once."""
    if user.is_anonymous:
        return False
    of_kinds = [kind.objects.devices_for_user(user, confirmed=True) for kind in device_classes()]
    first, *others = (devices.values("pk") for devices in of_kinds)
    return bool(first.union(*others, all=True).exists())


def is_missing(user: Person) -> bool:
    """Whether a sign-in by password is not enough, and no code was entered in this session."""
    if getattr(user, "otp_device", None) is not None:
        return False
    return is_required() or has_second_factor(user)


@transaction.atomic
def begin(user: Person) -> TOTPDevice:
    """The device that waits for its first code; the same secret until then."""
    found = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    return found or TOTPDevice.objects.create(user=user, name="app", confirmed=False)


@transaction.atomic
def confirm(user: Person, code: str) -> TOTPDevice | None:
    """Switches the second factor on with the app's first code; None when the code is wrong."""
    waiting = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False)
    device = waiting.first()
    if device is None or not device.verify_token(clean(code)):
        return None
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    return device


@transaction.atomic
def renew_recovery_codes(user: Person) -> list[str]:
    """New recovery codes, each good once; the earlier ones open nothing any more."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery")
    codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def count_recovery_codes(user: Person) -> int:
    return int(StaticToken.objects.filter(device__user=user).count())


@transaction.atomic
def verify(user: Person, code: str) -> Device | None:
    """The device that knows this code: of the app, or a recovery code, which is used up by it.

    A wrong code makes every device wait longer before it looks at the next.
    """
    typed = clean(code)
    for device in devices_for_user(user, for_verify=True):
        fits = isinstance(device, TOTPDevice) == (len(typed) == APP_DIGITS)
        if fits and device.verify_token(typed):
            return device
    return None


def wait_after_failures(user: Person) -> timedelta:
    """How long no code is looked at after wrong ones; zero when the next may come."""
    now = timezone.now()
    until = [
        details["locked_until"]
        for device in devices_for_user(user)
        for allowed, details in [device.verify_is_allowed()]
        if not allowed and details and "locked_until" in details
    ]
    return max((at - now for at in until), default=timedelta())


@transaction.atomic
def switch_off(user: Person) -> None:
    """Takes the second factor and its recovery codes away."""
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


def clean(code: str) -> str:
    """The code as typed, without spaces and dashes, in small letters."""
    return "".join(code.split()).replace("-", "").lower()
