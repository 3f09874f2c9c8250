"""Answers the root fields and those of the shop, its goods, its stock and its customers."""

from typing import Any

from returns_portal.shopify.sandbox import gid
from returns_portal.shopify.sandbox.accounting import money_v2
from returns_portal.shopify.sandbox.annotations import by_unique_value
from returns_portal.shopify.sandbox.catalog import CATEGORIES
from returns_portal.shopify.sandbox.connections import connection, sorted_connection
from returns_portal.shopify.sandbox.errors import top_level
from returns_portal.shopify.sandbox.money import live_string
from returns_portal.shopify.sandbox.registry import Args, Context, resolves
from returns_portal.shopify.sandbox.search import search_orders, sort_key
from returns_portal.shopify.sandbox.state import Doc, Node, level_id

SCOPES = [
    "read_orders",
    "write_orders",
    "read_all_orders",
    "read_returns",
    "write_returns",
    "read_products",
    "read_inventory",
    "write_inventory",
    "read_locations",
    "read_fulfillments",
    "read_customers",
    "read_store_credit_accounts",
    "read_store_credit_account_transactions",
    "write_store_credit_account_transactions",
]
SINGLES = {
    "order": "Order",
    "customer": "Customer",
    "inventoryItem": "InventoryItem",
    "product": "Product",
    "productVariant": "ProductVariant",
    "storeCreditAccount": "StoreCreditAccount",
    "webhookSubscription": "WebhookSubscription",
    "bulkOperation": "BulkOperation",
    "fulfillment": "Fulfillment",
    "refund": "Refund",
    "return": "Return",
    "reverseDelivery": "ReverseDelivery",
    "reverseFulfillmentOrder": "ReverseFulfillmentOrder",
}


def _single(kind: str) -> Any:
    def find(source: Any, context: Context, args: Args) -> Node | None:
        return context.state.find(gid.expect(args["id"], kind))

    return find


for _name, _kind in SINGLES.items():
    resolves("QueryRoot", _name)(_single(_kind))


@resolves("QueryRoot", "node")
def _node(source: Any, context: Context, args: Args) -> Node | None:
    return context.state.find(args["id"])


@resolves("QueryRoot", "nodes")
def _nodes(source: Any, context: Context, args: Args) -> list[Node | None]:
    return [context.state.find(key) for key in args["ids"]]


@resolves("QueryRoot", "location")
def _location(source: Any, context: Context, args: Args) -> Node | None:
    if args.get("id") is None:
        return context.state.all("Location")[0]
    return context.state.get("Location", gid.expect(args["id"], "Location"))


@resolves("QueryRoot", "orderByIdentifier")
def _by_identifier(source: Any, context: Context, args: Args) -> Node | None:
    given = args["identifier"]
    if given.get("id") is not None:
        return context.state.get("Order", gid.expect(given["id"], "Order"))
    custom = given["customId"]
    space = custom.get("namespace") or "$app"
    found = by_unique_value(context.state.all("Order"), space, custom["key"], custom["value"])
    if found is None:
        message = "Metafield definition of type 'id' is required when using custom ids."
        raise top_level(message, "NOT_FOUND")
    return found


@resolves("QueryRoot", "orders")
def _orders(source: Any, context: Context, args: Args) -> Doc:
    found = search_orders(context.state.all("Order"), args.get("query"), context.warnings)
    key = sort_key(args["sortKey"])
    return sorted_connection([(key(node.doc), node) for node in found], args)


@resolves("QueryRoot", "locations")
def _locations(source: Any, context: Context, args: Args) -> Doc:
    rows = context.state.all("Location")
    if not args.get("includeInactive"):
        rows = [row for row in rows if row.doc["isActive"]]
    return connection(sorted(rows, key=lambda row: row.doc["name"]), args)


@resolves("QueryRoot", "returnReasonDefinitions")
def _reasons(source: Any, context: Context, args: Args) -> Doc:
    rows = context.state.all("ReturnReasonDefinition")
    if args.get("ids") is not None:
        rows = [row for row in rows if row.doc["id"] in args["ids"]]
    if args.get("handles") is not None:
        rows = [row for row in rows if row.doc["handle"] in args["handles"]]
    query = (args.get("query") or "").replace(" ", "")
    if query.startswith("deleted:"):
        rows = [row for row in rows if row.doc["deleted"] is (query == "deleted:true")]
    return connection(rows, args)


