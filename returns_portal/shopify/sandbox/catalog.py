"""The goods the demo shop sells, where they lie, and why people send them back."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from returns_portal.shopify.sandbox.state import Doc, Draft, level_id, timestamp

PRICE_FACTORS = {"USD": "1", "EUR": "0.95", "GBP": "0.82", "JPY": "148", "KWD": "0.31"}


@dataclass(frozen=True)
class Goods:
    """One product with its variants, priced in US dollars."""

    handle: str
    title: str
    kind: str
    image: str
    price: str
    variants: tuple[str, ...]
    tags: tuple[str, ...] = ()
    vendor: str = "Harbor & Loom"
    gift_card: bool = False
    ships: bool = True


GOODS = (
    Goods(
        "linen-shirt",
        "Linen shirt",
        "Shirts",
        "shirt",
        "25.99",
        ("S / Sand", "M / Sand", "L / Sand", "M / White"),
        ("fashion", "linen"),
    ),
    Goods(
        "midi-dress",
        "Ribbed midi dress",
        "Dresses",
        "dress",
        "42.00",
        ("S / Olive", "M / Olive", "L / Olive"),
        ("fashion",),
    ),
    Goods(
        "wide-jeans",
        "Wide-leg jeans",
        "Jeans",
        "jeans",
        "54.90",
        ("26", "28", "30", "32"),
        ("fashion", "denim"),
    ),
    Goods(
        "knit-cardigan",
        "Chunky knit cardigan",
        "Knitwear",
        "knit",
        "48.50",
        ("S / Oat", "M / Oat", "L / Oat"),
        ("fashion", "winter"),
    ),
    Goods(
        "canvas-sneakers",
        "Canvas sneakers",
        "Shoes",
        "shoe",
        "39.00",
        ("EU 37", "EU 38", "EU 39", "EU 41"),
        ("fashion", "shoes"),
    ),
    Goods(
        "silk-scarf",
        "Silk scarf",
        "Accessories",
        "scarf",
        "31.00",
        ("Coral", "Navy"),
        ("fashion", "final-sale"),
    ),
    Goods(
        "tote-bag", "Everyday tote bag", "Bags", "bag", "28.00", ("Natural", "Black"), ("fashion",)
    ),
    Goods(
        "hoop-earrings",
        "Gold-plated hoops",
        "Jewelry",
        "ring",
        "19.50",
        ("20 mm", "30 mm"),
        ("fashion", "hygiene"),
    ),
    Goods(
        "vitamin-serum",
        "Vitamin C serum, 30 ml",
        "Skin care",
        "bottle",
        "22.00",
        ("30 ml",),
        ("beauty", "hygiene"),
        "Petal Lab",
    ),
    Goods(
        "lip-tint",
        "Velvet lip tint",
        "Make-up",
        "lipstick",
        "12.90",
        ("Rosewood", "Brick", "Fig"),
        ("beauty", "hygiene"),
        "Petal Lab",
    ),
    Goods(
        "hair-dryer",
        "Ionic hair dryer",
        "Hair care",
        "dryer",
        "64.00",
        ("Black", "Blush"),
        ("beauty", "electric"),
        "Petal Lab",
    ),
    Goods(
        "soy-candle",
        "Soy candle, fig leaf",
        "Candles",
        "candle",
        "18.00",
        ("220 g",),
        ("home",),
        "Slow Rooms",
    ),
    Goods(
        "stoneware-mug",
        "Stoneware mug",
        "Kitchen",
        "mug",
        "14.50",
        ("Speckled", "Charcoal"),
        ("home",),
        "Slow Rooms",
    ),
    Goods(
        "throw-blanket",
        "Waffle throw blanket",
        "Bedding",
        "blanket",
        "46.00",
        ("130 by 170 cm",),
        ("home",),
        "Slow Rooms",
    ),
    Goods(
        "desk-lamp",
        "Mushroom desk lamp",
        "Lighting",
        "lamp",
        "59.00",
        ("Cream", "Sage"),
        ("home", "electric"),
        "Slow Rooms",
    ),
    Goods(
        "wall-print",
        "Made-to-order name print",
        "Wall art",
        "print",
        "35.00",
        ("A3",),
        ("home", "personalized", "final-sale"),
        "Slow Rooms",
    ),
    Goods(
        "gift-card",
        "Gift card",
        "Gift cards",
        "card",
        "50.00",
        ("50",),
        gift_card=True,
        ships=False,
    ),
    Goods(
        "sewing-pattern",
        "Sewing pattern (download)",
        "Digital",
        "file",
        "9.00",
        ("PDF",),
        ("digital",),
        ships=False,
    ),
)
# Where goods of a kind stand in Shopify's taxonomy; the others stand nowhere.
CATEGORIES = {
    "Shirts": "Apparel & Accessories > Clothing > Clothing Tops > Shirts",
    "Dresses": "Apparel & Accessories > Clothing > Dresses",
    "Shoes": "Apparel & Accessories > Shoes > Sneakers",
    "Kitchen": "Home & Garden > Kitchen & Dining > Tableware > Drinkware > Mugs",
}
REASONS = (
    ("changed-my-mind", "Changed my mind"),
    ("too-small", "Too small"),
    ("too-big", "Too big"),
    ("color", "Color"),
    ("style", "Style"),
    ("arrived-late", "Arrived late"),
    ("damaged-or-defective", "Damaged or defective"),
    ("item-not-as-described", "Item not as described"),
    ("received-the-wrong-item", "Received the wrong item"),
    ("other-reason", "Other reason"),
)
CLOTHING = ("too-small", "too-big", "style", "color", "changed-my-mind", "damaged-or-defective")
THINGS = (
    "damaged-or-defective",
    "item-not-as-described",
    "received-the-wrong-item",
    "changed-my-mind",
    "other-reason",
)
LOCATIONS = (
    ("Main warehouse", True, "12 Quay Street", "Newark", "NJ", "07102", "US"),
    ("Returns center", True, "480 Mill Road", "Allentown", "PA", "18109", "US"),
    ("Old store", False, "7 Bridge Lane", "Hoboken", "NJ", "07030", "US"),
)


def price_in(currency: str, dollars: str) -> int:
    """A list price in the smallest unit of a currency."""
    exact = Decimal(dollars) * Decimal(PRICE_FACTORS[currency])
    if currency == "JPY":
        return int((exact / 10).quantize(Decimal(1), rounding=ROUND_HALF_UP)) * 10
    step = Decimal("0.001") if currency == "KWD" else Decimal("0.01")
    return int(exact.quantize(step, rounding=ROUND_HALF_UP) / step)


def add_catalog(draft: Draft, shop: str) -> None:
    """Put the shop, its places, its goods with their stock, and its reasons into the state."""
    _add_shop(draft, shop)
    locations = [_add_location(draft, row) for row in LOCATIONS]
    for handle, name in REASONS:
        key = draft.new_id("ReturnReasonDefinition")
        draft.put("reason", {"id": key, "handle": handle, "name": name, "deleted": False})
    key = draft.new_id("ReturnReasonDefinition")
    draft.put("reason", {"id": key, "handle": "retired", "name": "Retired reason", "deleted": True})
    for number, goods in enumerate(GOODS):
        _add_goods(draft, goods, locations, number)


def _add_shop(draft: Draft, shop: str) -> None:
    draft.put(
        "shop",
        {
            "id": "gid://shopify/Shop/548380009",
            "name": "Harbor & Loom",
            "email": "hello@harbor-loom.example",
            "contactEmail": "hello@harbor-loom.example",
            "myshopifyDomain": shop,
            "currencyCode": "USD",
            "ianaTimezone": "America/New_York",
            "taxesIncluded": False,
            "enabledPresentmentCurrencies": ["USD", "GBP", "EUR", "JPY"],
            "plan": {
                "partnerDevelopment": True,
                "publicDisplayName": "Development",
                "shopifyPlus": False,
            },
        },
    )


def _add_location(draft: Draft, row: tuple[str, bool, str, str, str, str, str]) -> Doc:
    name, active, street, city, province, postcode, country = row
    key = draft.new_id("Location")
    stamp = timestamp(draft.now)
    address = {
        "address1": street,
        "address2": None,
        "city": city,
        "country": "United States",
        "countryCode": country,
        "formatted": [street, f"{city} {province} {postcode}", "United States"],
        "phone": None,
        "province": province,
        "provinceCode": province,
        "zip": postcode,
    }
    doc = {
        "id": key,
        "legacyResourceId": key.rpartition("/")[2],
        "name": name,
        "isActive": active,
        "fulfillsOnlineOrders": active,
        "shipsInventory": active,
        "hasActiveInventory": active,
        "isFulfillmentService": False,
        "address": address,
        "createdAt": stamp,
        "updatedAt": stamp,
    }
    return draft.put("location", doc)


def _add_goods(draft: Draft, goods: Goods, locations: list[Doc], number: int) -> None:
    key = draft.new_id("Product")
    fashion = "fashion" in goods.tags
    draft.put(
        "product",
        {
            "id": key,
            "legacyResourceId": key.rpartition("/")[2],
            "title": goods.title,
            "handle": goods.handle,
            "productType": goods.kind,
            "tags": sorted(goods.tags),
            "vendor": goods.vendor,
            "status": "ACTIVE",
            "isGiftCard": goods.gift_card,
            "tracksInventory": goods.ships,
            "description": f"{goods.title} by {goods.vendor}.",
            "createdAt": draft.stamp,
            "updatedAt": draft.stamp,
            "image": goods.image,
            "requiresShipping": goods.ships,
            "reasonHandles": list(CLOTHING if fashion else THINGS),
        },
    )
    for position, title in enumerate(goods.variants, start=1):
        _add_variant(draft, goods, key, title, position, locations, number)


def _add_variant(
    draft: Draft,
    goods: Goods,
    product: str,
    title: str,
    position: int,
    locations: list[Doc],
    number: int,
) -> None:
    key, item = draft.new_id("ProductVariant"), draft.new_id("InventoryItem")
    sku = f"{goods.handle.upper().replace('-', '')[:6]}-{number:02d}{position}"
    stamps = {"createdAt": draft.stamp, "updatedAt": draft.stamp}
    variant = {
        "id": key,
        "legacyResourceId": key.rpartition("/")[2],
        "productId": product,
        "itemId": item,
        "title": title,
        "sku": sku,
        "prices": {name: price_in(name, goods.price) for name in PRICE_FACTORS},
        "barcode": None,
        "position": position,
        "taxable": not goods.gift_card,
        **stamps,
    }
    draft.put("variant", variant)
    tracked = goods.ships
    doc = {
        "id": item,
        "legacyResourceId": item.rpartition("/")[2],
        "sku": sku,
        "tracked": tracked,
        "requiresShipping": goods.ships,
        "title": f"{goods.title}, {title}",
        **stamps,
    }
    draft.put("item", doc)
    for index, location in enumerate(locations if tracked else []):
        if index != 1 or number % 3 != 2:
            _add_level(draft, location, item, 12 + (number * 7 + position * 5 + index) % 40)


def _add_level(draft: Draft, location: Doc, item: str, quantity: int) -> None:
    names = ("incoming", "reserved", "damaged", "committed")
    quantities = {"available": quantity, "on_hand": quantity, **dict.fromkeys(names, 0)}
    doc = {
        "id": level_id(location["id"], item),
        "itemId": item,
        "locationId": location["id"],
        "quantities": quantities,
        "seeded": quantity,
        "createdAt": draft.stamp,
        "updatedAt": draft.stamp,
    }
    draft.put("level", doc)
