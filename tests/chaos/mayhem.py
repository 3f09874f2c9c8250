"""What goes on at once: staff deciding, shoppers canceling, a back office, deaths."""

import random
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import requests
from django.db import connection
from django.utils import timezone

from returns_portal.returns.models import ReturnRequest
from returns_portal.returns.orders import build_choices, read_order
from returns_portal.returns.quotes import quote_return
from returns_portal.returns.services import (
    Actor,
    RequestedLine,
    approve,
    cancel,
    request_return,
)
from returns_portal.returns.workflow import InvalidTransition
from returns_portal.shopify.types import Money
from tests.chaos.scene import Scene

FAULTS: list[dict[str, Any]] = [
    {"kind": "timeout", "when": "after", "probability": 0.10, "seconds": 3},
    {"kind": "error_503", "when": "before", "probability": 0.025},
    {"kind": "error_502", "when": "after", "probability": 0.025},
    {"kind": "cut", "when": "after", "probability": 0.05},
    {"kind": "broken_json", "when": "after", "probability": 0.03},
    {"kind": "duplicate", "probability": 0.3},
    {"kind": "reorder", "probability": 0.3},
]
GOODS = ("linen-shirt", "midi-dress", "stoneware-mug", "canvas-sneakers", "tote-bag")


@dataclass
class Fate:
    """What is to happen to a request beside its approval."""

    two_staff: bool
    canceled: bool
    refunded_elsewhere: bool


@dataclass
class Cast:
    """The requests of a run and what was done to them."""

    random: random.Random
    fates: dict[int, Fate] = field(default_factory=dict)
    back_office: set[str] = field(default_factory=set)


def make_requests(scene: Scene, cast: Cast, count: int) -> None:
    """Makes an order and a shopper's request for each approval, while all is still well."""
    specs = [order_spec(cast.random, number) for number in range(count)]
    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(lambda spec: make_request(scene, spec), specs))
    for request_id in ids:
        draw = cast.random.random
        cast.fates[request_id] = Fate(draw() < 0.15, draw() < 0.05, draw() < 0.05)


def order_spec(dice: random.Random, number: int) -> dict[str, Any]:
    lines = [
        {"goods": goods, "quantity": dice.randint(1, 3)}
        for goods in dice.sample(GOODS, dice.randint(1, 2))
    ]
    discount = {"discount": "2.50"} if dice.random() < 0.4 else {}
    return {"name": f"#{700_000 + number}", "zip": "08840", "lines": lines, **discount}


def make_request(scene: Scene, spec: dict[str, Any]) -> int:
    try:
        order = requests.post(f"{scene.shop_url}/sandbox/orders", json=spec, timeout=30).json()
        now = timezone.now()
        facts = read_order(order["id"], now=now)
        choice = next(choice for choice in build_choices(facts, now=now) if choice.eligible)
        lines = [RequestedLine(choice.fulfillment_line_item_id or "", 1, "changed-mind")]
        row = request_return(
            facts=facts,
            lines=lines,
            quote=quote_return(facts, lines),
            contact_email=f"shopper{spec['name'][1:]}@example.com",
            language="en",
            identity_verified=True,
            submission_key=uuid.uuid4(),
            actor=Actor.shopper(),
            now=now,
        )
        return int(row.pk)
    finally:
        connection.close()


def decide_all(scene: Scene, cast: Cast, workers: int = 2) -> None:
    """Two members of staff go through all requests; some things happen at the same moment."""
    ids = list(cast.fates)
    cast.random.shuffle(ids)
    with ThreadPoolExecutor(workers) as pool:
        for _ in pool.map(lambda request_id: decide(scene, cast, request_id), ids):
            pass


def decide(scene: Scene, cast: Cast, request_id: int) -> None:
    fate = cast.fates[request_id]
    acts = [lambda: approve_as_seen(request_id)]
    if fate.two_staff:
        acts.append(lambda: approve_as_seen(request_id))
    if fate.canceled:
        acts.append(lambda: cancel_as_shopper(request_id))
    if fate.refunded_elsewhere:
        acts.append(lambda: refund_in_back_office(scene, cast, request_id))
    threads = [threading.Thread(target=closing(act)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def closing(act: Any) -> Any:
    """`act`, tried again while the database is busy, its connection closed after."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    return run


def approve_as_seen(request_id: int) -> None:
    row = ReturnRequest.objects.get(pk=request_id)
    amount = Money(row.quoted_amount, row.currency)
    try:
        approve(request_id=request_id, amount=amount, actor=Actor.system(), now=timezone.now())
    except InvalidTransition:
        return


def cancel_as_shopper(request_id: int) -> None:
    try:
        cancel(request_id=request_id, actor=Actor.shopper(), now=timezone.now())
    except InvalidTransition:
        return


def refund_in_back_office(scene: Scene, cast: Cast, request_id: int) -> None:
    """Somebody refunds the whole order in Shopify; Shopify may refuse when it came too late."""
    time.sleep(cast.random.random() * 2)
    order_id = ReturnRequest.objects.get(pk=request_id).shopify_order_id
    number = order_id.rsplit("/", 1)[-1]
    address = f"{scene.shop_url}/sandbox/orders/{number}/refund"
    answer = requests.post(address, json={}, timeout=30)
    if answer.status_code == 201:
        cast.back_office.add(order_id)
