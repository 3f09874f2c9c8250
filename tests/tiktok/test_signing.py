"""Signatures, held against those that TikTok and three independent libraries made."""

import json
from pathlib import Path
from typing import Any

import pytest

from returns_portal.tiktok.signing import is_signed_webhook, sign_request, sign_webhook

VECTORS: dict[str, Any] = json.loads(
    Path(__file__).with_name("sign_vectors.json").read_text("utf-8")
)
WEBHOOK = VECTORS["official_webhook"]


class TestSignRequest:
    @pytest.mark.parametrize("name", ["official_get", "post_body"])
    def test_agrees_with_the_vector(self, name: str) -> None:
        given = VECTORS[name]
        made = sign_request(
            given["app_secret"], given["path"], given["query"], given["body"].encode()
        )
        assert made == given["sign"]

    def test_leaves_out_sign_and_token(self) -> None:
        given = VECTORS["official_get"]
        query = given["query"] | {"sign": "x", "access_token": "y"}
        assert sign_request(given["app_secret"], given["path"], query) == given["sign"]


class TestSignWebhook:
    def test_agrees_with_tiktoks_own_example(self) -> None:
        made = sign_webhook(WEBHOOK["app_key"], WEBHOOK["app_secret"], WEBHOOK["body"].encode())
        assert made == WEBHOOK["authorization_header"]

    @pytest.mark.parametrize(
        ("key", "secret", "body", "given", "expected"),
        [
            ("abcdef", "123", WEBHOOK["body"], WEBHOOK["authorization_header"], True),
            ("abcdef", "123", WEBHOOK["body"] + " ", WEBHOOK["authorization_header"], False),
            ("abcdef", "124", WEBHOOK["body"], WEBHOOK["authorization_header"], False),
            ("abcdef", "123", WEBHOOK["body"], "", False),
            ("abcdef", "", WEBHOOK["body"], sign_webhook("abcdef", "", b""), False),
        ],
    )
    def test_is_believed_only_where_it_fits(
        self, key: str, secret: str, body: str, given: str, expected: bool
    ) -> None:
        assert is_signed_webhook(key, secret, body.encode(), given) is expected
