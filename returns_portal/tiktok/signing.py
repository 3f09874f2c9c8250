"""TikTok's signatures, of requests and of webhooks: plain functions of plain values."""

import hashlib
import hmac
from collections.abc import Mapping

UNSIGNED = frozenset({"sign", "access_token"})


def sign_request(secret: str, path: str, query: Mapping[str, str], body: bytes = b"") -> str:
    """The `sign` of a request, over exactly the bytes that are sent; values not URL-encoded.

    A body of multipart/form-data is not signed: leave it out.
    """
    parts = "".join(f"{key}{query[key]}" for key in sorted(query) if key not in UNSIGNED)
    base = secret.encode() + path.encode() + parts.encode() + body + secret.encode()
    return hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def sign_webhook(app_key: str, secret: str, raw_body: bytes) -> str:
    """What the `Authorization` header of a webhook carries for this body."""
    return hmac.new(secret.encode(), app_key.encode() + raw_body, hashlib.sha256).hexdigest()


def is_signed_webhook(app_key: str, secret: str, raw_body: bytes, given: str) -> bool:
    """Whether `given` is TikTok's signature of the untouched body; never without a secret."""
    if not app_key or not secret:
        return False
    expected = sign_webhook(app_key, secret, raw_body)
    return hmac.compare_digest(expected.encode(), given.strip().lower().encode())
