"""Decisions under fire where another than Shopify holds the money: TikTok, or a person."""

import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import requests
from django.db import connection
from django.utils import timezone

from returns_portal.returns.models import (
    Aftersale,
    Operation,
    ReturnRequest,
    SalesChannel,
)
from returns_portal.returns.orders import read_order
from returns_portal.returns.services import (
    Actor,
    Decision,
    Receipt,
    Refused,
    approve,
    confirm_external_refund,
    receive,
    reject_on_tiktok,
)
from returns_portal.returns.workflow import FINAL, InvalidTransition, Status
from returns_portal.shopify.types import Money
from tests.chaos.mayhem import order_spec
from tests.chaos.scene import Scene

REASON = "seller_reject_apply_product_has_been_used"
COMPLETE = "RETURN_OR_REFUND_REQUEST_COMPLETE"
ENDED = {COMPLETE, "RETURN_OR_REFUND_REQUEST_CANCEL"}
REJECTED = {"REFUND_OR_RETURN_REQUEST_REJECT", "REJECT_RECEIVE_PACKAGE"}
FAULTS: list[dict[str, Any]] = [
    {"kind": "timeout", "when": "after", "probability": 0.08, "seconds": 2},
    {"kind": "error_503", "when": "before", "probability": 0.04},
    {"kind": "error_502", "when": "after", "probability": 0.04},
    {"kind": "cut", "when": "after", "probability": 0.05},
    {"kind": "broken_json", "when": "after", "probability": 0.03},
    {"kind": "throttled", "when": "before", "probability": 0.05},
    {"kind": "duplicate", "probability": 0.3},
    {"kind": "reorder", "probability": 0.3},
    {"kind": "drop", "probability": 0.15},
]


@dataclass
class Ledger:
    """The table of a run; from `paid_twice` on everything should be zero."""

    decisions: int = 0
    refunded: int = 0
    rejected: int = 0
    canceled: int = 0
    by_ruling: int = 0
    paid_twice: int = 0
    told_too_early: int = 0
    deadlines_missed: int = 0
    restocked_twice: int = 0
    not_restocked: int = 0
    moved_in_shopify: int = 0
    unfinished: int = 0
    failed_steps: int = 0

    @property
    def faultless(self) -> bool:
        values = list(vars(self).values())
        return not any(values[5:])


