"""Makes orders from short descriptions; the seeds and the control door use it."""

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from returns_portal.shopify.sandbox import accounting as books
from returns_portal.shopify.sandbox import money
from returns_portal.shopify.sandbox.gid import number_of
from returns_portal.shopify.sandbox.payloads import order_created
from returns_portal.shopify.sandbox.state import Doc, Draft, timestamp

TAXES = {
    "US": ("State tax", "0.0825", False),
    "GB": ("VAT", "0.20", True),
    "DE": ("MwSt", "0.19", True),
    "FR": ("TVA", "0.20", True),
    "IT": ("IVA", "0.22", True),
    "ES": ("IVA", "0.21", True),
    "IE": ("VAT", "0.23", True),
    "JP": ("CT", "0.10", True),
    "KW": ("VAT", "0", True),
}
COUNTRIES = {
    "US": ("United States", "USD", "en"),
    "GB": ("United Kingdom", "GBP", "en"),
    "DE": ("Germany", "EUR", "de"),
    "FR": ("France", "EUR", "fr"),
    "IT": ("Italy", "EUR", "it"),
    "ES": ("Spain", "EUR", "es"),
    "IE": ("Ireland", "EUR", "en"),
    "JP": ("Japan", "JPY", "ja"),
    "KW": ("Kuwait", "KWD", "en"),
}
RATES = {"USD": "1", "EUR": "1.08", "GBP": "1.27", "JPY": "0.0067", "KWD": "3.25"}


class Unbuildable(ValueError):
    """The description of an order does not make sense."""


def add_order(draft: Draft, spec: Doc) -> Doc:
    """Make an order from its description and put it into the state; raises Unbuildable."""
    rows = spec.get("lines") if isinstance(spec, dict) else None
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise Unbuildable("an order needs lines, each an object")
    country = spec.get("country", "US")
    if country not in COUNTRIES:
        raise Unbuildable(f"country must be one of {', '.join(COUNTRIES)}")
    order = _skeleton(draft, spec, country)
    order["lines"] = [_line(draft, order, row) for row in spec["lines"]]
    _discount_order(order, spec)
    _ship(draft, order, spec)
    _tax(order, country)
    _pay(draft, order, spec)
    _fulfill_all(draft, order, spec)
    _cancel(draft, order, spec)
    draft.put("order", order)
    order_created(draft, order)
    return order


def ago(draft: Draft, days: float) -> str:
    """The moment so many days before now."""
    return timestamp(draft.now - timedelta(days=days))


def _skeleton(draft: Draft, spec: Doc, country: str) -> Doc:
    key = draft.new_id("Order")
    number = int(number_of(key)) % 100_000 + 36_400
    currency = str(spec.get("currency", COUNTRIES[country][1]))
    placed = ago(draft, spec.get("placed", 10))
    shop_currency = str(spec.get("shopCurrency", currency))
    rate = Decimal(RATES[currency]) / Decimal(RATES[shop_currency])
    source = spec.get("source", "tiktok")
    return {
        "id": key,
        "legacyResourceId": number_of(key),
        "name": spec.get("name", f"#{number}"),
        "number": number,
        "confirmationNumber": f"XP{number_of(key)[-7:]}",
        "createdAt": placed,
        "processedAt": placed,
        "updatedAt": placed,
        "cancelledAt": None,
        "cancelReason": None,
        "closed": bool(spec.get("closed")),
        "closedAt": placed if spec.get("closed") else None,
        "test": bool(spec.get("test", False)),
        "tags": sorted(spec.get("tags", [])),
        "note": spec.get("note"),
        "poNumber": None,
        "email": spec.get("email"),
        "phone": spec.get("phone"),
        "customAttributes": list(spec.get("customAttributes", [])),
        "sourceName": source,
        "sourceIdentifier": spec.get("sourceIdentifier"),
        "app": _app(source),
        "attribution": _attribution(source),
        "customerId": _customer(draft, spec),
        "customerLocale": COUNTRIES[country][2],
        "shippingAddress": _address(spec, country),
        "currencyCode": shop_currency,
        "presentmentCurrencyCode": currency,
        "rate": str(rate),
        "taxesIncluded": spec.get("taxesIncluded", TAXES[country][2]),
        "discounts": [],
        "discountCodes": [],
        "lines": [],
        "shippingLines": [],
        "fulfillments": [],
        "transactions": [],
        "refunds": [],
        "returns": [],
        "metafields": {},
    }


def _app(source: str) -> Doc | None:
    names = {
        "tiktok": ("4383523", "TikTok"),
        "web": ("580111", "Online Store"),
        "pos": ("129785", "Point of Sale"),
    }
    if source not in names:
        return None
    number, name = names[source]
    return {"id": f"gid://shopify/App/{number}", "name": name}


def _attribution(source: str) -> Doc | None:
    names = {"tiktok": "TikTok", "web": "Online Store", "pos": "Point of Sale"}
    return {"handle": source, "displayName": names[source]} if source in names else None


