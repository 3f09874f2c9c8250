"""The HTTP door for webhooks: verify, store once, answer 200; no business rule."""

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from returns_portal.returns.intake.deliveries import store_notification, store_webhook
from returns_portal.shopify.webhooks import parse_headers, verify
from returns_portal.tiktok.signing import is_signed_webhook
from returns_portal.tiktok.webhooks import parse_notification

# An order of very many lines makes a webhook larger than any form of ours.
LARGEST_BODY = 16 * 1024 * 1024


@csrf_exempt
@require_POST
def shopify(request: HttpRequest) -> HttpResponse:
    """Takes Shopify's webhook: 401 for a wrong signature or shop, 400 for no JSON object.

    One that is too large for an order's is not read to its end: 413.
    """
    body = request.read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        return HttpResponse("This webhook is too large.", status=413)
    headers = parse_headers(request.headers)
    if not verify(body, headers.signature, settings.SHOPIFY_WEBHOOK_SECRETS):
        return HttpResponse("This signature is not Shopify's.", status=401)
    if headers.shop != settings.SHOPIFY_SHOP.lower() or not headers.webhook_id:
        return HttpResponse("This webhook is not for this shop.", status=401)
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        return HttpResponse("This is not JSON.", status=400)
    if not isinstance(payload, dict):
        return HttpResponse("A JSON object was expected.", status=400)
    store_webhook(headers, payload, now=timezone.now())
    return HttpResponse(status=200)


@csrf_exempt
@require_POST
def tiktok(request: HttpRequest) -> HttpResponse:
    """Takes TikTok's webhook: 401 for a wrong signature, 400 for no notification of TikTok's.

    Answers at once and reads later; kinds that nothing here is about are only acknowledged.
    """
    signature = request.headers.get("Authorization", "")
    key, secret = settings.TIKTOK_APP_KEY, settings.TIKTOK_APP_SECRET
    if not is_signed_webhook(key, secret, request.body, signature):
        return HttpResponse("This signature is not TikTok's.", status=401)
    try:
        payload = json.loads(request.body)
    except ValueError:
        return HttpResponse("This is not JSON.", status=400)
    notification = parse_notification(payload) if isinstance(payload, dict) else None
    if notification is None:
        return HttpResponse("A notification was expected.", status=400)
    if notification.is_wanted:
        store_notification(notification, now=timezone.now())
    return HttpResponse(status=200)
