"""The facts the portal keeps, and the invariants that the database itself holds."""

from returns_portal.returns.models.attempts import Attempt
from returns_portal.returns.models.bench import ConditionGrade, Parcel, ParcelItem, ParcelPhoto
from returns_portal.returns.models.brand import ShopBrand
from returns_portal.returns.models.bulk import BulkItem, BulkJob
from returns_portal.returns.models.channels import SalesChannel
from returns_portal.returns.models.deliveries import ReverseDelivery
from returns_portal.returns.models.desk import (
    ApprovalLimit,
    CannedText,
    DeskSettings,
    InternalNote,
    Proposal,
)
from returns_portal.returns.models.differences import Difference
from returns_portal.returns.models.events import ReturnEvent
from returns_portal.returns.models.heartbeats import Heartbeat
from returns_portal.returns.models.links import LinksWish
from returns_portal.returns.models.messages import Message
from returns_portal.returns.models.operations import Operation, WebhookDelivery
from returns_portal.returns.models.orders import MirroredOrder, OrderNumber, OrderSync
from returns_portal.returns.models.photos import Photo, PhotoUpload, StoredPhoto
from returns_portal.returns.models.policies import ReturnPolicy, ReturnReason, ShopCalendar
from returns_portal.returns.models.refunds import Refund
from returns_portal.returns.models.reports import (
    DailySales,
    DailyTotal,
    Fix,
    Market,
    ReportedLine,
    ReportedRequest,
    ReportProgress,
    ScheduledReport,
    SoldLine,
    SoldProduct,
    SoldVariant,
    StaleDay,
)
from returns_portal.returns.models.requests import ReservedUnit, ReturnLineItem, ReturnRequest
from returns_portal.returns.models.rules import DryRun, PolicyRule, PolicyVersion
from returns_portal.returns.models.shoppers import BlockedShopper, OrderException, ShopperKey
from returns_portal.returns.models.texts import MailText
from returns_portal.returns.models.tiktok import Aftersale, TikTokShop
from returns_portal.returns.models.views import SavedView
from returns_portal.returns.models.withdrawals import Withdrawal, WithdrawalRules

__all__ = [
    "Aftersale",
    "ApprovalLimit",
    "Attempt",
    "BlockedShopper",
    "BulkItem",
    "BulkJob",
    "CannedText",
    "ConditionGrade",
    "DailySales",
    "DailyTotal",
    "DeskSettings",
    "Difference",
    "DryRun",
    "Fix",
    "Heartbeat",
    "InternalNote",
    "LinksWish",
    "MailText",
    "Market",
    "Message",
    "MirroredOrder",
    "Operation",
    "OrderException",
    "OrderNumber",
    "OrderSync",
    "Parcel",
    "ParcelItem",
    "ParcelPhoto",
    "Photo",
    "PhotoUpload",
    "PolicyRule",
    "PolicyVersion",
    "Proposal",
    "Refund",
    "ReportProgress",
    "ReportedLine",
    "ReportedRequest",
    "ReservedUnit",
    "ReturnEvent",
    "ReturnLineItem",
    "ReturnPolicy",
    "ReturnReason",
    "ReturnRequest",
    "ReverseDelivery",
    "SalesChannel",
    "SavedView",
    "ScheduledReport",
    "ShopBrand",
    "ShopCalendar",
    "ShopperKey",
    "SoldLine",
    "SoldProduct",
    "SoldVariant",
    "StaleDay",
    "StoredPhoto",
    "TikTokShop",
    "WebhookDelivery",
    "Withdrawal",
    "WithdrawalRules",
]
