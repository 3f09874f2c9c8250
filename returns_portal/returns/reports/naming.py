"""The keys under which the reports know markets, products and variants."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from returns_portal.returns.models import Market, SoldProduct, SoldVariant
from returns_portal.returns.reports.facts import Goods

MarketKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Names:
    """The rows for some goods and markets, each made where it was missing."""

    markets: Mapping[MarketKey, int]
    products: Mapping[str, int]
    variants: Mapping[str, int]

    @classmethod
    def of(cls, goods: Iterable[Goods], markets: Iterable[MarketKey]) -> "Names":
        """Looks them up, makes the missing ones, and keeps the newest titles."""
        goods = list(goods)
        products = keep_products(goods)
        return cls(keep_markets(set(markets)), products, keep_variants(goods, products))

    def market(self, key: MarketKey) -> int:
        return self.markets[key]

    def product(self, goods: Goods) -> int:
        return self.products[goods.product_key]

    def variant(self, goods: Goods) -> int:
        return self.variants[goods.variant_key]


def keep_markets(wanted: Iterable[MarketKey]) -> dict[MarketKey, int]:
    """The markets' keys by channel and country; there are only a few."""
    wanted = set(wanted)
    known = {(row.sales_channel, row.country): row.pk for row in Market.objects.all()}
    if missing := wanted - known.keys():
        Market.objects.bulk_create(
            [
                Market(sales_channel=channel, country=country)
                for channel, country in sorted(missing)
            ],
            ignore_conflicts=True,
        )
        known = {(row.sales_channel, row.country): row.pk for row in Market.objects.all()}
    return known


def keep_products(goods: Iterable[Goods]) -> dict[str, int]:
    """The products' keys, their titles being those told last."""
    titles = {item.product_key: item.product_title for item in goods}
    if not titles:
        return {}
    SoldProduct.objects.bulk_create(
        [SoldProduct(key=key, title=titles[key]) for key in sorted(titles)],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["title"],
    )
    return dict(SoldProduct.objects.filter(key__in=titles).values_list("key", "pk"))


def keep_variants(goods: Iterable[Goods], products: Mapping[str, int]) -> dict[str, int]:
    """The variants' keys, their titles being those told last."""
    told = {item.variant_key: item for item in goods}
    if not told:
        return {}
    SoldVariant.objects.bulk_create(
        [
            SoldVariant(
                key=key,
                product_id=products[item.product_key],
                title=item.variant_title,
                sku=item.sku,
            )
            for key, item in sorted(told.items())
        ],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["product", "title", "sku"],
    )
    return dict(SoldVariant.objects.filter(key__in=told).values_list("key", "pk"))
