"""The pages for people."""

import pytest
import requests

from returns_portal.shopify.sandbox.server import SandboxServer
from tests.shopify.sandbox.conftest import Ask


@pytest.fixture
def order(server: SandboxServer) -> dict:
    spec = {
        "name": "#<b>1</b>",
        "note": "<script>alert(1)</script>",
        "lines": [{"goods": "tote-bag", "quantity": 2}],
        "tags": ["<i>tag</i>"],
        "email": "a&b@example.com",
    }
    return requests.post(f"{server.url}/sandbox/orders", json=spec, timeout=5).json()


def page(server: SandboxServer, path: str) -> requests.Response:
    return requests.get(f"{server.url}{path}", timeout=5)


class TestPages:
    @pytest.mark.parametrize("path", ["/", "/stock", "/calls", "/orders/{legacy_id}"])
    def test_are_whole_and_without_script(
        self, server: SandboxServer, order: dict, ask: Ask, path: str
    ) -> None:
        ask("{ shop { name } }")
        answer = page(server, path.format(**order))
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/html")
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "<script" not in answer.text
        assert answer.text.endswith("</html>")

    def test_escape_what_shops_and_shoppers_wrote(self, server: SandboxServer, order: dict) -> None:
        text = page(server, f"/orders/{order['legacy_id']}").text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
        assert "#&lt;b&gt;1&lt;/b&gt;" in text
        assert "&lt;i&gt;tag&lt;/i&gt;" in text
        assert "&amp;amp;" not in text

    def test_escape_what_was_searched_for(self, server: SandboxServer) -> None:
        text = page(server, '/?q="><script>x</script>').text
        assert "<script" not in text
        assert 'value="&quot;&gt;&lt;script&gt;' in text

    def test_find_orders(self, server: SandboxServer, order: dict) -> None:
        assert order["legacy_id"] in page(server, "/?q=alert").text
        assert order["legacy_id"] not in page(server, "/?q=nothing-like-it").text

    def test_show_the_refund_on_the_order(self, server: SandboxServer, order: dict) -> None:
        requests.post(f"{server.url}/sandbox/orders/{order['legacy_id']}/refund", timeout=5)
        text = page(server, f"/orders/{order['legacy_id']}").text
        assert "Refunded in the Shopify admin" in text

    @pytest.mark.parametrize("path", ["/orders/1", "/orders/", "/nothing"])
    def test_answer_404_where_there_is_nothing(self, server: SandboxServer, path: str) -> None:
        assert page(server, path).status_code == 404


class TestImages:
    def test_are_drawings(self, server: SandboxServer) -> None:
        answer = page(server, "/sandbox/images/shirt.svg")
        assert answer.headers["Content-Type"].startswith("image/svg+xml")
        assert answer.text.startswith("<svg")

    def test_unknown_are_404(self, server: SandboxServer) -> None:
        assert page(server, "/sandbox/images/unicorn.svg").status_code == 404
