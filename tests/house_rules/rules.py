"""What the house rules catch (`ruleid`), and what they leave alone (`ok`). Nothing here is run."""

import contextlib
import datetime
import logging
from decimal import Decimal

import requests
from django.db import models
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe

logger = logging.getLogger(__name__)


def show(words):
    # ruleid: words-are-escaped
    shown = mark_safe(words)
    # ok: words-are-escaped
    return shown or format_html("<p>{}</p>", words)


def ask(Order, cursor, name):
    # ruleid: sql-by-the-orm
    Order.objects.raw("SELECT 1")
    # ruleid: sql-by-the-orm
    cursor.execute(f"SELECT {name}")
    # ruleid: sql-by-the-orm
    cursor.execute("SELECT " + name)
    # ok: sql-by-the-orm
    cursor.execute("SELECT %s", [name])


def call(url):
    # ruleid: calls-have-an-end
    requests.get(url)
    # ok: calls-have-an-end
    requests.get(url, timeout=5)
    # ruleid: certificates-are-checked
    requests.post(url, timeout=5, verify=False)


class Refund(models.Model):
    # ruleid: money-is-decimal
    amount = models.FloatField()

    # ruleid: saving-does-nothing-else
    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)


class Form:
    # ok: saving-does-nothing-else
    def save(self):
        return self


def pay(amount, share):
    # ruleid: money-is-decimal
    paid = float(amount)
    # ok: money-is-decimal
    return paid, float(share), Decimal(amount)


def look(now=None):
    # ruleid: time-is-an-argument
    began = timezone.now()
    # ruleid: time-is-an-argument
    datetime.datetime.now(tz=datetime.UTC)
    # ok: time-is-an-argument
    return began, now


# ruleid: no-signals
@receiver(post_save)
def notice(sender, **kwargs):
    return sender


def swallow(act):
    # ruleid: failures-are-named
    try:
        act()
    except Exception:
        return None
    # ok: failures-are-named
    try:
        return act()
    except (OSError, ValueError):
        return None


def suppress(act):
    # ruleid: failures-are-named
    with contextlib.suppress(Exception):
        act()


def write(request):
    # ruleid: people-stay-out-of-logs
    logger.info("Mail to %s", request.contact_email)
    # ruleid: people-stay-out-of-logs
    logger.warning("Asked", extra={"by": request.customer_name})
    # ok: people-stay-out-of-logs
    logger.info("Mail for %s", request.rma_number)
