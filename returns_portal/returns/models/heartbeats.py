"""Signs of life of the processes that do the work."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """When a worker last answered the clock."""

    name = models.CharField(max_length=40, unique=True)
    beaten_at = models.DateTimeField()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")
        permissions = [("view_setup", "Can see the set-up page and run its checks")]

    def __str__(self) -> str:
        return f"{self.name} {self.beaten_at:%Y-%m-%d %H:%M}"
