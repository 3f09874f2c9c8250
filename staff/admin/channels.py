"""Who pays and who restocks, channel by channel."""

from django.contrib import admin

from returns_portal.returns.models import SalesChannel
from staff.admin.base import ListAdmin


@admin.register(SalesChannel)
class SalesChannelAdmin(ListAdmin[SalesChannel]):
    """Channels with settings of their own; all others settle in Shopify."""

    list_display = ("channel", "settlement", "restocked_by", "confirm_within_hours")
    radio_fields = {"settlement": admin.VERTICAL, "restocked_by": admin.VERTICAL}
