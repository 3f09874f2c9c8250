"""The shop itself: its places, its reasons, and what the app may do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    id: str
    name: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class ReturnReasonDefinition:
    id: str
    handle: str
    name: str


@dataclass(frozen=True, slots=True)
class Shop:
    """The shop behind the credentials, and what they allow."""

    id: str
    name: str
    domain: str
    currency: str
    timezone: str
    scopes: tuple[str, ...]
