"""Now and next of a return that TikTok pays: what the buyer does in the app, what TikTok does."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from returns_portal.returns.channels.aftersales import Stage, seller_may_begin, stage_of
from returns_portal.returns.models import Aftersale, ReturnRequest
from returns_portal.returns.workflow import Status

TIKTOK = "TikTok Shop"
COMPLETED = "order_completed"


@dataclass(frozen=True, slots=True)
class Told:
    """What is, what comes next, and whose turn it is."""

    now: str
    next: str
    who: str


def tell_of_tiktok(return_request: ReturnRequest) -> Told | None:
    """What only a return with TikTok knows; None where it is told like every other."""
    if return_request.settlement != ReturnRequest.Settlement.TIKTOK or return_request.refunded_at:
        return None
    aftersale: Aftersale | None = getattr(return_request, "aftersale", None)
    match Status(return_request.status):
        case Status.REQUESTED if aftersale is None:
            return _of_nothing_at_tiktok(return_request)
        case Status.DECLINED if aftersale is not None:
            return Told(
                _("The shop declined your return."),
                _("You can ask TikTok to look at it: open the return in the TikTok app."),
                "",
            )
        case Status.APPROVED | Status.RECEIVED:
            return _of_agreed(stage_of(aftersale.status) if aftersale else Stage.PENDING)
    return None


def _of_nothing_at_tiktok(return_request: ReturnRequest) -> Told | None:
    if any(event.kind == COMPLETED for event in return_request.events.all()):
        return Told(
            _("TikTok takes no return of this order any more."),
            _(
                "Please ask TikTok: in the app, open Profile, then Orders and your order, and "
                "contact TikTok from there."
            ),
            _("You"),
        )
    if seller_may_begin(return_request.country):
        return None
    return Told(
        _("One more step in the TikTok app"),
        _(
            "TikTok Shop pays back this order, and it needs a request from you in its app: open "
            "Profile, then Orders, your order, and Return/refund. Choose the same items and the "
            "same reason."
        ),
        _("You"),
    )


def _of_agreed(stage: Stage) -> Told | None:
    match stage:
        case Stage.PENDING:
            return Told(
                _("The shop agrees to your return."),
                _("TikTok is being told. This page says so once TikTok has agreed."),
                TIKTOK,
            )
        case Stage.SEND:
            # By when, TikTok says in its app.
            return Told(
                _("Your return is approved."),
                _("Send the parcel. Your refund follows once it has arrived."),
                _("You"),
            )
        case Stage.OFFERED:
            return Told(
                _("The shop offers to pay back a part."),
                _("Open the return in the TikTok app, and accept or refuse the offer there."),
                _("You"),
            )
        case Stage.SUCCESS:
            return Told(
                _("TikTok has approved your refund."),
                _("TikTok pays it next, to the way you paid."),
                TIKTOK,
            )
    return None
