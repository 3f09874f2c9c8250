"""Sentences for people: what a verdict means, and the shop's words, in the reader's language."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.eligibility import Code, Verdict
from returns_portal.returns.wording.formats import last_day

OBJECTIONS = {
    Code.ORDER_CANCELED: _("This order was canceled."),
    Code.NOT_PAID: _("This order is not paid yet."),
    Code.ALREADY_REFUNDED: _("Already refunded."),
    Code.NOT_SENT: _("Not sent yet. It can be returned once it has arrived."),
    Code.NOTHING_LEFT: _("All units are already returned or in a return request."),
    Code.GIFT_CARD: _("Gift cards can't be returned."),
    Code.DIGITAL: _("Digital items can't be returned."),
    Code.TIP: _("A tip can't be returned."),
    Code.ADDED_AMOUNT: _("This is an added amount: there is nothing to send back."),
    Code.FINAL_SALE: _("Final sale: this item can't be returned."),
    Code.RETURN_WINDOW: _("The return window closed on %(date)s."),
    Code.RULE: _("The shop's policy excludes this item from returns."),
}
PASSES = {
    Code.ORDER_CANCELED: _("Order not canceled"),
    Code.NOT_PAID: _("Paid"),
    Code.ALREADY_REFUNDED: _("Not refunded yet"),
    Code.NOT_SENT: _("Sent"),
    Code.NOTHING_LEFT: _("Units left to return"),
    Code.GIFT_CARD: _("Not a gift card"),
    **dict.fromkeys((Code.DIGITAL, Code.TIP, Code.ADDED_AMOUNT), _("A physical item")),
    Code.FINAL_SALE: _("Not final sale"),
    Code.RETURN_WINDOW: _("Return by %(date)s"),
    Code.RULE: _("Allowed by a rule of the shop"),
}
NO_LIMIT = _("No time limit for returns")


def explain(verdict: Verdict) -> str:
    """The verdict as a sentence in the active language, its date in the active time zone.

    A window that closes at midnight is told by its last day.
    """
    if verdict.code is Code.RETURN_WINDOW and verdict.passed and verdict.at is None:
        return str(NO_LIMIT)
    if verdict.code is Code.OVERRIDDEN:
        return _overridden(verdict.words)
    if verdict.words:
        return verdict.words
    sentence = str((PASSES if verdict.passed else OBJECTIONS)[verdict.code])
    return sentence % {"date": last_day(verdict.at)} if verdict.at else sentence


def _overridden(reason: str) -> str:
    return gettext("Allowed against the policy: %(reason)s") % {"reason": reason}


def shops_words(text: str) -> str:
    """A text of the shop's in the reader's language, line by line, where a translation is there.

    Those that come with the program have one (`defaults`); the shop's own stay as they are.
    """
    return "\n".join(gettext(line) if line else "" for line in text.splitlines())
