"""TikTok's webhooks as they arrive: a hint about which aftersale or order to read again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CANCELLATION = 11
DEAUTHORIZED = 6
# Beside these: return, aftersales request, RMA, refund success.
WANTED = frozenset({DEAUTHORIZED, CANCELLATION, 12, 64, 65, 67})
# Of these the ids are those of returns; others number requests and parcels in another way.
NAMES_RETURN = frozenset({12, 67})


@dataclass(frozen=True, slots=True)
class Notification:
    """What a webhook is about; what TikTok left out is an empty string."""

    type: int
    notification_id: str
    shop_id: str
    order_id: str
    return_id: str

    @property
    def is_wanted(self) -> bool:
        return self.type in WANTED


def parse_notification(payload: Mapping[str, Any]) -> Notification | None:
    """Reads a webhook's body; None where it is none of TikTok's."""
    data = payload.get("data")
    kind, key = payload.get("type"), payload.get("tts_notification_id")
    if type(kind) is not int or not key or not isinstance(data, Mapping):
        return None
    named = data.get("return_id") if kind in NAMES_RETURN else ""
    return Notification(
        type=kind,
        notification_id=str(key),
        shop_id=str(payload.get("shop_id") or ""),
        order_id=str(data.get("order_id") or ""),
        return_id=str(named or ""),
    )
