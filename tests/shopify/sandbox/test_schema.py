"""The sandbox's schema is a part of Shopify's, and every field of it can be asked for."""

from typing import Any

import pytest
from graphql import (
    GraphQLSchema,
    get_named_type,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_leaf_type,
    is_object_type,
    is_union_type,
    print_ast,
    specified_scalar_types,
)

from returns_portal.shopify.sandbox.documents import load_schema
from returns_portal.shopify.sandbox.registry import Context
from tests.shopify.real_schema import load_real_schema
from tests.shopify.sandbox.desk import Desk

OURS = load_schema()
TYPES = sorted(
    name
    for name in OURS.type_map
    if not name.startswith("__") and name not in specified_scalar_types
)


@pytest.fixture(scope="module")
def real() -> GraphQLSchema:
    return load_real_schema()


def default_of(argument: Any) -> str | None:
    return print_ast(argument.default.literal) if argument.default is not None else None


class TestEveryType:
    @pytest.mark.parametrize("name", TYPES)
    def test_stands_in_the_real_schema_as_the_same_kind(
        self, real: GraphQLSchema, name: str
    ) -> None:
        assert type(real.type_map.get(name)) is type(OURS.type_map[name])

    @pytest.mark.parametrize(
        "name",
        [
            n
            for n in TYPES
            if is_object_type(OURS.type_map[n]) or is_interface_type(OURS.type_map[n])
        ],
    )
    def test_has_only_real_fields_and_arguments(self, real: GraphQLSchema, name: str) -> None:
        ours, theirs = OURS.type_map[name], real.type_map[name]
        for field_name, field in ours.fields.items():  # type: ignore[union-attr]
            other = theirs.fields[field_name]  # type: ignore[union-attr]
            assert str(field.type) == str(other.type), field_name
            assert other.deprecation_reason is None, field_name
            self.compare_arguments(field.args, other.args, field_name)

    @staticmethod
    def compare_arguments(ours: Any, theirs: Any, where: str) -> None:
        for name, argument in ours.items():
            other = theirs[name]
            assert str(argument.type) == str(other.type), f"{where}.{name}"
            assert default_of(argument) == default_of(other), f"{where}.{name}"
            assert other.deprecation_reason is None, f"{where}.{name}"
        needed = {n for n, a in theirs.items() if str(a.type).endswith("!") and a.default is None}
        assert needed <= set(ours), where

    @pytest.mark.parametrize("name", [n for n in TYPES if is_input_object_type(OURS.type_map[n])])
    def test_takes_only_real_input_fields(self, real: GraphQLSchema, name: str) -> None:
        ours, theirs = OURS.type_map[name], real.type_map[name]
        self.compare_arguments(ours.fields, theirs.fields, name)  # type: ignore[union-attr]
        assert ours.is_one_of == theirs.is_one_of  # type: ignore[union-attr]

    @pytest.mark.parametrize("name", [n for n in TYPES if is_enum_type(OURS.type_map[n])])
    def test_has_all_enum_values_that_are_not_deprecated(
        self, real: GraphQLSchema, name: str
    ) -> None:
        values = real.type_map[name].values  # type: ignore[union-attr]
        living = {key for key, value in values.items() if value.deprecation_reason is None}
        assert set(OURS.type_map[name].values) == living  # type: ignore[union-attr]

    @pytest.mark.parametrize("name", [n for n in TYPES if is_object_type(OURS.type_map[n])])
    def test_implements_only_real_interfaces(self, real: GraphQLSchema, name: str) -> None:
        ours = {kind.name for kind in OURS.type_map[name].interfaces}  # type: ignore[union-attr]
        theirs = {kind.name for kind in real.type_map[name].interfaces}  # type: ignore[union-attr]
        assert ours <= theirs

    @pytest.mark.parametrize("name", [n for n in TYPES if is_union_type(OURS.type_map[n])])
    def test_has_only_real_union_members(self, real: GraphQLSchema, name: str) -> None:
        ours = {kind.name for kind in OURS.type_map[name].types}  # type: ignore[union-attr]
        assert ours <= {kind.name for kind in real.type_map[name].types}  # type: ignore[union-attr]

    def test_carries_the_real_idempotency_directive(self, real: GraphQLSchema) -> None:
        ours, theirs = OURS.get_directive("idempotent"), real.get_directive("idempotent")
        assert ours is not None
        assert theirs is not None
        assert [str(a.type) for a in ours.args.values()] == ["String!"]
        assert list(ours.args) == list(theirs.args)
        assert ours.locations == theirs.locations


