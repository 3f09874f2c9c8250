"""The work queue: what must be done, how much of it there is, and what comes next."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import F, OrderBy, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.models import Message, Operation, ReturnRequest
from returns_portal.returns.models.piles import (
    ATTENTION,
    DONE,
    NO_DEADLINE,
    QUEUE_TIME,
    TO_CONFIRM,
    TO_INSPECT,
    TO_REVIEW,
    WAITING,
)
from returns_portal.returns.workflow import Status

Requests = QuerySet[ReturnRequest]
Keys = QuerySet[Any, Any]
# No pile is counted further: it must cost the same whether a thousand wait or a million.
MOST_COUNTED = 999
UNDER_WAY = frozenset({Status.APPROVED, Status.RECEIVED})


@dataclass(frozen=True, slots=True)
class Order:
    """An order of the queue that can be entered at any row: a time, then the key."""

    field: str
    descending: bool

    def by(self, *, backward: bool = False) -> tuple[OrderBy, ...]:
        down = self.descending != backward
        return tuple(F(name).desc() if down else F(name).asc() for name in (self.field, "pk"))

    def beyond(self, at: datetime, key: int, *, backward: bool = False) -> Q:
        """The rows after the one at `at` with `key`; before it, when read backward."""
        side = "lt" if self.descending != backward else "gt"
        # The first condition says no more than the second, but an index can begin with it.
        return Q(**{f"{self.field}__{side}e": at}) & (
            Q(**{f"{self.field}__{side}": at}) | Q(**{self.field: at, f"pk__{side}": key})
        )


BY_DUE_TIME = Order("queue_time", descending=False)
NEWEST_FIRST = Order("requested_at", descending=True)


@dataclass(frozen=True, slots=True)
class Tab:
    """One pile of the queue: which requests lie on it, and in which order."""

    key: str
    label: str | Promise
    narrow: Callable[[Requests], Requests]
    order: Order = BY_DUE_TIME
    keys: "Callable[[], Keys] | None" = None
    # The order of an index that holds all that counting asks for, so that no row is read for it.
    # (One of due times does not: PostgreSQL takes an expression from a row, whatever has it.)
    counted_by: tuple[str, ...] = ("-requested_at", "-pk")
    # Whether a request on it may still be approved or declined.
    undecided: bool = True

    def to_count(self) -> Keys:
        """The keys on the pile in an order in which the database can stop after some."""
        if self.keys is not None:
            return self.keys()
        # In an index's order it is read from its beginning, whatever the planner expects.
        return self.narrow(all_requests()).order_by(*self.counted_by).values("pk")


def all_requests() -> Requests:
    """Every request, with the time by which the queue puts it in order."""
    return ReturnRequest.objects.alias(queue_time=QUEUE_TIME)


def to_review(requests: Requests) -> Requests:
    return requests.filter(TO_REVIEW)


def to_inspect(requests: Requests) -> Requests:
    """Approved requests whose parcel is awaited or here, and whose return is not complete."""
    return requests.filter(TO_INSPECT)


def waiting(requests: Requests) -> Requests:
    return requests.filter(WAITING)


def failed(requests: Requests) -> Requests:
    """Requests with a step that failed and that nobody has tried again."""
    return requests.filter(pk__in=failed_keys())


def failed_keys() -> Keys:
    failed = Operation.objects.order_by().filter(state=Operation.State.FAILED)
    return failed.values("return_request_id").distinct()


def needing_attention(requests: Requests) -> Requests:
    """Requests that ask for a person, that one pays by hand, or with a message nobody has read."""
    return requests.filter(pk__in=attention_keys())


def attention_keys() -> Keys:
    unread = Message.objects.filter(author=Message.Author.SHOPPER, read_at__isnull=True)
    noted = ReturnRequest.objects.filter(ATTENTION).values("pk")
    by_hand = ReturnRequest.objects.filter(TO_CONFIRM)
    return noted.union(unread.order_by().values("return_request_id"), by_hand.values("pk"))


def closed(requests: Requests) -> Requests:
    return requests.filter(DONE)


def everything(requests: Requests) -> Requests:
    return requests


REVIEW_TAB = Tab("review", _("To review"), to_review)
INSPECT_TAB = Tab("inspect", _("To inspect"), to_inspect, counted_by=("pk",), undecided=False)
WAITING_TAB = Tab("waiting", _("Waiting for the shopper"), waiting)
FAILED_TAB = Tab("failed", _("Failed"), failed, keys=failed_keys, undecided=False)
ATTENTION_TAB = Tab("attention", _("Needs attention"), needing_attention, keys=attention_keys)
CLOSED_TAB = Tab("closed", _("Closed"), closed, NEWEST_FIRST, undecided=False)
ALL_TAB = Tab("all", _("All"), everything, NEWEST_FIRST)
TABS = {
    tab.key: tab
    for tab in (
        REVIEW_TAB,
        INSPECT_TAB,
        WAITING_TAB,
        FAILED_TAB,
        ATTENTION_TAB,
        CLOSED_TAB,
        ALL_TAB,
    )
}


def count_tabs() -> dict[str, int]:
    """How many requests lie on each tab, up to one more than MOST_COUNTED; in one query."""
    with connection.cursor() as cursor:
        cursor.execute(*_counting(MOST_COUNTED))
        return dict(zip(TABS, cursor.fetchone(), strict=True))


@cache
def _counting(most: int) -> tuple[str, list[Any]]:
    """The query that counts the tabs; none of them looks at a clock, so it never changes."""
    counted: list[str] = []
    given: list[Any] = []
    for key, tab in TABS.items():
        sql, parameters = tab.to_count()[: most + 1].query.sql_with_params()
        counted.append(f'(SELECT COUNT(*) FROM ({sql}) AS "{key}")')  # noqa: S608 - the ORM's own
        given.extend(parameters)
    return f"SELECT {', '.join(counted)}", given


def shown_count(count: int) -> str:
    """A count as people read it: 12, or 999+ where no more were counted."""
    return str(count) if count <= MOST_COUNTED else f"{MOST_COUNTED}+"


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of the queue, and where the pages before and after them begin."""

    rows: list[ReturnRequest]
    before: str
    after: str


