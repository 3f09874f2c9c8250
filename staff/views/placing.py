"""Another place for goods whose place Shopify refused."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from returns_portal.returns import services
from returns_portal.returns.locations import active_locations
from returns_portal.returns.models import Operation
from returns_portal.returns.services import Refused
from staff.access import DECIDE, RETRY, VIEW, actor_of, get_request_or_404, require
from staff.forms import PlaceForm
from staff.pages import PlacePanel, linked_message, render_page, url_of


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: where the goods of a failed restock could go. POST: there, and try again."""
    require(request, VIEW, DECIDE, RETRY)
    operation = Operation.objects.filter(pk=pk, kind=Operation.Kind.RESTOCK).first()
    if operation is None:
        raise Http404
    return_request = get_request_or_404(operation.return_request_id)
    data = request.POST if request.method == "POST" else None
    form = PlaceForm(return_request, data, places=active_locations())
    if not form.is_valid():
        panel = PlacePanel("place", form, operation_id=pk)
        return render_page(request, return_request, panel=panel)
    try:
        services.place_goods(
            operation_id=pk, places=form.places, actor=actor_of(request), now=timezone.now()
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        words = _("the goods are being placed.")
        messages.success(request, linked_message(return_request, words))
    return redirect(url_of(return_request))
