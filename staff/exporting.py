"""The queue as a file: what is looked at, a row a return, for a spreadsheet or a colleague."""

import csv
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from returns_portal.returns.models import ReturnLineItem, ReturnRequest
from returns_portal.returns.reports.tables import BOM, safe
from staff import access, listing, queue, wording
from staff.rows import COLUMNS

CHUNK = 500
LINE_COLUMNS = ("return_request_id", "title", "sku", "quantity", "reason__label")
HEAD = (
    "RMA",
    "Order",
    "TikTok order ID",
    "Channel",
    "Country",
    "Status",
    "Requested at",
    "Due at",
    "Items",
    "SKUs",
    "Reasons",
    "Quoted",
    "Approved",
    "Refunded",
    "Currency",
)


class Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Streams all that the queue's address selects as CSV; it names no person."""
    access.require(request, access.VIEW)
    personal = request.user.has_perm(access.PERSONAL)
    selection = listing.Selection(request.GET, personal=personal)
    found = with_lines(selection.requests()).order_by(*selection.tab.order.by())
    name = f"returns-{selection.tab.key}-{timezone.localdate():%Y-%m-%d}.csv"
    return StreamingHttpResponse(
        chain([BOM], write_rows(found.iterator(chunk_size=CHUNK))),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


def with_lines(requests: queue.Requests) -> queue.Requests:
    """The requests with their lines and reasons, read at once for all of a chunk."""
    lines = ReturnLineItem.objects.select_related("reason").only(*LINE_COLUMNS)
    return requests.only(*COLUMNS).prefetch_related(Prefetch("lines", lines))


def write_rows(requests: Iterator[ReturnRequest]) -> Iterator[str]:
    """The head and a line for each request (RFC 4180)."""
    writer: Any = csv.writer(Echo())
    yield writer.writerow(HEAD)
    for item in requests:
        yield writer.writerow([safe(cell) for cell in cells_of(item)])


def cells_of(item: ReturnRequest) -> list[str]:
    """What the queue tells of a request; amounts as programs read them, times in UTC."""
    lines = list(item.lines.all())
    return [
        item.rma_number,
        item.order_name,
        item.tiktok_order_id,
        item.sales_channel,
        item.country,
        str(item.get_status_display()),
        wording.instant(item.requested_at),
        wording.instant(item.due_at) if item.due_at else "",
        "; ".join(f"{line.title} ×{line.quantity}" for line in lines),  # noqa: RUF001
        "; ".join(line.sku for line in lines if line.sku),
        "; ".join(dict.fromkeys(line.reason.label for line in lines)),
        _plain(item.quoted_amount),
        _plain(item.approved_amount),
        _plain(item.refunded_amount),
        item.currency,
    ]


def _plain(amount: Decimal | None) -> str:
    return "" if amount is None else wording.plain(amount)