def read_page(requests: Requests, order: Order, *, position: str, length: int) -> Page:
    """The page at `position` (of an earlier page's `before` or `after`); else the first.

    It costs the same at any depth, since no row before it is read.
    """
    way, at, key = parse_position(position)
    backward = way == "before"
    if at is not None:
        requests = requests.filter(order.beyond(at, key, backward=backward))
    ordered = requests.order_by(*order.by(backward=backward))
    rows: list[Any] = list(ordered.annotate(position_time=F(order.field))[: length + 1])
    more = len(rows) > length
    rows = rows[:length]
    if backward:
        rows.reverse()
    if not rows:
        return Page([], "", "")
    has_before, has_after = (more, True) if backward else (at is not None, more)
    return Page(
        rows,
        before=position_of("before", rows[0]) if has_before else "",
        after=position_of("after", rows[-1]) if has_after else "",
    )


def position_of(way: str, row: Any) -> str:
    return f"{way}~{row.position_time.isoformat()}~{row.pk}"


def parse_position(position: str) -> tuple[str, datetime | None, int]:
    """The way, time and key of a position; no time for what is none."""
    try:
        way, at, key = position.split("~")
        moment, number = datetime.fromisoformat(at), int(key)
    except ValueError:
        return "after", None, 0
    if way not in {"before", "after"} or moment.tzinfo is None or not 0 <= number < 2**63:
        return "after", None, 0
    return way, moment, number


def first_to_review(*, besides: int | None = None) -> ReturnRequest | None:
    """The request whose answer is due first, other than the one with the key `besides`."""
    pile = to_review(all_requests()).only("due_at")
    if besides is not None:
        pile = pile.exclude(pk=besides)
    return pile.order_by(*BY_DUE_TIME.by()).first()


def neighbors(request: ReturnRequest) -> tuple[ReturnRequest | None, ReturnRequest | None]:
    """The requests to review that are due before and after this one."""
    pile = to_review(all_requests()).only("due_at")
    at, key = request.due_at or NO_DEADLINE, request.pk
    earlier = pile.filter(BY_DUE_TIME.beyond(at, key, backward=True))
    later = pile.filter(BY_DUE_TIME.beyond(at, key))
    return (
        earlier.order_by(*BY_DUE_TIME.by(backward=True)).first(),
        later.order_by(*BY_DUE_TIME.by()).first(),
    )
