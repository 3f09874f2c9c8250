"""What a check is, and what it may find."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _


class State(StrEnum):
    OK = "ok"
    WARN = "warn"  # works, but is not as it should be
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, and the cure where it is not well.

    `silent` where nobody answered: who asks the same again only waits again.
    """

    state: State
    found: str
    cure: str = ""
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """A finding under the name of its check."""

    key: str
    title: str
    finding: Finding

    @property
    def is_ok(self) -> bool:
        return self.finding.state == State.OK


@dataclass(frozen=True, slots=True)
class Check:
    """One question; `look` answers it at a moment.

    `after` is the key of the check that asks the same side first.
    """

    key: str
    title: str | Promise
    look: Callable[[datetime], Finding]
    after: str = ""

    def run(self, now: datetime) -> Result:
        return Result(self.key, str(self.title), self.look(now))


def ok(found: str) -> Finding:
    return Finding(State.OK, found)


def warn(found: str, cure: str) -> Finding:
    return Finding(State.WARN, found, cure)


def fail(found: str, cure: str, *, silent: bool = False) -> Finding:
    return Finding(State.FAIL, found, cure, silent)


def run_checks(checks: Iterable[Check], *, now: datetime) -> list[Result]:
    """The results, in the order of the checks; who did not answer once is not asked again."""
    results: dict[str, Result] = {}
    for check in checks:
        first = results.get(check.after)
        results[check.key] = (
            Result(check.key, str(check.title), replace(first.finding, found=_("Not asked.")))
            if first and first.finding.silent
            else check.run(now)
        )
    return list(results.values())
