"""A marketplace for tests: both stand-ins, the portal between them, and a clock moved by hand."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from returns_portal.returns.channels.tiktok_shop import build_tiktok_client
from returns_portal.returns.intake.aftersales import sync_cancellations, sync_changed, sync_one
from returns_portal.returns.models import Aftersale, MirroredOrder, Operation, ReturnRequest
from returns_portal.returns.services import (
    Actor,
    Decision,
    Receipt,
    approve,
    receive,
    reject_on_tiktok,
)
from returns_portal.shopify.sandbox.seeds import SHOWCASE
from returns_portal.shopify.types import Money
from returns_portal.tiktok.sandbox import moves
from returns_portal.tiktok.sandbox.server import SandboxTikTok
from tests.returns.shop import Shop

REJECT_REASON = next(iter(moves.REJECT_REASONS))


@dataclass
class Market:
    """Both stand-ins; `shop.now` is the portal's clock."""

    shop: Shop
    tiktok: SandboxTikTok

    def begin(self, number: int = 0, units: int = 1, **options: Any) -> dict[str, Any]:
        """The buyer of a showcase order begins an aftersale in the app."""
        order = self.tiktok.book.orders[SHOWCASE[number].order_number]
        given = {"order_id": order["id"], **options}
        given.setdefault("line_ids", [line["id"] for line in order["line_items"][:units]])
        with self.tiktok.book.change():
            return moves.start(self.tiktok.book, **given)

    def act(self, case: dict[str, Any], what: str) -> None:
        with self.tiktok.book.change():
            moves.act(self.tiktok.book, case, what)

    def sync(self) -> None:
        """What webhooks and polling do, all at once."""
        client = build_tiktok_client(max_wait=1.0)
        for case in list(self.tiktok.book.aftersales.values()):
            sync_one(client, case["return_id"], now=self.shop.now)

    def poll(self) -> None:
        sync_changed(build_tiktok_client(max_wait=1.0), now=self.shop.now)

    def row_of(self, case: dict[str, Any]) -> ReturnRequest:
        found = Aftersale.objects.get(return_id=case["return_id"]).return_request
        assert found is not None
        return found

    def begun(self, number: int = 0, **options: Any) -> tuple[dict[str, Any], ReturnRequest]:
        case = self.begin(number, **options)
        self.sync()
        return case, self.row_of(case)

    def approve(self, row: ReturnRequest, amount: Decimal | None = None) -> None:
        money = Money(row.quoted_amount if amount is None else amount, row.currency)
        approve(
            request_id=row.pk,
            amount=money,
            actor=Actor.system(),
            now=self.shop.now,
            decision=Decision(reason="" if amount is None else "A part of it."),
        )
        self.work()

    def receive(self, row: ReturnRequest) -> None:
        arrived = {line.pk: Receipt(line.quantity, line.disposition) for line in row.lines.all()}
        receive(request_id=row.pk, received=arrived, actor=Actor.system(), now=self.shop.now)
        self.work()

    def reject(self, row: ReturnRequest, reason: str = REJECT_REASON) -> None:
        reject_on_tiktok(
            request_id=row.pk,
            reason=reason,
            comment="The item was worn.",
            actor=Actor.system(),
            now=self.shop.now,
        )
        self.work()

    def cancellations(self, order_id: str) -> None:
        sync_cancellations(build_tiktok_client(max_wait=1.0), order_id, now=self.shop.now)

    def deadline(self, case: dict[str, Any]) -> int:
        moment: int = case["seller_next_action_response"][0]["deadline"]
        return moment

    def work(self) -> None:
        self.shop.work(rounds=6)

    def money_in_shopify(self, row: ReturnRequest) -> Decimal:
        refunds = self.shop.order(row.shopify_order_id)["refunds"]
        amounts = [Decimal(t["amount"]) for refund in refunds for t in refund["transactions"]]
        return sum(amounts, Decimal(0))

    def mails(self, row: ReturnRequest) -> set[str]:
        sent = row.operations.filter(kind="send_email").exclude(state=Operation.State.SKIPPED)
        return set(sent.values_list("part", flat=True))


def paid(market: Market) -> int:
    """How often TikTok paid a buyer."""
    return len(market.tiktok.book.payments)


def mirrored(order_id: str) -> MirroredOrder:
    return MirroredOrder.objects.get(tiktok_order_id=order_id)


HOUR = timedelta(hours=1)
