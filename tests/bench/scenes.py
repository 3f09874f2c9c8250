"""What the bench sends: rows to ask for, sessions that may ask, and requests as lines of a file."""

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

import requests
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client, RequestFactory

from portal.access import grant_order
from returns_portal.returns.mirror import mirror_order
from returns_portal.returns.models import OrderSync, ReturnRequest
from returns_portal.returns.orders import FoundOrder, OrderFacts, build_choices, read_order
from returns_portal.returns.quotes import quote_return
from returns_portal.returns.services import Actor, RequestedLine, request_return
from returns_portal.shopify.types import Order
from tests.reading import read_form
from tests.returns.examples import a_parcel, an_order, an_order_line

CSRF = "a" * 32
FIRST_ORDER = 5_000_000
POSTCODE = "08840"


def line(method: str, path: str, *, cookies: str = "", body: str = "", **headers: str) -> str:
    """One request as the driver reads it."""
    if body and "Content-Type" not in headers:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    if method == "POST":
        cookies = f"csrftoken={CSRF}; {cookies}".strip("; ")
        headers["X-CSRFToken"] = CSRF
    if cookies:
        # A "=" parts name and value in the driver's file only at its first place.
        headers["Cookie"] = cookies
    return "\t".join([method, path, "|".join(f"{n}={v}" for n, v in headers.items()), body])


def address(number: int) -> str:
    """Another shopper's address each time: the throttle counts by it."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def mirror_orders(amount: int, now: datetime) -> list[Order]:
    """Orders of two lines, delivered last week, as a sync that has just ended left them."""
    orders = [an_own_order(FIRST_ORDER + number, now) for number in range(amount)]
    for order in orders:
        mirror_order(order, now=now)
    OrderSync.objects.update_or_create(
        shop=settings.SHOPIFY_SHOP, defaults={"synced_until": now + timedelta(days=1)}
    )
    return orders


def an_own_order(number: int, now: datetime) -> Order:
    """An order whose lines and parcel are nobody else's."""
    lines = tuple(
        an_order_line(id=f"gid://shopify/LineItem/{number}{part}", title=f"Linen shirt {part}")
        for part in (1, 2)
    )
    parcel = a_parcel(id=f"gid://shopify/Fulfillment/{number}")
    sent = tuple(
        replace(parcel.lines[0], id=f"{row.id.replace('LineItem', 'FulfillmentLineItem')}",
                line_item_id=row.id)
        for row in lines
    )  # fmt: skip
    parcel = replace(
        parcel, lines=sent, created_at=now - timedelta(days=9), delivered_at=now - timedelta(days=7)
    )
    return an_order(
        id=f"gid://shopify/Order/{number}",
        name=f"#B{number}",
        tags=(f"TikTokOrderID:58{number:016d}",),
        country="US",
        postcode=POSTCODE,
        lines=lines,
        fulfillments=(parcel,),
        created_at=now - timedelta(days=10),
        updated_at=now - timedelta(days=7),
    )


def open_sessions(orders: Iterable[Order], now: datetime) -> dict[str, str]:
    """The cookie that may see each order."""
    return {order.id: open_session(order.id, now) for order in orders}


def open_session(order_id: str, now: datetime) -> str:
    """The cookie of a shopper who has looked up the order."""
    request = RequestFactory().get("/")
    request.session = SessionStore()
    grant_order(request, FoundOrder(order_id, verified=True), now=now)
    request.session.save()
    return f"{settings.SESSION_COOKIE_NAME}={request.session.session_key}"


def staff_cookie() -> str:
    """A signed-in administrator's."""
    user, _created = get_user_model().objects.get_or_create(
        username="bench", defaults={"is_staff": True, "is_superuser": True}
    )
    request = RequestFactory().get("/")
    request.session = SessionStore()
    request.session["_auth_user_id"] = str(user.pk)
    request.session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[-1]
    request.session["_auth_user_hash"] = user.get_session_auth_hash()
    request.session["otp_device_id"] = ""
    request.session.save()
    return f"{settings.SESSION_COOKIE_NAME}={request.session.session_key}"


def bare_pages(cookie: str) -> Iterator[str]:
    for number in range(1000):
        group, _created = Group.objects.get_or_create(name=f"bench {number}")
        yield line("GET", f"/page/{group.pk}/", cookies=cookie)


def bare_inserts() -> Iterator[str]:
    yield line("POST", "/insert/", body="a=1")


def hits(orders: Iterable[Order], numbers: Iterator[int]) -> Iterator[str]:
    for order in orders:
        number = order.tags[0].partition(":")[2]
        body = urlencode({"order_number": number, "postcode_or_email": POSTCODE})
        yield line("POST", "/", body=body, **{"X-Forwarded-For": address(next(numbers))})


