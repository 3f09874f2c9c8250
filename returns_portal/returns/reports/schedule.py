"""Reports by mail: when one is due, what it tells, and that it goes out once."""

from datetime import date, datetime, timedelta

import css_inline
from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from returns_portal.returns.models import ScheduledReport
from returns_portal.returns.reports import wording
from returns_portal.returns.reports.scope import Period, Scope, served_markets
from returns_portal.returns.reports.sheets import build_report
from returns_portal.returns.reports.tables import Report, write_csv

SALT = "returns.reports.unsubscribe"
LEASE = timedelta(minutes=15)
INLINER = css_inline.CSSInliner(load_remote_stylesheets=False)
SHOWN = 10


def last_period(every: str, today: date) -> Period:
    """The last whole week (Monday to Sunday) or month before `today`."""
    if every == ScheduledReport.Every.WEEK:
        sunday = today - timedelta(days=today.weekday() + 1)
        return Period(sunday - timedelta(days=6), sunday)
    last = today.replace(day=1) - timedelta(days=1)
    return Period(last.replace(day=1), last)


def due_reports(*, today: date, now: datetime) -> list[int]:
    """The schedules whose last period is over and not told yet, and that nobody has in hand."""
    due = Q(pk__in=[])
    for every in ScheduledReport.Every.values:
        due |= Q(every=every, sent_until__lt=last_period(every, today).last)
    return list(_free(now).filter(due).order_by("pk").values_list("pk", flat=True))


def claim(schedule_id: int, *, now: datetime) -> ScheduledReport | None:
    """Takes a schedule in hand for a quarter of an hour; None when another worker has it."""
    if not _free(now).filter(pk=schedule_id).update(lease_expires_at=now + LEASE):
        return None
    return ScheduledReport.objects.select_related("user").filter(pk=schedule_id).first()


def send(schedule: ScheduledReport, *, today: date) -> bool:
    """Sends a claimed report and notes it; False where the person may not read reports now.

    A mail whose fate is unknown goes again under the same Message-ID.
    """
    period = last_period(schedule.every, today)
    user = schedule.user
    allowed = user.is_active and user.is_staff and user.has_perm("returns.view_reports")
    if allowed and user.email:
        build_email(schedule, period).send()
    ScheduledReport.objects.filter(pk=schedule.pk).update(
        sent_until=period.last, lease_expires_at=None
    )
    return bool(allowed and user.email)


def build_email(schedule: ScheduledReport, period: Period) -> EmailMultiAlternatives:
    """The mail: figures and the first rows as text and HTML, every table attached as CSV."""
    with override(settings.LANGUAGE_CODE):
        report = build_report(schedule.report, Scope(period, period.before(), served_markets()))
        context = build_context(schedule, report, period)
        subject = _("%(shop)s, %(report)s: %(days)s") % {
            "shop": settings.PORTAL_NAME,
            "report": report.title,
            "days": wording.period(period),
        }
        text = render_to_string("reports/mail.txt", context)
        html = INLINER.inline(render_to_string("reports/mail.html", context))
    message = EmailMultiAlternatives(
        subject=subject,
        body=text.strip() + "\n",
        to=[schedule.user.email],
        headers={
            "Message-ID": f"<report-{schedule.pk}.{period.last}@{settings.SITE_HOST}>",
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{context['unsubscribe_url']}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
    message.attach_alternative(html, "text/html")
    attach(message, report, period)
    return message


def attach(message: EmailMultiAlternatives, report: Report, period: Period) -> None:
    """Attaches every table that holds something."""
    for table in report.tables:
        if table.rows:
            name = f"{slugify(table.title)}-{period.first}-{period.last}.csv"
            message.attach(name, "".join(write_csv(table, bom=True)), "text/csv")


def build_context(schedule: ScheduledReport, report: Report, period: Period) -> dict[str, object]:
    page = reverse("admin:report", args=[report.key])
    days = f"?days=custom&start={period.first}&end={period.last}"
    unsubscribe = reverse("report-unsubscribe", args=[sign(schedule.pk)])
    return {
        "report": report,
        "shop": settings.PORTAL_NAME,
        "language": settings.LANGUAGE_CODE,
        "period": wording.period(period),
        "tables": [(table, table.shown(SHOWN)) for table in report.tables if table.rows],
        "page_url": settings.SITE_URL + page + days,
        "unsubscribe_url": settings.SITE_URL + unsubscribe,
    }


def sign(schedule_id: int) -> str:
    """A token that stops this report by mail and can do nothing else."""
    return signing.Signer(salt=SALT).sign(str(schedule_id))


def read_token(token: str) -> int | None:
    """The schedule that the token stops; None for a wrong one."""
    try:
        return int(signing.Signer(salt=SALT).unsign(token))
    except (signing.BadSignature, ValueError):
        return None


def _free(now: datetime) -> QuerySet[ScheduledReport]:
    return ScheduledReport.objects.filter(
        Q(lease_expires_at__isnull=True) | Q(lease_expires_at__lt=now)
    )