def _customer(draft: Draft, spec: Doc) -> str | None:
    if spec.get("guest"):
        return None
    key = draft.new_id("Customer")
    doc: Doc = {
        "id": key,
        "legacyResourceId": number_of(key),
        "firstName": spec.get("firstName"),
        "lastName": spec.get("lastName"),
        "email": spec.get("email"),
        "phone": spec.get("phone"),
        "tags": [],
        "locale": "en",
        "creditIds": [],
        "createdAt": draft.stamp,
        "updatedAt": draft.stamp,
    }
    draft.put("customer", doc)
    return key


def _address(spec: Doc, country: str) -> Doc | None:
    if spec.get("noAddress"):
        return None
    return {
        "firstName": spec.get("firstName"),
        "lastName": spec.get("lastName"),
        "company": None,
        "address1": spec.get("address1", "12*** ****** Street"),
        "address2": None,
        "city": spec.get("city"),
        "province": spec.get("province"),
        "provinceCode": spec.get("province"),
        "zip": spec.get("zip"),
        "country": COUNTRIES[country][0],
        "countryCodeV2": country,
        "phone": spec.get("phone"),
    }


def _variant_of(draft: Draft, row: Doc) -> tuple[Doc, Doc]:
    product = next((p for p in draft.docs("product") if p["handle"] == row["goods"]), None)
    if product is None:
        raise Unbuildable(f"there are no goods called {row['goods']}")
    variants = [v for v in draft.docs("variant") if v["productId"] == product["id"]]
    wanted = row.get("variant", 0)
    if not 0 <= wanted < len(variants):
        raise Unbuildable(f"{row['goods']} has {len(variants)} variants")
    return product, variants[wanted]


def _line(draft: Draft, order: Doc, row: Doc) -> Doc:
    currency = order["presentmentCurrencyCode"]
    custom = "goods" not in row
    product, variant = ({}, {}) if custom else _variant_of(draft, row)
    price = row.get("price")
    minor = variant["prices"][currency] if price is None else money.to_minor(price, currency)
    line = {
        "id": draft.new_id("LineItem"),
        "productId": product.get("id"),
        "variantId": variant.get("id"),
        "title": product.get("title", row.get("title", "Custom item")),
        "variantTitle": variant.get("title"),
        "sku": variant.get("sku"),
        "vendor": product.get("vendor"),
        "quantity": int(row.get("quantity", 1)),
        "price": minor,
        "discounts": [],
        "taxes": [],
        "requiresShipping": product.get("requiresShipping", True),
        "isGiftCard": product.get("isGiftCard", False),
        "image": product.get("image"),
        "customAttributes": list(row.get("customAttributes", [])),
        "gone": [],
        "refunded": [],
    }
    if line["quantity"] < 1 or minor < 0:
        raise Unbuildable("quantity must be at least 1 and price at least 0")
    if row.get("discount"):
        amount = money.to_minor(row["discount"], currency)
        if amount > books.line_total(line):
            raise Unbuildable("a line's discount cannot exceed its price")
        _note_discount(order, "Seller discount", None, amount, across=False)
        index = len(order["discounts"]) - 1
        line["discounts"].append({"amount": amount, "across": False, "application": index})
    return line


def _note_discount(order: Doc, title: str, code: str | None, amount: int, *, across: bool) -> None:
    given = {"title": title, "code": code, "amount": amount, "percentage": None, "across": across}
    order["discounts"].append(given)


def _discount_order(order: Doc, spec: Doc) -> None:
    if not spec.get("discount"):
        return
    amount = money.to_minor(spec["discount"], order["presentmentCurrencyCode"])
    weights = [books.line_discounted(line) for line in order["lines"]]
    if amount > sum(weights):
        raise Unbuildable("the order's discount cannot exceed its lines")
    code = spec.get("discountCode")
    _note_discount(order, code or "Order discount", code, amount, across=True)
    if code:
        order["discountCodes"].append(code)
    index = len(order["discounts"]) - 1
    for line, part in zip(order["lines"], money.apportion(amount, weights), strict=True):
        if part:
            line["discounts"].append({"amount": part, "across": True, "application": index})


def _ship(draft: Draft, order: Doc, spec: Doc) -> None:
    price = spec.get("shipping", "0")
    line = {
        "id": draft.new_id("ShippingLine"),
        "title": "Standard shipping",
        "price": money.to_minor(price, order["presentmentCurrencyCode"]),
        "discount": 0,
        "taxes": [],
    }
    order["shippingLines"].append(line)


