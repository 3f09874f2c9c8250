"""A few requests that shoppers sent before the demo began, so that staff find work to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from django.utils import timezone

from returns_portal.returns.models import MirroredOrder, ReturnRequest
from returns_portal.returns.orders import build_choices, read_order
from returns_portal.returns.quotes import RequestedLine, quote_return
from returns_portal.returns.services import Actor, request_return
from returns_portal.shopify.sandbox.people import tiktok_id


@dataclass(frozen=True, slots=True)
class Wish:
    """One unit of an order's first item that somebody wants to send back."""

    order_number: str
    reason: str
    comment: str
    ago: timedelta


WISHES = (
    Wish(tiktok_id(17), "too-small", "Tight at the shoulders.", timedelta(hours=44)),
    Wish(tiktok_id(23), "too-big", "", timedelta(hours=30)),
    Wish(tiktok_id(8), "changed-mind", "", timedelta(hours=9)),
    Wish(tiktok_id(21), "color", "Darker than in the video.", timedelta(minutes=25)),
)


def send_requests(wishes: Sequence[Wish] = WISHES) -> None:
    """Asks for each return as its shopper would; what was asked for before stays as it is."""
    for wish in wishes:
        send_request(wish)


def send_request(wish: Wish) -> None:
    now, key = timezone.now(), uuid5(NAMESPACE_URL, wish.order_number)
    if ReturnRequest.objects.filter(submission_key=key).exists():
        return
    order = MirroredOrder.objects.get(numbers__number=wish.order_number)
    facts = read_order(order.shopify_id, now=now)
    choice = next(choice for choice in build_choices(facts, now=now) if choice.eligible)
    lines = [RequestedLine(choice.fulfillment_line_item_id or "", 1, wish.reason, wish.comment)]
    request_return(
        facts=facts,
        lines=lines,
        quote=quote_return(facts, lines),
        contact_email="",
        language="en",
        identity_verified=True,
        submission_key=key,
        actor=Actor.shopper(),
        now=now - wish.ago,
    )
