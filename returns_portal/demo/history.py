"""Half a year of sales and returns before the demo began, so that the reports have what to tell.

It is made of the goods in the stand-in's own orders, always the same for the same goods. Two things
are hidden in it: a dress that runs small, and mugs that broke until somebody changed the box.
"""

import random
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from returns_portal.demo.waiting import send_requests
from returns_portal.returns import mirror, snapshots
from returns_portal.returns.models import (
    Fix,
    MirroredOrder,
    ReturnEvent,
    ReturnLineItem,
    ReturnReason,
    ReturnRequest,
    SoldProduct,
)
from returns_portal.returns.policies import build_terms, get_policy
from returns_portal.returns.reports.counting import count_changes
from returns_portal.shopify.types import Fulfillment, FulfillmentLine, Money, Order, OrderLine

DAYS = 190
ORDERS_A_DAY = 14
BATCH = 200
FIXED_DAYS_AGO = 75
# How many days a parcel travels; nobody asks for a return before the fourth.
TRAVELS = 3
PATIENCE = timedelta(minutes=2)
# Nightly reconciliation looks for lately closed returns in the shop, which never knew these.
NOT_CHECKED = timedelta(days=32)
# What was asked for since then would still be open.
SETTLED = timedelta(days=7)
PEOPLE = (("maya", "Maya", "Ortiz"), ("tom", "Tom", "Lindqvist"))
USUAL = {
    "too-small": 18,
    "too-big": 12,
    "changed-mind": 16,
    "color": 9,
    "not-as-described": 8,
    "damaged": 6,
    "style": 8,
    "late": 4,
    "wrong-item": 3,
}
NOTES = {
    "too-small": ("Runs small, I usually wear M.", "Could not close it at the back.", "", ""),
    "damaged": ("The handle was broken off.", "Arrived in pieces.", "", ""),
    "color": ("Much darker than in the pictures.", "", ""),
    "not-as-described": ("The fabric feels thinner than described.", "", ""),
}
CONDITIONS = ("as-new", "as-new", "as-new", "opened", "worn")


@dataclass(frozen=True, slots=True)
class Sale:
    """An order with a line that comes back, or with none."""

    order: Order
    returned: OrderLine | None
    reason: str
    after: timedelta = timedelta(0)


def fill_history() -> None:
    """Waits for the first goods, then adds open requests and the history, once, and counts it."""
    users = get_user_model()
    if users.objects.filter(username=PEOPLE[0][0]).exists():
        return
    goods = wait_for_goods()
    if not goods:
        return
    send_requests()
    sales = list(make_sales(goods, random.Random(6), timezone.now()))  # noqa: S311 - no secret
    people = [
        users.objects.create_user(name, first_name=first, last_name=last)
        for name, first, last in PEOPLE
    ]
    for start in range(0, len(sales), BATCH):
        add_sales(sales[start : start + BATCH], start, [person.pk for person in people])
        # Whoever is at the pages goes first: SQLite has one pen for all.
        time.sleep(0.05)
    count_changes(now=timezone.now())
    mark_mugs(people[0])


def wait_for_goods() -> list[Order]:
    """The mirrored orders, once there are some; the first sync takes a moment."""
    deadline = timezone.now() + PATIENCE
    while timezone.now() < deadline:
        if MirroredOrder.objects.count() > 20:
            time.sleep(1)
            rows = MirroredOrder.objects.filter(sales_channel="tiktok").order_by("pk")
            return [order for order in map(mirror.read_snapshot, rows) if has_goods(order)]
        time.sleep(0.5)
    return []


def has_goods(order: Order) -> bool:
    return not order.canceled_at and any(line.requires_shipping for line in order.lines)


