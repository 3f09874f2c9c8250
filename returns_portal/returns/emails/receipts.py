"""The receipt of a withdrawal: on a durable medium, in the frame of all other mails."""

from datetime import UTC

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import override

from returns_portal.returns.branding.brand import current_brand
from returns_portal.returns.emails.building import draw_html
from returns_portal.returns.models import Withdrawal
from returns_portal.returns.wording.withdrawals import RECEIPT, RECEIPT_SUBJECT

DECLARED, LINK = "%(text)s", "%(link)s"


def build_receipt(withdrawal: Withdrawal) -> EmailMultiAlternatives:
    """The declaration word for word, its time and its hash: text and HTML, ready to send."""
    with override(withdrawal.language):
        link = settings.SITE_URL + reverse("portal:withdrawal", args=[withdrawal.token])
        facts = {
            "reference": withdrawal.reference,
            "time": withdrawal.received_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
            "text": withdrawal.text,
            "hash": withdrawal.sha256,
            "link": link,
        }
        subject = str(RECEIPT_SUBJECT) % facts
        paragraphs = str(RECEIPT).split("\n\n")
        # The link has a button of its own.
        content = [_paragraph(words, facts) for words in paragraphs if LINK not in words]
        html = draw_html(
            brand=current_brand(),
            subject=subject,
            heading=_("Your withdrawal"),
            plain=[paragraphs[0] % facts, withdrawal.text],
            content=content,
            button_label=_("See your withdrawal"),
            button_url=link,
            reference=withdrawal.reference,
        )
    message = EmailMultiAlternatives(
        subject=subject,
        body=str(RECEIPT) % facts,
        to=[withdrawal.email],
        headers={
            "Message-ID": f"<{withdrawal.reference}@{settings.SITE_HOST}>",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    message.attach_alternative(html, "text/html")
    return message


def _paragraph(words: str, facts: dict[str, str]) -> SafeString:
    """A paragraph as HTML. Nothing in it becomes a link: anybody can declare, to any address."""
    lines = linebreaksbr(words % facts)
    if words == DECLARED:
        return format_html('<div class="quote" dir="auto">{}</div>', lines)
    return format_html('<p class="break">{}</p>', lines)
