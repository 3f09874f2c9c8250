"""The facts the portal keeps, and the invariants that the database itself holds."""

from returns_portal.returns.models.differences import Difference
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
    "StoredPhoto",
    "WebhookDelivery",
]
