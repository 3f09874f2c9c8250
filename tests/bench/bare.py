"""What everything is measured against: Django with nothing around it, on the same server.

A page (session in the database, CSRF token, template, one query by key) and a POST (CSRF check,
one durable INSERT).
"""

import uuid
from functools import cache

from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.template import Template, engines
from django.urls import path
from django.utils import timezone

from returns_portal.returns.models import WebhookDelivery

PAGE = """<!doctype html><title>{{ group.name }}</title><h1>{{ group.name }}</h1>
<p>Seen {{ seen }} times.</p><form method="post">{% csrf_token %}<button>Go</button></form>"""


@cache
def template() -> Template:
    return engines["django"].from_string(PAGE)


def page(request: HttpRequest, pk: int) -> HttpResponse:
    context = {"group": Group.objects.get(pk=pk), "seen": request.session.get("seen", 0)}
    return HttpResponse(template().render(context, request))


def insert(request: HttpRequest) -> HttpResponse:
    WebhookDelivery.objects.create(
        shop="bare", webhook_id=uuid.uuid4().hex, topic="bare", received_at=timezone.now()
    )
    return HttpResponse("kept")


urlpatterns = [path("page/<int:pk>/", page), path("insert/", insert)]
