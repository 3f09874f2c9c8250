"""The facts the portal keeps, and the invariants that the database itself holds."""

from returns_portal.returns.models.deliveries import ReverseDelivery
from returns_portal.returns.models.differences import Difference
from returns_portal.returns.models.links import LinksWish
from returns_portal.returns.models.messages import Message
from returns_portal.returns.models.operations import Operation, WebhookDelivery
from returns_portal.returns.models.orders import MirroredOrder, OrderNumber, OrderSync
from returns_portal.returns.models.photos import Photo, PhotoUpload, StoredPhoto
from returns_portal.returns.models.policies import ReturnPolicy, ReturnReason
from returns_portal.returns.models.requests import (
    Refund,
    ReservedUnit,
    ReturnEvent,
    ReturnLineItem,
    ReturnRequest,
)

__all__ = [
    "Difference",
    "LinksWish",
    "Message",
    "MirroredOrder",
    "Operation",
    "OrderNumber",
    "OrderSync",
    "Photo",
    "PhotoUpload",
    "Refund",
    "ReservedUnit",
    "ReturnEvent",
    "ReturnLineItem",
    "ReturnPolicy",
    "ReturnReason",
    "ReturnRequest",
    "ReverseDelivery",
    "StoredPhoto",
    "WebhookDelivery",
]
