"""All addresses of the site, by room."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.utils.functional import lazy
from django.views.generic import RedirectView

from portal.views import language
from returns_portal import health, webhooks
from returns_portal.observability.metrics import metrics
from staff.reports import by_mail

# Browsers ask for an icon even where a page names none; its address is known once it is asked for.
ICON = lazy(static, str)("img/icon.svg")

handler500 = "returns_portal.failures.server_error"

urlpatterns = [
    path("", include("portal.urls")),
    path(
        "reports/stop/<str:token>/",
        by_mail.unsubscribe,
        name="report-unsubscribe",
    ),
    path("admin/", admin.site.urls),
    path("i18n/setlang/", language.switch, name="set_language"),
    path("webhooks/tiktok/", webhooks.tiktok, name="tiktok-webhooks"),
    path("webhooks/shopify/", webhooks.shopify, name="shopify-webhooks"),
    path("favicon.ico", RedirectView.as_view(url=ICON)),
    path("metrics", metrics, name="metrics"),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
]
