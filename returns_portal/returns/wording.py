"""Sentences for people: what a verdict, a status or an event means, in the reader's language."""

from datetime import datetime, timedelta

from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.eligibility import Code, Verdict
from returns_portal.returns.images import Flaw

OBJECTIONS = {
    Code.ORDER_CANCELED: _("This order was canceled."),
    Code.NOT_PAID: _("This order is not paid yet."),
    Code.ALREADY_REFUNDED: _("Already refunded."),
    Code.NOT_SENT: _("Not sent yet. It can be returned once it has arrived."),
    Code.NOTHING_LEFT: _("All units are already returned or in a return request."),
    Code.GIFT_CARD: _("Gift cards can't be returned."),
    Code.DIGITAL: _("Digital items can't be returned."),
    Code.FINAL_SALE: _("Final sale: this item can't be returned."),
    Code.RETURN_WINDOW: _("The return window closed on %(date)s."),
}
PASSES = {
    Code.ORDER_CANCELED: _("Order not canceled"),
    Code.NOT_PAID: _("Paid"),
    Code.ALREADY_REFUNDED: _("Not refunded yet"),
    Code.NOT_SENT: _("Sent"),
    Code.NOTHING_LEFT: _("Units left to return"),
    Code.GIFT_CARD: _("Not a gift card"),
    Code.DIGITAL: _("A physical item"),
    Code.FINAL_SALE: _("Not final sale"),
    Code.RETURN_WINDOW: _("Return by %(date)s"),
}
PHOTO_FLAWS = {
    Flaw.EMPTY: _("This file is empty."),
    Flaw.TOO_LARGE: _("This photo is larger than 10 MB. Please send a smaller one."),
    Flaw.TOO_MANY_PIXELS: _("This picture has more than 50 megapixels. Please send a smaller one."),
    Flaw.NOT_A_PHOTO: _("We can't read this file. Please send a JPEG, PNG, WebP or HEIC photo."),
}
NO_LIMIT = _("No time limit for returns")


def explain(verdict: Verdict) -> str:
    """The verdict as a sentence in the active language, its date in the active time zone.

    A window that closes at midnight is told by its last day.
    """
    if verdict.code is Code.RETURN_WINDOW and verdict.passed and verdict.at is None:
        return str(NO_LIMIT)
    sentence = str((PASSES if verdict.passed else OBJECTIONS)[verdict.code])
    return sentence % {"date": last_day(verdict.at)} if verdict.at else sentence


def last_day(ends_at: datetime) -> str:
    """The last whole day before `ends_at`, as a short date."""
    day = timezone.localtime(ends_at - timedelta(seconds=1)).date()
    return formats.date_format(day, "DATE_FORMAT")
