"""What the admin shows: the queue of requests, the merchant's policies, the records."""

from staff.admin.people import StaffGroupAdmin, StaffUserAdmin
from staff.admin.policies import ReturnPolicyAdmin, ReturnReasonAdmin
from staff.admin.records import (
    DifferenceAdmin,
    MirroredOrderAdmin,
    OperationAdmin,
    ReturnEventAdmin,
    WebhookDeliveryAdmin,
)
from staff.admin.requests import ReturnRequestAdmin

__all__ = [
    "DifferenceAdmin",
    "MirroredOrderAdmin",
    "OperationAdmin",
    "ReturnEventAdmin",
    "ReturnPolicyAdmin",
    "ReturnReasonAdmin",
    "ReturnRequestAdmin",
    "StaffGroupAdmin",
    "StaffUserAdmin",
    "WebhookDeliveryAdmin",
]
