"""The work queue: what must be done, how much of it there is, and what comes next."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.models import Message, Operation, ReturnRequest
from returns_portal.returns.workflow import FINAL, Status

Requests = QuerySet[ReturnRequest]

UNDER_WAY = (Status.APPROVED.value, Status.RECEIVED.value)
DONE = tuple(status.value for status in FINAL)
BY_DUE_TIME = ("answer_due_at", "pk")
NEWEST_FIRST = ("-requested_at", "-pk")


@dataclass(frozen=True, slots=True)
class Tab:
    """One pile of the queue: which requests lie on it, and in which order."""

    key: str
    label: str | Promise
    narrow: Callable[[Requests], Requests]
    ordering: tuple[str, ...] = BY_DUE_TIME


def to_review(requests: Requests) -> Requests:
    return requests.filter(status=Status.REQUESTED.value)


def under_way(requests: Requests) -> Requests:
    return requests.filter(status__in=UNDER_WAY)


def failed(requests: Requests) -> Requests:
    """Requests with a step that failed and that nobody has tried again."""
    steps = Operation.objects.filter(state=Operation.State.FAILED)
    return requests.filter(pk__in=steps.values("return_request_id"))


def needing_attention(requests: Requests) -> Requests:
    """Requests that ask for a person, or whose shopper wrote what nobody has read."""
    return requests.filter(_needs_attention())


def _needs_attention() -> Q:
    unread = Message.objects.filter(author=Message.Author.SHOPPER, read_at__isnull=True)
    return ~Q(attention="") | Q(pk__in=unread.values("return_request_id"))


def closed(requests: Requests) -> Requests:
    return requests.filter(status__in=DONE)


def everything(requests: Requests) -> Requests:
    return requests


TO_REVIEW = Tab("review", _("To review"), to_review)
IN_PROGRESS = Tab("progress", _("In progress"), under_way)
FAILED = Tab("failed", _("Failed"), failed)
ATTENTION = Tab("attention", _("Needs attention"), needing_attention)
CLOSED = Tab("closed", _("Closed"), closed, NEWEST_FIRST)
ALL = Tab("all", _("All"), everything, NEWEST_FIRST)
TABS = {tab.key: tab for tab in (TO_REVIEW, IN_PROGRESS, FAILED, ATTENTION, CLOSED, ALL)}


def count_tabs() -> dict[str, int]:
    """How many requests lie on each tab, in two queries."""
    counts: dict[str, int] = ReturnRequest.objects.aggregate(
        review=Count("pk", filter=Q(status=Status.REQUESTED.value)),
        progress=Count("pk", filter=Q(status__in=UNDER_WAY)),
        attention=Count("pk", filter=_needs_attention()),
        closed=Count("pk", filter=Q(status__in=DONE)),
        all=Count("pk"),
    )
    counts["failed"] = failed(ReturnRequest.objects.all()).count()
    return counts


def first_to_review(*, besides: int | None = None) -> ReturnRequest | None:
    """The request whose answer is due first, other than the one with the key `besides`."""
    waiting = to_review(ReturnRequest.objects.all())
    if besides is not None:
        waiting = waiting.exclude(pk=besides)
    return waiting.order_by(*BY_DUE_TIME).first()


def neighbors(request: ReturnRequest) -> tuple[ReturnRequest | None, ReturnRequest | None]:
    """The requests to review that are due before and after this one."""
    waiting = to_review(ReturnRequest.objects.all())
    at, key = request.answer_due_at, request.pk
    earlier = waiting.filter(Q(answer_due_at__lt=at) | Q(answer_due_at=at, pk__lt=key))
    later = waiting.filter(Q(answer_due_at__gt=at) | Q(answer_due_at=at, pk__gt=key))
    return (
        earlier.order_by("-answer_due_at", "-pk").first(),
        later.order_by(*BY_DUE_TIME).first(),
    )
