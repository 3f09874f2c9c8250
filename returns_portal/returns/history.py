"""Writing down what happened to a request: who, when, from which status to which."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from returns_portal.returns.models import ReturnEvent, ReturnRequest

if TYPE_CHECKING:
    from django.contrib.auth.models import User


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
