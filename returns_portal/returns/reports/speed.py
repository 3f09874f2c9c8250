"""How long shoppers wait for the first decision and for their money.

Waiting times are counted in whole minutes of the clock, nights and weekends included. How often
each number of minutes occurred is added up in the database, so percentiles are exact to the minute
over any range and any group.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db.models import Count

from returns_portal.returns.models import ReportedRequest
from returns_portal.returns.reports.scope import Scope
from returns_portal.returns.reports.statistics import add_counts, percentile

Minutes = Mapping[int, int]
DECISION = ("decided_on", "minutes_to_decision")
REFUND = ("refunded_on", "minutes_to_refund")


@dataclass(frozen=True, slots=True)
class Waits:
    """Waiting times: how often each number of minutes occurred."""

    counts: Minutes

    @property
    def count(self) -> int:
        return sum(self.counts.values())

    @property
    def half(self) -> int | None:
        """Half waited no longer than this (p50)."""
        return percentile(self.counts, 0.5)

    @property
    def most(self) -> int | None:
        """Nine of ten waited no longer than this (p90)."""
        return percentile(self.counts, 0.9)

    def up_to(self, limits: Iterable[int]) -> list[int]:
        """How many waits lie below each limit and not below the one before; the rest at the end."""
        limits = list(limits)
        found = [0] * (len(limits) + 1)
        for minutes, count in self.counts.items():
            found[sum(minutes >= limit for limit in limits)] += count
        return found


@dataclass(frozen=True, slots=True)
class PersonWaits:
    """The waits of requests that one person decided; `name` is empty where the portal did."""

    person: int | None
    name: str
    now: Waits
    then: Waits


@dataclass(frozen=True, slots=True)
class Speed:
    """All waits of one kind, and by the person who decided."""

    now: Waits
    then: Waits
    people: tuple[PersonWaits, ...]


def read_speed(scope: Scope, kind: tuple[str, str]) -> Speed:
    """The waits until the first decision (DECISION) or the refund (REFUND)."""
    day, minutes = kind
    rows = (
        ReportedRequest.objects.filter(scope.within(day, product=False))
        .exclude(**{minutes: None})
        .values_list("decider", minutes)
        .annotate(now=Count("pk", filter=scope.now(day)), then=Count("pk", filter=scope.then(day)))
    )
    now: dict[int | None, dict[int, int]] = {}
    then: dict[int | None, dict[int, int]] = {}
    for person, length, count_now, count_then in rows:
        now.setdefault(person, {})[length] = count_now
        then.setdefault(person, {})[length] = count_then
    names = _names(person for person in now if person)
    people = [
        PersonWaits(person, names.get(person or 0, ""), Waits(now[person]), Waits(then[person]))
        for person in now
    ]
    return Speed(
        Waits(add_counts(list(now.values()))),
        Waits(add_counts(list(then.values()))),
        tuple(sorted(people, key=lambda row: (-row.now.count, row.name))),
    )


def _names(people: Iterable[int]) -> dict[int, str]:
    users = get_user_model().objects.in_bulk(list(people))
    return {pk: user.get_full_name() or user.get_username() for pk, user in users.items()}
