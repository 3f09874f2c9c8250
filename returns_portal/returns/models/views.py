"""Views of the queue that staff keep under a name."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A tab with its filters and search, for its owner or for everybody."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=1000, help_text=_("The queue's address after the “?”."))
    shared = models.BooleanField(_("for everybody"), default=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="view_name_once_an_owner"),
        ]
        indexes = [
            models.Index(fields=["name"], condition=models.Q(shared=True), name="view_shared"),
        ]

    def __str__(self) -> str:
        return self.name
