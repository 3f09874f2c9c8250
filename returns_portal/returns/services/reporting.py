"""What people note in the reports: what they mended, and which reports they want by mail."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from returns_portal.returns.models import Fix, ReturnReason, ScheduledReport, SoldProduct
from returns_portal.returns.reports.schedule import last_period
from returns_portal.returns.services.guard import Refused

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def mark_fixed(
    *,
    product: SoldProduct,
    reason: ReturnReason,
    fixed_on: date,
    note: str,
    user: "User",
    today: date,
    now: datetime,
) -> Fix:
    """Notes that somebody mended why the product comes back for this reason, since `fixed_on`.

    Raises Refused for a day to come, an empty note, and a second mark of the same day.
    """
    if fixed_on > today:
        raise Refused("The day of the fix lies in the future.")
    if not note.strip():
        raise Refused("Say what was done: later nobody will remember.")
    try:
        with transaction.atomic():
            return Fix.objects.create(
                product=product,
                reason=reason,
                fixed_on=fixed_on,
                note=note.strip(),
                user=user,
                created_at=now,
            )
    except IntegrityError as error:
        raise Refused("This is marked as fixed on that day already.") from error


@transaction.atomic
def take_back_fix(*, fix_id: int) -> bool:
    """Removes such a mark; False where it was gone already."""
    deleted, _ = Fix.objects.filter(pk=fix_id).delete()
    return bool(deleted)


@transaction.atomic
def schedule_report(
    *, user: "User", report: str, every: str, today: date, now: datetime
) -> ScheduledReport:
    """Sends the person `report` every week or month from the next one on; once, if asked twice.

    Raises Refused for a person without an e-mail address.
    """
    if not user.email:
        raise Refused("Your account has no e-mail address. Ask for one to be added.")
    row, _ = ScheduledReport.objects.get_or_create(
        user=user,
        report=report,
        every=every,
        defaults={"created_at": now, "sent_until": last_period(every, today).last},
    )
    return row


@transaction.atomic
def unschedule_report(*, schedule_id: int, user_id: int | None = None) -> bool:
    """Stops a report by mail, of that person if one is named; False where it was gone already."""
    rows = ScheduledReport.objects.filter(pk=schedule_id)
    if user_id is not None:
        rows = rows.filter(user=user_id)
    deleted, _ = rows.delete()
    return bool(deleted)
