"""Only Shopify's own deliveries pass, and their headers are read whatever their spelling."""

from datetime import UTC, datetime

import pytest
from django.http import HttpHeaders

from returns_portal.shopify.webhooks import parse_headers, verify

BODY = b'{"id":820982911946154508,"name":"#1696"}'
SIGNATURE = "UVZ4WAM+JsDWiy0eggL/dbgIfKSGA2lPH3cex8oQHfA="


class TestVerify:
    @pytest.mark.parametrize("secrets", [["hush"], ["new", "hush"], ["hush", "old"]])
    def test_accepts_shopifys_signature_under_any_secret(self, secrets: list[str]) -> None:
        assert verify(BODY, SIGNATURE, secrets)

    @pytest.mark.parametrize(
        ("body", "signature", "secrets"),
        [
            (BODY + b" ", SIGNATURE, ["hush"]),
            (BODY, SIGNATURE.lower(), ["hush"]),
            (BODY, "", ["hush"]),
            (BODY, "ünïcödé", ["hush"]),
            (BODY, SIGNATURE, ["other"]),
            (BODY, SIGNATURE, []),
        ],
    )
    def test_refuses_anything_else(self, body: bytes, signature: str, secrets: list[str]) -> None:
        assert not verify(body, signature, secrets)

    def test_refuses_what_is_signed_with_an_empty_secret(self) -> None:
        signed_with_nothing = "OX09Em03QjzGsMVdTKMKvA1r8gb1xgurqIWFkr7pCzY="
        assert not verify(BODY, signed_with_nothing, [""])


class TestParseHeaders:
    @pytest.mark.parametrize("prefix", ["X-Shopify-", "x-shopify-", "shopify-", "SHOPIFY-"])
    def test_reads_every_spelling(self, prefix: str) -> None:
        headers = parse_headers(
            {
                f"{prefix}Topic": "orders/updated",
                f"{prefix}Shop-Domain": "Demo-Shop.myshopify.com",
                f"{prefix}Webhook-Id": "w-1",
                f"{prefix}Event-Id": "e-1",
                f"{prefix}Triggered-At": "2026-11-23T10:00:00.123456789Z",
                f"{prefix}Api-Version": "2026-10",
            }
        )
        assert (headers.topic, headers.shop) == ("orders/updated", "demo-shop.myshopify.com")
        assert (headers.webhook_id, headers.event_id) == ("w-1", "e-1")
        assert headers.api_version == "2026-10"
        assert headers.triggered_at == datetime(2026, 11, 23, 10, 0, 0, 123456, tzinfo=UTC)

    def test_reads_the_headers_of_a_request(self) -> None:
        assert parse_headers(HttpHeaders({"HTTP_X_SHOPIFY_TOPIC": "refunds/create"})).topic == (
            "refunds/create"
        )

    @pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00:00Z"])
    def test_leaves_out_what_is_missing_or_senseless(self, text: str) -> None:
        headers = parse_headers({"X-Shopify-Triggered-At": text})
        assert (headers.topic, headers.webhook_id, headers.triggered_at) == ("", "", None)

    @pytest.mark.parametrize(
        "text", ["2026-11-23T10:00:00Z", "2026-11-23T10:00:00", "2026-11-23T11:00:00.0+01:00"]
    )
    def test_reads_times_of_every_precision(self, text: str) -> None:
        moment = parse_headers({"X-Shopify-Triggered-At": text}).triggered_at
        assert moment == datetime(2026, 11, 23, 10, tzinfo=UTC)