@dataclass
class Market:
    """One run: its people, and what is left to do."""

    scene: Scene
    settlement: str
    random: random.Random
    stop: threading.Event = field(default_factory=threading.Event)
    ruled: set[str] = field(default_factory=set)
    booked: set[str] = field(default_factory=set)

    @property
    def tiktok(self) -> str:
        return f"http://127.0.0.1:{self.scene.tiktok_port}"

    def books(self) -> dict[str, Any]:
        found: dict[str, Any] = requests.get(
            f"{self.tiktok}/sandbox/ledger.json", timeout=30
        ).json()
        return found

    def begin(self, count: int) -> None:
        """Orders on both sides, and for TikTok an aftersale begun in the app for each."""
        SalesChannel.objects.update_or_create(
            channel="tiktok", defaults={"settlement": self.settlement}
        )
        for number in range(count):
            tiktok_id = f"57{number:016}"
            spec = order_spec(self.random, number) | {"tags": [f"TikTokOrderID:{tiktok_id}"]}
            url = f"{self.scene.shop_url}/sandbox/orders"
            made = requests.post(url, json=spec, timeout=30).json()
            facts = read_order(made["id"], now=timezone.now())
            order = tiktok_order(tiktok_id, facts.order)
            requests.post(f"{self.tiktok}/sandbox/orders", json=order, timeout=30)
            wish = {"order_id": tiktok_id, "line_ids": [order["line_items"][0]["id"]]}
            requests.post(f"{self.tiktok}/sandbox/aftersales", json=wish, timeout=30)

    def live(self) -> None:
        """Staff, buyers and TikTok act until all is over; each at its own pace."""
        while not self.stop.wait(0.5):
            try:
                self.decide()
                self.buyers()
            except requests.RequestException:
                continue
            finally:
                connection.close()

    def decide(self) -> None:
        """What waits for staff is decided, some of it by two at once."""
        mails = ReturnRequest.objects.filter(contact_email="")
        for row in mails:
            row.contact_email = f"{row.rma_number.lower()}@example.com"
            ReturnRequest.objects.filter(pk=row.pk).update(contact_email=row.contact_email)
        for row in ReturnRequest.objects.filter(status=Status.REQUESTED):
            acts = [self.random.choices([self.approve, self.reject, self.offer], [65, 25, 10])[0]]
            acts += [self.approve] if self.random.random() < 0.15 else []
            # Somebody else acts at the very same time.
            acts += [self.rival] if self.random.random() < 0.2 else []
            acts += [self.connector] if self.random.random() < 0.1 else []
            threads = [threading.Thread(target=quietly(act), args=(row,)) for act in acts]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        arrived = Aftersale.objects.filter(status="BUYER_SHIPPED_ITEM")
        for case in arrived.filter(return_request__status=Status.APPROVED):
            quietly(self.receive)(case.return_request)

    def approve(self, row: ReturnRequest) -> None:
        amount = Money(row.quoted_amount, row.currency)
        approve(request_id=row.pk, amount=amount, actor=Actor.system(), now=timezone.now())

    def reject(self, row: ReturnRequest) -> None:
        reject_on_tiktok(
            request_id=row.pk,
            reason=REASON,
            comment="Worn.",
            actor=Actor.system(),
            now=timezone.now(),
        )

    def offer(self, row: ReturnRequest) -> None:
        half = Money((row.quoted_amount / 2).quantize(Decimal("0.01")), row.currency)
        now, decision = timezone.now(), Decision(reason="A part.")
        approve(request_id=row.pk, amount=half, actor=Actor.system(), now=now, decision=decision)

    def rival(self, row: ReturnRequest) -> None:
        """The buyer gives up, or TikTok pays by itself."""
        case = {"return_id": row.aftersale.return_id}
        self.act(case, self.random.choice(["cancel", "refund"]))

    def connector(self, row: ReturnRequest) -> None:
        """An app books a refund of the order in Shopify, for which nobody's money moves there."""
        self.booked.add(row.shopify_order_id)
        number = row.shopify_order_id.rsplit("/", 1)[-1]
        url = f"{self.scene.shop_url}/sandbox/orders/{number}/refund"
        requests.post(url, json={}, timeout=30)

    def receive(self, row: ReturnRequest) -> None:
        arrived = {line.pk: Receipt(line.quantity, line.disposition) for line in row.lines.all()}
        receive(request_id=row.pk, received=arrived, actor=Actor.system(), now=timezone.now())

    def buyers(self) -> None:
        """Buyers hand parcels in, some give up; TikTok refunds or rules by itself."""
        for case in self.books()["aftersales"]:
            status, draw = case["return_status"], self.random.random()
            if status == "AWAITING_BUYER_SHIP":
                self.act(case, "cancel" if draw < 0.05 else "ship")
            elif status == "RETURN_OR_REFUND_REQUEST_PENDING" and draw < 0.001:
                self.act(case, "refund")
            elif status == "AWAITING_BUYER_RESPONSE":
                self.act(case, "accept" if draw < 0.5 else "refuse")
            elif status in REJECTED and case["return_id"] not in self.ruled:
                self.ruled.add(case["return_id"])
                if draw < 0.4:
                    self.act(case, "rule")

    def act(self, case: dict[str, Any], what: str) -> None:
        url = f"{self.tiktok}/sandbox/aftersales/{case['return_id']}/{what}"
        requests.post(url, json={}, timeout=30)

    def left(self) -> Counter[str]:
        """What is not over yet, by what it waits for."""
        over = [Operation.State.DONE, Operation.State.SKIPPED, Operation.State.FAILED]
        left = Counter(f"step {k}" for k in open_steps(over))
        for case in self.books()["aftersales"]:
            known = case["return_id"] in self.ruled
            if case["return_status"] not in ENDED and not (
                case["return_status"] in REJECTED and known
            ):
                left[case["return_status"]] += 1
        final = [status.value for status in FINAL]
        left["requests"] = ReturnRequest.objects.exclude(status__in=final).count()
        seen = Aftersale.objects.exclude(return_request=None).count()
        left["unseen"] = len(self.books()["aftersales"]) - seen
        return +left


def open_steps(over: list[str]) -> list[str]:
    return list(Operation.objects.exclude(state__in=over).values_list("kind", flat=True))


def quietly(act: Any) -> Any:
    """`act` of somebody who may come too late, its connection closed after."""

    def run(row: ReturnRequest) -> None:
        try:
            act(row)
        except (Refused, InvalidTransition):
            return
        finally:
            connection.close()

    return run


