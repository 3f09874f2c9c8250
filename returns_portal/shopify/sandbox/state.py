"""What the shop knows: every object as a JSON document, kept over restarts in SQLite."""

import copy
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from returns_portal.shopify.sandbox import gid

Doc = dict[str, Any]
Clock = Callable[[], datetime]

TABLES = {
    "Shop": "shop",
    "Location": "location",
    "Product": "product",
    "ProductVariant": "variant",
    "InventoryItem": "item",
    "InventoryLevel": "level",
    "Order": "order",
    "Customer": "customer",
    "StoreCreditAccount": "credit",
    "ReturnReasonDefinition": "reason",
    "WebhookSubscription": "webhook",
    "BulkOperation": "bulk",
    "InventoryAdjustmentGroup": "group",
}
ID_BASES = {
    "Order": 6_204_100_000_000,
    "LineItem": 15_310_200_000_000,
    "Fulfillment": 5_620_300_000_000,
    "FulfillmentLineItem": 14_020_400_000_000,
    "FulfillmentEvent": 73_100_500_000_000,
    "OrderTransaction": 7_410_600_000_000,
    "Refund": 980_700_000_000,
    "RefundLineItem": 690_800_000_000,
    "Return": 18_900_000_000,
    "ReturnLineItem": 39_010_000_000,
    "ReverseFulfillmentOrder": 21_011_000_000,
    "ReverseFulfillmentOrderLineItem": 31_012_000_000,
    "ReverseFulfillmentOrderDisposition": 41_013_000_000,
    "ReverseDelivery": 11_014_000_000,
    "Customer": 8_015_000_000_000,
    "Product": 9_016_000_000_000,
    "ProductVariant": 46_017_000_000_000,
    "InventoryItem": 48_018_000_000_000,
    "Location": 79_019_000_000,
}


@dataclass(frozen=True, slots=True)
class Node:
    """A document with its GraphQL type and, when it lives inside one, its order."""

    kind: str
    doc: Doc
    order: Doc


def timestamp(moment: datetime) -> str:
    """A moment as the API writes it, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


def level_id(location: str, item: str) -> str:
    """The id of the stock of one item at one location."""
    return f"gid://shopify/InventoryLevel/{gid.number_of(location)}?inventory_item_id=" + (
        gid.number_of(item)
    )


def parts_of(order: Doc) -> Iterator[tuple[str, Doc]]:
    """Every object that lives inside an order, with its GraphQL type."""
    for line in order["lines"]:
        yield "LineItem", line
    for fulfillment in order["fulfillments"]:
        yield "Fulfillment", fulfillment
        for line in fulfillment["lines"]:
            yield "FulfillmentLineItem", line
        for event in fulfillment["events"]:
            yield "FulfillmentEvent", event
    for transaction in order["transactions"]:
        yield "OrderTransaction", transaction
    for refund in order["refunds"]:
        yield "Refund", refund
        for line in refund["lines"]:
            yield "RefundLineItem", line
    for made in order["returns"]:
        yield "Return", made
        yield from _parts_of_return(made)


def _parts_of_return(made: Doc) -> Iterator[tuple[str, Doc]]:
    for line in made["lines"]:
        yield "ReturnLineItem", line
    for line in made["exchanges"]:
        yield "ExchangeLineItem", line
    for reverse in made["reverseOrders"]:
        yield "ReverseFulfillmentOrder", reverse
        for line in reverse["lines"]:
            yield "ReverseFulfillmentOrderLineItem", line
            for disposition in line["dispositions"]:
                yield "ReverseFulfillmentOrderDisposition", disposition
        for delivery in reverse["deliveries"]:
            yield "ReverseDelivery", delivery


class Draft:
    """Changes not yet made: all of them are kept together, or none."""

    def __init__(self, state: "State") -> None:
        self._state = state
        self.now = state.clock()
        self.changed: dict[tuple[str, str], Doc] = {}
        self.removed: set[tuple[str, str]] = set()
        self.events: list[tuple[str, Doc]] = []

    @property
    def stamp(self) -> str:
        """The moment of the change, as the API writes it."""
        return timestamp(self.now)

    def edit(self, table: str, key: str) -> Doc | None:
        """A document to change, or None when there is none."""
        if (table, key) in self.changed:
            return self.changed[(table, key)]
        found = self._state.tables[table].get(key)
        if found is None or (table, key) in self.removed:
            return None
        return self.put(table, copy.deepcopy(found))

    def docs(self, table: str) -> list[Doc]:
        """Every document of a table as it stands in this draft; to read, not to change."""
        kept = self._state.tables[table]
        own = {key: doc for (name, key), doc in self.changed.items() if name == table}
        return [
            *(own.get(key, doc) for key, doc in kept.items()),
            *(doc for key, doc in own.items() if key not in kept),
        ]

    def put(self, table: str, doc: Doc) -> Doc:
        """Add or replace a document."""
        self.changed[(table, doc["id"])] = doc
        self.removed.discard((table, doc["id"]))
        return doc

    def remove(self, table: str, key: str) -> None:
        """Delete a document."""
        self.changed.pop((table, key), None)
        self.removed.add((table, key))

    def new_id(self, kind: str) -> str:
        """A fresh global id of this type."""
        counters = self.edit("meta", "counters") or self.put("meta", {"id": "counters"})
        counters[kind] = counters.get(kind, ID_BASES.get(kind, 1_000_000)) + 1
        return gid.make(kind, counters[kind])

    def order_holding(self, part: str) -> Doc | None:
        """The order that holds this object, to change; None when there is no such object."""
        node = self._state.find(part)
        return None if node is None else self.edit("order", node.order["id"])

    def event(self, topic: str, payload: Doc) -> None:
        """Something the shop's subscribers will be told once the change is made."""
        self.events.append((topic, payload))


