"""Faults over real HTTP: what the client sees, and whether the change was made."""

import time

import pytest
import requests

from returns_portal.shopify.sandbox.faults import Faults
from returns_portal.shopify.sandbox.server import SandboxServer
from tests.shopify.sandbox.conftest import Ask

TAG = 'mutation Tag($id: ID!) { tagsAdd(id: $id, tags: ["seen"]) { userErrors { message } } }'


@pytest.fixture
def order(server: SandboxServer) -> dict:
    spec = {"lines": [{"goods": "tote-bag", "quantity": 2}]}
    return requests.post(f"{server.url}/sandbox/orders", json=spec, timeout=5).json()


def tagged(server: SandboxServer, order: dict) -> bool:
    with server.state.lock:
        return "seen" in server.state.tables["order"][order["id"]]["tags"]


BROKEN = [
    ("before", False),
    ("after", True),
]


class TestBrokenAnswers:
    @pytest.mark.parametrize(("when", "done"), BROKEN)
    @pytest.mark.parametrize("status", [500, 502, 503])
    def test_server_errors(
        self, server: SandboxServer, ask: Ask, order: dict, status: int, when: str, done: bool
    ) -> None:
        server.faults.add(kind=f"error_{status}", when=when)
        assert ask(TAG, variables={"id": order["id"]}).status_code == status
        assert tagged(server, order) is done

    @pytest.mark.parametrize(("when", "done"), BROKEN)
    def test_timeouts_hold_and_then_close(
        self, server: SandboxServer, ask: Ask, order: dict, when: str, done: bool
    ) -> None:
        server.faults.add(kind="timeout", when=when, seconds=0.05)
        with pytest.raises(requests.ConnectionError):
            ask(TAG, variables={"id": order["id"]})
        assert tagged(server, order) is done

    def test_timeouts_outlast_an_impatient_client(
        self, server: SandboxServer, ask: Ask, order: dict
    ) -> None:
        server.faults.add(kind="timeout", seconds=30)
        with pytest.raises(requests.ReadTimeout):
            ask(TAG, variables={"id": order["id"]}, timeout=0.2)

    @pytest.mark.parametrize(("when", "done"), BROKEN)
    def test_cuts_in_the_middle_of_the_answer(
        self, server: SandboxServer, ask: Ask, order: dict, when: str, done: bool
    ) -> None:
        server.faults.add(kind="cut", when=when)
        with pytest.raises(requests.RequestException):
            ask(TAG, variables={"id": order["id"]})
        assert tagged(server, order) is done

    @pytest.mark.parametrize("kind", ["broken_json", "html"])
    def test_answers_that_are_no_json(
        self, server: SandboxServer, ask: Ask, order: dict, kind: str
    ) -> None:
        server.faults.add(kind=kind)
        answer = ask(TAG, variables={"id": order["id"]})
        assert answer.status_code == 200
        with pytest.raises(requests.JSONDecodeError):
            answer.json()
        assert tagged(server, order) is True


class TestRefusals:
    def test_429_says_when_to_come_back(self, server: SandboxServer, ask: Ask, order: dict) -> None:
        server.faults.add(kind="http_429", seconds=2)
        answer = ask(TAG, variables={"id": order["id"]})
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "2.0"
        assert tagged(server, order) is False

    def test_throttled_is_a_200(self, server: SandboxServer, ask: Ask, order: dict) -> None:
        server.faults.add(kind="throttled")
        answer = ask(TAG, variables={"id": order["id"]})
        assert answer.status_code == 200
        assert answer.json()["errors"][0]["extensions"]["code"] == "THROTTLED"
        assert tagged(server, order) is False


class TestPace:
    @pytest.mark.parametrize("kind", ["slow", "latency"])
    def test_answers_late_but_rightly(
        self, server: SandboxServer, ask: Ask, order: dict, kind: str
    ) -> None:
        server.faults.add(kind=kind, seconds=0.1)
        started = time.perf_counter()
        assert ask(TAG, variables={"id": order["id"]}).json()["data"]
        assert time.perf_counter() - started >= 0.1


