"""Fills an empty sandbox: the shop, its goods, its orders; and names those to try first."""

from dataclasses import dataclass

from returns_portal.shopify.sandbox.backoffice import make_refund, make_return
from returns_portal.shopify.sandbox.building import add_order
from returns_portal.shopify.sandbox.catalog import add_catalog
from returns_portal.shopify.sandbox.people import tiktok_id
from returns_portal.shopify.sandbox.seed_orders import orders
from returns_portal.shopify.sandbox.state import Doc, State


@dataclass(frozen=True)
class Showcase:
    """An order to try the portal with."""

    order_number: str
    postcode: str
    what: str


SHOWCASE = (
    Showcase(tiktok_id(1), "08840", "United States: a shirt and a dress, discounted, tax added"),
    Showcase(tiktok_id(2), "60614", "United States: three mugs for the price of two"),
    Showcase(tiktok_id(3), "SW4 7AA", "United Kingdom: jeans and sneakers in pounds"),
    Showcase(tiktok_id(4), "10115", "Germany: a lamp and a throw in euros"),
    Showcase(tiktok_id(5), "28013", "Spain: a silk scarf on final sale beside a tote bag"),
    Showcase(tiktok_id(6), "150-0001", "Japan: lip tints and a serum in yen"),
    Showcase(tiktok_id(7), "33139", "United States: one cardigan, shipping paid"),
)


def fill(state: State, shop: str, *, with_orders: bool = True) -> None:
    """Put the shop, its goods and, if wanted, its orders into an empty state."""
    with state.transaction() as draft:
        add_catalog(draft, shop)
    if not with_orders:
        return
    for spec in orders():
        with state.transaction() as draft:
            order = add_order(draft, spec)
            draft.events.clear()
        _live(state, order, spec)


def _live(state: State, order: Doc, spec: Doc) -> None:
    if spec.get("openReturn"):
        make_return(state, order["id"], 1)
    if spec.get("refund"):
        quantity = 1 if spec["refund"] == "part" else None
        make_refund(state, order["id"], quantity)
