"""The connection to TikTok Shop, and what TikTok says of each aftersale."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.models.requests import ReturnRequest


class TikTokShop(models.Model):
    """A shop that was connected to TikTok's Partner API; its tokens are kept encrypted."""

    shop_id = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120, blank=True)
    region = models.CharField(max_length=8, blank=True)
    cipher = models.CharField(max_length=200)
    access_token = models.TextField(help_text=_("Encrypted."))
    access_expires_at = models.DateTimeField()
    refresh_token = models.TextField(help_text=_("Encrypted."))
    refresh_expires_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    read_until = models.DateTimeField(
        null=True, blank=True, help_text=_("Aftersales changed before this moment are known here.")
    )
    trouble = models.CharField(
        max_length=300, blank=True, help_text=_("What keeps the portal from TikTok, for staff.")
    )

    class Meta:
        verbose_name = _("TikTok shop")
        verbose_name_plural = _("TikTok shops")

    def __str__(self) -> str:
        return self.name or self.shop_id


class Aftersale(models.Model):
    """A return, refund or replacement as TikTok tells it, and the request that stands for it."""

    return_id = models.CharField(max_length=24, unique=True)
    order_id = models.CharField(max_length=24)
    return_request = models.OneToOneField(
        ReturnRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="aftersale"
    )
    return_type = models.CharField(max_length=40)
    status = models.CharField(max_length=60, help_text=_("TikTok's own word, whatever it is."))
    arbitration = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=160, blank=True)
    reason_text = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)
    media = models.JSONField(default=list, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    deadline = models.DateTimeField(null=True, blank=True)
    next_action = models.CharField(max_length=60, blank=True)
    is_quick_refund = models.BooleanField(default=False)
    fulfilled_by_tiktok = models.BooleanField(default=False)
    snapshot = models.JSONField(default=dict, help_text=_("The aftersale's facts as last read."))
    reject_reason = models.CharField(max_length=160, blank=True)
    reject_comment = models.CharField(max_length=500, blank=True)
    offered_amount = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField(help_text=_("When TikTok last changed it."))
    answered_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Up to which change of TikTok's it was answered here.")
    )
    synced_at = models.DateTimeField()
    warned = models.JSONField(default=list, blank=True, help_text=_("Warnings given to staff."))
    problem = models.TextField(blank=True, help_text=_("Why no request stands for it yet."))

    class Meta:
        verbose_name = _("TikTok aftersale")
        verbose_name_plural = _("TikTok aftersales")
        indexes = [
            models.Index(fields=["order_id"], name="aftersale_by_order"),
            models.Index(fields=["deadline"], name="aftersale_by_deadline"),
        ]

    def __str__(self) -> str:
        return self.return_id
