"""The sandbox over real HTTP: doors, tokens, headers, and the control calls."""

import http.client
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import requests

from returns_portal.shopify.sandbox.server import SandboxServer
from returns_portal.shopify.sandbox.throttle import Throttle
from tests.shopify.sandbox.conftest import Ask

SHOP = "{ shop { name } }"
ORDERS = "{ orders(first: 5) { nodes { id } } }"


class TestGraphQLDoor:
    def test_answers_with_data_and_cost(self, ask: Ask) -> None:
        answer = ask(SHOP)
        assert answer.status_code == 200
        assert answer.json()["data"]["shop"]["name"]
        assert answer.json()["extensions"]["cost"]["requestedQueryCost"] == 1

    @pytest.mark.parametrize("token", ["", "wrong"])
    def test_answers_401_without_the_right_token(self, ask: Ask, token: str) -> None:
        answer = ask(SHOP, token=token)
        assert answer.status_code == 401
        assert "errors" in answer.json()

    def test_names_the_version_it_serves(self, ask: Ask) -> None:
        answer = ask(SHOP, version="2019-01")
        assert answer.status_code == 200
        assert answer.headers["X-Shopify-API-Version"] == "2026-10"

    def test_gives_every_answer_its_own_request_id(self, ask: Ask) -> None:
        ids = {ask(SHOP).headers["X-Request-Id"], ask(SHOP, token="no").headers["X-Request-Id"]}
        assert len(ids) == 2

    def test_answers_invalid_documents_with_200(self, ask: Ask) -> None:
        answer = ask("{ nothing }")
        assert answer.status_code == 200
        assert answer.json()["errors"]

    def test_answers_400_to_a_body_that_is_no_json(self, server: SandboxServer) -> None:
        answer = requests.post(
            f"{server.url}/admin/api/2026-10/graphql.json",
            data="nonsense",
            headers={"X-Shopify-Access-Token": "sandbox-access-token"},
            timeout=5,
        )
        assert answer.status_code == 400

    def test_keeps_the_connection_alive(self, server: SandboxServer) -> None:
        connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=5)
        connection.request("GET", "/")
        connection.getresponse().read()
        socket = connection.sock
        connection.request("GET", "/stock")
        assert connection.getresponse().status == 200
        assert connection.sock is socket
        connection.close()

    def test_throttles_when_told_to(self) -> None:
        throttle = Throttle(3, 0)
        with SandboxServer(seed_orders=False, throttle=throttle) as server:
            answers = [
                requests.post(
                    f"{server.url}/admin/api/2026-10/graphql.json",
                    json={"query": "{ orders(first: 1) { nodes { id } } }"},
                    headers={"X-Shopify-Access-Token": "sandbox-access-token"},
                    timeout=5,
                )
                for _ in range(2)
            ]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert "data" in answers[0].json()
        assert answers[1].json()["errors"][0]["extensions"]["code"] == "THROTTLED"

    def test_lets_exactly_one_of_many_take_the_last_unit(
        self, server: SandboxServer, ask: Ask
    ) -> None:
        made = requests.post(
            f"{server.url}/sandbox/orders", json={"lines": [{"goods": "tote-bag"}]}, timeout=5
        ).json()
        reasons = server.state.tables["reason"].values()
        line = {
            "fulfillmentLineItemId": made["fulfillment_line_ids"][0],
            "quantity": 1,
            "returnReasonDefinitionId": next(iter(reasons))["id"],
        }
        query = (
            "mutation($i: ReturnInput!) { returnCreate(returnInput: $i) "
            "{ return { id } userErrors { code } } }"
        )
        given = {"i": {"orderId": made["id"], "returnLineItems": [line]}}
        answers: list[dict] = []
        threads = [
            threading.Thread(target=lambda: answers.append(ask(query, variables=given).json()))
            for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        returns = [answer["data"]["returnCreate"]["return"] for answer in answers]
        assert len([made for made in returns if made]) == 1


class TestTokenDoor:
    def grant(self, server: SandboxServer, **options: object) -> requests.Response:
        url = f"{server.url}/admin/oauth/access_token"
        return requests.post(url, timeout=5, **options)  # type: ignore[arg-type]

    GOOD = {
        "client_id": "sandbox-client-id",
        "client_secret": "sandbox-client-secret",
        "grant_type": "client_credentials",
    }

    @pytest.mark.parametrize("how", ["json", "data"])
    def test_gives_a_token_that_opens_the_graphql_door(
        self, server: SandboxServer, ask: Ask, how: str
    ) -> None:
        answer = self.grant(server, **{how: self.GOOD}).json()
        assert set(answer) == {"access_token", "scope", "expires_in"}
        assert answer["expires_in"] == 86399
        assert "write_returns" in answer["scope"].split(",")
        assert ask(SHOP, token=answer["access_token"]).status_code == 200

    def test_refuses_wrong_credentials(self, server: SandboxServer) -> None:
        assert self.grant(server, json={**self.GOOD, "client_secret": "no"}).status_code == 400

    def test_refuses_other_grants(self, server: SandboxServer) -> None:
        assert self.grant(server, json={**self.GOOD, "grant_type": "password"}).status_code == 400

    def test_closes_the_door_on_revoked_tokens(self, server: SandboxServer, ask: Ask) -> None:
        token = self.grant(server, json=self.GOOD).json()["access_token"]
        server.revoke_tokens()
        assert ask(SHOP, token=token).status_code == 401


class TestControl:
    def order(self, server: SandboxServer, **spec: object) -> dict:
        spec.setdefault("lines", [{"goods": "tote-bag", "quantity": 2}])
        answer = requests.post(f"{server.url}/sandbox/orders", json=spec, timeout=5)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def ledger(self, server: SandboxServer) -> dict:
        return requests.get(f"{server.url}/sandbox/ledger.json", timeout=5).json()

    def test_makes_orders(self, server: SandboxServer, ask: Ask) -> None:
        made = self.order(server, name="#77", zip="08840")
        query = "query($id: ID!) { order(id: $id) { name shippingAddress { zip } } }"
        shown = ask(query, variables={"id": made["id"]}).json()["data"]["order"]
        assert shown == {"name": "#77", "shippingAddress": {"zip": "08840"}}

    @pytest.mark.parametrize(
        "spec",
        [
            {},
            [],
            {"lines": [{"goods": "unicorn"}]},
            {"lines": [], "country": "XX"},
            {"lines": [{"goods": "tote-bag", "quantity": 0}]},
            {"lines": [{"goods": "tote-bag"}], "discount": "1000000"},
        ],
    )
    def test_refuses_orders_that_make_no_sense(self, server: SandboxServer, spec: object) -> None:
        answer = requests.post(f"{server.url}/sandbox/orders", json=spec, timeout=5)
        assert answer.status_code == 422
        assert self.ledger(server)["orders"] == []

    def test_refunds_as_the_back_office_would(self, server: SandboxServer) -> None:
        made = self.order(server)
        url = f"{server.url}/sandbox/orders/{made['legacy_id']}/refund"
        refund = requests.post(url, json={"quantity": 1}, timeout=5).json()
        (order,) = self.ledger(server)["orders"]
        assert order["refunds"] == [refund]
        assert order["financial_status"] == "PARTIALLY_REFUNDED"
        requests.post(url, timeout=5)
        (order,) = self.ledger(server)["orders"]
        assert order["refunded"] == order["total"]

    def test_opens_returns_as_the_back_office_would(self, server: SandboxServer) -> None:
        made = self.order(server)
        url = f"{server.url}/sandbox/orders/{made['legacy_id']}/return"
        assert requests.post(url, json={"quantity": 1}, timeout=5).status_code == 201
        (order,) = self.ledger(server)["orders"]
        assert [row["status"] for row in order["returns"]] == ["OPEN"]
        assert requests.post(url, json={"quantity": 2}, timeout=5).status_code == 422

    def test_counts_calls_and_points(self, server: SandboxServer, ask: Ask) -> None:
        ask("query Mine { orders(first: 1) { nodes { id } } }")
        ask("query Mine { orders(first: 1) { nodes { id } } }")
        calls = self.ledger(server)["calls"]
        assert calls["by_operation"] == {"Mine": 2}
        assert calls["points"] == 6
        assert calls["recent"][0]["outcome"] == "ok"

    def test_tells_how_stock_moved(self, server: SandboxServer) -> None:
        assert {row["delta"] for row in self.ledger(server)["stock"]} == {0}

    def test_goes_back_to_the_beginning(self, server: SandboxServer) -> None:
        self.order(server)
        server.faults.add(kind="html")
        requests.post(f"{server.url}/sandbox/reset", timeout=5)
        assert self.ledger(server)["orders"] == []
        assert server.faults.draw([]) == []

    def test_knows_no_other_doors(self, server: SandboxServer) -> None:
        assert requests.post(f"{server.url}/sandbox/nothing", timeout=5).status_code == 404


class TestPersistence:
    def test_keeps_everything_over_a_restart(self, tmp_path: Path) -> None:
        file = tmp_path / "shop" / "state.db"
        with SandboxServer(state_path=file, seed_orders=False) as server:
            made = requests.post(
                f"{server.url}/sandbox/orders", json={"lines": [{"goods": "tote-bag"}]}, timeout=5
            ).json()
            requests.post(f"{server.url}/sandbox/orders/{made['legacy_id']}/refund", timeout=5)
            before = server.state.tables
        with SandboxServer(state_path=file, seed_orders=False) as server:
            assert server.state.tables == before
            assert server.state.find(made["line_ids"][0]) is not None

    def test_never_gives_an_id_twice(self, tmp_path: Path) -> None:
        file = tmp_path / "state.db"
        ids = []
        for _ in range(2):
            with SandboxServer(state_path=file, seed_orders=False) as server:
                spec = {"lines": [{"goods": "tote-bag"}]}
                answer = requests.post(f"{server.url}/sandbox/orders", json=spec, timeout=5)
                ids.append(answer.json()["id"])
        assert len(set(ids)) == 2

    def test_replays_a_key_after_a_restart(self, tmp_path: Path) -> None:
        file = tmp_path / "state.db"
        query = (
            'mutation($i: RefundInput!) { refundCreate(input: $i) @idempotent(key: "k") '
            "{ refund { id } userErrors { message } } }"
        )
        refunds = []
        given: dict = {}
        for _ in range(2):
            with SandboxServer(state_path=file, seed_orders=False) as server:
                if not given:
                    spec = {"lines": [{"goods": "tote-bag"}]}
                    url = f"{server.url}/sandbox/orders"
                    made = requests.post(url, json=spec, timeout=5).json()
                    given = {"orderId": made["id"], "note": "once"}
                answer = requests.post(
                    f"{server.url}/admin/api/2026-10/graphql.json",
                    json={"query": query, "variables": {"i": given}},
                    headers={"X-Shopify-Access-Token": "sandbox-access-token"},
                    timeout=5,
                ).json()
                refunds.append(answer["data"]["refundCreate"]["refund"]["id"])
        assert refunds[0] == refunds[1]


class TestStop:
    def test_ends_connections_that_are_held(self) -> None:
        server = SandboxServer(seed_orders=False)
        server.start()
        connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=5)
        connection.request("GET", "/")
        connection.getresponse().read()
        server.stop()
        assert connection.sock is not None
        assert connection.sock.recv(1) == b""
        connection.close()

    def test_is_harmless_before_start(self) -> None:
        SandboxServer(seed_orders=False).stop()


class TestCommandLine:
    def test_runs_until_told_to_stop(self, tmp_path: Path) -> None:
        command = [
            sys.executable,
            "-m",
            "returns_portal.shopify.sandbox",
            "--port",
            "0",
            "--state",
            str(tmp_path / "state.db"),
        ]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            url = process.stdout.readline().split()[-1]
            assert requests.get(url, timeout=5).status_code == 200
        finally:
            process.terminate()
            assert process.wait(timeout=10) == 0
            process.stdout.close()
