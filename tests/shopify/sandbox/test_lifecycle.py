"""What may follow what: approve, decline, cancel, close, reopen, remove, parcels."""

import pytest

from returns_portal.shopify.sandbox.state import Doc
from tests.shopify.sandbox.desk import ERRORS, Desk, codes, wrap

REQUEST = wrap("mutation($i: ReturnRequestInput!)", "returnRequest(input: $i)")
APPROVE = wrap("mutation($i: ReturnApproveRequestInput!)", "returnApproveRequest(input: $i)")
DECLINE = wrap("mutation($i: ReturnDeclineRequestInput!)", "returnDeclineRequest(input: $i)")
REMOVE = wrap(
    "mutation($id: ID!, $l: [ReturnLineItemRemoveFromReturnInput!])",
    "removeFromReturn(returnId: $id, returnLineItems: $l)",
)
PARCEL = (
    """mutation($id: ID!, $l: [ReverseDeliveryLineItemInput!]!, $t: ReverseDeliveryTrackingInput) {
  reverseDeliveryCreateWithShipping(reverseFulfillmentOrderId: $id, reverseDeliveryLineItems: $l,
                                    trackingInput: $t) {
    reverseDelivery { id deliverable { ... on ReverseDeliveryShippingDeliverable
      { tracking { carrierName number } } } } """
    + ERRORS
    + "} }"
)
STATES = ("REQUESTED", "OPEN", "DECLINED", "CANCELED", "CLOSED")


def requested(desk: Desk, order: Doc) -> Doc:
    given = {"orderId": order["id"], "returnLineItems": desk.lines(order, 1)}
    return desk.ask(REQUEST, i=given)["returnRequest"]["return"]


def approve(desk: Desk, made: Doc) -> Doc:
    return desk.ask(APPROVE, i={"id": made["id"]})["returnApproveRequest"]


def decline(desk: Desk, made: Doc, note: str | None = None) -> Doc:
    given = {"id": made["id"], "declineReason": "FINAL_SALE", "declineNote": note}
    return desk.ask(DECLINE, i=given)["returnDeclineRequest"]


def in_state(desk: Desk, order: Doc, state: str) -> Doc:
    if state in ("REQUESTED", "DECLINED"):
        made = requested(desk, order)
        if state == "DECLINED":
            decline(desk, made)
        return made
    made = desk.opened(order)
    steps = {"CANCELED": "returnCancel", "CLOSED": "returnClose"}
    if state in steps:
        assert desk.act(steps[state], made["id"])["userErrors"] == []
    return made


def step(desk: Desk, made: Doc, name: str) -> Doc:
    if name == "approve":
        return approve(desk, made)
    if name == "decline":
        return decline(desk, made)
    if name == "process":
        return desk.process(
            made, returnLineItems=[{"id": made["returnLineItems"]["nodes"][0]["id"], "quantity": 1}]
        )
    return desk.act(name, made["id"])


ALLOWED = {
    ("REQUESTED", "approve"): "OPEN",
    ("REQUESTED", "decline"): "DECLINED",
    ("OPEN", "returnCancel"): "CANCELED",
    ("OPEN", "returnClose"): "CLOSED",
    ("OPEN", "returnReopen"): "OPEN",
    ("OPEN", "process"): "OPEN",
    ("CLOSED", "returnClose"): "CLOSED",
    ("CLOSED", "returnReopen"): "OPEN",
    ("CANCELED", "returnCancel"): "CANCELED",
}
STEPS = ("approve", "decline", "returnCancel", "returnClose", "returnReopen", "process")


class TestSteps:
    @pytest.mark.parametrize("name", STEPS)
    @pytest.mark.parametrize("state", STATES)
    def test_follow_the_states_of_a_return(self, desk: Desk, state: str, name: str) -> None:
        order = desk.order()
        payload = step(desk, in_state(desk, order, state), name)
        if (state, name) in ALLOWED:
            assert payload["userErrors"] == []
            assert payload["return"]["status"] == ALLOWED[(state, name)]
        else:
            assert codes(payload) == ["INVALID_STATE"]
            assert desk.now(order)["returns"][0]["status"] == state

    @pytest.mark.parametrize(
        ("state", "status"),
        [
            ("REQUESTED", "RETURN_REQUESTED"),
            ("OPEN", "IN_PROGRESS"),
            ("DECLINED", "NO_RETURN"),
            ("CANCELED", "NO_RETURN"),
            ("CLOSED", "RETURNED"),
        ],
    )
    def test_show_in_the_return_status_of_the_order(
        self, desk: Desk, state: str, status: str
    ) -> None:
        order = desk.order()
        in_state(desk, order, state)
        query = "query($id: ID!) { order(id: $id) { returnStatus } }"
        assert desk.ask(query, id=order["id"])["order"]["returnStatus"] == status

    def test_need_an_existing_return(self, desk: Desk) -> None:
        assert codes(desk.act("returnClose", "gid://shopify/Return/1")) == ["NOT_FOUND"]

    def test_make_the_reverse_fulfillment_order_on_approval(self, desk: Desk) -> None:
        made = approve(desk, requested(desk, desk.order()))["return"]
        assert len(made["reverseFulfillmentOrders"]["nodes"]) == 1

    @pytest.mark.parametrize(("length", "refused"), [(500, []), (501, ["TOO_LONG"])])
    def test_take_decline_notes_of_500_characters(
        self, desk: Desk, length: int, refused: list[str]
    ) -> None:
        made = requested(desk, desk.order())
        assert codes(decline(desk, made, "x" * length)) == refused


