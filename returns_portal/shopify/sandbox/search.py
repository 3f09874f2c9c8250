"""Shopify's search syntax for orders: `name:"#1001" AND updated_at:>'2026-11-01T00:00:00Z'`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from returns_portal.shopify.sandbox import accounting as books
from returns_portal.shopify.sandbox.connections import Key
from returns_portal.shopify.sandbox.gid import number_of
from returns_portal.shopify.sandbox.state import Doc, Node

_TERM = re.compile(
    r"""
    \s*(?:
      (?P<open>\()|(?P<close>\))
      |(?:(?P<field>[A-Za-z_.$]+):)?(?P<op>>=|<=|>|<)?
       (?:"(?P<double>(?:\\.|[^"\\])*)"|'(?P<single>(?:\\.|[^'\\])*)'
         |(?P<bare>(?:\\.|[^\s()"'\\])+))
    )""",
    re.VERBOSE,
)
_TOKEN = re.compile(r"[0-9a-z]+")
OPERATORS = ("AND", "OR", "NOT")


@dataclass(frozen=True)
class Term:
    """One condition: a field, a comparison and a value; no field searches everywhere."""

    field: str | None
    op: str
    value: str


Test = Callable[[Doc], bool]


def tokens(text: str) -> list[str]:
    """The words of a text as the index keeps them."""
    return _TOKEN.findall(text.lower())


def contains(text: str | None, wanted: str) -> bool:
    """Whether the wanted words stand in the text, side by side; a trailing * matches beginnings."""
    have, want = tokens(text or ""), tokens(wanted)
    if not want:
        return False
    prefix = wanted.rstrip().endswith("*")
    for start in range(len(have) - len(want) + 1):
        part = have[start : start + len(want)]
        if part == want or (prefix and part[:-1] == want[:-1] and part[-1].startswith(want[-1])):
            return True
    return False


def search_orders(orders: list[Node], query: str | None, warnings: list[Doc]) -> list[Node]:
    """The orders a query matches; unknown filters match every order and leave a warning."""
    if not query or not query.strip():
        return orders
    test = _Parser(query, warnings).parse()
    return [node for node in orders if test(node.doc)]


class _Parser:
    """Reads OR of ANDs of possibly negated terms and groups."""

    def __init__(self, query: str, warnings: list[Doc]) -> None:
        self._query, self._warnings = query, warnings
        self._pieces = list(_pieces(query))
        self._at = 0

    def parse(self) -> Test:
        test = self._either()
        while self._at < len(self._pieces):
            self._at += 1
            if self._at < len(self._pieces):
                test = _both(test, self._either())
        return test

    def _peek(self) -> Any:
        return self._pieces[self._at] if self._at < len(self._pieces) else None

    def _either(self) -> Test:
        test = self._all()
        while self._peek() == "OR":
            self._at += 1
            test = _either(test, self._all())
        return test

    def _all(self) -> Test:
        test = self._one()
        while self._peek() not in (None, "OR", ")"):
            if self._peek() == "AND":
                self._at += 1
            test = _both(test, self._one())
        return test

    def _one(self) -> Test:
        piece = self._peek()
        self._at += 1
        if piece == "NOT":
            inner = self._one()
            return lambda order: not inner(order)
        if piece == "(":
            test = self._either()
            self._at += self._peek() == ")"
            return test
        return self._term(piece) if isinstance(piece, Term) else _everything

    def _term(self, term: Term) -> Test:
        if term.field is None:
            return lambda order: _anywhere(order, term.value)
        field = term.field.removeprefix("-")
        if field not in FILTERS:
            self._warn(term)
            return _everything
        return lambda order: FILTERS[field](order, term)

    def _warn(self, term: Term) -> None:
        warning = {"field": term.field, "message": "Invalid search field for this query."}
        self._warnings.append(
            {
                "path": ["orders"],
                "query": self._query,
                "parsed": {"field": term.field, "match_all": term.value},
                "warnings": [{**warning, "code": "invalid_field"}],
            }
        )


def _pieces(query: str) -> list[Any]:
    pieces: list[Any] = []
    for match in _TERM.finditer(query):
        if match["open"] or match["close"]:
            pieces.append(match["open"] or match["close"])
            continue
        bare = match["bare"]
        if bare in OPERATORS and match["field"] is None and not match["op"]:
            pieces.append(bare)
            continue
        pieces.extend(_negated(match))
    return pieces


def _negated(match: re.Match[str]) -> list[Any]:
    quoted = match["double"] if match["double"] is not None else match["single"]
    value = re.sub(r"\\(.)", r"\1", match["bare"] if quoted is None else quoted)
    field = match["field"]
    if field is None and quoted is None and value.startswith("-") and ":" in value:
        field, _, value = value[1:].partition(":")
        return ["NOT", Term(field, match["op"] or "", value)]
    return [Term(field, match["op"] or "", value)]


def _everything(order: Doc) -> bool:
    return True


def _both(left: Test, right: Test) -> Test:
    return lambda order: left(order) and right(order)


def _either(left: Test, right: Test) -> Test:
    return lambda order: left(order) or right(order)


def _anywhere(order: Doc, value: str) -> bool:
    texts = [order["name"], order["email"], order["sourceIdentifier"], *order["tags"]]
    texts.append(order["confirmationNumber"])
    return any(contains(text, value) for text in texts)


def _text(name: str) -> Callable[[Doc, Term], bool]:
    return lambda order, term: contains(order[name], term.value)


def _tag(order: Doc, term: Term) -> bool:
    return any(contains(tag, term.value) for tag in order["tags"])


def _moment(text: str) -> datetime | None:
    if text.lower() == "now":
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _time(name: str) -> Callable[[Doc, Term], bool]:
    def test(order: Doc, term: Term) -> bool:
        wanted = _moment(term.value)
        if wanted is None or order[name] is None:
            return False
        have = datetime.fromisoformat(order[name])
        if term.op == "" and len(term.value) <= len("2026-11-23"):
            return have.date() == wanted.date()
        return _compare(have, term.op, wanted)

    return test


def _compare(have: Any, op: str, wanted: Any) -> bool:
    results = {">": have > wanted, ">=": have >= wanted, "<": have < wanted, "<=": have <= wanted}
    return bool(results.get(op, have == wanted))


def _id(order: Doc, term: Term) -> bool:
    digits = number_of(term.value)
    if not digits.isdigit():
        return False
    return _compare(int(order["legacyResourceId"]), term.op, int(digits))


def _one_of(function: Callable[[Doc], str]) -> Callable[[Doc, Term], bool]:
    def test(order: Doc, term: Term) -> bool:
        wanted = {part.strip().lower() for part in term.value.split(",")}
        return "any" in wanted or function(order).lower() in wanted

    return test


FULFILLMENT_WORDS = {
    "FULFILLED": "shipped",
    "PARTIALLY_FULFILLED": "partial",
    "UNFULFILLED": "unfulfilled",
}


def _shipping(order: Doc, term: Term) -> bool:
    status = books.fulfillment_status(order)
    wanted = {part.strip().lower() for part in term.value.split(",")}
    words = {status.lower(), FULFILLMENT_WORDS.get(status, "")}
    unshipped = "unshipped" in wanted and status == "UNFULFILLED"
    return unshipped or bool(wanted & words) or "any" in wanted


def _status(order: Doc, term: Term) -> bool:
    state = "open"
    if order["cancelledAt"]:
        state = "cancelled"
    elif order["closed"]:
        state = "closed"
    wanted = term.value.lower()
    alive = wanted == "not_closed" and state != "closed"
    return alive or wanted in ("any", state) or (wanted == "canceled" and state == "cancelled")


def _test(order: Doc, term: Term) -> bool:
    return bool(order["test"]) is (term.value.lower() == "true")


def _gateway(order: Doc, term: Term) -> bool:
    return any(contains(t["gateway"], term.value) for t in order["transactions"])


FILTERS: dict[str, Callable[[Doc, Term], bool]] = {
    "name": _text("name"),
    "confirmation_number": _text("confirmationNumber"),
    "source_identifier": _text("sourceIdentifier"),
    "source_name": _text("sourceName"),
    "email": _text("email"),
    "tag": _tag,
    "tag_not": lambda order, term: not _tag(order, term),
    "id": _id,
    "created_at": _time("createdAt"),
    "updated_at": _time("updatedAt"),
    "processed_at": _time("processedAt"),
    "financial_status": _one_of(books.financial_status),
    "fulfillment_status": _shipping,
    "return_status": _one_of(books.return_status),
    "status": _status,
    "test": _test,
    "gateway": _gateway,
}


def _no_order(order: Doc) -> int:
    return 0


def sort_key(name: str) -> Callable[[Doc], Key]:
    """The function that gives an order its place; ties go by id."""
    first = SORTS.get(name, _no_order)
    return lambda order: [first(order), int(order["legacyResourceId"])]


SORTS: dict[str, Callable[[Doc], Any]] = {
    "CREATED_AT": lambda order: order["createdAt"],
    "UPDATED_AT": lambda order: order["updatedAt"],
    "PROCESSED_AT": lambda order: order["processedAt"],
    "ORDER_NUMBER": lambda order: order["number"],
    "TOTAL_PRICE": books.total,
    "CURRENT_TOTAL_PRICE": books.current_total,
    "FINANCIAL_STATUS": books.financial_status,
    "FULFILLMENT_STATUS": books.fulfillment_status,
    "CUSTOMER_NAME": lambda order: (order["shippingAddress"] or {}).get("lastName") or "",
    "DESTINATION": lambda order: (order["shippingAddress"] or {}).get("city") or "",
    "TOTAL_ITEMS_QUANTITY": lambda order: sum(line["quantity"] for line in order["lines"]),
}
