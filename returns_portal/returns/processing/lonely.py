"""Mails staff of deadlines at TikTok for which no request stands here."""

import logging
from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from returns_portal.returns.channels.aftersales import WARNINGS, warning_due
from returns_portal.returns.models import Aftersale
from returns_portal.returns.wording import format_moment

logger = logging.getLogger(__name__)

BODY = """TikTok decides return {return_id} of order {order_id} by itself at this time:
{deadline}.

No request stands for it in the portal: {cause}

Decide it in Seller Center: {seller_center}
All such returns: {page}
"""


def warn_of_lonely(*, now: datetime) -> int:
    """Warns 24, 12 and 4 hours before; returns of how many. A mail that fails is sent again."""
    soon = Aftersale.objects.filter(
        return_request=None, deadline__gt=now, deadline__lte=now + max(WARNINGS)
    )
    return sum(_warn(aftersale, now) for aftersale in soon.order_by("deadline")[:200])


def _warn(aftersale: Aftersale, now: datetime) -> bool:
    if aftersale.deadline is None or not settings.STAFF_EMAIL:
        return False
    mark = warning_due(aftersale.deadline, aftersale.warned, now)
    if not mark:
        return False
    try:
        build_warning(aftersale).send()
    except (SMTPException, OSError):
        logger.warning("The warning of aftersale %s is put off.", aftersale.return_id)
        return False
    Aftersale.objects.filter(pk=aftersale.pk).update(warned=[*aftersale.warned, mark])
    return True


def build_warning(aftersale: Aftersale) -> EmailMessage:
    """The mail to staff: which return, until when, why no request stands for it, where to go."""
    address = settings.TIKTOK_SELLER_CENTER_URL.replace("{order_id}", aftersale.order_id)
    page = settings.SITE_URL + reverse("admin:returns_aftersale_changelist")
    body = BODY.format(
        return_id=aftersale.return_id,
        order_id=aftersale.order_id,
        deadline=format_moment(aftersale.deadline) if aftersale.deadline else "",
        cause=aftersale.problem or f"{aftersale.return_type} is decided in Seller Center alone.",
        seller_center=address,
        page=page,
    )
    subject = f"TikTok decides return {aftersale.return_id} by itself soon"
    return EmailMessage(subject, body, to=[settings.STAFF_EMAIL])
