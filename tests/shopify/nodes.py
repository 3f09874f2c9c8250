"""Nodes in the shapes that the Admin API answers with."""

from typing import Any

Node = dict[str, Any]


def connection(*nodes: Node, after: str | None = None) -> Node:
    """A page of a connection; `after` is the cursor to go on from."""
    return {"nodes": list(nodes), "pageInfo": {"hasNextPage": bool(after), "endCursor": after}}


def money(amount: Any, currency: str = "USD") -> Node:
    return {"presentmentMoney": {"amount": amount, "currencyCode": currency}}


def order_line(number: int = 1, **changes: Any) -> Node:
    return {
        "id": f"gid://shopify/LineItem/{number}",
        "title": "Linen shirt",
        "variantTitle": "M / Sand",
        "sku": "LS-M-SAND",
        "vendor": "Harbour",
        "quantity": 2,
        "currentQuantity": 2,
        "refundableQuantity": 2,
        "unfulfilledQuantity": 0,
        "requiresShipping": True,
        "restockable": True,
        "isGiftCard": False,
        "customAttributes": [{"key": "engraving", "value": None}],
        "discountedUnitPriceAfterAllDiscountsSet": money("20.0"),
        "priceAfterAllDiscountsBeforeTaxesSet": money("40.0"),
        "image": {"url": "https://cdn.example/shirt.svg"},
        "product": {"id": "gid://shopify/Product/1", "productType": "Shirts", "tags": ["linen"]},
        "variant": {
            "id": "gid://shopify/ProductVariant/1",
            "inventoryItem": {"id": "gid://shopify/InventoryItem/1"},
        },
    } | changes


def parcel_line(number: int = 1) -> Node:
    return {
        "id": f"gid://shopify/FulfillmentLineItem/{number}",
        "quantity": 2,
        "lineItem": {"id": f"gid://shopify/LineItem/{number}"},
    }


def fulfillment(number: int = 1, **changes: Any) -> Node:
    return {
        "id": f"gid://shopify/Fulfillment/{number}",
        "status": "SUCCESS",
        "displayStatus": "DELIVERED",
        "createdAt": "2026-11-10T08:00:00Z",
        "deliveredAt": "2026-11-14T15:30:00Z",
        "location": {"id": "gid://shopify/Location/1"},
        "events": {"nodes": []},
        "fulfillmentLineItems": connection(parcel_line(number)),
    } | changes


def order(number: int = 1, **changes: Any) -> Node:
    return {
        "id": f"gid://shopify/Order/{number}",
        "name": "#1001",
        "sourceName": "tiktok",
        "sourceIdentifier": "577092126219211281",
        "app": {"id": "gid://shopify/App/7"},
        "tags": ["Shipped by TikTok"],
        "note": None,
        "customAttributes": [],
        "email": "v4bA@scs.tiktokw.us",
        "customer": None,
        "customerLocale": "en-US",
        "shippingAddress": {"name": "J*** D***", "zip": "08840", "countryCodeV2": "US"},
        "createdAt": "2026-11-09T12:00:00Z",
        "updatedAt": "2026-11-15T12:00:00Z",
        "cancelledAt": None,
        "test": False,
        "currencyCode": "USD",
        "presentmentCurrencyCode": "USD",
        "taxesIncluded": False,
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "FULFILLED",
        "returnStatus": "NO_RETURN",
        "totalPriceSet": money("43.5"),
        "totalReceivedSet": money("43.5"),
        "totalRefundedSet": money("0.0"),
        "lineItems": connection(order_line()),
        "fulfillmentsCount": {"count": len(changes.get("fulfillments", [1]))},
        "fulfillments": [fulfillment()],
    } | changes


def transaction(number: int = 1, **changes: Any) -> Node:
    return {
        "id": f"gid://shopify/OrderTransaction/{number}",
        "kind": "REFUND",
        "status": "SUCCESS",
        "gateway": "shopify_payments",
        "errorCode": None,
        "amountSet": money("21.75"),
        "parentTransaction": {"id": "gid://shopify/OrderTransaction/100"},
    } | changes


def refund_line(number: int = 1) -> Node:
    return {
        "quantity": 1,
        "restockType": "RETURN",
        "restocked": True,
        "lineItem": {"id": f"gid://shopify/LineItem/{number}"},
    }


def refund(number: int = 1, **changes: Any) -> Node:
    return {
        "id": f"gid://shopify/Refund/{number}",
        "createdAt": "2026-11-20T10:00:00Z",
        "note": "RMA-1",
        "return": {"id": "gid://shopify/Return/1"},
        "totalRefundedSet": money("21.75"),
        "transactions": connection(transaction(number)),
        "refundLineItems": connection(refund_line()),
    } | changes


def return_line(number: int = 1, **changes: Any) -> Node:
    return {
        "id": f"gid://shopify/ReturnLineItem/{number}",
        "quantity": 1,
        "processableQuantity": 1,
        "processedQuantity": 0,
        "refundedQuantity": 0,
        "returnReasonNote": "RMA-1",
        "fulfillmentLineItem": {
            "id": f"gid://shopify/FulfillmentLineItem/{number}",
            "lineItem": {"id": f"gid://shopify/LineItem/{number}"},
        },
    } | changes


def reverse_line(number: int = 1, **changes: Any) -> Node:
    return {
        "id": f"gid://shopify/ReverseFulfillmentOrderLineItem/{number}",
        "totalQuantity": 1,
        "fulfillmentLineItem": {"id": f"gid://shopify/FulfillmentLineItem/{number}"},
        "dispositions": [],
    } | changes


def reverse_order(number: int = 1, *lines: Node, after: str | None = None) -> Node:
    return {
        "id": f"gid://shopify/ReverseFulfillmentOrder/{number}",
        "lineItems": connection(*(lines or (reverse_line(number),)), after=after),
    }


def return_node(number: int = 1, **changes: Any) -> Node:
    return {
        "id": f"gid://shopify/Return/{number}",
        "name": "#1001-R1",
        "status": "OPEN",
        "createdAt": "2026-11-18T09:00:00Z",
        "order": {"id": "gid://shopify/Order/1"},
        "returnLineItems": connection(return_line()),
        "reverseFulfillmentOrders": connection(reverse_order()),
        "refunds": connection(),
        "transactions": connection(),
    } | changes


def return_to_process(**changes: Any) -> Node:
    return {
        "id": "gid://shopify/Return/1",
        "name": "#1001-R1",
        "status": "OPEN",
        "returnLineItems": connection(return_line()),
        "reverseFulfillmentOrders": connection(reverse_order()),
        "refunds": {"edges": []},
        "order": {"id": "gid://shopify/Order/1", "refunds": [{"id": "gid://shopify/Refund/9"}]},
        "suggestedFinancialOutcome": {
            "maximumRefundable": money("43.5"),
            "financialTransfer": None,
        },
    } | changes
