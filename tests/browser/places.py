"""Where the demo's parts answer, and what programs can read there."""

import json
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Places:
    """The site and, on the next two ports, the stand-in for Shopify and the mailbox."""

    site: str
    sandbox: str
    mailbox: str

    @classmethod
    def from_site(cls, url: str) -> "Places":
        parts = urlsplit(url)
        port = parts.port or 80
        near = [f"{parts.scheme}://{parts.hostname}:{port + step}" for step in (1, 2)]
        return cls(url.rstrip("/"), *near)

    def read_mails(self, address: str) -> list[dict[str, Any]]:
        """The e-mails to `address`, oldest first."""
        mails = read_json(f"{self.mailbox}/messages.json")
        return [mail for mail in reversed(mails) if mail["to"] == address]

    def read_ledger(self) -> Any:
        """All that the stand-in for Shopify has on its books."""
        return read_json(f"{self.sandbox}/sandbox/ledger.json")


def read_json(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - loopback
        return json.load(answer)
