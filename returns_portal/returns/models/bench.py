"""What arrives at the bench: parcels with or without a request, what was in them, in what state."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.models.photos import StoredPhoto
from returns_portal.returns.models.requests import ReturnLineItem, ReturnRequest


class ConditionGrade(models.Model):
    """A state that goods come back in, in the shop's own words, and where they usually go then."""

    code = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=60)
    meaning = models.CharField(
        max_length=300, blank=True, help_text=_("How the bench recognizes it.")
    )
    disposition = models.CharField(
        max_length=20,
        choices=ReturnLineItem.Disposition.choices,
        default=ReturnLineItem.Disposition.RESTOCKED,
        help_text=_("Where such goods usually go; the bench may choose otherwise."),
    )
    position = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.label


class Parcel(models.Model):
    """One parcel as it came in. Without a request it waits for somebody to find out whose it is."""

    return_request = models.ForeignKey(
        ReturnRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="parcels"
    )
    received_at = models.DateTimeField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    tracking_number = models.CharField(max_length=60, blank=True)
    note = models.TextField(max_length=1000, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["-received_at"], name="parcel_newest_first"),
            models.Index(
                fields=["received_at"],
                condition=Q(return_request__isnull=True, undone_at__isnull=True),
                name="parcel_without_request",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tracking_number or self.pk} {self.received_at:%Y-%m-%d %H:%M}"


class ParcelItem(models.Model):
    """Units of a requested line found in a parcel: how many, in what state, and where they go."""

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="items")
    line = models.ForeignKey(ReturnLineItem, on_delete=models.PROTECT, related_name="arrivals")
    quantity = models.PositiveIntegerField()
    grade = models.ForeignKey(ConditionGrade, on_delete=models.PROTECT, null=True, blank=True)
    disposition = models.CharField(max_length=20, choices=ReturnLineItem.Disposition.choices)
    location_id = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parcel", "line"], name="parcel_item_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="parcel_item_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.quantity}"


class ParcelPhoto(StoredPhoto):
    """A photo that staff took at the bench; shoppers never see it."""

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="photos")
    line = models.ForeignKey(
        ReturnLineItem,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bench_photos",
    )

    class Meta:
        ordering = ["uploaded_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["parcel", "sha256"], name="photo_once_a_parcel"),
        ]