@resolves("QueryRoot", "webhookSubscriptions")
def _webhooks(source: Any, context: Context, args: Args) -> Doc:
    rows = context.state.all("WebhookSubscription")
    if args.get("topics") is not None:
        rows = [row for row in rows if row.doc["topic"] in args["topics"]]
    if args.get("uri") is not None:
        rows = [row for row in rows if row.doc["uri"] == args["uri"]]
    return connection(rows, args)


@resolves("QueryRoot", "bulkOperations")
def _bulk(source: Any, context: Context, args: Args) -> Doc:
    return connection(context.state.all("BulkOperation"), args)


@resolves("QueryRoot", "shop")
def _shop(source: Any, context: Context, args: Args) -> Node:
    return context.state.all("Shop")[0]


@resolves("Shop", "url")
def _shop_url(node: Node, context: Context, args: Args) -> str:
    return context.base_url


@resolves("QueryRoot", "currentAppInstallation")
def _installation(source: Any, context: Context, args: Args) -> Doc:
    return {
        "id": gid.make("AppInstallation", 500_100),
        "accessScopes": [
            {"handle": scope, "description": scope.replace("_", " ").capitalize()}
            for scope in SCOPES
        ],
        "app": {"id": gid.make("App", 600_100), "title": "Returns", "handle": "returns"},
    }


# --- goods and stock -------------------------------------------------------------------------


@resolves("ProductVariant", "price")
def _price(node: Node, context: Context, args: Args) -> str:
    return live_string(node.doc["prices"]["USD"], "USD")


@resolves("ProductVariant", "product")
def _product(node: Node, context: Context, args: Args) -> Node | None:
    return context.state.get("Product", node.doc["productId"])


@resolves("ProductVariant", "inventoryItem")
def _item(node: Node, context: Context, args: Args) -> Node | None:
    return context.state.get("InventoryItem", node.doc["itemId"])


@resolves("ProductVariant", "displayName")
def _display(node: Node, context: Context, args: Args) -> str:
    product = context.state.get("Product", node.doc["productId"])
    return f"{product.doc['title'] if product else ''} - {node.doc['title']}"


@resolves("ProductVariant", "inventoryQuantity")
def _on_sale(node: Node, context: Context, args: Args) -> int:
    return _available(context, node.doc["itemId"])


@resolves("ProductVariant", "availableForSale")
def _for_sale(node: Node, context: Context, args: Args) -> bool:
    return _available(context, node.doc["itemId"]) > 0


def _levels(context: Context, item: str) -> list[Node]:
    return [n for n in context.state.all("InventoryLevel") if n.doc["itemId"] == item]


def _available(context: Context, item: str) -> int:
    return sum(node.doc["quantities"]["available"] for node in _levels(context, item))


@resolves("Product", "category")
def _category(node: Node, context: Context, args: Args) -> Doc | None:
    path = CATEGORIES.get(node.doc["productType"])
    return {"fullName": path, "name": path.rpartition(" > ")[2]} if path else None


@resolves("Product", "totalInventory")
def _inventory(node: Node, context: Context, args: Args) -> int:
    variants = context.state.tables["variant"].values()
    items = [doc["itemId"] for doc in variants if doc["productId"] == node.doc["id"]]
    return sum(_available(context, item) for item in items)


@resolves("InventoryItem", "inventoryLevel")
def _level(node: Node, context: Context, args: Args) -> Node | None:
    location = gid.expect(args["locationId"], "Location")
    return context.state.get("InventoryLevel", level_id(location, node.doc["id"]))


@resolves("Location", "inventoryLevel")
def _location_level(node: Node, context: Context, args: Args) -> Node | None:
    item = gid.expect(args["inventoryItemId"], "InventoryItem")
    return context.state.get("InventoryLevel", level_id(node.doc["id"], item))


@resolves("InventoryItem", "inventoryLevels")
def _item_levels(node: Node, context: Context, args: Args) -> Doc:
    return connection(_levels(context, node.doc["id"]), args)


