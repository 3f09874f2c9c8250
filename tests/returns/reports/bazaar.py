"""A shop with chance in it: orders and requests that come and change at random."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.mirror import mirror_order
from returns_portal.returns.models import ReturnReason, ReturnRequest
from returns_portal.returns.workflow import FINAL, Status
from returns_portal.shopify.types import Order, OrderLine
from tests.returns.examples import an_order, an_order_line
from tests.returns.factories import (
    ReturnLineItemFactory,
    ReturnReasonFactory,
    ReturnRequestFactory,
    UserFactory,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 90
CURRENCIES = {"US": "USD", "GB": "GBP", "JP": "JPY"}
GRADES = ("as-new", "worn", "")
ENDS = {Status.APPROVED: 3, Status.DECLINED: 1, Status.CANCELED: 1, Status.EXPIRED: 1}


@dataclass
class Bazaar:
    """Orders as last told to the mirror, and dice."""

    dice: random.Random
    orders: dict[str, Order] = field(default_factory=dict)
    made: int = 0

    def __post_init__(self) -> None:
        self.people = [UserFactory(staff=True) for _ in range(2)]
        self.reasons = [
            ReturnReasonFactory(code="too-small", fault="shopper"),
            ReturnReasonFactory(code="damaged", label="Damaged", fault="carrier"),
            ReturnReasonFactory(code="color", label="Color", fault="shopper"),
        ]

    def moment(self) -> datetime:
        return START + timedelta(seconds=self.dice.randrange(DAYS * 86400))

    def sell(self) -> None:
        """A new order of one to three lines."""
        self.made += 1
        number = self.made
        lines = tuple(self.line(number * 10 + index) for index in range(self.dice.randint(1, 3)))
        at = self.moment()
        self.tell(
            an_order(
                id=f"gid://shopify/Order/{number}",
                name=f"#{number}",
                source_name=self.dice.choice(["tiktok", "web"]),
                tags=(),
                email=self.dice.choice(["", "ann@example.com", "ben@example.com"]),
                country=self.dice.choice(list(CURRENCIES)),
                created_at=at,
                updated_at=at,
                test=self.dice.random() < 0.05,
                lines=lines,
            )
        )

    def line(self, number: int) -> OrderLine:
        product, variant = self.dice.randint(1, 3), self.dice.randint(1, 2)
        return an_order_line(
            id=f"gid://shopify/LineItem/{number}",
            title=f"Product {product}",
            variant_title=f"Variant {variant}",
            sku=f"P{product}V{variant}",
            product_id=f"gid://shopify/Product/{product}",
            variant_id=f"gid://shopify/ProductVariant/{product}{variant}",
            quantity=self.dice.randint(1, 4),
            requires_shipping=self.dice.random() > 0.1,
        )

    def tell(self, order: Order) -> None:
        self.orders[order.id] = order
        mirror_order(order, now=order.updated_at)

    def change_order(self) -> None:
        """An order is canceled, or its lines become other ones."""
        order = self.dice.choice(list(self.orders.values()))
        later = order.updated_at + timedelta(minutes=5)
        canceled = later if self.dice.random() < 0.5 else None
        lines = order.lines[: self.dice.randint(1, len(order.lines))]
        self.tell(
            an_order(
                **{
                    name: getattr(order, name)
                    for name in order.__slots__
                    if name not in {"updated_at", "canceled_at", "lines"}
                },
                updated_at=later,
                canceled_at=canceled,
                lines=lines,
            )
        )

    def ask(self) -> None:
        """A request for some units of some lines of an order."""
        order = self.dice.choice(list(self.orders.values()))
        at = order.created_at + timedelta(minutes=self.dice.randrange(40 * 1440))
        row = ReturnRequestFactory(
            shopify_order_id=order.id,
            sales_channel=order.source_name,
            country=order.country,
            contact_email=self.dice.choice(["ann@example.com", "Cleo@example.com", ""]),
            requested_at=at,
            currency=CURRENCIES[order.country],
            return_shipping_fee=self.dice.choice([Decimal(0), Decimal("3.50")]),
        )
        for line in self.dice.sample(order.lines, self.dice.randint(1, len(order.lines))):
            units = self.dice.randint(1, line.quantity)
            ReturnLineItemFactory(
                return_request=row,
                line_item_id=line.id,
                title=line.title,
                variant_title=line.variant_title,
                sku=line.sku,
                quantity=units,
                reason=self.dice.choice(self.reasons),
                subtotal=Decimal("10.01") * units,
                restocking_fee=self.dice.choice([Decimal(0), Decimal("1.00")]),
            )
        record_event(row, "requested", actor=Actor.shopper(), now=at)

    def move(self) -> None:
        """Something happens to a request: a decision, a parcel, money, or its reason changes."""
        rows = list(ReturnRequest.objects.order_by("pk"))
        if not rows:
            return
        row = self.dice.choice(rows)
        if row.status == Status.REQUESTED:
            self.decide(row)
        elif row.status == Status.APPROVED:
            self.receive(row)

    def decide(self, row: ReturnRequest) -> None:
        at = row.requested_at + timedelta(seconds=self.dice.randrange(5 * 86400))
        status = self.dice.choices(list(ENDS), list(ENDS.values()))[0]
        row.status = status
        row.closed_at = at if status in FINAL else None
        if status in {Status.APPROVED, Status.DECLINED}:
            row.decided_at = at
        row.decline_reason = "No." if status == Status.DECLINED else ""
        row.approved_amount = Decimal("24.49") if status == Status.APPROVED else None
        row.save()
        for line in row.lines.all():
            line.approved_quantity = self.dice.choice([None, self.dice.randint(0, line.quantity)])
            line.reason = self.dice.choice(self.reasons)
            line.save()
        actor = self.dice.choice([Actor.system(), *map(Actor.staff, self.people)])
        record_event(row, status.value, actor=actor, now=at)

    def receive(self, row: ReturnRequest) -> None:
        at = (row.decided_at or row.requested_at) + timedelta(seconds=self.dice.randrange(864000))
        for line in row.lines.all():
            line.received_quantity = self.dice.randint(0, line.quantity)
            line.condition = self.dice.choice(GRADES)
            line.disposition = self.dice.choice(["RESTOCKED", "NOT_RESTOCKED"])
            line.save()
        row.status = Status.CLOSED
        row.closed_at = row.refunded_at = at
        row.refunded_amount = self.dice.choice([Decimal("24.49"), Decimal("20.00"), Decimal(0)])
        row.save()
        record_event(row, "closed", actor=Actor.shopify(), now=at)

    def drop_line(self) -> None:
        """A shopper takes an item out of a request."""
        rows = [row for row in ReturnRequest.objects.order_by("pk") if row.lines.count() > 1]
        if rows:
            row = self.dice.choice(rows)
            row.lines.order_by("pk").last().delete()
            record_event(row, "changed", actor=Actor.shopper(), now=row.requested_at)

    def live(self, steps: int) -> None:
        """So many things happen, one after another."""
        acts = [self.sell, self.ask, self.ask, self.move, self.move, self.move]
        acts += [self.change_order, self.drop_line]
        for _ in range(5):
            self.sell()
        for _ in range(steps):
            self.dice.choice(acts)()

    def reason_codes(self) -> dict[int, str]:
        return dict(ReturnReason.objects.values_list("pk", "code"))