def selection(kind: Any, depth: int, seen: tuple[str, ...] = ()) -> str:
    """Everything of a type down to some depth, each type once on a path."""
    parts = ["__typename"]
    for name, field in getattr(kind, "fields", {}).items():
        inner = get_named_type(field.type)
        arguments = ARGUMENTS.get((kind.name, name), ARGUMENTS.get(("", name), ""))
        if "first" in field.args and not arguments:
            arguments = "(first: 3)"
        if is_leaf_type(inner):
            parts.append(f"{name}{arguments}")
        elif depth > 0 and inner.name not in seen and arguments is not None:
            parts.append(f"{name}{arguments} {selection(inner, depth - 1, (*seen, kind.name))}")
    for possible in OURS.get_possible_types(kind) if not is_object_type(kind) else ():
        fields = (
            selection(possible, depth - 1, (*seen, kind.name)) if depth > 0 else "{ __typename }"
        )
        parts.append(f"... on {possible.name} {fields}")
    return "{ " + " ".join(parts) + " }"


ARGUMENTS: dict[tuple[str, str], str | None] = {
    ("", "metafield"): '(namespace: "$app", key: "rma")',
    ("", "quantities"): '(names: ["available"])',
    ("", "inventoryLevel"): None,
    ("Return", "suggestedFinancialOutcome"): "(returnLineItems: [], exchangeLineItems: [])",
}


class TestEveryField:
    @pytest.fixture
    def rich(self, desk: Desk) -> dict[str, str]:
        """Ids of objects that have something in every corner."""
        order = desk.order(
            lines=[{"goods": "linen-shirt", "quantity": 3, "discount": "1.00"}],
            discount="2.00",
            discountCode="TWO",
            shipping="4.00",
            zip="08840",
            customAttributes=[{"key": "a", "value": "b"}],
            delivered=4,
        )
        fee = {"amount": {"amount": "1.00", "currencyCode": "USD"}}
        made = desk.opened(
            order, desk.lines(order, 2, restockingFee={"percentage": 10.0}), returnShippingFee=fee
        )
        parcel = """mutation($id: ID!) { reverseDeliveryCreateWithShipping(
          reverseFulfillmentOrderId: $id, reverseDeliveryLineItems: [],
          trackingInput: {number: "1Z9", url: "https://example.com/1Z9"},
          labelInput: {fileUrl: "https://example.com/label.pdf"}) { userErrors { message } } }"""
        reverse = made["reverseFulfillmentOrders"]["nodes"][0]["id"]
        desk.ask(parcel, id=reverse)
        lines = desk.everything(made, "RESTOCKED", desk.location())
        money = desk.payment(order, "10.00")["issueRefund"]["orderTransactions"]
        credit = {"amount": {"amount": "1.00", "currencyCode": "USD"}}
        desk.process(
            made,
            returnLineItems=lines,
            refundShipping={"fullRefund": True},
            financialTransfer={
                "issueRefund": {
                    "orderTransactions": money,
                    "refundMethods": [{"storeCreditRefund": credit}],
                }
            },
        )
        desk.ask(
            'mutation($o: ID!) { metafieldsSet(metafields: [{ownerId: $o, namespace: "$app", '
            'key: "rma", type: "single_line_text_field", value: "1"}]) '
            "{ userErrors { message } } }",
            o=order["id"],
        )
        delivery = desk.now(order)["returns"][0]["reverseOrders"][0]["deliveries"][0]["id"]
        return {
            "order": order["id"],
            "return": made["id"],
            "delivery": delivery,
            "customer": order["customerId"],
        }

    @pytest.mark.parametrize("root", ["order", "return", "customer"])
    def test_can_be_asked_for(self, desk: Desk, rich: dict[str, str], root: str) -> None:
        field = OURS.query_type.fields[root]  # type: ignore[union-attr]
        fields = selection(get_named_type(field.type), 4)
        query = f"query($id: ID!) {{ {root}(id: $id) {fields} }}"
        request = desk.engine.read({"query": query, "variables": {"id": rich[root]}})
        request.errors = [e for e in request.errors if "max cost" not in e.message]
        answer = desk.engine.answer(request, Context(desk.state, "http://sandbox.test", "2026-10"))
        assert "errors" not in answer, answer["errors"][:3]
        assert answer["data"][root] is not None

    def test_of_a_parcel_can_be_asked_for(self, desk: Desk, rich: dict[str, str]) -> None:
        fields = selection(OURS.type_map["ReverseDelivery"], 4)
        data = desk.ask(
            f"query($id: ID!) {{ reverseDelivery(id: $id) {fields} }}", id=rich["delivery"]
        )
        assert data["reverseDelivery"]["deliverable"]["tracking"]["carrierName"] == "UPS"

    def test_of_the_shop_and_its_app_can_be_asked_for(self, desk: Desk) -> None:
        shop = selection(OURS.type_map["Shop"], 2)
        app = selection(OURS.type_map["AppInstallation"], 2)
        data = desk.ask(f"{{ shop {shop} currentAppInstallation {app} }}")
        assert data["shop"]["myshopifyDomain"] == "demo-shop.myshopify.com"