def misses(numbers: Iterator[int], amount: int) -> Iterator[str]:
    for number in range(amount):
        body = urlencode({"order_number": f"57{number:016d}", "postcode_or_email": POSTCODE})
        yield line("POST", "/", body=body, **{"X-Forwarded-For": address(next(numbers))})


def items(orders: Iterable[Order], cookies: dict[str, str]) -> Iterator[str]:
    for order in orders:
        yield line("GET", f"/orders/{order.id.rsplit('/', 1)[1]}/", cookies=cookies[order.id])


def make_orders(shop_url: str, amount: int, now: datetime) -> list[OrderFacts]:
    """Orders in Shopify and in the mirror, read as the review page reads them."""

    def make(number: int) -> OrderFacts:
        spec = {
            "name": f"#S{number}", "zip": POSTCODE,
            "lines": [{"goods": "linen-shirt", "quantity": 1}, {"goods": "stoneware-mug", "quantity": 1}],
        }  # fmt: skip
        try:
            made = requests.post(f"{shop_url}/sandbox/orders", json=spec, timeout=30).json()
            return read_order(made["id"], now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(make, range(amount)))


def make_requests(orders: Iterable[OrderFacts], now: datetime) -> list[ReturnRequest]:
    """A shopper's request for the first item of each order."""
    made = []
    for facts in orders:
        lines = [RequestedLine(first_eligible(facts, now), 1, "changed-mind")]
        made.append(
            request_return(
                facts=facts,
                lines=lines,
                quote=quote_return(facts, lines),
                contact_email="shopper@example.com",
                language="en",
                identity_verified=True,
                submission_key=uuid.uuid4(),
                actor=Actor.shopper(),
                now=now,
            )
        )
    return made


def first_eligible(facts: OrderFacts, now: datetime) -> str:
    choice = next(choice for choice in build_choices(facts, now=now) if choice.eligible)
    return choice.fulfillment_line_item_id or ""


def submits(orders: Iterable[OrderFacts], now: datetime) -> Iterator[str]:
    """Each order once: one unit of its first item, with the form as the review page gave it."""
    for facts in orders:
        cookie = open_session(facts.order.id, now)
        number = facts.order.id.rsplit("/", 1)[1]
        key = first_eligible(facts, now).rsplit("/", 1)[1]
        chosen = {f"choose-{key}": "on", f"quantity-{key}": "1", f"reason-{key}": "changed-mind"}
        page = visit(f"/orders/{number}/review/", cookie, chosen)
        form = form_of(page, "/submit/") | {"conditions": "on"}
        yield line("POST", f"/orders/{number}/submit/", cookies=cookie, body=urlencode(form))


def statuses() -> Iterator[str]:
    for token in ReturnRequest.objects.order_by("-pk").values_list("token", flat=True)[:5000]:
        yield line("GET", f"/returns/{token}/")


def webhooks(secret: str, numbers: Iterator[int], amount: int) -> Iterator[str]:
    for number in range(amount):
        body = json.dumps({"admin_graphql_api_id": f"gid://shopify/Order/{number}", "id": number})
        signed = hmac.new(secret.encode(), body.encode(), hashlib.sha256).digest()
        yield line(
            "POST", "/webhooks/shopify/", body=body,
            **{
                "Content-Type": "application/json",
                "X-Shopify-Topic": "orders/updated",
                "X-Shopify-Shop-Domain": settings.SHOPIFY_SHOP,
                "X-Shopify-Webhook-Id": f"bench-{next(numbers)}",
                "X-Shopify-Hmac-SHA256": base64.b64encode(signed).decode(),
            },
        )  # fmt: skip


def queue(cookie: str, address: str) -> Iterator[str]:
    yield line("GET", address, cookies=cookie)


def approvals(cookie: str, waiting: Iterable[ReturnRequest]) -> Iterator[str]:
    """Each request once, with the form as the screen gave it."""
    for row in waiting:
        path = f"/admin/returns/returnrequest/{row.pk}/approve/"
        form = form_of(visit(path, cookie), "/approve/")
        yield line("POST", path, cookies=cookie, body=urlencode(form))


def form_of(page: str, action: str) -> dict[str, str]:
    """The form as its main button sends it; `line` adds a CSRF token that fits its cookie."""
    fields = read_form(page, action)
    buttons_besides = {"csrfmiddlewaretoken", "preview"}
    return {name: value for name, value in fields.items() if name not in buttons_besides}


def visit(path: str, cookie: str, data: dict[str, str] | None = None) -> str:
    """A page of the portal's, as this very process answers it."""
    name, _equals, value = cookie.partition("=")
    client = Client(SERVER_NAME="127.0.0.1")
    client.cookies[name] = value
    answer = client.get(path) if data is None else client.post(path, data)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answered {answer.status_code}:\n{answer.content.decode()[:2000]}")
    return answer.content.decode()
