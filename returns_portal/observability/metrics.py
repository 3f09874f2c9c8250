"""Prometheus metrics: requests, what is owed and how late it is, webhooks, mails, points.

Several web processes add up their counters through PROMETHEUS_MULTIPROC_DIR, which the Prometheus
library reads itself. What the database knows is asked at the moment of asking, in bounded queries.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from hmac import compare_digest

from django.conf import settings
from django.db.models import Count, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from returns_portal.returns.models import Operation, WebhookDelivery
from returns_portal.shopify.throttle import SharedLimiter

REQUESTS = Counter("returns_requests", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "returns_request_seconds",
    "Seconds to an answer.",
    ["route"],
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
UNFINISHED = (
    Operation.State.PENDING,
    Operation.State.UNKNOWN,
    Operation.State.RUNNING,
    Operation.State.FAILED,
)


def note_request(method: str, route: str, status: int, seconds: float) -> None:
    """Counts one answered request."""
    REQUESTS.labels(method if method in METHODS else "other", route, status).inc()
    SECONDS.labels(route).observe(seconds)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """All metrics, for whoever knows METRICS_TOKEN; without one set there is no such page."""
    known, given = settings.METRICS_TOKEN, request.headers.get("Authorization", "")
    if not known or not compare_digest(given.encode(), f"Bearer {known}".encode()):
        raise Http404
    body = generate_latest(counted_here()) + generate_latest(known_to_the_database())
    return HttpResponse(body, content_type=CONTENT_TYPE_LATEST)


def counted_here() -> CollectorRegistry:
    """The counters of this process, or of all web processes where they share a folder."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    shared = CollectorRegistry()
    MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    return shared


def known_to_the_database() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(Backlog())
    return registry


class Backlog(Collector):
    """What is owed, how late it is, and how far behind the news of Shopify is."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = timezone.now()
        yield operations()
        yield age("returns_operation_overdue_seconds", "Oldest due operation.", overdue(now), now)
        waiting = WebhookDelivery.objects.filter(processed_at__isnull=True)
        oldest = waiting.aggregate(oldest=Min("received_at"))["oldest"]
        yield age("returns_webhook_lag_seconds", "Oldest webhook not acted on.", oldest, now)
        points = GaugeMetricFamily("returns_shopify_points", "Points left at Shopify, as believed.")
        points.add_metric([], SharedLimiter(settings.SHOPIFY_SHOP).points())
        yield points


def operations() -> GaugeMetricFamily:
    """Unfinished operations by kind and state; e-mails are one of the kinds."""
    family = GaugeMetricFamily(
        "returns_operations", "Operations that are not done.", labels=["kind", "state"]
    )
    unfinished = Operation.objects.filter(state__in=UNFINISHED)
    for row in unfinished.values("kind", "state").annotate(count=Count("pk")):
        family.add_metric([row["kind"], row["state"]], row["count"])
    return family


def overdue(now: datetime) -> datetime | None:
    due = Operation.objects.filter(state__in=("pending", "unknown"), due_at__lte=now)
    moment: datetime | None = due.aggregate(oldest=Min("due_at"))["oldest"]
    return moment


def age(name: str, words: str, since: datetime | None, now: datetime) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words)
    family.add_metric([], (now - since).total_seconds() if since else 0)
    return family
