"""The shopper side's Django app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
