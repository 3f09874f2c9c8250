"""The seeded orders, each in a few words: every shape TikTok orders have in Shopify."""

from returns_portal.shopify.sandbox.people import PEOPLE, relay_email, tiktok_id
from returns_portal.shopify.sandbox.state import Doc


def _goods(handle: str, quantity: int = 1, variant: int = 0, **more: object) -> Doc:
    return {"goods": handle, "quantity": quantity, "variant": variant, **more}


def _tiktok(number: int, where: str = "tag", **spec: object) -> Doc:
    """A TikTok order whose TikTok id stands in `where`."""
    country = str(spec.get("country", "US"))
    key = tiktok_id(number)
    row: Doc = {"email": relay_email(number, country), "phone": "(+1)973*****15", **spec}
    tags = ["Shipped by TikTok", *row.get("tags", [])]
    if where == "tag":
        tags.append(f"TikTokOrderID:{key}")
    elif where == "note":
        row["note"] = f"TikTok Order ID: {key}"
    elif where == "attributes":
        row["customAttributes"] = [{"key": "TikTok Order Id", "value": key}]
    elif where == "source":
        row["sourceIdentifier"] = key
    elif where == "name":
        row["name"] = key
    row["tags"] = tags
    return row


def orders() -> list[Doc]:
    """The descriptions of all seeded orders, oldest facts first."""
    return [*_showcase(), *_identifiers(), *_countries(), *_lives(), *_oddities(), *_elsewhere()]


def _showcase() -> list[Doc]:
    p = PEOPLE
    return [
        _tiktok(
            1,
            **p["nj"],
            placed=12,
            delivered=5,
            discount="6.80",
            shipping="4.99",
            lines=[_goods("linen-shirt", 2, 1, discount="3.00"), _goods("midi-dress", 1, 1)],
        ),
        _tiktok(
            2,
            **p["il"],
            placed=9,
            delivered=4,
            discount="10.00",
            discountCode="MUGS3",
            lines=[_goods("stoneware-mug", 3, 0, price="10.00")],
        ),
        _tiktok(
            3,
            **p["lon"],
            placed=11,
            delivered=6,
            shipping="3.99",
            lines=[_goods("wide-jeans", 1, 2), _goods("canvas-sneakers", 1, 1)],
        ),
        _tiktok(
            4,
            **p["ber"],
            placed=14,
            delivered=8,
            shipping="4.90",
            lines=[_goods("desk-lamp", 1, 1), _goods("throw-blanket")],
        ),
        _tiktok(
            5,
            **p["mad"],
            placed=10,
            delivered=3,
            discount="5.00",
            lines=[_goods("silk-scarf", 1, 0), _goods("tote-bag", 2, 1)],
        ),
        _tiktok(
            6,
            **p["tok"],
            placed=15,
            delivered=9,
            discount="300",
            shipping="500",
            lines=[_goods("lip-tint", 3, 1), _goods("vitamin-serum")],
        ),
        _tiktok(
            7,
            **p["fl"],
            placed=8,
            delivered=3,
            shipping="5.99",
            lines=[_goods("knit-cardigan", 1, 1)],
        ),
    ]


def _identifiers() -> list[Doc]:
    p = PEOPLE
    return [
        _tiktok(8, "note", **p["ca"], placed=9, delivered=4, lines=[_goods("hair-dryer", 1, 1)]),
        _tiktok(
            9,
            "attributes",
            **p["il"],
            placed=13,
            delivered=7,
            lines=[_goods("soy-candle", 2), _goods("stoneware-mug", 1, 1)],
        ),
        _tiktok(
            10, "source", **p["nj"], placed=12, delivered=6, lines=[_goods("canvas-sneakers", 1, 2)]
        ),
        _tiktok(11, "name", **p["fl"], placed=10, delivered=5, lines=[_goods("tote-bag")]),
        _tiktok(
            12,
            "none",
            **p["ca"],
            placed=11,
            delivered=6,
            tags=["tiktok"],
            lines=[_goods("linen-shirt", 1, 3)],
        ),
        _tiktok(
            13,
            **{**p["nj"], "zip": "0****"},
            placed=12,
            delivered=6,
            lines=[_goods("midi-dress", 1, 2)],
        ),
        _tiktok(
            14,
            **p["il"],
            placed=7,
            delivered=3,
            email="jordan.lee@example.com",
            lines=[_goods("wide-jeans", 1, 0)],
        ),
        _tiktok(
            15, **p["nj"], name="#1001", placed=20, delivered=12, lines=[_goods("lip-tint", 1, 0)]
        ),
        _tiktok(
            16, **p["nj"], name="#1001-B", placed=19, delivered=11, lines=[_goods("lip-tint", 1, 2)]
        ),
    ]


def _countries() -> list[Doc]:
    p = PEOPLE
    return [
        _tiktok(17, **p["man"], placed=12, delivered=7, lines=[_goods("knit-cardigan", 2, 2)]),
        _tiktok(
            18,
            **p["par"],
            placed=13,
            delivered=6,
            discount="4.01",
            lines=[_goods("lip-tint", 3, 0), _goods("soy-candle", 1)],
        ),
        _tiktok(19, **p["mil"], placed=16, delivered=10, lines=[_goods("hoop-earrings", 2, 1)]),
        _tiktok(
            20,
            **p["dub"],
            placed=9,
            delivered=4,
            shipping="5.50",
            lines=[_goods("throw-blanket", 1), _goods("desk-lamp", 1, 0)],
        ),
        _tiktok(21, **p["tok"], placed=12, delivered=6, lines=[_goods("tote-bag", 1, 1)]),
        _tiktok(
            22,
            **p["lon"],
            placed=10,
            delivered=5,
            shopCurrency="USD",
            shipping="2.99",
            lines=[_goods("linen-shirt", 3, 2)],
            discount="4.00",
        ),
        _tiktok(
            23,
            **p["ber"],
            placed=12,
            delivered=5,
            shopCurrency="USD",
            lines=[_goods("canvas-sneakers", 1, 3)],
        ),
        _tiktok(
            24,
            **p["lon"],
            placed=9,
            delivered=4,
            taxesIncluded=False,
            shipping="3.50",
            lines=[_goods("hair-dryer", 1, 0)],
        ),
    ]


