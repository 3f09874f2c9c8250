"""Requests that staff make for shoppers, against the shop's own rules where they say why."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from django.utils.translation import gettext as _

from returns_portal.returns.eligibility import override
from returns_portal.returns.history import Actor, record_event
from returns_portal.returns.models import ReturnEvent, ReturnRequest
from returns_portal.returns.orders import Choice
from returns_portal.returns.services.guard import Refused

NO_OVERRIDES: Mapping[str, str] = MappingProxyType({})
LONGEST_REASON = 300


def is_staff(actor: Actor) -> bool:
    """Whether a person of the shop acts, who may know more than the forms ask a shopper for."""
    return actor.kind == ReturnEvent.ActorKind.STAFF


def overrule(
    choices: Mapping[str, Choice], overrides: Mapping[str, str], actor: Actor
) -> dict[str, Choice]:
    """The choices with those in `overrides` (reasons by key) allowed against the shop's rules.

    Facts of the order stay: what was refunded, never sent or is taken is not returned. Raises
    Refused for anybody but staff, and without a reason.
    """
    if overrides and not is_staff(actor):
        raise Refused(_("Only staff can make an exception."))
    allowed = dict(choices)
    for key, reason in overrides.items():
        choice = choices.get(key)
        if choice is None or choice.eligible:
            continue
        if not reason.strip():
            raise Refused(_("Say why the policy is set aside: whoever looks next reads it."))
        words = reason.strip()[:LONGEST_REASON]
        allowed[key] = replace(choice, verdicts=override(choice.verdicts, words))
    return allowed


def record_overrides(
    return_request: ReturnRequest,
    choices: Mapping[str, Choice],
    overrides: Mapping[str, str],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Writes into the history which items were asked for against the policy, and why."""
    for key in overrides:
        choice = choices.get(key)
        if choice is None or choice.eligible:
            continue
        words = f"{choice.line.title}: {overrides[key].strip()[:LONGEST_REASON]}"
        record_event(return_request, "overridden", actor=actor, now=now, message=words)
