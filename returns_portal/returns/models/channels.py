"""Who holds the money of a sales channel's orders, as the merchant says."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.models.requests import ReturnRequest


class SalesChannel(models.Model):
    """What approval does on orders of one channel; a channel without a row settles in Shopify."""

    class Restock(models.TextChoices):
        PORTAL = "portal", _("the portal, in Shopify")
        CONNECTOR = "connector", _("the app that brings the orders into Shopify")
        NOBODY = "nobody", _("nobody")

    channel = models.CharField(
        _("channel"),
        max_length=40,
        unique=True,
        help_text=_("Shopify's source name of the orders, for instance tiktok."),
    )
    settlement = models.CharField(
        _("who pays the money back"),
        max_length=12,
        choices=ReturnRequest.Settlement.choices,
        default=ReturnRequest.Settlement.SHOPIFY,
        help_text=_("Holds for requests made from now on; earlier ones keep theirs."),
    )
    restocked_by = models.CharField(
        _("who puts goods back into stock"),
        max_length=12,
        choices=Restock.choices,
        default=Restock.PORTAL,
        help_text=_("Choose the app if it restocks by itself, or goods are counted twice."),
    )
    restocks_tiktok_warehouse = models.BooleanField(
        _("also restock what TikTok's own warehouse sent"), default=False
    )
    confirm_within_hours = models.PositiveSmallIntegerField(
        _("hours to refund by hand"),
        default=48,
        help_text=_("How soon a person has to have refunded elsewhere what was approved."),
    )

    class Meta:
        verbose_name = _("sales channel")
        verbose_name_plural = _("sales channels")
        constraints = [
            models.CheckConstraint(
                condition=Q(settlement__in=["shopify", "external", "tiktok"]),
                name="channel_settlement_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.channel