def _lives() -> list[Doc]:
    p = PEOPLE
    return [
        _tiktok(25, **p["ca"], placed=2, unfulfilled=True, lines=[_goods("wide-jeans", 1, 3)]),
        _tiktok(
            26,
            **p["nj"],
            placed=6,
            lines=[_goods("linen-shirt", 2, 0), _goods("tote-bag", 1)],
            fulfillments=[{"lines": {0: 1}, "delivered": 2}],
        ),
        _tiktok(
            27,
            **p["il"],
            placed=6,
            unfulfilled=True,
            cancelled=5,
            lines=[_goods("desk-lamp", 1, 0)],
        ),
        _tiktok(
            28, **p["fl"], placed=15, delivered=9, refund="all", lines=[_goods("midi-dress", 1, 0)]
        ),
        _tiktok(
            29,
            **p["nj"],
            placed=15,
            delivered=9,
            refund="part",
            shipping="3.99",
            lines=[_goods("stoneware-mug", 4, 0)],
        ),
        _tiktok(
            30,
            **p["ca"],
            placed=120,
            delivered=113,
            closed=True,
            lines=[_goods("knit-cardigan", 1, 0)],
        ),
        _tiktok(
            31,
            **p["il"],
            placed=9,
            fulfillments=[{"sent": 7, "delivered": None, "display": "MARKED_AS_FULFILLED"}],
            lines=[_goods("soy-candle", 1), _goods("lip-tint", 1, 1)],
        ),
        _tiktok(
            32,
            **p["nj"],
            placed=11,
            lines=[_goods("stoneware-mug", 4, 1)],
            fulfillments=[
                {"lines": {0: 1}, "delivered": 6},
                {"lines": {0: 3}, "delivered": 4, "location": "Returns center"},
            ],
        ),
        _tiktok(
            33,
            **p["fl"],
            placed=4,
            fulfillments=[{"sent": 1, "delivered": None, "display": "IN_TRANSIT"}],
            lines=[_goods("hair-dryer", 1, 0)],
        ),
        _tiktok(
            34,
            **p["nj"],
            placed=17,
            delivered=11,
            openReturn=True,
            lines=[_goods("wide-jeans", 2, 1)],
        ),
    ]


def _oddities() -> list[Doc]:
    p = PEOPLE
    handles = ("lip-tint", "stoneware-mug", "soy-candle", "tote-bag", "hoop-earrings")
    many = [_goods(handles[i % 5], 1 + i % 2) for i in range(120)]
    return [
        _tiktok(35, **p["il"], placed=12, delivered=6, lines=many, discount="77.77"),
        _tiktok(
            36,
            **p["nj"],
            placed=11,
            delivered=5,
            tags=["free"],
            lines=[_goods("vitamin-serum", 1, 0, price="0")],
        ),
        _tiktok(
            37,
            **p["ca"],
            placed=10,
            delivered=4,
            lines=[_goods("gift-card"), _goods("soy-candle", 1)],
        ),
        _tiktok(
            38,
            **p["fl"],
            placed=9,
            delivered=4,
            lines=[_goods("silk-scarf", 1, 1), _goods("wall-print", 1)],
        ),
        _tiktok(
            39,
            **p["nj"],
            placed=9,
            delivered=4,
            lines=[{"title": "Gift wrapping", "price": "4.00"}, _goods("midi-dress", 1, 1)],
        ),
        _tiktok(
            40,
            **p["tx"],
            placed=8,
            delivered=4,
            lines=[_goods("sewing-pattern", 1), _goods("tote-bag", 1, 0)],
        ),
        _tiktok(
            41,
            **p["il"],
            placed=12,
            delivered=5,
            payments=[1, 2],
            authorized=True,
            lines=[_goods("desk-lamp", 1, 1), _goods("throw-blanket", 1)],
        ),
        _tiktok(
            42,
            **p["ca"],
            placed=10,
            delivered=4,
            guest=True,
            noAddress=True,
            lines=[_goods("lip-tint", 2, 1)],
        ),
        _tiktok(
            43,
            **p["nj"],
            placed=11,
            delivered=5,
            discount="25.99",
            lines=[_goods("linen-shirt", 1, 0)],
        ),
    ]


def _elsewhere() -> list[Doc]:
    p = PEOPLE
    return [
        {
            **p["il"],
            "source": "web",
            "email": "jordan.lee@example.com",
            "phone": None,
            "placed": 10,
            "delivered": 4,
            "address1": "1900 N Clark St",
            "city": "Chicago",
            "lines": [_goods("knit-cardigan", 1, 2), _goods("tote-bag", 1, 1)],
            "shipping": "6.00",
        },
        {
            **p["nj"],
            "source": "pos",
            "email": None,
            "phone": None,
            "placed": 6,
            "delivered": 6,
            "guest": True,
            "noAddress": True,
            "gateway": "cash",
            "lines": [_goods("soy-candle", 2)],
        },
        {
            **p["fl"],
            "source": "web",
            "email": "dee.walker@example.com",
            "phone": None,
            "placed": 3,
            "unfulfilled": True,
            "unpaid": True,
            "lines": [_goods("lip-tint", 1, 0)],
        },
    ]
