"""Search of the queue: what was typed is recognized by its shape, and looked up by an index."""

import re
from collections.abc import Callable
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import Exists, F, Q, QuerySet
from django.db.models.functions import Upper
from django.db.models.lookups import Exact, StartsWith

from returns_portal.returns import identity, mirror
from returns_portal.returns.models import (
    MirroredOrder,
    OrderNumber,
    ReturnLineItem,
    ReturnRequest,
    ReverseDelivery,
)
from returns_portal.returns.models.indexes import words_of

# More than these nobody reads: the newest are kept.
MOST_FOUND = 200
LONGEST = 100
Ids = QuerySet[Any, Any]
Finder = Callable[[str, int], Ids | None]


def find_requests(typed: str, *, personal: bool = True, most: int = MOST_FOUND) -> list[int]:
    """The keys of the newest requests that fit what was typed, `most` of a kind.

    An order's name or number, a TikTok order id, an RMA or SKU (or how these begin), and for
    those who may know shoppers (`personal`) a tracking number, name, e-mail or postcode.
    """
    text = " ".join(typed.split())[:LONGEST]
    finders = (*BY_NUMBER, *BY_PERSON) if personal else BY_NUMBER
    found = [ids for find in finders if (ids := find(text, most)) is not None]
    if not found:
        return []
    return [key for row in join(*found) for key in row.values()]


def join(*found: Ids) -> Ids:
    """The keys that any of the queries finds, each once."""
    if not connection.features.supports_slicing_ordering_in_compound:
        # SQLite joins only what has neither order nor end.
        found = tuple(ReturnRequest.objects.filter(pk__in=ids).values("pk") for ids in found)
    first, *others = found
    return first.union(*others) if others else first


def newest(requests: QuerySet[ReturnRequest], most: int) -> Ids:
    return requests.order_by("-pk").values("pk")[:most]


def code_of(text: str) -> str:
    """A number as printed or scanned: upper-case, without spaces or a leading “#”."""
    return text.replace(" ", "").lstrip("#").upper()


def by_rma(text: str, most: int) -> Ids | None:
    code = code_of(text).removeprefix("RMA").lstrip("-")
    if not re.fullmatch(r"[A-Z0-9]{3,12}", code):
        return None
    return newest(ReturnRequest.objects.filter(rma_number__startswith=f"RMA-{code}"), most)


def by_order_name(text: str, most: int) -> Ids | None:
    name = text.upper().lstrip("#").strip()
    if not name or "@" in name:
        return None
    known = Q(Exact(Upper("order_name"), f"#{name}")) | Q(Exact(Upper("order_name"), name))
    return newest(ReturnRequest.objects.filter(known), most)


def by_order_number(text: str, most: int) -> Ids | None:
    """By any number that the order carries in Shopify, such as TikTok's."""
    number = identity.normalize_order_number(text)
    if not number or "@" in number:
        return None
    orders = OrderNumber.objects.filter(number=number).values("order__shopify_id")
    return newest(ReturnRequest.objects.filter(shopify_order_id__in=orders[:most]), most)


def by_tiktok_order(text: str, most: int) -> Ids | None:
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"\d{6,19}", digits):
        return None
    return newest(ReturnRequest.objects.filter(tiktok_order_id__startswith=digits), most)


def by_tracking(text: str, most: int) -> Ids | None:
    number = code_of(text)
    if not re.fullmatch(r"(?=.*\d)[A-Z0-9-]{6,40}", number):
        return None
    parcels = ReverseDelivery.objects.filter(tracking_number__startswith=number)
    return parcels.order_by("-return_request_id").values("return_request_id")[:most]


def by_sku(text: str, most: int) -> Ids | None:
    """By a whole SKU; where no item has it, by how SKUs begin."""
    if len(text) < 2 or "@" in text:
        return None
    lines = ReturnLineItem.objects.order_by("-return_request_id").values("return_request_id")
    whole = lines.filter(Exact(Upper("sku"), text.upper()))
    begun = lines.filter(StartsWith(Upper("sku"), text.upper()), ~Exists(whole.order_by()))
    return join(whole[:most], begun[:most])


def by_email(text: str, most: int) -> Ids | None:
    """By how the contact address begins, or by the whole address that the order holds."""
    if "@" not in text.strip("@"):
        return None
    typed = identity.normalize_email(text)
    contact = ReturnRequest.objects.filter(StartsWith(Upper("contact_email"), typed.upper()))
    orders = MirroredOrder.objects.filter(email_digest=mirror.digest("email", typed))
    return either(contact, orders, most)


def by_postcode(text: str, most: int) -> Ids | None:
    """By the whole postcode: the mirror keeps only digests of it."""
    typed = identity.normalize_postcode(text)
    if not re.fullmatch(r"(?=.*\d)[A-Z0-9]{3,10}", typed):
        return None
    meant = {typed, identity.normalize_postcode(text, "US")}
    digests = [mirror.digest("postcode", postcode) for postcode in sorted(meant)]
    return of_orders(MirroredOrder.objects.filter(postcode_digest__in=digests), most)


def by_customer(text: str, most: int) -> Ids | None:
    """By the words of a name, or how they begin, in any order."""
    words = re.findall(r"[^\W\d_]+", text)
    if "@" in text or re.search(r"\d", text) or not any(len(word) > 1 for word in words):
        return None
    requests = ReturnRequest.objects.all()
    if connection.vendor != "postgresql":
        for word in words:
            requests = requests.filter(customer_name__icontains=word)
        return newest(requests, most)
    query = SearchQuery(" & ".join(f"{w}:*" for w in words), search_type="raw", config="simple")
    named = requests.alias(words=words_of("customer_name")).filter(words=query)
    # An order that no index has: else PostgreSQL goes through the newest requests one by one and
    # splits each name into words, in place of asking the index of words.
    return named.order_by((F("pk") + 0).desc()).values("pk")[:most]


def either(contact: QuerySet[ReturnRequest], orders: QuerySet[MirroredOrder], most: int) -> Ids:
    return join(newest(contact, most), of_orders(orders, most))


def of_orders(orders: QuerySet[MirroredOrder], most: int) -> Ids:
    chosen = orders.order_by("-pk").values("shopify_id")[:most]
    return newest(ReturnRequest.objects.filter(shopify_order_id__in=chosen), most)


BY_NUMBER: tuple[Finder, ...] = (
    by_rma,
    by_order_name,
    by_order_number,
    by_tiktok_order,
    by_sku,
)
# Nobody finds out by searching what they may not read.
BY_PERSON: tuple[Finder, ...] = (by_tracking, by_email, by_postcode, by_customer)
