"""Until when somebody must have acted: deadlines, working days, and the hour of a reminder."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from returns_portal.returns.workflow import Status

UTC = ZoneInfo("UTC")
SECOND = timedelta(seconds=1)
# Deadlines that lie further ahead mean a calendar in which hardly anybody works.
MOST_DAYS = 3660


class OnExpiry(StrEnum):
    """What the portal does once a deadline has passed."""

    ASK_PERSON = "ask_person"
    APPROVE = "approve"
    DECLINE = "decline"
    EXPIRE = "expire"
    CLOSE = "close"


class Turn(StrEnum):
    """Whose turn it is to act."""

    SHOP = "shop"
    SHOPPER = "shopper"
    CARRIER = "carrier"


# What may be chosen for each status; a request that was answered is never declined silently.
CHOICES: dict[Status, tuple[OnExpiry, ...]] = {
    Status.REQUESTED: (
        OnExpiry.ASK_PERSON,
        OnExpiry.APPROVE,
        OnExpiry.DECLINE,
        OnExpiry.EXPIRE,
    ),
    Status.NEEDS_INFO: (OnExpiry.ASK_PERSON, OnExpiry.DECLINE, OnExpiry.EXPIRE),
    Status.APPROVED: (OnExpiry.ASK_PERSON, OnExpiry.EXPIRE, OnExpiry.CLOSE),
    Status.RECEIVED: (OnExpiry.ASK_PERSON, OnExpiry.CLOSE),
}


@dataclass(frozen=True, slots=True)
class ClockTerms:
    """A policy's time limits beside those to answer and to send, and what follows their end.

    `counts_working_days` is for the shop's own turn: hours and days on which it works. Reminders
    go to the shopper `remind_days_before` a deadline, to staff `warn_hours_before` it.
    """

    info_within_days: int = 7
    arrive_within_days: int = 30
    inspect_within_days: int = 2
    counts_working_days: bool = False
    remind_days_before: int = 3
    warn_hours_before: int = 12
    when_unanswered: OnExpiry = OnExpiry.ASK_PERSON
    when_info_missing: OnExpiry = OnExpiry.ASK_PERSON
    when_not_sent: OnExpiry = OnExpiry.ASK_PERSON
    when_not_arrived: OnExpiry = OnExpiry.ASK_PERSON
    when_not_inspected: OnExpiry = OnExpiry.ASK_PERSON


@dataclass(frozen=True, slots=True)
class Calendar:
    """The shop's time zone and the days on which it works (Monday is 0)."""

    timezone: ZoneInfo
    working_weekdays: frozenset[int] = frozenset(range(5))
    holidays: frozenset[date] = frozenset()

    def works_on(self, day: date) -> bool:
        """Whether the shop works on `day`; without any working weekday it works on every day."""
        weekdays = self.working_weekdays or frozenset(range(7))
        return day.weekday() in weekdays and day not in self.holidays


@dataclass(frozen=True, slots=True)
class Moment:
    """What a deadline depends on when a request enters a status, or is sent.

    `waits_for_parcel`: the money follows the parcel. `decides_at` is when TikTok itself decides.
    """

    status: Status
    entered_at: datetime
    answer_within_hours: int
    send_within_days: int
    clocks: ClockTerms
    waits_for_parcel: bool = False
    sent: bool = False
    decides_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """Whose turn it is until when, when to remind them, and what follows."""

    turn: Turn
    due_at: datetime
    remind_at: datetime
    on_expiry: OnExpiry


def find_deadline(moment: Moment, calendar: Calendar) -> Deadline | None:
    """The deadline of a request in its status; None where nobody is waited for."""
    clocks = moment.clocks
    match moment.status:
        case Status.REQUESTED:
            due = moment.decides_at or _answer_due(moment, calendar)
            return _for_shop(moment, due, clocks.when_unanswered)
        case Status.NEEDS_INFO:
            due = days_after(moment.entered_at, clocks.info_within_days, calendar)
            return _for_shopper(moment, due, clocks.when_info_missing)
        case Status.APPROVED if moment.waits_for_parcel and moment.sent:
            due = days_after(moment.entered_at, clocks.arrive_within_days, calendar)
            return _for_carrier(moment, due)
        case Status.APPROVED if moment.waits_for_parcel:
            due = days_after(moment.entered_at, moment.send_within_days, calendar)
            return _for_shopper(moment, due, clocks.when_not_sent)
        case Status.RECEIVED:
            due = moment.decides_at or _inspection_due(moment, calendar)
            return _for_shop(moment, due, clocks.when_not_inspected)
        case _:
            return None


