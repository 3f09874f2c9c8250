"""Staff put shoppers on the block list and take them off."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from returns_portal.returns import services
from returns_portal.returns.services import Refused
from staff.access import DECIDE, PERSONAL, VIEW, actor_of, get_request_or_404, require
from staff.pages import url_of


@require_POST
def block(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts the shopper of this request on the block list, or takes them off it."""
    require(request, VIEW, DECIDE, PERSONAL)
    return_request = get_request_or_404(pk)
    actor, now = actor_of(request), timezone.now()
    try:
        if "lift" in request.POST:
            services.unblock_shopper(request_id=pk, actor=actor, now=now)
            messages.success(request, _("The shopper is off the block list."))
        else:
            reason = request.POST.get("reason", "")[:500]
            services.block_shopper(request_id=pk, reason=reason, actor=actor, now=now)
            messages.success(request, _("The shopper is on the block list."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{url_of(return_request)}#shopper")
