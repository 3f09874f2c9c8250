"""A sandbox shop with the portal before it, as the tests of whole returns use it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import requests

from returns_portal.returns import outbox
from returns_portal.returns.models import ReturnRequest
from returns_portal.returns.orders import Choice, OrderFacts, build_choices, find_order, read_order
from returns_portal.returns.outcomes import ORIGINAL_PAYMENT
from returns_portal.returns.processing import carry_out
from returns_portal.returns.quotes import quote_return
from returns_portal.returns.services import Actor, RequestedLine, approve, request_return
from returns_portal.shopify.sandbox.backoffice import make_refund
from returns_portal.shopify.sandbox.seeds import SHOWCASE
from returns_portal.shopify.sandbox.server import SandboxServer
from returns_portal.shopify.types import Money

MOMENT = timedelta(seconds=45)


@dataclass
class Shop:
    """A sandbox shop, the portal before it, and a clock that tests move by hand."""

    server: SandboxServer
    now: datetime
    number: str = SHOWCASE[0].order_number
    postcode: str = SHOWCASE[0].postcode

    def ledger(self) -> dict[str, Any]:
        answer: dict[str, Any] = requests.get(
            f"{self.server.url}/sandbox/ledger.json", timeout=5
        ).json()
        return answer

    def order(self, shopify_id: str) -> dict[str, Any]:
        found: dict[str, Any] = next(
            order for order in self.ledger()["orders"] if order["id"] == shopify_id
        )
        return found

    def restocked(self) -> int:
        return sum(level["delta"] for level in self.ledger()["stock"])

    def ask(self, units: int = 2) -> ReturnRequest:
        """One unit each of the order's first lines, `units` in all, asked for by a shopper."""
        found = find_order(number=self.number, postcode_or_email=self.postcode, now=self.now)
        facts = read_order(found.order_id, now=self.now)
        choices = [choice for choice in build_choices(facts, now=self.now) if choice.eligible]
        return self.submit(facts, [(choice, 1) for choice in choices[:units]])

    def ask_for_outcomes(self, *outcomes: str) -> ReturnRequest:
        """One unit of each of the order's first items that are left, each for its outcome."""
        found = find_order(number=self.number, postcode_or_email=self.postcode, now=self.now)
        facts = read_order(found.order_id, now=self.now)
        choices = [choice for choice in build_choices(facts, now=self.now) if choice.eligible]
        return self.submit(facts, [(choice, 1) for choice in choices], outcomes)

    def refund_by_hand(self, row: ReturnRequest) -> None:
        """Somebody refunds the whole order in Shopify's admin."""
        make_refund(self.server.state, row.shopify_order_id)

    def ask_for(self, order_id: str, units: int) -> ReturnRequest | None:
        """Up to `units` units of the order's first line that has any left; None without one."""
        facts = read_order(order_id, now=self.now)
        for choice in build_choices(facts, now=self.now):
            if choice.eligible:
                return self.submit(facts, [(choice, min(units, choice.returnable))])
        return None

    def submit(
        self,
        facts: OrderFacts,
        chosen: list[tuple[Choice, int]],
        outcomes: Sequence[str] = (),
    ) -> ReturnRequest:
        wanted = outcomes or [ORIGINAL_PAYMENT] * len(chosen)
        lines = [
            RequestedLine(
                choice.fulfillment_line_item_id or "", units, "changed-mind", outcome=outcome
            )
            for (choice, units), outcome in zip(chosen, wanted, strict=False)
        ]
        return request_return(
            facts=facts,
            lines=lines,
            quote=quote_return(facts, lines),
            contact_email="shopper@example.com",
            language="en",
            identity_verified=True,
            submission_key=uuid.uuid4(),
            actor=Actor.shopper(),
            now=self.now,
        )

    def approve(self, row: ReturnRequest) -> ReturnRequest:
        amount = Money(row.quoted_amount, row.currency)
        return approve(request_id=row.pk, amount=amount, actor=Actor.system(), now=self.now)

    def work(self, rounds: int = 12) -> None:
        """Workers and sweeps, a moment after another, until nothing is due any more."""
        for _ in range(rounds):
            while due := outbox.due_operations(self.now):
                for operation_id in due:
                    carry_out(operation_id, clock=lambda: self.now)
            self.now += MOMENT
