"""The bench: find a return, note what arrived, undo it, and keep parcels of nobody."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_permissions_policy.decorators import permissions_policy_override

from returns_portal.private_images import serve_photo
from returns_portal.returns.models import Parcel, ParcelPhoto, Photo, ReturnRequest
from returns_portal.returns.photos.files import ACCEPT, read_files
from returns_portal.returns.services import Refused, arrivals
from returns_portal.returns.services.photos import add_parcel_photos
from returns_portal.returns.workflow import InvalidTransition, Status
from staff import bench
from staff.access import INSPECT, actor_of, require
from staff.bench_forms import CodeForm, ParcelForm, UnknownParcelForm

# The one page that may use the camera.
CAMERA: dict[str, str | list[str] | tuple[str]] = {
    **settings.PERMISSIONS_POLICY,
    "camera": ["self"],
}


@permissions_policy_override(CAMERA)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Scan or type; what was noted last; parcels of nobody."""
    require(request, INSPECT)
    form = CodeForm(request.GET if "code" in request.GET else None)
    found = bench.find_requests(form.cleaned_data["code"]) if form.is_valid() else []
    if len(found) == 1:
        return redirect("admin:bench_inspect", pk=found[0].pk)
    return render(
        request,
        "home",
        title=_("Bench"),
        form=form,
        found=found,
        searched=form.is_valid(),
        parcels=bench.recent_parcels(),
        unmatched=bench.unmatched_parcels().count(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def inspect(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the items of a return. POST: notes what arrived of them."""
    require(request, INSPECT)
    return_request = get_for_bench_or_404(pk)
    data = request.POST if request.method == "POST" else None
    items = bench.build_items(return_request, data)
    form = ParcelForm(data)
    if data is not None and all([form.is_valid(), *(item.form.is_valid() for item in items)]):
        try:
            return _note(request, return_request, items, form)
        except Refused as refusal:
            messages.error(request, str(refusal))
    return render(
        request,
        "inspect",
        title=return_request.rma_number,
        return_request=return_request,
        items=items,
        form=form,
        advice=bench.advice(return_request),
        parcels=bench.seen_of(return_request.parcels.all()),
        may_finish=may_finish(return_request),
        accept=ACCEPT,
    )


def may_finish(return_request: ReturnRequest) -> bool:
    """Whether less than all has arrived of what was approved, and somebody may leave it at that."""
    arrived = any(line.received_quantity for line in return_request.lines.all())
    return return_request.status == Status.APPROVED and arrived


def _note(
    request: HttpRequest, return_request: ReturnRequest, items: list[bench.Item], form: ParcelForm
) -> HttpResponse:
    found = [item.form.arrival for item in items]
    parcel = arrivals.note_parcel(
        request_id=return_request.pk,
        arrivals=[arrival for arrival in found if arrival],
        tracking_number=form.cleaned_data["tracking_number"],
        note=form.cleaned_data["note"],
        actor=actor_of(request),
        now=timezone.now(),
    )
    _keep_photos(request, parcel, {f"photos-{item.line.pk}": item.line.pk for item in items})
    messages.success(request, _noted(return_request, parcel))
    return redirect("admin:bench")


def _noted(return_request: ReturnRequest, parcel: Parcel) -> str:
    units = sum(item.quantity for item in parcel.items.all())
    words = ngettext("%(rma)s: %(count)d unit noted.", "%(rma)s: %(count)d units noted.", units)
    return words % {"rma": return_request.rma_number, "count": units}


def _keep_photos(request: HttpRequest, parcel: Parcel, fields: dict[str, int | None]) -> None:
    """Adds the pictures of the form; a file that is none is told, and stops nothing."""
    for field, line_id in fields.items():
        read = read_files(request.FILES.getlist(field))
        for problem in read.problems:
            messages.warning(request, problem)
        add_parcel_photos(
            parcel_id=parcel.pk, line_id=line_id, images=read.images, now=timezone.now()
        )


@require_POST
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Nothing more will come: pays for what arrived."""
    require(request, INSPECT)
    return_request = get_for_bench_or_404(pk)
    try:
        arrivals.finish_receipt(request_id=pk, actor=actor_of(request), now=timezone.now())
    except (Refused, InvalidTransition) as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:bench_inspect", pk=pk)
    words = _("%(rma)s: received. Nothing more is expected.")
    messages.success(request, words % {"rma": return_request.rma_number})
    return redirect("admin:bench")


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a parcel back as if it had not been noted."""
    require(request, INSPECT)
    get_object_or_404(Parcel, pk=pk)
    try:
        arrivals.undo_parcel(parcel_id=pk, actor=actor_of(request), now=timezone.now())
    except (Refused, InvalidTransition) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Undone: the parcel counts as not received."))
    return redirect("admin:bench")


@require_http_methods(["GET", "HEAD", "POST"])
def unmatched(request: HttpRequest) -> HttpResponse:
    """GET: parcels without a request. POST: notes one more."""
    require(request, INSPECT)
    form = UnknownParcelForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            parcel = arrivals.note_unknown_parcel(
                **form.cleaned_data, actor=actor_of(request), now=timezone.now()
            )
        except Refused as refusal:
            form.add_error("note", str(refusal))
        else:
            _keep_photos(request, parcel, {"photos": None})
            messages.success(request, _("The parcel is noted. Put it where strangers wait."))
            return redirect("admin:bench_unmatched")
    return render(
        request,
        "unmatched",
        title=_("Parcels without a request"),
        form=form,
        parcels=bench.unmatched_parcels(),
        accept=ACCEPT,
    )


@require_POST
def match(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives a parcel of nobody to a return, and goes on to inspect it."""
    require(request, INSPECT)
    get_object_or_404(Parcel, pk=pk)
    found = bench.find_requests(request.POST.get("code", ""))
    if len(found) != 1:
        messages.error(request, _("No single return has this number. Look it up at the bench."))
        return redirect("admin:bench_unmatched")
    try:
        arrivals.match_parcel(
            parcel_id=pk, request_id=found[0].pk, actor=actor_of(request), now=timezone.now()
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:bench_unmatched")
    messages.success(request, _("Matched. Now note what is in the parcel."))
    return redirect("admin:bench_inspect", pk=found[0].pk)


@require_safe
def photo(request: HttpRequest, pk: int, public_id: UUID) -> HttpResponseBase:
    """The thumbnail of a shopper's photo: the bench compares the goods with it."""
    require(request, INSPECT)
    found = get_object_or_404(Photo, public_id=public_id, line__return_request=pk)
    return serve_photo(found, small=True, name=str(public_id))


@require_safe
def parcel_photo(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """A photo that staff took at the bench: for the bench, and for who decides."""
    if not any(request.user.has_perm(name) for name in (INSPECT, "returns.decide_returnrequest")):
        raise PermissionDenied
    found = get_object_or_404(ParcelPhoto, public_id=public_id)
    return serve_photo(found, small="small" in request.GET, name=str(public_id))


def get_for_bench_or_404(pk: int) -> ReturnRequest:
    found = bench.get_for_bench(pk)
    if found is None:
        raise Http404
    return found


def render(request: HttpRequest, name: str, **context: Any) -> TemplateResponse:
    """A page of the bench in the admin's frame."""
    frame = admin.site.each_context(request)
    return TemplateResponse(request, f"admin/bench/{name}.html", {**frame, **context})
