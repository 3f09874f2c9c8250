"""The words of mails that a merchant has put in place of the shipped ones."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class MailText(models.Model):
    """Subject and body of one kind of mail in one language; without a row the shipped hold."""

    LONGEST = 6000

    event = models.CharField(max_length=40)
    language = models.CharField(max_length=12)
    subject = models.CharField(max_length=200)
    body = models.TextField(max_length=LONGEST)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("mail text")
        verbose_name_plural = _("mail texts")
        constraints = [
            models.UniqueConstraint(fields=["event", "language"], name="mail_text_once"),
        ]

    def __str__(self) -> str:
        return f"{self.event} ({self.language})"
