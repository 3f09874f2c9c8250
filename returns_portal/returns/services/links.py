"""Links handed out and taken back: by e-mail to their holder, by staff for an order or a return."""

import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import F

from returns_portal.celery import app
from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.links import requests_of
from returns_portal.returns.models import LinksWish, MirroredOrder, ReturnRequest
from returns_portal.returns.services.guard import lock_request, owe_email

SEND_LINKS = "returns_portal.returns.tasks.send_links"


@transaction.atomic
def ask_for_links(*, email: str, now: datetime) -> None:
    """Writes the wish down and leaves it at that: whether the address is known costs no time."""
    LinksWish.objects.create(email=email, asked_at=now)

    def publish() -> None:
        app.send_task(SEND_LINKS)

    transaction.on_commit(publish, robust=True)


@transaction.atomic
def answer_wishes(*, now: datetime) -> int:
    """Owes a mail with all links to each address that has any; forgets every wish it saw.

    Returns how many wishes that were.
    """
    wishes = list(LinksWish.objects.select_for_update().order_by("pk")[:100])
    for wish in wishes:
        confirmed = F("contact_confirmed_at").desc(nulls_last=True)
        newest = requests_of(wish.email, now=now).order_by(confirmed, "-requested_at").first()
        if newest:
            owe_email(newest, f"links-{wish.pk}", now=now)
    LinksWish.objects.filter(pk__in=[wish.pk for wish in wishes]).delete()
    return len(wishes)


@transaction.atomic
def renew_link(*, request_id: int, actor: Actor, now: datetime) -> ReturnRequest:
    """Gives the return a new private link, which is mailed; the old one opens nothing any more."""
    return_request = lock_request(request_id)
    return_request.token = secrets.token_urlsafe(24)
    return_request.save(update_fields=["token"])
    event = record_event(return_request, "link_renewed", actor=actor, now=now)
    owe_email(return_request, f"link-{event.pk}", now=now)
    return return_request


def revoke_order_links(*, order_ids: list[int]) -> int:
    """Makes every link to these mirrored orders open nothing any more; returns how many orders."""
    orders = MirroredOrder.objects.filter(pk__in=order_ids)
    return orders.update(link_generation=F("link_generation") + 1)
