"""Signing in: the second step with a code, setting it up, proving oneself anew, and lock-out."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import authenticate, logout
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as keep_device
from django_otp.plugins.otp_totp.models import TOTPDevice

from returns_portal import second_factor
from staff import fresh

View = Callable[[HttpRequest], HttpResponse]


class CodeForm(forms.Form):
    """The code of the app, or a recovery code."""

    code = forms.CharField(
        label=_lazy("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
        ),
        error_messages={"required": _lazy("Enter the code that your app shows.")},
    )


class PasswordForm(forms.Form):
    """The person's own password once more."""

    password = forms.CharField(
        label=_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


def after_password(view: View) -> View:
    """For pages of those who signed in by password, though a code may still be missing."""

    @wraps(view)
    @sensitive_post_parameters()
    @never_cache
    def checked(request: HttpRequest) -> HttpResponse:
        user = request.user
        if not (user.is_active and getattr(user, "is_staff", False)):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        return view(request)

    return checked


def second_step(request: HttpRequest) -> str:
    """Where a person goes on to whose password was right and whose code is missing."""
    page = "code" if second_factor.has_second_factor(request.user) else "two_factor"
    return f"{reverse(f'admin:{page}')}?{request.GET.urlencode()}"


@require_http_methods(["GET", "HEAD", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """The second step of signing in."""
    if not second_factor.is_missing(request.user):
        return redirect(next_of(request))
    if not second_factor.has_second_factor(request.user):
        return redirect(second_step(request))
    form = CodeForm(request.POST or None)
    if form.is_valid() and _accept_code(request, form):
        return redirect(next_of(request))
    return render(request, "code", title=_("Enter your code"), form=form)


def _accept_code(request: HttpRequest, form: CodeForm) -> bool:
    """Lets the person in under a new session key; otherwise says in the form what is wrong."""
    wait = second_factor.wait_after_failures(request.user)
    device = second_factor.verify(request.user, form.cleaned_data["code"])
    if device is None:
        form.add_error("code", _refusal(wait.total_seconds()))
        return False
    request.session.cycle_key()
    keep_device(request, device)
    fresh.note_proof(request, now=timezone.now())
    if not isinstance(device, TOTPDevice):
        _warn_of_used_code(request)
    return True


def _refusal(seconds: float) -> str:
    if seconds >= 1:
        words = _("Too many wrong codes. Wait %(seconds)d seconds, then try again.")
        return words % {"seconds": seconds + 1}
    return _("This code is wrong or was used already. Wait for the next one and try again.")


def _warn_of_used_code(request: HttpRequest) -> None:
    words = _("You used a recovery code. Codes left: %(count)d. Make new ones under Two-factor.")
    left = second_factor.count_recovery_codes(request.user)
    messages.warning(request, words % {"count": left})


@require_http_methods(["GET", "HEAD", "POST"])
def two_factor(request: HttpRequest) -> HttpResponse:
    """Setting the second factor up, or what there is of it."""
    if second_factor.has_second_factor(request.user):
        if second_factor.is_missing(request.user):
            return redirect(second_step(request))
        left = second_factor.count_recovery_codes(request.user)
        return render(request, "two_factor", title=_("Two-factor sign-in"), codes_left=left)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        device = second_factor.confirm(request.user, form.cleaned_data["code"])
        if device is not None:
            return _switched_on(request, device)
        form.add_error("code", _("This code does not fit. Is the clock of your phone right?"))
    device = second_factor.begin(request.user)
    return render(
        request,
        "enroll",
        title=_("Set up two-factor sign-in"),
        form=form,
        picture=segno.make(device.config_url).svg_data_uri(scale=5, border=2),
        secret=_readable(device.config_url),
        required=second_factor.is_required(),
    )


def _readable(config_url: str) -> str:
    """The secret in groups of four letters, for typing."""
    secret = config_url.partition("secret=")[2].partition("&")[0].partition("%")[0]
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def _switched_on(request: HttpRequest, device: TOTPDevice) -> HttpResponse:
    request.session.cycle_key()
    keep_device(request, device)
    fresh.note_proof(request, now=timezone.now())
    return _show_codes(request)


def _show_codes(request: HttpRequest) -> HttpResponse:
    codes = second_factor.renew_recovery_codes(request.user)
    next_url = next_of(request)
    return render(
        request, "recovery_codes", title=_("Your recovery codes"), codes=codes, next_url=next_url
    )


@require_POST
def renew_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, shown this once."""
    if not second_factor.has_second_factor(request.user):
        return redirect("admin:two_factor")
    if not fresh.is_fresh(request, now=timezone.now()):
        return fresh.ask_for_proof(request, reverse("admin:two_factor"))
    return _show_codes(request)


@require_POST
def switch_off(request: HttpRequest) -> HttpResponse:
    """Back to the password alone, where the shop allows it."""
    if not fresh.is_fresh(request, now=timezone.now()):
        return fresh.ask_for_proof(request, reverse("admin:two_factor"))
    second_factor.switch_off(request.user)
    messages.success(request, _("Two-factor sign-in is off."))
    return redirect("admin:two_factor")


@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """The person proves anew who they are: by code where there is one, else by password."""
    by_code = second_factor.has_second_factor(request.user)
    form = (CodeForm if by_code else PasswordForm)(request.POST or None)
    if form.is_valid():
        accept = _accept_code if isinstance(form, CodeForm) else _accept_password
        if accept(request, form):  # type: ignore[arg-type]
            return redirect(next_of(request))
    return render(
        request, "prove", title=_("Is it you?"), form=form, minutes=settings.FRESH_SIGN_IN_MINUTES
    )


def _accept_password(request: HttpRequest, form: PasswordForm) -> bool:
    name = request.user.get_username()
    if authenticate(request, username=name, password=form.cleaned_data["password"]) is None:
        form.add_error("password", _("This is not your password."))
        return False
    request.session.cycle_key()
    fresh.note_proof(request, now=timezone.now())
    return True


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Out again, also for those whose code is missing."""
    logout(request)
    return redirect("admin:login")


def locked_out(
    request: HttpRequest, response: HttpResponse | None, credentials: Any = None
) -> HttpResponse:
    """The page for an address that guessed too often at a name."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    page = render(request, "locked_out", title=_("Too many attempts"), minutes=minutes)
    page.status_code = 429
    page.headers["Retry-After"] = str(minutes * 60)
    return page.render()


def next_of(request: HttpRequest) -> str:
    """Where the person wanted to go: an address of this site, else the front page."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else reverse("admin:index")


def render(request: HttpRequest, name: str, **context: Any) -> TemplateResponse:
    """A page of the sign-in in the admin's frame."""
    frame = {**admin.site.each_context(request), "next": next_of(request)}
    return TemplateResponse(request, f"admin/signing_in/{name}.html", {**frame, **context})


def note_sign_in(request: HttpRequest, response: HttpResponse) -> None:
    """A right password is a proof of its own, as long as no code is asked for."""
    signed_in = isinstance(response, HttpResponseRedirect) and isinstance(request.user, User)
    if signed_in and not second_factor.is_missing(request.user):
        fresh.note_proof(request, now=timezone.now())
