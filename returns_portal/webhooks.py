"""The HTTP door for webhooks: verify, store once, answer 200; no business rule."""

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from returns_portal.returns.intake import store_webhook
from returns_portal.shopify.webhooks import parse_headers, verify


@csrf_exempt
@require_POST
def shopify(request: HttpRequest) -> HttpResponse:
    """Takes Shopify's webhook: 401 for a wrong signature or shop, 400 for no JSON object."""
    signature = request.headers.get("X-Shopify-Hmac-SHA256", "")
    headers = parse_headers(request.headers)
    if not verify(request.body, signature, settings.SHOPIFY_WEBHOOK_SECRETS):
        return HttpResponse("This signature is not Shopify's.", status=401)
    if headers.shop != settings.SHOPIFY_SHOP.lower() or not headers.webhook_id:
        return HttpResponse("This webhook is not for this shop.", status=401)
    try:
        payload = json.loads(request.body)
    except ValueError:
        return HttpResponse("This is not JSON.", status=400)
    if not isinstance(payload, dict):
        return HttpResponse("A JSON object was expected.", status=400)
    store_webhook(headers, payload, now=timezone.now())
    return HttpResponse(status=200)
