"""The set-up page: what is ready, what is next, and how to mend what is not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from smtplib import SMTPException

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from returns_portal.returns.checks import LOCAL, REMOTE, Result, State, run_checks
from returns_portal.returns.services.starting import Added, add_defaults
from staff.access import ADD_DEFAULTS, SETUP, require, user_of
from staff.pages import is_htmx

PAGE = "admin/setup/page.html"
REMOTE_PART = "admin/setup/_remote.html"
# Where each thing is mended in the admin; the others are settings of the server.
MENDED_AT = {
    "policies": "admin:returns_returnpolicy_changelist",
    "terms": "admin:returns_returnpolicy_changelist",
    "rules": "admin:returns_returnpolicy_changelist",
    "mails": "admin:returns_operation_changelist",
    "two_factor": "admin:two_factor",
    "brand": "admin:returns_shopbrand_changelist",
}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the set-up has come, and what is next."""

    done: int
    total: int
    next: Result | None


def build_progress(results: list[Result]) -> Progress:
    """The next step is the first failure, else the first warning, in the order of the list."""
    open_steps = [result for result in results if not result.is_ok]
    failures = [result for result in open_steps if result.finding.state == State.FAIL]
    following = next(iter(failures or open_steps), None)
    return Progress(len(results) - len(open_steps), len(results), following)


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """What the database knows at once; Shopify and the mail server are asked by a press."""
    require(request, SETUP)
    return _render(request)


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Asks Shopify and the mail server: a fragment for htmx, otherwise the whole page with it."""
    require(request, SETUP)
    remote = run_checks(REMOTE, now=timezone.now())
    if is_htmx(request):
        return TemplateResponse(request, REMOTE_PART, {"remote": with_pages(remote)})
    return _render(request, remote)


@require_POST
def send_test_mail(request: HttpRequest) -> HttpResponse:
    """Sends the person a mail, and says at once whether the mail server took it."""
    require(request, SETUP)
    address = getattr(request.user, "email", "")
    if not address:
        messages.error(request, _("Your account has no e-mail address. Add one under Users."))
        return redirect("admin:setup")
    mail = EmailMessage(
        subject=_("Test mail of %(name)s") % {"name": settings.PORTAL_NAME},
        body=_("If you read this, the portal can send mail."),
        to=[address],
    )
    try:
        mail.send()
    except (SMTPException, OSError) as error:
        words = _("The mail server did not take it: %(error)s. Check EMAIL_URL.")
        messages.error(request, words % {"error": type(error).__name__})
    else:
        messages.success(request, _("A test mail is on its way to %(to)s.") % {"to": address})
    return redirect("admin:setup")


@require_POST
def load_defaults(request: HttpRequest) -> HttpResponse:
    """Adds the reasons, policies and conditions that are missing; what is there stays as it is."""
    require(request, SETUP, *ADD_DEFAULTS)
    added = add_defaults()
    _log(request, added)
    messages.success(request, _words_for(added))
    return redirect("admin:setup")


def _log(request: HttpRequest, added: Added) -> None:
    """Notes who brought each of them in, as the admin does for what is added one by one."""
    for rows in (added.reasons, added.policies, added.grades):
        LogEntry.objects.log_actions(
            user_id=user_of(request).pk,
            queryset=rows,
            action_flag=ADDITION,
            change_message=_("With the defaults."),
        )


def _words_for(added: Added) -> str:
    if not (added.reasons or added.policies or added.grades):
        return _("Nothing was missing, and nothing was changed.")
    counts = {
        "reasons": len(added.reasons),
        "policies": len(added.policies),
        "grades": len(added.grades),
    }
    return (
        _(
            "Added what was missing: return reasons %(reasons)d, policies %(policies)d, "
            "conditions %(grades)d. Nothing else was changed. Read every policy before you open."
        )
        % counts
    )


def mending_page(result: Result) -> str:
    """Where in the admin this is mended; empty where it is well, or a setting of the server."""
    name = MENDED_AT.get(result.key)
    return reverse(name) if name and not result.is_ok else ""


def with_pages(results: Iterable[Result]) -> list[tuple[Result, str]]:
    return [(result, mending_page(result)) for result in results]


def _render(request: HttpRequest, remote: Sequence[Result] = ()) -> TemplateResponse:
    local = run_checks(LOCAL, now=timezone.now())
    progress = build_progress([*local, *remote])
    context = {
        **admin.site.each_context(request),
        "title": _("Set-up"),
        "local": with_pages(local),
        "remote": with_pages(remote),
        "progress": progress,
        "next_url": mending_page(progress.next) if progress.next else "",
        "may_load_defaults": request.user.has_perms(ADD_DEFAULTS),
    }
    return TemplateResponse(request, PAGE, context)
