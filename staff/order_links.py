"""Links that open an order without typing, on a page to copy from, to scan and to print."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from returns_portal.qr_codes import draw_qr_code
from returns_portal.returns.links import LASTS, build_order_link
from returns_portal.returns.models import MirroredOrder

PAGE = "admin/returns/mirroredorder/links.html"


@dataclass(frozen=True, slots=True)
class OrderLink:
    """An order's name, its link, and the link as a QR code."""

    name: str
    url: str
    code: SafeString


def show_order_links(request: HttpRequest, orders: Sequence[MirroredOrder]) -> TemplateResponse:
    """A new link for each of the orders; only whoever holds the page knows them."""
    context = {
        **admin.site.each_context(request),
        "opts": MirroredOrder._meta,
        "title": _("Links for shoppers"),
        "links": [_link(order) for order in orders],
        "days": LASTS.days,
    }
    response = TemplateResponse(request, PAGE, context)
    response["Cache-Control"] = "no-store"
    return response


def _link(order: MirroredOrder) -> OrderLink:
    url = build_order_link(order)
    return OrderLink(order.name, url, draw_qr_code(url))
