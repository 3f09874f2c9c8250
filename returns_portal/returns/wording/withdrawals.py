"""What the pages and mails of a withdrawal say where the shop has not worded it itself."""

from django.utils.translation import gettext_lazy as _

STATEMENT = _(
    "I hereby withdraw from my contract for the purchase of the following goods.\n"
    "Order: {order}\nGoods: {goods}\nName: {name}\nE-mail: {email}"
)
INTRO = _(
    "You can withdraw from a contract that you made online within 14 days of getting the "
    "goods. You need no reason and no account."
)
RECEIPT_SUBJECT = _("We have received your withdrawal: %(reference)s")
RECEIPT = _(
    "We have received your withdrawal. Please keep this e-mail.\n\n"
    "Reference: %(reference)s\nReceived: %(time)s (UTC)\n\n"
    "You declared:\n\n%(text)s\n\n"
    "SHA-256 of these words: %(hash)s\n\nThe same on a page: %(link)s"
)
