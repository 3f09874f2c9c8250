"""The domain's Django app."""

from django.apps import AppConfig


class ReturnsConfig(AppConfig):
    name = "returns_portal.returns"
    label = "returns"
    verbose_name = "Returns"
