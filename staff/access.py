"""Who may do what on the staff side, and in whose name it is done."""

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from returns_portal.returns.models import ReturnRequest
from returns_portal.returns.services import Actor
from staff import decision

DECIDE = "returns.decide_returnrequest"
VIEW = "returns.view_returnrequest"
RETRY = "returns.retry_operation"
INSPECT = "returns.inspect_returnrequest"
CHANGE_AMOUNT = "returns.change_amount_returnrequest"
OVERRIDE = "returns.override_returnrequest"
PERSONAL = "returns.view_personal_data"
SETUP = "returns.view_setup"
ADD_DEFAULTS = (
    "returns.add_returnreason",
    "returns.add_returnpolicy",
    "returns.add_conditiongrade",
)


def require(request: HttpRequest, *permissions: str) -> None:
    """Raises PermissionDenied unless the person holds every one of `permissions`."""
    if not request.user.has_perms(permissions):
        raise PermissionDenied


def user_of(request: HttpRequest) -> User:
    """The person at the page; raises PermissionDenied for nobody."""
    if not isinstance(request.user, User):  # only admin_view lets people in here
        raise PermissionDenied
    return request.user


def actor_of(request: HttpRequest) -> Actor:
    """The person at the page, as history names them; raises PermissionDenied for nobody."""
    return Actor.staff(user_of(request))


def get_request_or_404(pk: int) -> ReturnRequest:
    """The request with all that its page shows; raises Http404."""
    found = decision.get_for_decision(pk)
    if found is None:
        raise Http404
    return found