def make_sales(orders: Sequence[Order], dice: random.Random, now: datetime) -> Iterator[Sale]:
    """Orders of half a year, rising slowly, each a copy of one of the stand-in's."""
    number = 0
    for days_ago in range(DAYS, 1, -1):
        for _ in range(dice.randint(ORDERS_A_DAY // 2, ORDERS_A_DAY + (DAYS - days_ago) // 30)):
            number += 1
            at = now - timedelta(days=days_ago, seconds=dice.randrange(86_000))
            yield make_sale(dice.choice(orders), number, at, days_ago, dice)


def make_sale(
    pattern: Order, number: int, at: datetime, days_ago: int, dice: random.Random
) -> Sale:
    goods = [line for line in pattern.lines if line.requires_shipping]
    lines = [
        replace(line, id=f"gid://shopify/LineItem/88{number:06}{place}", quantity=1)
        for place, line in enumerate(dice.sample(goods, min(len(goods), dice.choice((1, 1, 2)))))
    ]
    order = replace(
        pattern,
        id=f"gid://shopify/Order/88{number:06}",
        name=f"#H{number:05}",
        email=f"shopper{dice.randrange(1400)}@example.com",
        source_identifier="",
        tags=(),
        custom_attributes=(),
        created_at=at,
        updated_at=at,
        test=False,
        lines=tuple(lines),
        fulfillments=(parcel_of(lines, number, at, days_ago),),
    )
    after = timedelta(days=dice.randint(4, 18))
    for line in lines:
        reason = draw_reason(line, days_ago, dice)
        if reason and timedelta(days=days_ago) > after + SETTLED:
            return Sale(order, line, reason, after)
    return Sale(order, None, "")


def parcel_of(lines: Sequence[OrderLine], number: int, at: datetime, days_ago: int) -> Fulfillment:
    """All lines in one parcel, sent the next day; past requests can be judged again by it."""
    return Fulfillment(
        id=f"gid://shopify/Fulfillment/88{number:06}",
        status="SUCCESS",
        display_status="DELIVERED" if days_ago > TRAVELS else "IN_TRANSIT",
        created_at=at + timedelta(days=1),
        delivered_at=at + timedelta(days=TRAVELS) if days_ago > TRAVELS else None,
        location_id=None,
        lines=tuple(
            FulfillmentLine(line.id.replace("LineItem", "FulfillmentLineItem"), line.id, 1)
            for line in lines
        ),
    )


def draw_reason(line: OrderLine, days_ago: int, dice: random.Random) -> str:
    """Why the line comes back; empty for most, which stay."""
    title = line.title.casefold()
    if "dress" in title and dice.random() < 0.17:
        return "too-small"
    if "mug" in title and dice.random() < (0.15 if days_ago > FIXED_DAYS_AGO else 0.02):
        return "damaged"
    if dice.random() < 0.075:
        return dice.choices(list(USUAL), list(USUAL.values()))[0]
    return ""


@transaction.atomic
def add_sales(sales: Sequence[Sale], start: int, people: Sequence[int]) -> None:
    """Adds some orders and the requests that followed."""
    MirroredOrder.objects.bulk_create([mirrored(sale.order) for sale in sales])
    reasons = {row.code: row for row in ReturnReason.objects.all()}
    returned = [sale for sale in sales if sale.returned]
    requests = ReturnRequest.objects.bulk_create(
        [build_request(sale, start + place) for place, sale in enumerate(returned)]
    )
    ReturnLineItem.objects.bulk_create(
        [
            build_line(row, sale.returned, reasons[sale.reason])
            for row, sale in zip(requests, returned, strict=True)
            if sale.returned
        ]
    )
    ReturnEvent.objects.bulk_create(
        [event for row in requests for event in build_events(row, people)]
    )


def mirrored(order: Order) -> MirroredOrder:
    anonymous = replace(order, email="", customer_name="", postcode="", note="")
    return MirroredOrder(
        shopify_id=order.id,
        name=order.name,
        sales_channel="tiktok",
        email_digest=mirror.digest("email", order.email),
        snapshot=snapshots.dump(replace(anonymous, source_name="tiktok")),
        shopify_updated_at=order.updated_at,
        synced_at=order.updated_at,
    )


def build_request(sale: Sale, number: int) -> ReturnRequest:
    """A request that came a few days after the order, and has ended."""
    dice = random.Random(sale.order.id)  # noqa: S311 - no secret
    order, line = sale.order, sale.returned
    asked = order.created_at + sale.after
    decided = asked + timedelta(minutes=round(dice.lognormvariate(5.6, 1.1)))
    ended = decided + timedelta(days=dice.randint(1, 5), minutes=dice.randrange(600))
    worth = line.unit_price.amount if line else Decimal(0)
    declined = dice.random() < 0.06
    policy = get_policy(order.country)
    paid = None if declined else worth
    return ReturnRequest(
        rma_number=f"RMA-H{number:07}",
        token=uuid.UUID(int=dice.getrandbits(128)).hex,
        submission_key=uuid.UUID(int=dice.getrandbits(128)),
        status="declined" if declined else "closed",
        decline_reason="The item was worn." if declined else "",
        shopify_order_id=order.id,
        order_name=order.name,
        sales_channel="tiktok",
        country=order.country,
        contact_email=order.email,
        policy=policy,
        policy_terms=snapshots.dump(build_terms(policy)),
        requested_at=asked,
        decided_at=decided,
        closed_at=ended if ended < timezone.now() - NOT_CHECKED else None,
        currency=order.currency,
        quoted_amount=worth,
        quote_source="shopify",
        approved_amount=paid,
        refunded_amount=paid,
        refunded_at=None if declined else ended,
        settlement="external",
    )


def build_line(row: ReturnRequest, line: OrderLine, reason: ReturnReason) -> ReturnLineItem:
    dice = random.Random(row.rma_number)  # noqa: S311 - no secret
    arrived = row.status == "closed"
    broken = reason.code == "damaged"
    return ReturnLineItem(
        return_request=row,
        line_item_id=line.id,
        fulfillment_line_item_id=line.id.replace("LineItem", "FulfillmentLineItem"),
        title=line.title,
        variant_title=line.variant_title,
        sku=line.sku,
        quantity=1,
        reason=reason,
        customer_note=dice.choice(NOTES.get(reason.code, ("",))),
        subtotal=row.quoted_amount,
        tax=Money.zero(row.currency).amount,
        approved_quantity=1 if arrived else 0,
        received_quantity=1 if arrived else None,
        condition=("damaged" if broken else dice.choice(CONDITIONS)) if arrived else "",
        disposition="NOT_RESTOCKED" if broken or dice.random() < 0.1 else "RESTOCKED",
    )


def build_events(row: ReturnRequest, people: Sequence[int]) -> Iterator[ReturnEvent]:
    person = people[row.submission_key.int % len(people)]
    name = " ".join(PEOPLE[people.index(person)][1:])
    yield ReturnEvent(
        return_request=row, occurred_at=row.requested_at, kind="requested", actor_kind="shopper"
    )
    yield ReturnEvent(
        return_request=row,
        occurred_at=row.decided_at or row.requested_at,
        kind="declined" if row.status == "declined" else "approved",
        actor_kind="staff",
        actor_name=name,
        user_id=person,
        from_status="requested",
    )


def mark_mugs(person: User) -> None:
    """The box of the mugs was changed, and somebody said so."""
    product = SoldProduct.objects.filter(title__icontains="mug").first()
    reason = ReturnReason.objects.filter(code="damaged").first()
    if product and reason:
        fixed_on = timezone.localdate() - timedelta(days=FIXED_DAYS_AGO)
        Fix.objects.get_or_create(
            product=product,
            reason=reason,
            fixed_on=fixed_on,
            defaults={
                "note": "New box with corner pads, two mugs never touch.",
                "user": person,
                "created_at": timezone.now(),
            },
        )
