"""Wishes for links by e-mail, kept only until they are answered."""

from django.db import models


class LinksWish(models.Model):
    """Somebody typed an address to get its links; deleted with the answer, known or not."""

    email = models.EmailField()
    asked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["asked_at"], name="wish_by_time")]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"
