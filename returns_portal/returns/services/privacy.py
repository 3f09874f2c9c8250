"""Erasing the person: money and history stay, who it was goes; on request, or when time is up."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from returns_portal.returns import personal
from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.models import (
    Aftersale,
    MirroredOrder,
    Photo,
    PhotoUpload,
    ReturnRequest,
    WebhookDelivery,
    Withdrawal,
)

# So many requests a nightly step turns to, so that no transaction is a long one.
BATCH = 200


@transaction.atomic
def erase_customer(*, order_ids: Sequence[str], actor: Actor, now: datetime) -> int:
    """Erases name, address, words and photos of the shopper from the requests of these orders.

    Returns how many requests it touched; a second time touches none.
    """
    forget_orders(order_ids)
    requests = ReturnRequest.objects.select_for_update().filter(shopify_order_id__in=order_ids)
    named = [row for row in requests if personal.is_personal(row)]
    for row in named:
        _erase(row, actor=actor, now=now, sentence="Personal data erased on request.")
    return len(named)


def forget_orders(order_ids: Sequence[str]) -> None:
    """Takes away by what a shopper could still be recognized, and photos not sent yet."""
    MirroredOrder.objects.filter(shopify_id__in=order_ids).update(
        postcode_digest="",
        email_digest="",
        customer_digest="",
        postcode_masked=False,
        counted=False,
    )
    PhotoUpload.objects.filter(shopify_order_id__in=order_ids).delete()


def _erase(row: ReturnRequest, *, actor: Actor, now: datetime, sentence: str) -> None:
    personal.empty(row)
    ReturnRequest.objects.filter(pk=row.pk).update(erased_at=now)
    record_event(row, "erased", actor=actor, now=now, message=sentence)


def export_customer(order_ids: Sequence[str]) -> list[dict[str, Any]]:
    """All that is kept about the shopper of these orders, a part for each return."""
    requests = ReturnRequest.objects.filter(shopify_order_id__in=order_ids).order_by("pk")
    return [personal.tell(row) for row in requests]


@transaction.atomic
def note_data_request(*, order_ids: Sequence[str], actor: Actor, now: datetime) -> int:
    """A shopper asked through Shopify what is kept: staff are told on each of their returns."""
    requests = ReturnRequest.objects.filter(shopify_order_id__in=order_ids, erased_at=None)
    for row in requests:
        sentence = _("The shopper asks for their data: export it and send it to them.")
        ReturnRequest.objects.filter(pk=row.pk).update(attention=sentence)
        record_event(row, "data_requested", actor=actor, now=now, message=sentence)
    return len(requests)


def keep_no_longer(*, now: datetime) -> int:
    """Erases what has been kept for as long as the settings say; returns how many rows those were.

    Each request is a short transaction of its own.
    """
    return sum(
        (
            _erase_ended(now - timedelta(days=settings.RETAIN_PERSONAL_DAYS), now),
            _drop_withdrawals(now - timedelta(days=settings.RETAIN_PERSONAL_DAYS)),
            _forget_untouched_orders(now - timedelta(days=settings.RETAIN_PERSONAL_DAYS)),
            _empty_lone_aftersales(now - timedelta(days=settings.RETAIN_PERSONAL_DAYS)),
            _drop_photos(now - timedelta(days=settings.RETAIN_PHOTOS_DAYS)),
            _drop_traces(now - timedelta(days=settings.RETAIN_TRACES_DAYS)),
        )
    )


def _erase_ended(before: datetime, now: datetime) -> int:
    count = 0
    ended = ReturnRequest.objects.filter(closed_at__lt=before, erased_at=None).order_by("closed_at")
    while found := list(ended[:BATCH]):
        for row in found:
            with transaction.atomic():
                forget_orders([row.shopify_order_id])
                sentence = "Personal data erased: it has been kept for as long as it may be."
                _erase(row, actor=Actor.system(), now=now, sentence=sentence)
        count += len(found)
    return count


def _drop_withdrawals(before: datetime) -> int:
    """Declarations for which no return was opened; the others go with their return."""
    lone = Withdrawal.objects.filter(received_at__lt=before, return_request=None)
    return lone.delete()[0]


def _forget_untouched_orders(before: datetime) -> int:
    """Orders that nobody returned: from now on only Shopify knows whose they were."""
    nobodys = {"postcode_digest": "", "email_digest": "", "customer_digest": ""}
    old = MirroredOrder.objects.filter(shopify_updated_at__lt=before).exclude(**nobodys)
    count = 0
    while found := list(old.values_list("shopify_id", flat=True)[:BATCH]):
        forget_orders(found)
        count += len(found)
    return count


def _empty_lone_aftersales(before: datetime) -> int:
    """What TikTok told of returns that are none of the portal's; the others go with theirs."""
    empty: dict[str, Any] = {"note": "", "media": [], "snapshot": {}}
    lone = Aftersale.objects.filter(return_request=None, updated_at__lt=before).exclude(**empty)
    return lone.update(**empty)


def _drop_photos(before: datetime) -> int:
    """Photos of requests that ended: a decision is rarely questioned longer than that."""
    return Photo.objects.filter(line__return_request__closed_at__lt=before).delete()[0]


def _drop_traces(before: datetime) -> int:
    """What only helped to carry something out, and is done."""
    return WebhookDelivery.objects.filter(processed_at__lt=before).delete()[0]
