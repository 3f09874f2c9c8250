"""The reports' numbers computed slowly and plainly, straight from the orders and the requests."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from returns_portal.returns.models import ReturnEvent, ReturnLineItem, ReturnRequest
from returns_portal.returns.reports.scope import Period
from returns_portal.shopify.types import Order, OrderLine

GONE = {"declined", "canceled", "expired"}
ENDED = GONE | {"closed"}


@dataclass
class Plain:
    """The shop's books, looked through line by line."""

    orders: Mapping[str, Order]
    zone: ZoneInfo
    channel: str

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def sold_lines(self, period: Period) -> Iterator[tuple[Order, OrderLine]]:
        for order in self.orders.values():
            if order.canceled_at or order.test or order.source_name != self.channel:
                continue
            for line in order.lines:
                if line.requires_shipping and period.holds(self.day(order.created_at)):
                    yield order, line

    def requests(self) -> Iterator[ReturnRequest]:
        for row in ReturnRequest.objects.order_by("pk"):
            if row.sales_channel == self.channel:
                yield row

    def lines(self) -> Iterator[tuple[ReturnRequest, ReturnLineItem]]:
        for row in self.requests():
            for line in row.lines.order_by("pk"):
                yield row, line

    def units(self, row: ReturnRequest, line: ReturnLineItem) -> int:
        if row.status in GONE:
            return 0
        if line.received_quantity is not None:
            return line.received_quantity
        return line.quantity if line.approved_quantity is None else line.approved_quantity

    def rates(self, period: Period) -> dict[tuple[str, str], tuple[int, int]]:
        """Units sold and returned by product title and country."""
        sold: Counter[tuple[str, str]] = Counter()
        back: Counter[tuple[str, str]] = Counter()
        for order, line in self.sold_lines(period):
            sold[line.title, order.country] += line.quantity
            for row, asked in self.lines():
                if asked.line_item_id == line.id:
                    back[line.title, order.country] += self.units(row, asked)
        return {key: (sold[key], back[key]) for key in sold}

    def reasons(self, period: Period) -> dict[str, int]:
        found: Counter[str] = Counter()
        for row, line in self.lines():
            if period.holds(self.day(row.requested_at)):
                found[line.reason.code] += self.units(row, line)
        return {code: count for code, count in found.items() if count}

    def money(self, period: Period) -> dict[str, dict[str, Decimal]]:
        """By currency: refunds, refunded, fees, asked and kept."""
        found: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for row in self.requests():
            sums = found[row.currency]
            lines = list(row.lines.all())
            asked = sum((line.subtotal + line.tax for line in lines), Decimal(0))
            paid = Decimal(0)
            if row.refunded_at:
                paid = row.refunded_amount or Decimal(0)
                if period.holds(self.day(row.refunded_at)):
                    fees = sum((line.restocking_fee for line in lines), row.return_shipping_fee)
                    sums["refunds"] += 1
                    sums["refunded"] += paid
                    sums["fees"] += fees
            if row.status in ENDED and row.closed_at and period.holds(self.day(row.closed_at)):
                sums["asked"] += asked
                sums["kept"] += asked - paid
        return {currency: dict(sums) for currency, sums in found.items() if any(sums.values())}

    def waits(self, period: Period) -> dict[int | None, list[int]]:
        """Minutes to the first decision, by who decided, in order."""
        found: dict[int | None, list[int]] = defaultdict(list)
        for row in self.requests():
            decisions = ReturnEvent.objects.filter(
                return_request=row, kind__in=["approved", "declined"]
            )
            first = decisions.order_by("occurred_at", "pk").first()
            if first and period.holds(self.day(first.occurred_at)):
                seconds = (first.occurred_at - row.requested_at).total_seconds()
                found[first.user_id].append(int(seconds // 60))
        return {person: sorted(minutes) for person, minutes in found.items()}

    def arrived(self, period: Period) -> tuple[int, int]:
        """Units for sale again, and all that arrived."""
        again = every = 0
        for row, line in self.lines():
            if row.status not in GONE and period.holds(self.day(row.requested_at)):
                every += line.received_quantity or 0
                if line.disposition == "RESTOCKED":
                    again += line.received_quantity or 0
        return again, every

    def pairs(self, period: Period) -> dict[tuple[str, str], tuple[int, int]]:
        """By product and reason: order lines sold, and how many of them came back for it."""
        lines = list(self.sold_lines(period))
        sold = Counter(line.title for _order, line in lines)
        back: Counter[tuple[str, str]] = Counter()
        for _order, line in lines:
            codes = {
                asked.reason.code
                for row, asked in self.lines()
                if asked.line_item_id == line.id and self.units(row, asked)
            }
            back.update((line.title, code) for code in codes)
        return {(title, code): (sold[title], count) for (title, code), count in back.items()}
