"""Keeping the reports in step: what changed is counted anew, then its days are added up again.

One run at a time holds the row of ReportProgress. A run that dies leaves orders uncounted, events
unread or days stale, so the next one finishes its work; nothing is ever counted twice, since every
step replaces rows instead of adding to them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import Count, Max, Model, Q, QuerySet, Sum

from returns_portal.returns.mirror import read_snapshot
from returns_portal.returns.models import (
    DailySales,
    DailyTotal,
    MirroredOrder,
    ReportedLine,
    ReportedRequest,
    ReportProgress,
    ReturnEvent,
    ReturnRequest,
    SoldLine,
    StaleDay,
)
from returns_portal.returns.reports import facts
from returns_portal.returns.reports.naming import Names

BATCH = 500
# A transaction may commit after one that began later: so many events are read again.
LOOK_BACK = 1000
Progress = Callable[[str, int], None]
Row = TypeVar("Row", bound=Model)


def count_changes(*, now: datetime) -> int:
    """Counts every order and request that changed since the last run; returns how many."""
    counted = count_orders() + count_events()
    add_up_days()
    ReportProgress.objects.update(counted_at=now)
    return counted


def recount(*, now: datetime, on_progress: Progress = lambda _what, _count: None) -> None:
    """Counts everything again, batch by batch, while the reports stay readable."""
    progress = hold()
    newest = ReturnEvent.objects.aggregate(newest=Max("pk"))["newest"] or 0
    MirroredOrder.objects.filter(counted=True).update(counted=False)
    count_orders(on_progress)
    done = 0
    for ids in batches(ReturnRequest.objects.all()):
        with transaction.atomic():
            hold()
            count_requests(ids)
        done += len(ids)
        on_progress("requests", done)
    sold = SoldLine.objects.values_list("sold_on", flat=True).distinct()
    summed = DailySales.objects.values_list("sold_on", flat=True).distinct()
    mark_stale({*sold, *summed})
    add_up_days(on_progress)
    ReportProgress.objects.filter(pk=progress.pk).update(last_event=newest, counted_at=now)


def hold() -> ReportProgress:
    """The progress; inside a transaction its row is locked until that ends."""
    progress, _ = ReportProgress.objects.get_or_create(pk=1)
    if transaction.get_connection().in_atomic_block:
        return ReportProgress.objects.select_for_update().get(pk=1)
    return progress


def count_orders(on_progress: Progress = lambda _what, _count: None) -> int:
    """Counts the orders that were read since they were counted; returns how many."""
    done = 0
    while some := _count_some_orders():
        done += some
        on_progress("orders", done)
    return done


@transaction.atomic
def _count_some_orders() -> int:
    hold()
    waiting = MirroredOrder.objects.filter(counted=False).order_by("pk")
    orders = list(waiting.select_for_update()[:BATCH])
    if not orders:
        return 0
    sales = [sale for row in orders for sale in facts.build_sales(row, read_snapshot(row))]
    known = SoldLine.objects.filter(order__in=[row.pk for row in orders])
    days = set(known.values_list("sold_on", flat=True)) | {sale.sold_on for sale in sales}
    known.exclude(line_item_id__in=[sale.line_item_id for sale in sales]).delete()
    _keep_sales(sales)
    MirroredOrder.objects.filter(pk__in=[row.pk for row in orders]).update(counted=True)
    mark_stale(days)
    ids = [row.shopify_id for row in orders]
    asked = ReturnRequest.objects.filter(shopify_order_id__in=ids)
    count_requests(list(asked.values_list("pk", flat=True)))
    return len(orders)


def _keep_sales(sales: Sequence[facts.Sale]) -> None:
    names = Names.of([sale.goods for sale in sales], [sale.market for sale in sales])
    SoldLine.objects.bulk_create(
        [
            SoldLine(
                order_id=sale.order_pk,
                line_item_id=sale.line_item_id,
                sold_on=sale.sold_on,
                market_id=names.market(sale.market),
                variant_id=names.variant(sale.goods),
                units=sale.units,
                shopper=sale.shopper,
            )
            for sale in sales
        ],
        update_conflicts=True,
        unique_fields=["line_item_id"],
        update_fields=["order", "sold_on", "market", "variant", "units", "shopper"],
    )


@transaction.atomic
def count_events() -> int:
    """Counts the requests to which something happened since the last run; returns how many."""
    progress = hold()
    newest = ReturnEvent.objects.aggregate(newest=Max("pk"))["newest"] or 0
    recent = ReturnEvent.objects.filter(pk__gt=max(progress.last_event - LOOK_BACK, 0))
    ids = sorted(set(recent.values_list("return_request_id", flat=True)))
    for start in range(0, len(ids), BATCH):
        count_requests(ids[start : start + BATCH])
    ReportProgress.objects.filter(pk=progress.pk).update(last_event=newest)
    return len(ids)


def count_requests(ids: Sequence[int]) -> None:
    """Writes the narrow rows of these requests and their lines, in place of those before."""
    if not ids:
        return
    rows = list(ReturnRequest.objects.filter(pk__in=ids).prefetch_related("lines"))
    before = ReportedLine.objects.filter(line__return_request__in=ids)
    days = set(before.exclude(sold_on=None).values_list("sold_on", flat=True))
    built = _build_lines(rows)
    before.exclude(pk__in=[line.pk for line in built]).delete()
    _replace(ReportedRequest.objects.all(), "return_request", _build_requests(rows))
    _replace(ReportedLine.objects.all(), "line", built)
    mark_stale(days | {line.sold_on for line in built})


def _build_requests(rows: Sequence[ReturnRequest]) -> list[ReportedRequest]:
    orders = MirroredOrder.objects.filter(shopify_id__in=[row.shopify_order_id for row in rows])
    digests = dict(orders.values_list("shopify_id", "email_digest"))
    decisions = facts.first_decisions([row.pk for row in rows])
    blaming = facts.blaming_reasons()
    names = Names.of([], [(row.sales_channel, row.country) for row in rows])
    return [
        facts.build_request(
            row,
            row.lines.all(),
            market_id=names.market((row.sales_channel, row.country)),
            decision=decisions.get(row.pk),
            email_digest=digests.get(row.shopify_order_id, ""),
            blaming=blaming,
        )
        for row in rows
    ]


def _build_lines(rows: Sequence[ReturnRequest]) -> list[ReportedLine]:
    pairs = [(row, line) for row in rows for line in row.lines.all()]
    sold = _sold([line.line_item_id for _row, line in pairs])
    unsold = [facts.goods_asked(line) for _row, line in pairs if line.line_item_id not in sold]
    names = Names.of(unsold, [(row.sales_channel, row.country) for row in rows])
    built = []
    for row, line in pairs:
        sale = sold.get(line.line_item_id)
        goods = facts.goods_asked(line)
        built.append(
            facts.build_line(
                row,
                line,
                sold=sale,
                market_id=sale.market_id
                if sale
                else names.market((row.sales_channel, row.country)),
                variant_id=sale.variant_id if sale else names.variant(goods),
                product_id=sale.variant.product_id if sale else names.product(goods),
            )
        )
    return built


def _sold(line_item_ids: Iterable[str]) -> Mapping[str, SoldLine]:
    lines = SoldLine.objects.filter(line_item_id__in=list(line_item_ids)).select_related("variant")
    return {line.line_item_id: line for line in lines}


def _replace(rows: QuerySet[Row], key: str, built: Sequence[Row]) -> None:
    fields = [field.name for field in rows.model._meta.concrete_fields if field.name != key]
    rows.bulk_create(built, update_conflicts=True, unique_fields=[key], update_fields=fields)


def mark_stale(days: Iterable[date | None]) -> None:
    """Notes that these days must be added up again."""
    known = sorted(day for day in days if day)
    StaleDay.objects.bulk_create([StaleDay(day=day) for day in known], ignore_conflicts=True)


def add_up_days(on_progress: Progress = lambda _what, _count: None) -> int:
    """Adds up every stale day again, each in a transaction of its own; returns how many."""
    done = 0
    while day := StaleDay.objects.order_by("day").values_list("day", flat=True).first():
        with transaction.atomic():
            hold()
            StaleDay.objects.filter(day=day).delete()
            add_up_day(day)
        done += 1
        on_progress("days", done)
    return done


def add_up_day(day: date) -> None:
    """Adds up what was sold on a day, and what of it came back."""
    sums = {
        (row["market"], row["variant"]): DailySales(
            sold_on=day,
            market_id=row["market"],
            product_id=row["variant__product"],
            variant_id=row["variant"],
            units=row["units_sold"],
            lines=row["lines_sold"],
        )
        for row in SoldLine.objects.filter(sold_on=day)
        .values("market", "variant", "variant__product")
        .annotate(units_sold=Sum("units"), lines_sold=Count("pk"))
    }
    came_back = Q(units__gt=0, sold_line__isnull=False)
    for row in (
        ReportedLine.objects.filter(came_back, sold_on=day)
        .values("market", "variant")
        .annotate(units_back=Sum("units"), lines_back=Count("sold_line", distinct=True))
    ):
        daily = sums[row["market"], row["variant"]]
        daily.returned_units, daily.returned_lines = row["units_back"], row["lines_back"]
    DailySales.objects.filter(sold_on=day).delete()
    DailySales.objects.bulk_create(sums.values(), batch_size=1000)
    DailyTotal.objects.filter(sold_on=day).delete()
    DailyTotal.objects.bulk_create(add_up_markets(sums.values()))


def add_up_markets(rows: Iterable[DailySales]) -> list[DailyTotal]:
    """The totals of the days and markets of these rows."""
    totals: dict[tuple[date, int], DailyTotal] = {}
    for row in rows:
        total = totals.setdefault(
            (row.sold_on, row.market_id),
            DailyTotal(sold_on=row.sold_on, market_id=row.market_id, units=0, returned_units=0),
        )
        total.units += row.units
        total.returned_units += row.returned_units
    return list(totals.values())


def batches(requests: QuerySet[ReturnRequest]) -> Iterable[list[int]]:
    """The keys of all requests, some at a time."""
    last = 0
    while ids := list(
        requests.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        yield ids
        last = ids[-1]
