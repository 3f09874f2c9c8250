"""The report on products: which come back, in which variants, channels and countries."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from returns_portal.returns.models import Market, SoldProduct
from returns_portal.returns.reports import sales, wording
from returns_portal.returns.reports.definitions import name_of
from returns_portal.returns.reports.goods import Arrived, read_arrivals, restocked
from returns_portal.returns.reports.scope import Scope
from returns_portal.returns.reports.sheets.parts import (
    rate_figure,
    rate_table,
    top_chart,
    trend_chart,
    trend_table,
)
from returns_portal.returns.reports.tables import Column, Figure, Label, Report, Table

CHANNELS = {"tiktok": "TikTok Shop", "web": "Online store", "pos": "Point of sale"}


def build_products(scope: Scope) -> Report:
    """Rates by product, or by variant of the one product looked at, and what became of goods."""
    cells = sales.read_cells(scope, by="variant" if scope.product else "product")
    sums = sales.add_up(cells, lambda cell: cell.item)
    rows = sales.by_variant(sums) if scope.product else sales.by_product(sums)
    markets = Market.objects.in_bulk(scope.markets)
    steps = sales.read_trend(scope)
    arrived = read_arrivals(scope)
    whole = sales.total(sums.values())
    return Report(
        "products",
        _("Products"),
        lead(rows, whole),
        (rate_figure(scope, whole), restock_figure(arrived)),
        (top_chart(_("Highest return rates"), rows), trend_chart(steps)),
        (
            items_table(scope, rows),
            *market_tables(scope, cells, markets),
            arrivals_table(arrived),
            trend_table(steps),
        ),
    )


def lead(rows: list[sales.Named], whole: sales.Compared) -> str:
    """The report in a sentence."""
    if not whole.now.sold:
        return _("Nothing was sold on these days.")
    if not whole.now.returned:
        return _("Nothing that was sold on these days came back so far.")
    worst = rows[0]
    return _("Most units back: %(name)s, %(back)s of %(sold)s.") % {
        "name": worst.label,
        "back": wording.count(worst.rates.now.returned),
        "sold": wording.count(worst.rates.now.sold),
    }


def items_table(scope: Scope, rows: list[sales.Named]) -> Table:
    if scope.product:
        label, title = _("Variant"), _("By variant")
        names = [Label(row.label or wording.NOTHING, row.sub) for row in rows]
    else:
        label, title = _("Product"), _("By product")
        names = [Label(row.label, product=int(row.key)) for row in rows]
    pairs = [(name, row.rates) for name, row in zip(names, rows, strict=True)]
    return rate_table(scope, "items", title, label, pairs)


def market_tables(
    scope: Scope, cells: list[sales.Cell], markets: Mapping[int, Market]
) -> tuple[Table, Table]:
    """The rates by channel and by country."""
    channels = sales.by_channel(cells, markets)
    countries = sales.by_country(cells, markets)
    return (
        rate_table(
            scope,
            "channels",
            _("By sales channel"),
            _("Channel"),
            [(Label(channel_name(row.label)), row.rates) for row in channels],
        ),
        rate_table(
            scope,
            "countries",
            _("By country"),
            _("Country"),
            [(Label(country_name(row.label)), row.rates) for row in countries],
        ),
    )


def channel_name(name: str) -> str:
    return CHANNELS.get(name, name) or _("Unknown")


def country_name(code: str) -> str:
    """The country's name in the active language; its code where there is none."""
    return wording.country(code) or _("Unknown")


def arrivals_table(rows: list[Arrived]) -> Table:
    """What became of the units that staff counted in parcels."""
    _again, arrived = restocked(rows)
    return Table(
        "arrivals",
        _("What became of the goods"),
        (
            Column(_("Condition")),
            Column(_("Where they went")),
            Column(_("Units"), "count"),
            Column(_("Share"), "share", "restocked"),
        ),
        [
            (
                Label(wording.condition(row.condition)),
                Label(wording.disposition(row.disposition)),
                row.now,
                wording.percent_of(row.now, arrived),
            )
            for row in rows
            if row.now
        ],
        empty=_("No parcel of these days has been counted yet."),
    )


def restock_figure(rows: list[Arrived]) -> Figure:
    """The share of counted units that is for sale again."""
    back, arrived = restocked(rows)
    return Figure(
        name_of("restocked"),
        wording.share(wording.percent_of(back, arrived)),
        "restocked",
        _("%(back)s of %(arrived)s units counted in parcels")
        % {"back": wording.count(back), "arrived": wording.count(arrived)},
    )


def product_title(product: int | None) -> str:
    """The title of the product looked at; empty without one, or where it is unknown."""
    found = SoldProduct.objects.filter(pk=product).first() if product else None
    return found.title if found else ""