def tax_on(amount: int, rate: Decimal, *, included: bool) -> int:
    """The tax in or on an amount, rounded half up to the smallest unit."""
    exact = Decimal(amount) * rate
    if included:
        exact = Decimal(amount) - Decimal(amount) / (1 + rate)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _tax(order: Doc, country: str) -> None:
    title, rate, _ = TAXES[country]
    if not Decimal(rate):
        return
    included, liable = order["taxesIncluded"], order["sourceName"] == "tiktok"
    known = {"title": title, "rate": float(rate), "channelLiable": liable}
    for line in order["lines"]:
        if not line["isGiftCard"]:
            amount = tax_on(books.line_discounted(line), Decimal(rate), included=included)
            line["taxes"].append({**known, "amount": amount})
    for line in order["shippingLines"]:
        amount = tax_on(line["price"], Decimal(rate), included=included)
        if amount:
            line["taxes"].append({**known, "amount": amount})


def _pay(draft: Draft, order: Doc, spec: Doc) -> None:
    amount = books.total(order)
    if spec.get("unpaid") or amount == 0:
        return
    gateway = spec.get(
        "gateway", "tiktok" if order["sourceName"] == "tiktok" else "shopify_payments"
    )
    parts = spec.get("payments") or [1]
    parent = None
    if spec.get("authorized"):
        parent = _transaction(draft, order, "AUTHORIZATION", gateway, amount, None)
    kind = "CAPTURE" if parent else "SALE"
    for part in money.apportion(amount, parts):
        _transaction(draft, order, kind, gateway, part, parent)


def _transaction(
    draft: Draft, order: Doc, kind: str, gateway: str, amount: int, parent: Doc | None
) -> Doc:
    doc = {
        "id": draft.new_id("OrderTransaction"),
        "kind": kind,
        "status": "SUCCESS",
        "gateway": gateway,
        "formattedGateway": gateway.replace("_", " ").title(),
        "manualPaymentGateway": gateway == "manual",
        "amount": amount,
        "parentId": parent["id"] if parent else None,
        "createdAt": order["createdAt"],
        "processedAt": order["createdAt"],
        "errorCode": None,
        "test": order["test"],
        "settlesAfter": None,
    }
    order["transactions"].append(doc)
    return doc


def _fulfill_all(draft: Draft, order: Doc, spec: Doc) -> None:
    if spec.get("unfulfilled"):
        return
    default: Doc = {"sent": spec.get("sent"), "delivered": spec.get("delivered", 5)}
    for row in spec.get("fulfillments") or [default]:
        _fulfill(draft, order, spec, row)


def _fulfill(draft: Draft, order: Doc, spec: Doc, row: Doc) -> None:
    delivered = row.get("delivered")
    sent = row.get("sent") or (delivered or 0) + 3
    key = draft.new_id("Fulfillment")
    country = (order["shippingAddress"] or {}).get("countryCodeV2", "US")
    tracking = f"94001{number_of(key)}" if country == "US" else f"JD{number_of(key)}"
    quantities = row.get("lines") or {i: line["quantity"] for i, line in enumerate(order["lines"])}
    doc: Doc = {
        "id": key,
        "name": f"{order['name']}.{len(order['fulfillments']) + 1}",
        "status": "SUCCESS",
        "displayStatus": "DELIVERED" if delivered is not None else row.get("display", "FULFILLED"),
        "createdAt": ago(draft, sent),
        "updatedAt": ago(draft, delivered if delivered is not None else sent),
        "inTransitAt": ago(draft, sent - 0.5) if delivered is not None else None,
        "deliveredAt": ago(draft, delivered) if delivered is not None else None,
        "estimatedDeliveryAt": None,
        "locationId": _location(draft, row.get("location", "Main warehouse")),
        "trackingInfo": [
            {
                "company": "USPS" if country == "US" else "DHL",
                "number": tracking,
                "url": f"https://track.example/{tracking}",
            }
        ],
        "events": [],
        "lines": [_sent_line(draft, order, key, int(i), q) for i, q in quantities.items()],
    }
    steps = [("IN_TRANSIT", doc["inTransitAt"]), ("DELIVERED", doc["deliveredAt"])]
    doc["events"] = [_event(draft, spec, country, step, at) for step, at in steps if at]
    order["fulfillments"].append(doc)


def _location(draft: Draft, name: str) -> Any:
    return next(place["id"] for place in draft.docs("location") if place["name"] == name)


def _sent_line(draft: Draft, order: Doc, fulfillment: str, index: int, quantity: int) -> Doc:
    return {
        "id": draft.new_id("FulfillmentLineItem"),
        "fulfillmentId": fulfillment,
        "lineId": order["lines"][index]["id"],
        "quantity": quantity,
    }


def _event(draft: Draft, spec: Doc, country: str, step: str, at: str) -> Doc:
    return {
        "id": draft.new_id("FulfillmentEvent"),
        "status": step,
        "happenedAt": at,
        "createdAt": at,
        "message": None,
        "city": spec.get("city"),
        "country": country,
        "zip": spec.get("zip"),
    }


def _cancel(draft: Draft, order: Doc, spec: Doc) -> None:
    if not spec.get("cancelled"):
        return
    at = ago(draft, float(spec["cancelled"]))
    order.update(cancelledAt=at, cancelReason="CUSTOMER", closed=True, closedAt=at)