class TestAim:
    @pytest.mark.parametrize("name", ["Tag", "tagsAdd"])
    def test_is_an_operation_or_a_field(
        self, server: SandboxServer, ask: Ask, order: dict, name: str
    ) -> None:
        server.faults.add(kind="error_500", operation=name)
        assert ask("{ shop { name } }").status_code == 200
        assert ask(TAG, variables={"id": order["id"]}).status_code == 500

    def test_is_used_up(self, server: SandboxServer, ask: Ask) -> None:
        server.faults.add(kind="error_500", times=2)
        statuses = [ask("{ shop { name } }").status_code for _ in range(3)]
        assert statuses == [500, 500, 200]

    def test_ends_when_cleared(self, server: SandboxServer, ask: Ask) -> None:
        server.faults.add(kind="error_500")
        server.faults.clear()
        assert ask("{ shop { name } }").status_code == 200

    def test_draws_the_same_for_the_same_seed(self) -> None:
        def drawn(seed: int) -> list[int]:
            faults = Faults(seed)
            faults.add(kind="cut", probability=0.5)
            return [len(faults.draw(["x"])) for _ in range(30)]

        assert drawn(1) == drawn(1)
        assert 0 < sum(drawn(1)) < 30


class TestControlDoor:
    def test_replaces_all_faults(self, server: SandboxServer, ask: Ask) -> None:
        url = f"{server.url}/sandbox/faults"
        server.faults.add(kind="html")
        assert requests.post(url, json=[{"kind": "error_502"}], timeout=5).status_code == 200
        assert ask("{ shop { name } }").status_code == 502
        requests.delete(url, timeout=5)
        assert ask("{ shop { name } }").status_code == 200

    @pytest.mark.parametrize(
        "rows",
        [
            [{"kind": "flood"}],
            [{"kind": "cut", "when": "never"}],
            [{"colour": 1}],
            [1],
            [{"kind": "cut", "probability": 2}],
        ],
    )
    def test_refuses_what_is_no_fault(self, server: SandboxServer, rows: list) -> None:
        answer = requests.post(f"{server.url}/sandbox/faults", json=rows, timeout=5)
        assert answer.status_code == 422


class TestRefundsOnTheirWay:
    REFUND = """
    mutation($i: RefundInput!) { refundCreate(input: $i) @idempotent(key: "k")
      { refund { transactions(first: 1) { nodes { status } } } userErrors { message } } }
    """
    LOOK = "query($id: ID!) { order(id: $id) { transactions(first: 9) { kind status } } }"

    def refund(self, ask: Ask, order: dict) -> str:
        money = {
            "orderId": order["id"],
            "parentId": order["transaction_ids"][0],
            "gateway": "tiktok",
            "kind": "REFUND",
            "amount": "1.00",
        }
        given = {"orderId": order["id"], "transactions": [money]}
        payload = ask(self.REFUND, variables={"i": given}).json()["data"]["refundCreate"]
        return payload["refund"]["transactions"]["nodes"][0]["status"]

    def look(self, ask: Ask, order: dict) -> str:
        data = ask(self.LOOK, variables={"id": order["id"]}).json()["data"]
        return data["order"]["transactions"][-1]["status"]

    def test_arrive_when_told_to(self, server: SandboxServer, ask: Ask, order: dict) -> None:
        server.faults.add(kind="refund_pending")
        assert self.refund(ask, order) == "PENDING"
        assert self.look(ask, order) == "PENDING"
        url = f"{server.url}/sandbox/refunds/settle"
        assert requests.post(url, timeout=5).json() == {"settled": 1}
        assert self.look(ask, order) == "SUCCESS"

    def test_arrive_after_enough_looks(self, server: SandboxServer, ask: Ask, order: dict) -> None:
        server.faults.add(kind="refund_pending", reads=2)
        self.refund(ask, order)
        assert [self.look(ask, order) for _ in range(3)] == ["PENDING", "SUCCESS", "SUCCESS"]

    def test_may_fail(self, server: SandboxServer, ask: Ask, order: dict) -> None:
        server.faults.add(kind="refund_failure")
        assert self.refund(ask, order) == "FAILURE"