class TestReturnCancel:
    def test_is_refused_after_a_disposition(self, desk: Desk) -> None:
        order = desk.order()
        made = desk.opened(order)
        line = made["reverseFulfillmentOrders"]["nodes"][0]["lineItems"]["nodes"][0]
        query = (
            "mutation($d: [ReverseFulfillmentOrderDisposeInput!]!) "
            "{ reverseFulfillmentOrderDispose(dispositionInputs: $d) { " + ERRORS + " } }"
        )
        row = {
            "reverseFulfillmentOrderLineItemId": line["id"],
            "quantity": 1,
            "dispositionType": "NOT_RESTOCKED",
        }
        desk.ask(query, d=[row])
        assert codes(desk.act("returnCancel", made["id"])) == ["INVALID_STATE"]

    def test_is_refused_after_processing(self, desk: Desk) -> None:
        made = desk.opened(desk.order())
        desk.process(made)
        assert codes(desk.act("returnCancel", made["id"])) == ["INVALID_STATE"]


class TestRemoveFromReturn:
    def test_frees_the_units(self, desk: Desk) -> None:
        order = desk.order(lines=[{"goods": "tote-bag", "quantity": 3}])
        made = desk.opened(order, desk.lines(order, 3))
        line = made["returnLineItems"]["nodes"][0]["id"]
        row = [{"returnLineItemId": line, "quantity": 2}]
        payload = desk.ask(REMOVE, id=made["id"], l=row)["removeFromReturn"]
        assert payload["return"]["returnLineItems"]["nodes"][0]["quantity"] == 1
        assert desk.create(order, desk.lines(order, 2))["userErrors"] == []

    def test_closes_a_return_it_empties(self, desk: Desk) -> None:
        made = desk.opened(desk.order())
        row = [{"returnLineItemId": made["returnLineItems"]["nodes"][0]["id"], "quantity": 1}]
        payload = desk.ask(REMOVE, id=made["id"], l=row)["removeFromReturn"]
        assert payload["return"]["status"] == "CLOSED"
        assert payload["return"]["order"]["returnStatus"] == "RETURNED"

    def test_refuses_processed_units(self, desk: Desk) -> None:
        made = desk.opened(desk.order())
        desk.process(made)
        row = [{"returnLineItemId": made["returnLineItems"]["nodes"][0]["id"], "quantity": 1}]
        payload = desk.ask(REMOVE, id=made["id"], l=row)["removeFromReturn"]
        assert codes(payload) == ["LESS_THAN_OR_EQUAL_TO"]


class TestReverseDelivery:
    def test_carries_the_tracking_number(self, desk: Desk) -> None:
        made = desk.opened(desk.order())
        reverse = made["reverseFulfillmentOrders"]["nodes"][0]["id"]
        payload = desk.ask(PARCEL, id=reverse, l=[], t={"number": "1Z999"})
        delivery = payload["reverseDeliveryCreateWithShipping"]["reverseDelivery"]
        assert delivery["deliverable"]["tracking"] == {"carrierName": "UPS", "number": "1Z999"}

    def test_is_refused_on_a_canceled_return(self, desk: Desk) -> None:
        made = desk.opened(desk.order())
        desk.act("returnCancel", made["id"])
        reverse = made["reverseFulfillmentOrders"]["nodes"][0]["id"]
        payload = desk.ask(PARCEL, id=reverse, l=[], t={"number": "1Z999"})
        assert codes(payload["reverseDeliveryCreateWithShipping"]) == ["INVALID_STATE"]

    def test_refuses_more_than_comes_back(self, desk: Desk) -> None:
        made = desk.opened(desk.order())
        reverse = made["reverseFulfillmentOrders"]["nodes"][0]
        line = reverse["lineItems"]["nodes"][0]["id"]
        rows = [{"reverseFulfillmentOrderLineItemId": line, "quantity": 2}]
        payload = desk.ask(PARCEL, id=reverse["id"], l=rows, t=None)
        refused = payload["reverseDeliveryCreateWithShipping"]
        assert codes(refused) == ["LESS_THAN_OR_EQUAL_TO"]
