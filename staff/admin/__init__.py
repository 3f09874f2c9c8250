"""What the admin shows: the queue of requests, the merchant's policies, the records."""

from staff.admin.aftersales import AftersaleAdmin
from staff.admin.brand import ShopBrandAdmin
from staff.admin.channels import SalesChannelAdmin
from staff.admin.desk import (
    ApprovalLimitAdmin,
    BlockedShopperAdmin,
    CannedTextAdmin,
    OrderExceptionAdmin,
)
from staff.admin.mails import MailTextAdmin
from staff.admin.people import StaffGroupAdmin, StaffUserAdmin
from staff.admin.policies import ReturnPolicyAdmin, ReturnReasonAdmin
from staff.admin.records import (
    DifferenceAdmin,
    LogEntryAdmin,
    MirroredOrderAdmin,
    OperationAdmin,
    ReturnEventAdmin,
    WebhookDeliveryAdmin,
)
from staff.admin.requests import ReturnRequestAdmin
from staff.admin.withdrawals import WithdrawalAdmin, WithdrawalRulesAdmin

__all__ = [
    "AftersaleAdmin",
    "ApprovalLimitAdmin",
    "BlockedShopperAdmin",
    "CannedTextAdmin",
    "DifferenceAdmin",
    "LogEntryAdmin",
    "MailTextAdmin",
    "MirroredOrderAdmin",
    "OperationAdmin",
    "OrderExceptionAdmin",
    "ReturnEventAdmin",
    "ReturnPolicyAdmin",
    "ReturnReasonAdmin",
    "ReturnRequestAdmin",
    "SalesChannelAdmin",
    "ShopBrandAdmin",
    "StaffGroupAdmin",
    "StaffUserAdmin",
    "WebhookDeliveryAdmin",
    "WithdrawalAdmin",
    "WithdrawalRulesAdmin",
]
