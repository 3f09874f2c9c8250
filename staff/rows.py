"""The queue's rows: what a request tells at a glance, in words and as a row of the table."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from returns_portal.returns.models import Message, Operation, ReturnLineItem, ReturnRequest
from returns_portal.returns.services import awaits_external_refund
from returns_portal.returns.workflow import UNDECIDED, Status
from staff import queue, wording

LINES_NAMED = 2
# What rows and the export tell of a request.
COLUMNS = (
    *("rma_number", "order_name", "tiktok_order_id", "sales_channel", "country", "status"),
    *("requested_at", "due_at", "currency", "quoted_amount", "approved_amount", "refunded_amount"),
    *("quote_source", "settlement", "refunded_at", "identity_verified", "attention"),
)
# A template would take longer for fifty rows than all else on their page together.
ROW = (
    '<td class="field-due">{due}{status}</td>'
    '<th class="field-rma" scope="row"><a href="{url}{key}/change/" id="rma-{key}">{rma}</a></th>'
    '<td class="field-order">{order}</td><td class="field-items">{items}</td>'
    '<td class="field-reasons">{reasons}</td>'
    '<td class="field-refund"><span class="amount">{amount}</span>{note}</td>'
    '<td class="field-flags">{flags}</td></tr>\n'
)
BOX = (
    '<td class="action-checkbox"><input type="checkbox" class="action-select" name="chosen"'
    ' value="{key}" aria-labelledby="rma-{key}"></td>'
)
PLAIN_ROW, ROW_TO_CHOOSE = f"<tr>{ROW}", f"<tr>{BOX}{ROW}"
DUE = '<span class="due due-{}" title="{}">{}</span>'
BADGE = '<span class="badge badge-{}">{}</span>'
FLAG = f"{BADGE} "
ITEM = '<span class="item">{} <span class="times">&times;{}</span></span>'
SUB = '<span class="sub">{}</span>'
CODE = '<span class="code">{}</span>'
ORDER = '{}<span class="sub code">{}</span>'


class Line(NamedTuple):
    """One item of a request as its row tells it."""

    title: str
    quantity: int
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """One request as the queue tells it."""

    request: ReturnRequest
    due: wording.Due | None
    lines: list[Line]
    more: int
    reasons: str
    amount: str
    note: str
    flags: list[tuple[str, str]]


def with_flags(requests: queue.Requests) -> queue.Requests:
    """The requests with what their rows tell of them, read at once for all rows."""
    failed = Operation.objects.filter(return_request=OuterRef("pk"), state=Operation.State.FAILED)
    unread = Message.objects.filter(
        return_request=OuterRef("pk"), author=Message.Author.SHOPPER, read_at__isnull=True
    )
    return requests.only(*COLUMNS).annotate(has_failed=Exists(failed), has_unread=Exists(unread))


def build_rows(requests: Iterable[ReturnRequest], now: datetime) -> list[Row]:
    """The rows of `requests`, which come from `with_flags`; reads the items of all at once."""
    items = list(requests)
    lines = read_lines([item.pk for item in items]) if items else {}
    return [build_row(item, lines.get(item.pk, []), now) for item in items]


def read_lines(keys: list[int]) -> dict[int, list[Line]]:
    """The lines of each request, in the order they were asked for."""
    found: dict[int, list[Line]] = defaultdict(list)
    lines = ReturnLineItem.objects.filter(return_request_id__in=keys)
    columns = ("return_request_id", "title", "quantity", "reason__label")
    for key, *told in lines.order_by("pk").values_list(*columns):
        found[key].append(Line(*told))
    return found


def build_row(item: ReturnRequest, lines: list[Line], now: datetime) -> Row:
    amount, note = amount_of(item)
    return Row(
        request=item,
        due=build_due(item, now),
        lines=lines[:LINES_NAMED],
        more=max(len(lines) - LINES_NAMED, 0),
        reasons=", ".join(dict.fromkeys(line.reason for line in lines)),
        amount=wording.money(amount, item.currency),
        note=note,
        flags=build_flags(item),
    )


def build_due(item: ReturnRequest, now: datetime) -> wording.Due | None:
    """The deadline of whoever must act; None where nobody has to."""
    if item.due_at is None or item.status not in UNDECIDED | queue.UNDER_WAY:
        return None
    return wording.due(item.due_at, now)


def amount_of(item: ReturnRequest) -> tuple[Any, str]:
    """What was paid, else what was approved, else what was quoted; and which it is."""
    if item.refunded_amount is not None:
        return item.refunded_amount, _("paid")
    if item.approved_amount is not None:
        return item.approved_amount, _("approved")
    return item.quoted_amount, ""


def build_flags(item: ReturnRequest) -> list[tuple[str, str]]:
    """What is out of the ordinary about a request: level and words."""
    flags = []
    if getattr(item, "has_failed", False):
        flags.append(("failed", _("Step failed")))
    if getattr(item, "has_unread", False):
        flags.append(("attention", _("New message")))
    if awaits_external_refund(item):
        flags.append(("attention", _("Refund in Seller Center")))
    if item.attention:
        flags.append(("attention", _("Attention")))
    if not item.identity_verified:
        flags.append(("attention", _("Identity not checked")))
    waiting = item.status == Status.REQUESTED
    if waiting and item.quote_source == ReturnRequest.QuoteSource.ESTIMATE:
        flags.append(("plain", _("Estimate")))
    return flags


def draw_rows(rows: Iterable[Row], *, url: str, may_choose: bool) -> SafeString:
    """The rows of the table; each leads to its page below `url`, and may have a box to tick."""
    return format_html_join("", "{}", ((draw_row(row, url, may_choose),) for row in rows))


def draw_row(row: Row, url: str, may_choose: bool) -> SafeString:
    item = row.request
    return format_html(
        ROW_TO_CHOOSE if may_choose else PLAIN_ROW,
        key=item.pk,
        url=url,
        due=draw_due(row.due) if row.due else "",
        status=draw_status(item),
        rma=item.rma_number,
        order=draw_order(item),
        items=draw_items(row),
        reasons=row.reasons,
        amount=row.amount,
        note=format_html(SUB, row.note) if row.note else "",
        flags=format_html_join("", FLAG, row.flags),
    )


def draw_due(due: wording.Due) -> SafeString:
    moment = wording.moment(due.at) if due.at else ""
    return format_html(DUE, due.level, moment, due.words)


def draw_status(item: ReturnRequest) -> SafeString | str:
    """The status as a badge; that a request waits for an answer goes without saying."""
    if item.status == Status.REQUESTED:
        return ""
    return format_html(BADGE, item.status, item.get_status_display())


def draw_order(item: ReturnRequest) -> SafeString:
    """The order's name, and TikTok's number below it where that is another one."""
    if item.tiktok_order_id and item.tiktok_order_id != item.order_name:
        return format_html(ORDER, item.order_name, item.tiktok_order_id)
    return format_html(CODE, item.order_name)


def draw_items(row: Row) -> SafeString:
    named = format_html_join("", ITEM, ((line.title, line.quantity) for line in row.lines))
    if not row.more:
        return named
    more = format_html(SUB, _("and %(count)s more") % {"count": row.more})
    return format_html("{}{}", named, more)
