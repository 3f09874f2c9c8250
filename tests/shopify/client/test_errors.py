"""Errors inside an answer are sorted by what they leave done."""

from typing import Any

import pytest
import responses

from returns_portal.shopify.client import ShopifyClient
from returns_portal.shopify.errors import (
    ShopifyError,
    ShopifyMisconfigured,
    ShopifyNotFound,
    ShopifyOutcomeUnknown,
    ShopifyProtocolError,
    ShopifyUnavailable,
)
from tests.shopify.client.calls import MUTATION, ORDER, QUERY, RETURN, URL, errors, outcome_of


class TestErrorsInTheAnswer:
    @pytest.mark.parametrize("data", [None, {"returnProcess": None}], ids=["no data", "null root"])
    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            ("BAD_REQUEST", ShopifyProtocolError),
            ("MAX_COST_EXCEEDED", ShopifyProtocolError),
            ("INVALID_FIELD_ARGUMENTS", ShopifyProtocolError),
            ("IDEMPOTENCY_KEY_PARAMETER_MISMATCH", ShopifyProtocolError),
            ("RESOURCE_NOT_FOUND", ShopifyNotFound),
            ("ACCESS_DENIED", ShopifyMisconfigured),
            ("SHOP_INACTIVE", ShopifyMisconfigured),
            ("INTERNAL_SERVER_ERROR", ShopifyOutcomeUnknown),
            ("IDEMPOTENCY_CONCURRENT_REQUEST", ShopifyOutcomeUnknown),
            ("NEVER_HEARD_OF", ShopifyOutcomeUnknown),
        ],
    )
    def test_are_sorted_for_a_mutation(
        self,
        client: ShopifyClient,
        http: responses.RequestsMock,
        code: str,
        expected: type[ShopifyError],
        data: Any,
    ) -> None:
        http.post(URL, json=errors(code, data, path=["returnProcess"]))
        error = outcome_of(lambda: client.execute(MUTATION, {}))
        assert type(error) is expected
        assert error.codes == (code,)

    def test_of_the_document_itself_did_nothing(
        self, client: ShopifyClient, http: responses.RequestsMock
    ) -> None:
        error = {"message": "Field 'x' doesn't exist on type 'Return'", "locations": [{"line": 3}]}
        http.post(URL, json={"errors": [error]})
        assert type(outcome_of(lambda: client.execute(MUTATION, {}))) is ShopifyProtocolError

    @pytest.mark.parametrize(
        "answer",
        [
            {"errors": [{"message": "Internal error. Looks like something went wrong."}]},
            {"errors": [{"message": "Oops", "extensions": {"code": "NEVER_HEARD_OF"}}]},
            {"errors": "Internal Server Error"},
            {"data": None, "errors": [{"message": "Internal error"}]},
        ],
        ids=["no code", "an unknown code", "a text", "null data"],
    )
    def test_that_say_not_where_leave_open_what_a_mutation_did(
        self, client: ShopifyClient, http: responses.RequestsMock, answer: dict[str, Any]
    ) -> None:
        http.post(URL, json=answer)
        assert type(outcome_of(lambda: client.execute(MUTATION, {}))) is ShopifyOutcomeUnknown

    @pytest.mark.parametrize("errors", ["Internal Server Error", [{"message": "Internal error"}]])
    def test_that_say_nothing_let_a_query_be_asked_again(
        self, client: ShopifyClient, http: responses.RequestsMock, errors: Any
    ) -> None:
        http.post(URL, json={"errors": errors})
        http.post(URL, json=ORDER)
        assert client.execute(QUERY, {}) == ORDER["data"]

    @pytest.mark.parametrize("code", ["THROTTLED", "ACCESS_DENIED", "BAD_REQUEST"])
    def test_beside_the_result_of_a_mutation_leave_it_unknown(
        self, client: ShopifyClient, http: responses.RequestsMock, code: str
    ) -> None:
        http.post(URL, json=errors(code, RETURN["data"], path=["returnProcess", "return"]))
        assert type(outcome_of(lambda: client.execute(MUTATION, {}))) is ShopifyOutcomeUnknown

    def test_of_throttling_beside_data_leave_a_mutation_unknown(
        self, client: ShopifyClient, http: responses.RequestsMock
    ) -> None:
        http.post(URL, json=errors("THROTTLED", {"returnProcess": None}))
        assert type(outcome_of(lambda: client.execute(MUTATION, {}))) is ShopifyOutcomeUnknown

    @pytest.mark.parametrize(
        ("code", "expected"),
        [
            ("THROTTLED", ShopifyUnavailable),
            ("INTERNAL_SERVER_ERROR", ShopifyUnavailable),
            ("NOT_FOUND", ShopifyNotFound),
            ("NEVER_HEARD_OF", ShopifyProtocolError),
        ],
    )
    def test_beside_the_data_of_a_query_spoil_it(
        self,
        client: ShopifyClient,
        http: responses.RequestsMock,
        code: str,
        expected: type[ShopifyError],
    ) -> None:
        http.post(URL, json=errors(code, ORDER["data"], path=["order", "lineItems"]))
        assert type(outcome_of(lambda: client.execute(QUERY, {}))) is expected

    @pytest.mark.parametrize("path", [["order", "email"], ["orders", "nodes", "0", "customer"], []])
    def test_about_personal_data_are_borne(
        self,
        client: ShopifyClient,
        http: responses.RequestsMock,
        caplog: pytest.LogCaptureFixture,
        path: list[str],
    ) -> None:
        http.post(URL, json=errors("ACCESS_DENIED", ORDER["data"], path=path))
        assert client.execute(QUERY, {}) == ORDER["data"]
        assert "withholds personal data" in caplog.text

    def test_about_goods_withheld_are_for_staff(
        self, client: ShopifyClient, http: responses.RequestsMock
    ) -> None:
        path = ["order", "lineItems", "nodes", "0", "product"]
        said = "Access denied for product field. Required access: `read_products` access scope."
        http.post(URL, json=errors("ACCESS_DENIED", ORDER["data"], path=path, message=said))
        error = outcome_of(lambda: client.execute(QUERY, {}))
        assert type(error) is ShopifyMisconfigured
        assert "read_products" in str(error)

    def test_as_a_bare_sentence_are_understood(
        self, client: ShopifyClient, http: responses.RequestsMock
    ) -> None:
        http.post(URL, json={"errors": "Throttled"})
        assert type(outcome_of(lambda: client.execute(QUERY, {}))) is ShopifyUnavailable

    def test_do_not_repeat_what_was_sent(
        self, client: ShopifyClient, http: responses.RequestsMock
    ) -> None:
        said = "Variable $input got invalid value 'jane@example.com'"
        http.post(URL, json=errors("INVALID_VARIABLE", message=said))
        assert "jane" not in str(outcome_of(lambda: client.execute(QUERY, {})))