@resolves("InventoryLevel", "item")
@resolves("InventoryChange", "item")
def _level_item(node: Any, context: Context, args: Args) -> Node | None:
    doc = node.doc if isinstance(node, Node) else node
    return context.state.get("InventoryItem", doc["itemId"])


@resolves("InventoryLevel", "location")
@resolves("InventoryChange", "location")
def _level_location(node: Any, context: Context, args: Args) -> Node | None:
    doc = node.doc if isinstance(node, Node) else node
    return context.state.get("Location", doc["locationId"])


@resolves("InventoryLevel", "isActive")
def _level_active(node: Node, context: Context, args: Args) -> bool:
    location = context.state.get("Location", node.doc["locationId"])
    return location is not None and bool(location.doc["isActive"])


@resolves("InventoryLevel", "quantities")
def _quantities(node: Node, context: Context, args: Args) -> list[Doc]:
    known = node.doc["quantities"]
    for name in args["names"]:
        if name not in known:
            raise top_level(f"'{name}' is not a quantity name", "INVALID_FIELD_ARGUMENTS")
    number = gid.number_of(node.doc["locationId"])
    item = gid.number_of(node.doc["itemId"])
    return [
        {
            "id": f"gid://shopify/InventoryQuantity/{number}?inventory_item_id={item}&name={name}",
            "name": name,
            "quantity": known[name],
            "updatedAt": node.doc["updatedAt"],
        }
        for name in args["names"]
    ]


@resolves("InventoryAdjustmentGroup", "changes")
def _changes(node: Node, context: Context, args: Args) -> list[Doc]:
    rows = node.doc["changes"]
    if args.get("inventoryItemIds") is not None:
        rows = [row for row in rows if row["itemId"] in args["inventoryItemIds"]]
    if args.get("locationIds") is not None:
        rows = [row for row in rows if row["locationId"] in args["locationIds"]]
    if args.get("quantityNames") is not None:
        rows = [row for row in rows if row["name"] in args["quantityNames"]]
    return [{**row, "ledgerDocumentUri": None} for row in rows]


# --- customers -------------------------------------------------------------------------------


@resolves("Customer", "displayName")
def _customer_name(node: Node, context: Context, args: Args) -> str:
    names = (node.doc["firstName"], node.doc["lastName"])
    return " ".join(name for name in names if name) or str(node.doc["email"])


@resolves("Customer", "defaultEmailAddress")
def _email(node: Node, context: Context, args: Args) -> Doc | None:
    return {"emailAddress": node.doc["email"]} if node.doc["email"] else None


@resolves("Customer", "defaultPhoneNumber")
def _phone(node: Node, context: Context, args: Args) -> Doc | None:
    return {"phoneNumber": node.doc["phone"]} if node.doc["phone"] else None


@resolves("Customer", "storeCreditAccounts")
def _accounts(node: Node, context: Context, args: Args) -> Doc:
    keys = node.doc["creditIds"]
    return connection([context.state.get("StoreCreditAccount", key) for key in keys], args)


@resolves("StoreCreditAccount", "balance")
def _balance(node: Node, context: Context, args: Args) -> Doc:
    return money_v2(node.doc["balance"], node.doc["currency"])


@resolves("StoreCreditAccount", "owner")
def _owner(node: Node, context: Context, args: Args) -> Node | None:
    return context.state.get("Customer", node.doc["ownerId"])


@resolves("StoreCreditAccount", "transactions")
def _entries(node: Node, context: Context, args: Args) -> Doc:
    kind = "StoreCreditAccountCreditTransaction"
    return connection([Node(kind, row, node.doc) for row in node.doc["transactions"]], args)


@resolves("StoreCreditAccountCreditTransaction", "account")
def _entry_account(node: Node, context: Context, args: Args) -> Node | None:
    return context.state.get("StoreCreditAccount", node.doc["accountId"])


@resolves("StoreCreditAccountCreditTransaction", "amount", "remainingAmount")
def _entry_amount(node: Node, context: Context, args: Args) -> Doc:
    return money_v2(node.doc["amount"], node.order["currency"])


@resolves("StoreCreditAccountCreditTransaction", "balanceAfterTransaction")
def _entry_balance(node: Node, context: Context, args: Args) -> Doc:
    return money_v2(node.doc["balanceAfter"], node.order["currency"])
