"""Whose address a request comes from, behind the proxies that are our own and no others."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address that asks, as the outermost of our own proxies saw it.

    TRUSTED_PROXY_HOPS says how many proxies of ours stand in front: each adds one entry at the
    right of X-Forwarded-For, so whatever the client wrote there itself is never reached. Of an
    IPv6 address the /64 counts, which is what one connection gets.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    hops = settings.TRUSTED_PROXY_HOPS
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    if hops and len(forwarded) >= hops:
        address = forwarded[-hops].strip()
    return _network(address)


def sign_in_address(request: HttpRequest) -> str | None:
    """The same for counting failed sign-ins, where it must be one address: a /64's first."""
    address = client_address(request).removesuffix("/64")
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if parsed.version == 4:
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))