def _answer_due(moment: Moment, calendar: Calendar) -> datetime:
    length = timedelta(hours=moment.answer_within_hours)
    if moment.clocks.counts_working_days:
        return after_working_time(moment.entered_at, length, calendar)
    return _instant(moment.entered_at) + length


def _inspection_due(moment: Moment, calendar: Calendar) -> datetime:
    days = moment.clocks.inspect_within_days
    if moment.clocks.counts_working_days:
        return working_days_after(moment.entered_at, days, calendar)
    return days_after(moment.entered_at, days, calendar)


def _for_shop(moment: Moment, due: datetime, on_expiry: OnExpiry) -> Deadline:
    before = timedelta(hours=moment.clocks.warn_hours_before)
    return Deadline(Turn.SHOP, due, _before(moment.entered_at, due, before), on_expiry)


def _for_shopper(moment: Moment, due: datetime, on_expiry: OnExpiry) -> Deadline:
    before = timedelta(days=moment.clocks.remind_days_before)
    return Deadline(Turn.SHOPPER, due, _before(moment.entered_at, due, before), on_expiry)


def _for_carrier(moment: Moment, due: datetime) -> Deadline:
    # Nobody can hasten a parcel: there is no reminder before its time is up.
    return Deadline(Turn.CARRIER, due, due, moment.clocks.when_not_arrived)


def _before(start: datetime, due: datetime, length: timedelta) -> datetime:
    """`length` before `due`; half-way to it where that has passed already."""
    wished = due - length
    return wished if wished > start else start + (due - start) / 2


def days_after(start: datetime, days: int, calendar: Calendar) -> datetime:
    """The last second, in the shop's time zone, of the day that lies `days` after `start`'s."""
    return last_second(local_day(start, calendar) + timedelta(days=days), calendar)


def working_days_after(start: datetime, days: int, calendar: Calendar) -> datetime:
    """The last second of the `days`-th working day after the day of `start`.

    With `days` of 0 it is the day of `start`, or the first working day that follows.
    """
    first = local_day(start, calendar) + timedelta(days=1 if days else 0)
    for position, day in enumerate(_working_days(first, calendar), start=1):
        if position >= days:
            return last_second(day, calendar)
    return last_second(first + timedelta(days=days), calendar)


def after_working_time(start: datetime, length: timedelta, calendar: Calendar) -> datetime:
    """`length` after `start`, time on days without work not counted.

    A working day lasts from midnight to midnight in the shop's time zone: where clocks are
    changed, it has 23 or 25 hours.
    """
    left = length
    begin = start
    for day in _working_days(local_day(start, calendar), calendar):
        begin = max(start, midnight(day, calendar))
        rest = _instant(midnight(day + timedelta(days=1), calendar)) - _instant(begin)
        if left <= rest:
            return _instant(begin) + left
        left -= rest
    return begin + left


def _working_days(first: date, calendar: Calendar) -> Iterator[date]:
    days = (first + timedelta(days=count) for count in range(MOST_DAYS))
    return (day for day in days if calendar.works_on(day))


def local_day(moment: datetime, calendar: Calendar) -> date:
    """The day that `moment` belongs to in the shop's time zone."""
    return moment.astimezone(calendar.timezone).date()


def midnight(day: date, calendar: Calendar) -> datetime:
    """The first moment of `day` in the shop's time zone."""
    return datetime.combine(day, time.min, tzinfo=calendar.timezone)


def last_second(day: date, calendar: Calendar) -> datetime:
    """The last whole second of `day` in the shop's time zone, on days of any length."""
    return _instant(midnight(day + timedelta(days=1), calendar)) - SECOND


def _instant(moment: datetime) -> datetime:
    # Differences between times of one zone leave out the hour that a change of clocks takes.
    return moment.astimezone(UTC)
