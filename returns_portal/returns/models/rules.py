"""A policy's rules as data: what a merchant drafts, what was published, and what was tried out."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.models.policies import ReturnPolicy


class PolicyRule(models.Model):
    """A rule of a policy's draft; requests are judged by published versions only."""

    class Match(models.TextChoices):
        ALL = "all", _("all of these hold")
        ANY = "any", _("any of these holds")

    policy = models.ForeignKey(ReturnPolicy, on_delete=models.CASCADE, related_name="rules")
    key = models.CharField(max_length=32)
    name = models.CharField(_("name"), max_length=120)
    priority = models.PositiveSmallIntegerField(
        _("priority"), default=100, help_text=_("Lower numbers speak first.")
    )
    match = models.CharField(
        _("it holds when"), max_length=3, choices=Match.choices, default=Match.ALL
    )
    conditions = models.JSONField(default=list, blank=True)
    effects = models.JSONField(default=list, blank=True)
    active = models.BooleanField(_("switched on"), default=True)

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["priority", "key"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "key"], name="rule_key_once_a_policy"),
            models.CheckConstraint(
                condition=Q(match__in=["all", "any"]), name="rule_match_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PolicyVersion(models.Model):
    """A policy's terms and rules as they were published; never changed, the newest one holds."""

    policy = models.ForeignKey(ReturnPolicy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    terms = models.JSONField()
    rules = models.JSONField()
    digest = models.CharField(max_length=64, help_text=_("Of terms and rules."))
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    again = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The earlier version that was published again."),
    )
    tried_on = models.PositiveIntegerField(default=0)
    would_change = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("version of a policy")
        verbose_name_plural = _("versions of policies")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="version_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.policy} {self.number}"


class DryRun(models.Model):
    """A draft tried on past requests and orders: what would be decided otherwise, and why."""

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")

    policy = models.ForeignKey(ReturnPolicy, on_delete=models.CASCADE, related_name="dry_runs")
    digest = models.CharField(max_length=64, help_text=_("Of the draft that was tried."))
    state = models.CharField(max_length=12, choices=State.choices, default=State.RUNNING)
    started_at = models.DateTimeField()
    seen = models.PositiveIntegerField(
        default=0, help_text=_("Orders looked at, those of other policies included.")
    )
    requests_left = models.BooleanField(
        default=False, help_text=_("Past requests are looked at first, then orders.")
    )
    requests_seen = models.PositiveIntegerField(default=0)
    requests_tried = models.PositiveIntegerField(default=0)
    tried = models.PositiveIntegerField(default=0)
    to_try = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    after = models.BigIntegerField(default=0, help_text=_("The request or order it went on from."))
    examples = models.JSONField(default=list)

    class Meta:
        verbose_name = _("dry run")
        verbose_name_plural = _("dry runs")
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["running", "done"]), name="dry_run_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy} {self.started_at:%Y-%m-%d %H:%M}"
