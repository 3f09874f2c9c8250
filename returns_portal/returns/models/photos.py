"""Photos of returned items: private files, written anew by the portal, and who they belong to."""

import uuid

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q

from returns_portal.returns.models.requests import ReturnLineItem


def photo_storage() -> Storage:
    """The private folder (PHOTO_ROOT); nothing in it has an address of its own."""
    return storages["photos"]


def photo_name(photo: "StoredPhoto", ending: str) -> str:
    """A name made by the portal: what the shopper's file was called is never used."""
    return f"{photo.uploaded_at:%Y/%m}/{photo.public_id}{ending}"


class StoredPhoto(models.Model):
    """A JPEG in the private folder with its thumbnail."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True)
    file = models.FileField(storage=photo_storage, max_length=200)
    thumbnail = models.FileField(storage=photo_storage, max_length=200)
    mime_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField(help_text="Bytes.")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.public_id)


class PhotoUpload(StoredPhoto):
    """A photo of an item whose request is not sent yet; it lives for a day.

    `basket` is a secret of the shopper's session.
    """

    basket = models.CharField(max_length=64)
    shopify_order_id = models.CharField(max_length=80)
    fulfillment_line_item_id = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["basket", "shopify_order_id", "fulfillment_line_item_id", "sha256"],
                name="upload_once_a_line",
            ),
            models.CheckConstraint(condition=~Q(basket=""), name="upload_has_a_holder"),
        ]
        indexes = [models.Index(fields=["uploaded_at"], name="upload_by_age")]


class Photo(StoredPhoto):
    """A photo of a requested line, for the holder of the request's link and for staff."""

    line = models.ForeignKey(ReturnLineItem, on_delete=models.PROTECT, related_name="photos")

    class Meta:
        ordering = ["uploaded_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["line", "sha256"], name="photo_once_a_line"),
        ]
