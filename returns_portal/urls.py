"""All addresses of the site, by room."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.utils.functional import lazy
from django.views.generic import RedirectView

from returns_portal import health, webhooks

# Browsers ask for an icon even where a page names none; its address is known once it is asked for.
ICON = lazy(static, str)("img/icon.svg")

urlpatterns = [
    path("", include("portal.urls")),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("webhooks/shopify/", webhooks.shopify, name="shopify-webhooks"),
    path("favicon.ico", RedirectView.as_view(url=ICON)),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
]
