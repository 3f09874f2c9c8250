"""Publishing a policy: its draft becomes a version that holds for requests from now on."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from returns_portal.returns import snapshots
from returns_portal.returns.eligibility import PolicyTerms
from returns_portal.returns.history import Actor
from returns_portal.returns.models import DryRun, PolicyRule, PolicyVersion, ReturnPolicy
from returns_portal.returns.policies import build_terms
from returns_portal.returns.rules import Rule, RuleBook
from returns_portal.returns.rules.conditions import Unreadable
from returns_portal.returns.ruling import digest_of, draft_rules, find_version
from returns_portal.returns.services.guard import Refused


def draft_digest(policy: ReturnPolicy) -> str:
    """Tells whether a draft is the one that was tried out."""
    return digest_of(build_terms(policy), draft_rules(policy))


def is_published(policy: ReturnPolicy) -> bool:
    """Whether the draft is what holds already."""
    version = find_version(policy)
    return version is not None and version.digest == draft_digest(policy)


def find_trial(policy: ReturnPolicy) -> DryRun | None:
    """The finished dry run of the draft exactly as it is now."""
    runs = DryRun.objects.filter(policy=policy, state=DryRun.State.DONE)
    return runs.filter(digest=draft_digest(policy)).first()


@transaction.atomic
def publish_policy(*, policy_id: int, actor: Actor, now: datetime) -> PolicyVersion:
    """Freezes the draft as the next version; requests made from now on are judged by it.

    Raises Refused unless this very draft was tried out before, or when it holds already.
    """
    policy = ReturnPolicy.objects.select_for_update().get(pk=policy_id)
    if is_published(policy):
        raise Refused("This draft is published already.")
    trial = find_trial(policy)
    if trial is None:
        raise Refused("Try the draft on past orders first: it has changed since the last dry run.")
    rules = draft_rules(policy)
    try:
        RuleBook(rules)
    except Unreadable as problem:
        raise Refused(f"A rule can't be read: {problem}") from None
    return PolicyVersion.objects.create(
        policy=policy,
        number=_next_number(policy),
        terms=snapshots.dump(build_terms(policy)),
        rules=snapshots.dump(rules),
        digest=draft_digest(policy),
        published_at=now,
        published_by_id=actor.user_id,
        tried_on=trial.tried,
        would_change=trial.changed,
    )


@transaction.atomic
def roll_back(*, version_id: int, actor: Actor, now: datetime) -> PolicyVersion:
    """Publishes an earlier version again, as the newest; the draft becomes the same.

    Raises Refused for the version that holds already.
    """
    earlier = PolicyVersion.objects.get(pk=version_id)
    policy = ReturnPolicy.objects.select_for_update().get(pk=earlier.policy_id)
    current = find_version(policy)
    if current is not None and current.digest == earlier.digest:
        raise Refused("This version holds already.")
    _restore_draft(policy, earlier)
    return PolicyVersion.objects.create(
        policy=policy,
        number=_next_number(policy),
        terms=earlier.terms,
        rules=earlier.rules,
        digest=earlier.digest,
        published_at=now,
        published_by_id=actor.user_id,
        again=earlier,
        tried_on=earlier.tried_on,
        would_change=earlier.would_change,
    )


def _next_number(policy: ReturnPolicy) -> int:
    newest = PolicyVersion.objects.filter(policy=policy).aggregate(most=Max("number"))["most"]
    return (newest or 0) + 1


def _restore_draft(policy: ReturnPolicy, version: PolicyVersion) -> None:
    """Makes the draft what the version froze: its terms, and its rules in place of all others."""
    terms = snapshots.load(version.terms, PolicyTerms)
    fields = {field.name for field in ReturnPolicy._meta.get_fields()} - {"name", "countries"}
    values = {
        name: list(value) if isinstance(value, tuple) else value
        for source in (terms, terms.clocks)
        for name in source.__dataclass_fields__
        if name in fields
        for value in [getattr(source, name)]
    }
    ReturnPolicy.objects.filter(pk=policy.pk).update(**values)
    replace_rules(policy, snapshots.load(version.rules, tuple[Rule, ...]))


def replace_rules(policy: ReturnPolicy, rules: tuple[Rule, ...]) -> None:
    """Puts `rules` in place of all rules of the draft."""
    PolicyRule.objects.filter(policy=policy).delete()
    PolicyRule.objects.bulk_create(
        PolicyRule(
            policy=policy,
            key=rule.key,
            name=rule.name,
            priority=rule.priority,
            match=rule.match.value,
            conditions=snapshots.dump(rule.conditions),
            effects=snapshots.dump(rule.effects),
        )
        for rule in rules
    )
