"""Withdrawals from contracts: what was declared, and the shop's rules and words for it."""

from django.contrib import admin
from django.http import HttpRequest

from returns_portal.returns.models import Withdrawal, WithdrawalRules
from staff.admin.base import ListAdmin, ReadOnlyAdmin


@admin.register(Withdrawal)
class WithdrawalAdmin(ReadOnlyAdmin[Withdrawal]):
    """Declarations as they were made, those first that a person must look at."""

    list_display = ("reference", "received_at", "order_number", "outcome", "return_request")
    list_filter = ("outcome",)
    list_select_related = ("return_request",)
    search_fields = ("reference", "order_number")
    exclude = ("token",)


@admin.register(WithdrawalRules)
class WithdrawalRulesAdmin(ListAdmin[WithdrawalRules]):
    """One row: where the right holds and how its pages read."""

    list_display = ("__str__", "active", "days")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not WithdrawalRules.objects.exists()