def tiktok_order(tiktok_id: str, order: Any) -> dict[str, Any]:
    """TikTok's side of a Shopify order: a line for each unit."""
    lines = [
        {
            "id": f"{tiktok_id[-8:]}{number:03}{unit:04}",
            "sku_id": f"9{number:05}",
            "seller_sku": line.sku,
            "product_name": line.title,
            "display_status": "DELIVERED",
            "refund": f"{line.unit_price.amount:f}",
        }
        for number, line in enumerate(order.lines)
        for unit in range(line.quantity)
    ]
    return {
        "id": tiktok_id,
        "external_id": order.id.rsplit("/", 1)[-1],
        "status": "DELIVERED",
        "fulfillment_type": "FULFILLMENT_BY_SELLER",
        "region": "US",
        "currency": order.currency,
        "line_items": lines,
    }


def confirm_by_hand() -> int:
    """A person goes through the tasks of refunds made elsewhere; returns how many there were."""
    tasks = ReturnRequest.objects.filter(settlement="external", refunded_at=None)
    count = 0
    for row in tasks.filter(status__in=[Status.APPROVED, Status.RECEIVED]):
        if row.approved_amount is not None:
            confirm_external_refund(
                request_id=row.pk,
                amount=Money(row.approved_amount, row.currency),
                reference=f"SC-{row.pk}",
                actor=Actor.system(),
                now=timezone.now(),
            )
            count += 1
    return count


def audit(tiktok: dict[str, Any] | None, shop: dict[str, Any], booked: set[str]) -> Ledger:
    """Holds every request against the books of TikTok and Shopify.

    Orders in `booked` were refunded in Shopify by an app, and by nobody else.
    """
    ledger = Ledger()
    orders = {order["id"]: order for order in shop["orders"]}
    completed = {
        entry["return_id"]: entry["at"]
        for entry in (tiktok or {"journal": []})["journal"]
        if entry["status"] == COMPLETE
    }
    payments = Counter(p["return_id"] for p in (tiktok or {"payments": []})["payments"])
    ledger.paid_twice = sum(count - 1 for count in payments.values())
    for case in (tiktok or {"aftersales": []})["aftersales"]:
        ledger.deadlines_missed += bool(case["auto"])
        ledger.by_ruling += bool(case["arbitration_status"])
    for row in ReturnRequest.objects.prefetch_related("lines", "operations"):
        order = orders[row.shopify_order_id]
        weigh(ledger, row, order, completed, by_tiktok=tiktok is not None)
        ledger.moved_in_shopify += moved_beside(order, booked)
    return ledger


def refunds_of(order: dict[str, Any]) -> list[dict[str, Any]]:
    """The refunds of the order in Shopify that say that money moved."""
    return [refund for refund in order["refunds"] if refund["transactions"]]


def moved_beside(order: dict[str, Any], booked: set[str]) -> int:
    """How many refunds in Shopify said that money moved, beside the one of an app."""
    allowed = 1 if order["id"] in booked else 0
    return max(0, len(refunds_of(order)) - allowed)


def keeps_goods(row: ReturnRequest) -> bool:
    """Whether the buyer took an offer of a part, and no parcel was ever sent."""
    case = getattr(row, "aftersale", None)
    offered = case is not None and case.offered_amount is not None
    return offered and not hasattr(row, "reverse_delivery")


def weigh(
    ledger: Ledger,
    row: ReturnRequest,
    order: dict[str, Any],
    completed: dict[str, float],
    *,
    by_tiktok: bool,
) -> None:
    ledger.decisions += 1
    ledger.refunded += row.refunded_at is not None
    ledger.rejected += row.status == Status.DECLINED
    ledger.canceled += row.status == Status.CANCELED
    ledger.unfinished += row.status not in FINAL
    ledger.failed_steps += any(o.state == Operation.State.FAILED for o in row.operations.all())
    placed = sum(
        entry["quantity"]
        for made in order["returns"]
        for entry in made["dispositions"]
        if entry["type"] == "RESTOCKED"
    )
    units = sum(line.quantity for line in row.lines.all())
    ledger.restocked_twice += placed > units
    comes_back = not keeps_goods(row) and not refunds_of(order)
    ledger.not_restocked += row.refunded_at is not None and comes_back and placed < units
    mails = row.operations.filter(kind="send_email", part__startswith="refunded")
    for told in mails.values_list("finished_at", flat=True):
        # The mail counts: a reading's own moment is taken before TikTok answers.
        paid_at = completed.get(row.aftersale.return_id) if by_tiktok else 0.0
        early = paid_at is None or (told is not None and told.timestamp() < paid_at)
        ledger.told_too_early += row.refunded_at is None or early
