"""The mirror of Shopify's orders: what look-up and eligibility need, without personal data."""

from django.db import models
from django.db.models import Q


class MirroredOrder(models.Model):
    """An order as last read from Shopify; who bought it is kept only as keyed digests."""

    shopify_id = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=80)
    tiktok_order_id = models.CharField(max_length=24, blank=True)
    sales_channel = models.CharField(max_length=40, blank=True)
    postcode_digest = models.CharField(max_length=64, blank=True)
    postcode_masked = models.BooleanField(default=False)
    email_digest = models.CharField(max_length=64, blank=True)
    customer_digest = models.CharField(max_length=64, blank=True, default="")
    snapshot = models.JSONField(help_text="The order's facts as read from Shopify.")
    shopify_updated_at = models.DateTimeField()
    synced_at = models.DateTimeField()
    counted = models.BooleanField(
        default=False, help_text="Whether the reports have counted what was last read."
    )
    link_generation = models.PositiveIntegerField(
        default=0, help_text="Links of an earlier generation open nothing."
    )

    class Meta:
        indexes = [
            models.Index(fields=["tiktok_order_id"], name="order_by_tiktok_id"),
            models.Index(fields=["shopify_updated_at"], name="order_by_updated"),
            models.Index(
                fields=["customer_digest"],
                condition=~Q(customer_digest=""),
                name="order_by_customer",
            ),
            models.Index(fields=["id"], condition=Q(counted=False), name="order_to_count"),
            models.Index(
                fields=["postcode_digest"],
                condition=~models.Q(postcode_digest=""),
                name="order_by_postcode",
            ),
            models.Index(
                fields=["email_digest"],
                condition=~models.Q(email_digest=""),
                name="order_by_email",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OrderSync(models.Model):
    """How far the mirror follows Shopify: every order changed before `synced_until` is in it."""

    shop = models.CharField(max_length=120, unique=True)
    synced_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.shop} until {self.synced_until:%Y-%m-%d %H:%M}"


class OrderNumber(models.Model):
    """A number a shopper may know the order by: its name, or a TikTok order id found in it."""

    order = models.ForeignKey(MirroredOrder, on_delete=models.CASCADE, related_name="numbers")
    number = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number", "order"], name="order_number_once"),
        ]

    def __str__(self) -> str:
        return self.number
