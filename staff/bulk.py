"""Decisions about many requests at once: what will happen, the press, and the results."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from returns_portal.returns import services
from returns_portal.returns.models import BulkItem, BulkJob, ReturnRequest
from returns_portal.returns.refund_amounts import rounded
from returns_portal.returns.services import Refused
from returns_portal.shopify.types import Money
from staff import access, fresh, listing, texts, wording
from staff.forms import DeclineForm
from staff.pages import is_htmx

CONFIRM = "admin/returns/bulkjob/confirm.html"
PROGRESS = "admin/returns/bulkjob/progress.html"
FRAGMENT = "admin/returns/bulkjob/_progress.html"
LIST = "admin/returns/bulkjob/list.html"
JOBS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A chosen request on the page; `obstacle` says why it will be left alone."""

    item: BulkItem
    amount: Money
    obstacle: str

    @property
    def shown(self) -> str:
        return wording.money_of(self.amount)


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Notes what was chosen on the queue, and leads to the page that says what will happen."""
    access.require(request, access.VIEW, access.DECIDE)
    query = QueryDict(request.POST.get("query", ""))
    try:
        job = services.prepare_bulk(
            action=action_of(request),
            request_ids=chosen_ids(request, query),
            user=access.user_of(request),
            now=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{reverse(listing.QUEUE)}?{query.urlencode()}")
    return redirect(url_of(job))


def action_of(request: HttpRequest) -> BulkJob.Action:
    """Approve or decline; raises Http404 for anything else."""
    try:
        return BulkJob.Action(request.POST.get("action", ""))
    except ValueError:
        raise Http404 from None


def chosen_ids(request: HttpRequest, query: QueryDict) -> list[int]:
    """The rows that were ticked, or all that match, in the queue's order."""
    if "all" in request.POST:
        personal = request.user.has_perm(access.PERSONAL)
        selection = listing.Selection(query, personal=personal, most=services.MOST_AT_ONCE)
        matching = selection.requests().order_by(*selection.tab.order.by())
        return list(matching.values_list("pk", flat=True)[: services.MOST_AT_ONCE])
    typed = request.POST.getlist("chosen")[: services.MOST_AT_ONCE + 1]
    return [int(key) for key in typed if key.isdecimal() and len(key) < 19]


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """What a job will do, how far it is, or what came of it."""
    access.require(request, access.VIEW)
    job = get_job_or_404(pk)
    if job.state == BulkJob.State.DRAFT:
        return render_draft(request, job)
    if is_htmx(request):
        context = {"job": job, **progress_of(job)}
        answer = TemplateResponse(request, FRAGMENT, context)
        if job.state != BulkJob.State.RUNNING:
            answer.headers["HX-Refresh"] = "true"
        return answer
    rows = build_rows(job)
    context = {**frame(request, job), **progress_of(job), "rows": rows}
    return TemplateResponse(request, PROGRESS, context)


@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Starts it; a second press changes nothing."""
    access.require(request, access.VIEW, access.DECIDE)
    job = get_job_or_404(pk)
    if job.user_id != request.user.pk:
        messages.error(request, _("Only who chose these returns can start this."))
        return redirect(url_of(job))
    now = timezone.now()
    if job.action == BulkJob.Action.APPROVE:
        amounts = [row.amount for row in build_rows(job) if not row.obstacle]
        if fresh.needs_fresh_sign_in(request, *amounts, now=now):
            return fresh.ask_for_proof(request, url_of(job))
    form = DeclineForm(request.POST)
    if job.action == BulkJob.Action.DECLINE and not form.is_valid():
        return render_draft(request, job, form)
    services.start_bulk(job_id=pk, reason=request.POST.get("reason", ""), now=now)
    return redirect(url_of(job))


@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Leaves alone whatever is not decided yet."""
    access.require(request, access.VIEW, access.DECIDE)
    job = get_job_or_404(pk)
    if services.stop_bulk(job_id=pk, now=timezone.now()):
        messages.success(request, _("Stopped. What was decided before stays decided."))
    return redirect(url_of(job))


@require_safe
def list_jobs(request: HttpRequest) -> HttpResponse:
    """The latest bulk decisions."""
    access.require(request, access.VIEW)
    jobs = BulkJob.objects.select_related("user").annotate(
        chosen=Count("items"), done=Count("items", filter=Q(items__state=BulkItem.State.DONE))
    )
    context = {
        **admin.site.each_context(request),
        "title": _("Bulk decisions"),
        "jobs": jobs[:JOBS_SHOWN],
    }
    return TemplateResponse(request, LIST, context)


def get_job_or_404(pk: int) -> BulkJob:
    job = BulkJob.objects.select_related("user").filter(pk=pk).first()
    if job is None:
        raise Http404
    return job


def url_of(job: BulkJob) -> str:
    return reverse("admin:returns_bulkjob_show", args=[job.pk])


def frame(request: HttpRequest, job: BulkJob) -> dict[str, Any]:
    approving = job.action == BulkJob.Action.APPROVE
    return {
        **admin.site.each_context(request),
        "title": _("Approve many") if approving else _("Decline many"),
        "opts": ReturnRequest._meta,
        "job": job,
        "may_decide": request.user.has_perm(access.DECIDE),
    }


def build_rows(job: BulkJob) -> list[Row]:
    """The job's requests with their amounts, in the order in which they were chosen."""
    items: QuerySet[BulkItem] = job.items.select_related("return_request").defer(
        "return_request__policy_terms"
    )
    return [
        Row(
            item,
            rounded(item.quoted_amount, item.return_request.currency),
            services.obstacle_of(job, item) if item.state == BulkItem.State.WAITING else "",
        )
        for item in items.order_by("pk")
    ]


def render_draft(
    request: HttpRequest, job: BulkJob, form: DeclineForm | None = None
) -> TemplateResponse:
    """First the sum by currency and what will be left alone; nothing has happened yet."""
    rows = build_rows(job)
    possible = [row for row in rows if not row.obstacle]
    declining = job.action == BulkJob.Action.DECLINE
    context = {
        **frame(request, job),
        "rows": rows,
        "possible": possible,
        "sums": [wording.money_of(total) for total in wording.sums(r.amount for r in possible)],
        "form": form or (DeclineForm() if declining else None),
        "ready_texts": texts.by_purpose(settings.LANGUAGE_CODE),
    }
    return TemplateResponse(request, CONFIRM, context)


def progress_of(job: BulkJob) -> dict[str, Any]:
    """How many are decided, left alone and waiting, and those left alone."""
    states = dict(job.items.values_list("state").annotate(Count("pk")).order_by())
    done = states.get(BulkItem.State.DONE, 0)
    refused = states.get(BulkItem.State.REFUSED, 0)
    total = sum(states.values())
    return {"done": done, "refused": refused, "total": total, "handled": done + refused}
