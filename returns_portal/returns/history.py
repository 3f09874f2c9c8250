"""Writing down what happened to a request: who, when, from which status to which."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from returns_portal.returns.models import ReturnEvent, ReturnRequest

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# A moment in an event's message, as `note_moment` writes it.
NOTED = re.compile(r"\b(\d{4}-\d{2}-\d{2} \d{2}:\d{2}) UTC\b")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the shopper, staff, the portal itself, somebody in Shopify, or TikTok."""

    kind: ReturnEvent.ActorKind
    name: str = ""
    user_id: int | None = None

    @classmethod
    def shopper(cls) -> "Actor":
        return cls(ReturnEvent.ActorKind.SHOPPER)

    @classmethod
    def staff(cls, user: "User") -> "Actor":
        return cls(ReturnEvent.ActorKind.STAFF, user.get_full_name() or user.username, user.pk)

    @classmethod
    def system(cls) -> "Actor":
        return cls(ReturnEvent.ActorKind.SYSTEM)

    @classmethod
    def shopify(cls) -> "Actor":
        return cls(ReturnEvent.ActorKind.SHOPIFY)

    @classmethod
    def tiktok(cls) -> "Actor":
        return cls(ReturnEvent.ActorKind.TIKTOK)


def record_event(
    return_request: ReturnRequest,
    kind: str,
    *,
    actor: Actor,
    now: datetime,
    from_status: str = "",
    to_status: str = "",
    message: str = "",
    shopper_sees: bool = False,
) -> ReturnEvent:
    """Adds an event to the request's history; `message` is for staff."""
    return ReturnEvent.objects.create(
        return_request=return_request,
        occurred_at=now,
        kind=kind,
        actor_kind=actor.kind,
        actor_name=actor.name,
        user_id=actor.user_id,
        from_status=from_status,
        to_status=to_status,
        message=message,
        shopper_sees=shopper_sees,
    )


def note_moment(at: datetime) -> str:
    """A moment as messages of events keep it, in UTC; readers see it in the zone of the shop."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def tell_moments(message: str, write: Callable[[datetime], str]) -> str:
    """`message` with each moment that it keeps as `write` tells it."""

    def told(found: re.Match[str]) -> str:
        try:
            return write(datetime.fromisoformat(f"{found[1]}+00:00"))
        except ValueError:
            return found[0]

    return NOTED.sub(told, message)
