"""Bulk queries: what Shopify takes on, and the lines that come out."""

import json

import pytest
import requests

from returns_portal.shopify.sandbox.bulk import check
from returns_portal.shopify.sandbox.server import SandboxServer
from tests.shopify.sandbox.conftest import Ask
from tests.shopify.sandbox.desk import Desk

START = """
mutation($q: String!) {
  bulkOperationRunQuery(query: $q, groupObjects: false) {
    bulkOperation { id status } userErrors { code field message }
  }
}
"""
POLL = """
query($id: ID!) {
  bulkOperation(id: $id) { status objectCount rootObjectCount fileSize url errorCode }
}
"""
GOOD = "{ orders { edges { node { id name lineItems { edges { node { id sku } } } } } } }"


class TestCheck:
    def test_takes_edges_and_nodes(self) -> None:
        assert check(GOOD) is None

    @pytest.mark.parametrize(
        ("query", "why"),
        [
            ("{ orders { nodes { id } } }", "edges"),
            ("{ shop { name } }", "at least one connection"),
            (
                "{ orders { edges { node { fulfillments { id fulfillmentLineItems { edges { node "
                "{ id } } } } } } } }",
                "within a list",
            ),
            (
                "{ orders { edges { node { returns { edges { node { returnLineItems { edges { node "
                "{ id } } } } } } } } } }",
                "deeper",
            ),
            ("{ orders { edges { node { id shoe_size } } } }", "shoe_size"),
            ('mutation { returnClose(id: "1") { return { id } } }', "exactly one query"),
            ("{", "Invalid"),
        ],
    )
    def test_refuses_what_shopify_refuses(self, query: str, why: str) -> None:
        assert why in (check(query) or "")

    def test_counts_connections(self) -> None:
        six = " ".join(f"a{n}: orders {{ edges {{ node {{ id }} }} }}" for n in range(6))
        assert "more than 5" in (check(f"{{ {six} }}") or "")


class TestRun:
    def test_writes_one_line_an_object(self, server: SandboxServer, ask: Ask) -> None:
        for _ in range(2):
            spec = {"lines": [{"goods": "tote-bag"}, {"goods": "lip-tint"}]}
            requests.post(f"{server.url}/sandbox/orders", json=spec, timeout=5)
        started = ask(START, variables={"q": GOOD}).json()["data"]["bulkOperationRunQuery"]
        assert started["userErrors"] == []
        assert started["bulkOperation"]["status"] == "CREATED"
        key = started["bulkOperation"]["id"]
        assert server.bulk_done.wait(5)
        shown = ask(POLL, variables={"id": key}).json()["data"]["bulkOperation"]
        assert (shown["status"], shown["objectCount"], shown["rootObjectCount"]) == (
            "COMPLETED",
            "6",
            "2",
        )
        text = requests.get(shown["url"], timeout=5).text
        assert len(text.encode()) == int(shown["fileSize"])
        rows = [json.loads(line) for line in text.splitlines()]
        roots = [row["id"] for row in rows if "__parentId" not in row]
        assert len(roots) == 2
        assert [row["__parentId"] for row in rows if "__parentId" in row] == [
            roots[0],
            roots[0],
            roots[1],
            roots[1],
        ]

    def test_has_no_file_when_nothing_was_found(self, server: SandboxServer, ask: Ask) -> None:
        started = ask(START, variables={"q": GOOD}).json()["data"]["bulkOperationRunQuery"]
        assert server.bulk_done.wait(5)
        key = started["bulkOperation"]["id"]
        shown = ask(POLL, variables={"id": key}).json()["data"]["bulkOperation"]
        assert (shown["status"], shown["url"]) == ("COMPLETED", None)


class TestLimits:
    def test_takes_five_at_once(self, desk: Desk) -> None:
        for _ in range(5):
            assert desk.ask(START, q=GOOD)["bulkOperationRunQuery"]["userErrors"] == []
        payload = desk.ask(START, q=GOOD)["bulkOperationRunQuery"]
        assert payload["userErrors"][0]["code"] == "LIMIT_REACHED"

    def test_lets_a_waiting_one_be_canceled(self, desk: Desk) -> None:
        key = desk.ask(START, q=GOOD)["bulkOperationRunQuery"]["bulkOperation"]["id"]
        query = "mutation($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { status } " + (
            "userErrors { message } } }"
        )
        assert desk.ask(query, id=key)["bulkOperationCancel"]["bulkOperation"] == {
            "status": "CANCELED"
        }
        assert desk.ask(query, id=key)["bulkOperationCancel"]["userErrors"] != []
