"""What shopper and shop write to each other about a return."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.models.requests import ReturnRequest


class Message(models.Model):
    """One message of a return's thread; `read_at` is when the other side first saw it."""

    class Author(models.TextChoices):
        SHOPPER = "shopper", _("Shopper")
        STAFF = "staff", _("Shop")

    LONGEST = 2000

    return_request = models.ForeignKey(
        ReturnRequest, on_delete=models.PROTECT, related_name="messages"
    )
    author = models.CharField(max_length=12, choices=Author.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    body = models.TextField(max_length=LONGEST)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(author__in=["shopper", "staff"]), name="message_author_is_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["return_request"],
                condition=Q(author="shopper", read_at__isnull=True),
                name="message_unread_by_staff",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author} {self.created_at:%Y-%m-%d %H:%M}"
