"""How the merchant wants the shop to look and to be called."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ShopBrand(models.Model):
    """Name, logo, colors and words of the shop: one row at the most; empty means the default.

    The logo is kept here as the portal wrote it anew, so that every web process has it.
    """

    name = models.CharField(max_length=60, blank=True)
    logo = models.BinaryField(blank=True, default=bytes)
    logo_width = models.PositiveSmallIntegerField(default=0)
    logo_height = models.PositiveSmallIntegerField(default=0)
    accent = models.CharField(max_length=7, blank=True, help_text=_("As #rrggbb."))
    accent_dark = models.CharField(max_length=7, blank=True, help_text=_("As #rrggbb."))
    headline = models.CharField(max_length=100, blank=True)
    intro = models.CharField(max_length=300, blank=True)
    support_email = models.EmailField(blank=True)
    support_url = models.URLField(max_length=300, blank=True)
    footer_text = models.CharField(max_length=300, blank=True)
    footer_links = models.JSONField(
        default=list, blank=True, help_text=_("Pairs of words and an address.")
    )
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brand")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="brand_is_one"),
        ]

    def __str__(self) -> str:
        return self.name or str(_("The shop's brand"))
