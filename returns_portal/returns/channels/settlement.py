"""Who pays back and who restocks on a sales channel's orders, as the merchant has set it."""

from returns_portal.returns.models import DeskSettings, ReturnRequest, SalesChannel

Settlement = ReturnRequest.Settlement
RestockedBy = DeskSettings.RestockedBy


def find_channel(sales_channel: str) -> SalesChannel:
    """The channel's settings; those of a channel without any are the defaults, unsaved."""
    known = SalesChannel.objects.filter(channel=sales_channel).first()
    return known or SalesChannel(channel=sales_channel)


def settlement_of(sales_channel: str) -> str:
    """Who pays back what is returned of an order of this channel (a Settlement)."""
    return find_channel(sales_channel).settlement


def restocker_of(sales_channel: str) -> str:
    """Who puts back into stock what was sold on this channel (a RestockedBy).

    The desk's setting holds for the whole shop; where it leaves the goods to the portal, the
    channel may still name another.
    """
    desk = DeskSettings.objects.first()
    if desk is not None and desk.restocked_by != RestockedBy.PORTAL:
        return desk.restocked_by
    return find_channel(sales_channel).restocked_by
