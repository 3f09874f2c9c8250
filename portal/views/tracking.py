"""Following a return by its private link: status, packing slip, photos, cancel."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import barcode
from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.access import private
from portal.progress import StatusPage
from portal.reading import get_page_or_404
from portal.responses import FieldProblem, problem_status, see_other
from returns_portal.private_images import serve_photo
from returns_portal.qr_codes import draw_qr_code
from returns_portal.returns.models import Photo, ReturnLineItem
from returns_portal.returns.photos.files import ACCEPT, read_files
from returns_portal.returns.photos.images import CleanImage
from returns_portal.returns.services import MOST_PHOTOS, Actor, Refused, add_photos
from returns_portal.returns.services import cancel as cancel_request
from returns_portal.returns.workflow import InvalidTransition


@require_safe
@private()
def status(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a return; to a polling page only what is new, or that nothing is."""
    page = get_page_or_404(token)
    polling = request.headers.get("HX-Request") == "true"
    if polling and request.GET.get("seen") == page.version:
        return HttpResponse(status=204)
    template = "portal/_status.html" if polling else "portal/status.html"
    return render(request, template, {"page": page, "polling": polling})


@require_safe
@private()
def slip(request: HttpRequest, token: str) -> HttpResponse:
    """The packing slip: which return this parcel is, for people and for scanners.

    While nothing is to be sent, or no more, it leads back to the return.
    """
    page = get_page_or_404(token)
    if not page.instructions:
        messages.info(request, _("There is no packing slip for this return now."))
        return redirect("portal:status", token)
    prefetch_related_objects(list(page.return_request.lines.all()), "reason")
    # Only the number: whoever opens the parcel must not get the shopper's private link.
    drawing = draw_qr_code(page.return_request.rma_number)
    bars = barcode.get("code128", page.return_request.rma_number).build()[0]
    return render(request, "portal/slip.html", {"page": page, "code": drawing, "bars": bars})


@require_http_methods(["GET", "HEAD", "POST"])
@private()
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Asks once more, then takes the request back."""
    page = get_page_or_404(token)
    if request.method == "POST":
        return _cancel(request, page)
    if not page.can_cancel:
        messages.info(request, _("This return can't be canceled any more."))
        return redirect("portal:status", token)
    return render(request, "portal/cancel.html", {"page": page})


def _cancel(request: HttpRequest, page: StatusPage) -> HttpResponse:
    return_request = page.return_request
    try:
        cancel_request(request_id=return_request.pk, actor=Actor.shopper(), now=timezone.now())
    except InvalidTransition:
        messages.info(request, _("This return can't be canceled any more."))
    return see_other("portal:status", return_request.token)


@dataclass(slots=True)
class PhotoRow:
    """A line on the page that adds photos, with what was wrong with its files."""

    line: ReturnLineItem
    problems: list[str] = field(default_factory=list)
    images: list[CleanImage] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"photos-{self.line.pk}"


@require_http_methods(["GET", "HEAD", "POST"])
@private()
def photos(request: HttpRequest, token: str) -> HttpResponse:
    """Adds photos to the lines of a request that is not decided yet."""
    page = get_page_or_404(token)
    rows = [PhotoRow(line) for line in page.return_request.lines.all()]
    if request.method == "POST":
        return _add_photos(request, page, rows)
    if not page.can_add_photos:
        messages.info(request, _("Photos can't be added any more."))
        return redirect("portal:status", token)
    return _render_photos(request, page, rows)


def _add_photos(request: HttpRequest, page: StatusPage, rows: list[PhotoRow]) -> HttpResponse:
    """All photos or none: a file that is wrong is told before anything is stored."""
    for row in rows:
        read = read_files(request.FILES.getlist(row.name))
        row.problems, row.images = read.problems, read.images
    if any(row.problems for row in rows):
        return _render_photos(request, page, rows, status=422)
    if not any(row.images for row in rows):
        return _render_photos(request, page, rows, [_("Choose at least one photo.")], status=422)
    try:
        add_photos(
            request_id=page.return_request.pk,
            images_by_line=[(row.line.pk, row.images) for row in rows],
            actor=Actor.shopper(),
            now=timezone.now(),
        )
    except Refused as refusal:
        return _render_photos(request, page, rows, [str(refusal)], status=422)
    return see_other("portal:status", page.return_request.token)


def _render_photos(
    request: HttpRequest,
    page: StatusPage,
    rows: list[PhotoRow],
    overall: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    problems = [FieldProblem("photo-rows", message) for message in overall]
    problems += [
        FieldProblem(row.name, f"{row.line.title}: {message}")
        for row in rows
        for message in row.problems
    ]
    context = {
        "page": page,
        "rows": rows,
        "problems": problems,
        "accept": ACCEPT,
        "most_photos": MOST_PHOTOS,
    }
    return render(request, "portal/photos.html", context, status=problem_status(request, status))


@require_safe
@private("no-referrer")
def photo(request: HttpRequest, token: str, *, public_id: UUID, small: bool) -> HttpResponseBase:
    """A photo of the return, for whoever holds its link."""
    found = (
        Photo.objects.select_related("line__return_request")
        .filter(public_id=public_id, line__return_request__token=token)
        .first()
    )
    if found is None:
        raise Http404
    return serve_photo(found, small=small, name=found.line.return_request.rma_number)