class State:
    """The shop's whole knowledge; every change happens under `lock`, and wholly or not at all."""

    def __init__(self, path: Path | None = None, *, clock: Clock = utc_now) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.tables: dict[str, dict[str, Doc]] = self._empty()
        self.listeners: list[Callable[[str, Doc, Draft], None]] = []
        self.pending: set[str] = set()
        self._nodes: dict[str, Node] = {}
        self._keys: dict[str, list[str]] = {}
        self._db = self._open(path)
        self._load()

    @staticmethod
    def _empty() -> dict[str, dict[str, Doc]]:
        names = [*TABLES.values(), "meta", "idempotency"]
        return {name: {} for name in names}

    @staticmethod
    def _open(path: Path | None) -> sqlite3.Connection | None:
        if path is None:
            return None
        path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=NORMAL")
        db.execute(
            "CREATE TABLE IF NOT EXISTS document "
            "(kind TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID"
        )
        return db

    def _load(self) -> None:
        if self._db is None:
            return
        for kind, key, body in self._db.execute("SELECT kind, id, body FROM document"):
            self.tables[kind][key] = json.loads(body)
        for order in self.tables["order"].values():
            self._index(order)

    @property
    def empty(self) -> bool:
        """Whether nothing was ever put in."""
        return not any(self.tables.values())

    def close(self) -> None:
        """Let go of the file."""
        with self.lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            self.tables = self._empty()
            self._nodes, self._keys, self.pending = {}, {}, set()
            if self._db is not None:
                self._db.execute("DELETE FROM document")

    @contextmanager
    def transaction(self) -> Iterator[Draft]:
        """Changes that are kept when the block ends, and dropped when it raises."""
        with self.lock:
            draft = Draft(self)
            yield draft
            self._commit(draft)

    def _commit(self, draft: Draft) -> None:
        for (table, _), doc in draft.changed.items():
            if table == "order":
                doc["updatedAt"] = draft.stamp
        self._write(draft)
        for table, key in draft.removed:
            self.tables[table].pop(key, None)
        for (table, key), doc in draft.changed.items():
            self.tables[table][key] = doc
            if table == "order":
                self._index(doc)
        self._tell(draft)

    def _tell(self, draft: Draft) -> None:
        told: list[tuple[str, Doc]] = []
        for event in draft.events:
            if event not in told:
                told.append(event)
        for topic, payload in told:
            for listener in self.listeners:
                listener(topic, payload, draft)

    def _write(self, draft: Draft) -> None:
        if self._db is None:
            return
        rows = [(table, key, json.dumps(doc)) for (table, key), doc in draft.changed.items()]
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.executemany("INSERT OR REPLACE INTO document VALUES (?, ?, ?)", rows)
            self._db.executemany(
                "DELETE FROM document WHERE kind = ? AND id = ?", list(draft.removed)
            )
        except sqlite3.Error:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _index(self, order: Doc) -> None:
        for key in self._keys.get(order["id"], []):
            self._nodes.pop(key, None)
        nodes = {doc["id"]: Node(kind, doc, order) for kind, doc in parts_of(order)}
        self._nodes.update(nodes)
        waiting = any(t["status"] == "PENDING" for t in order["transactions"])
        (self.pending.add if waiting else self.pending.discard)(order["id"])
        self._keys[order["id"]] = list(nodes)

    def find(self, key: str) -> Node | None:
        """The object with this global id, wherever it lives."""
        if key in self._nodes:
            return self._nodes[key]
        kind = gid.kind_of(key)
        table = TABLES.get(kind)
        doc = self.tables[table].get(key) if table else None
        return None if doc is None else Node(kind, doc, doc if kind == "Order" else {})

    def get(self, kind: str, key: str | None) -> Node | None:
        """The object of this type with this id, or None."""
        doc = self.tables[TABLES[kind]].get(key) if key else None
        return None if doc is None else Node(kind, doc, doc if kind == "Order" else {})

    def all(self, kind: str) -> list[Node]:
        """Every object of this type that stands on its own."""
        docs = self.tables[TABLES[kind]].values()
        return [Node(kind, doc, doc if kind == "Order" else {}) for doc in docs]
