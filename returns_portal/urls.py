"""All addresses of the site, by room."""

from django.contrib import admin
from django.urls import include, path

from returns_portal import health, webhooks

urlpatterns = [
    path("", include("portal.urls")),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("webhooks/shopify/", webhooks.shopify, name="shopify-webhooks"),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
]
