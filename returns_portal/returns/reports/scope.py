"""What a report looks at: which days, compared with which, in which markets, of which product."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Q

from returns_portal.returns.models import Market

# Up to so many days a trend goes by day; up to so many by week; beyond by month.
BY_DAY = 31
BY_WEEK = 200
LONGEST_DAYS = 366 * 3


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of the shop, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def before(self) -> "Period":
        """As many days right before."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def year_before(self) -> "Period":
        """The same days a year before; February 29 becomes 28."""
        return Period(_year_before(self.first), _year_before(self.last))

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def steps(self) -> list["Period"]:
        """The days, weeks (from Monday) or months it consists of, cut off at its ends."""
        return list(self._steps())

    def _steps(self) -> Iterator["Period"]:
        start = self.first
        while start <= self.last:
            end = min(self._end_of_step(start), self.last)
            yield Period(start, end)
            start = end + timedelta(days=1)

    def _end_of_step(self, start: date) -> date:
        if self.days <= BY_DAY:
            return start
        if self.days <= BY_WEEK:
            return start + timedelta(days=6 - start.weekday())
        return (start.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Scope:
    """A period, the one it is compared with, and what is looked at in them.

    `markets` are the keys of the markets; `product` the key of one product, None for all.
    """

    period: Period
    compared: Period | None
    markets: tuple[int, ...]
    product: int | None = None

    def within(self, day: str, *, product: bool = True) -> Q:
        """Rows of both periods by the column `day`, in these markets, of this product."""
        days = in_period(day, self.period)
        if self.compared:
            days |= in_period(day, self.compared)
        here = days & Q(market__in=self.markets)
        return here & Q(product=self.product) if product and self.product else here

    def now(self, day: str) -> Q:
        """Of the rows `within`, those of the period itself; as short as it can be, for speed."""
        if self._apart:
            return Q(**{f"{day}__gte": self.period.first})
        return in_period(day, self.period)

    def then(self, day: str) -> Q:
        """Of the rows `within`, those compared with; no row where there are none."""
        if not self.compared:
            return Q(pk__in=[])
        if self._apart:
            return Q(**{f"{day}__lt": self.period.first})
        return in_period(day, self.compared)

    @property
    def _apart(self) -> bool:
        """Whether the days compared with all lie before the period."""
        return self.compared is None or self.compared.last < self.period.first


def in_period(day: str, period: Period) -> Q:
    return Q(**{f"{day}__gte": period.first, f"{day}__lte": period.last})


def served_markets(channel: str = "", country: str = "") -> tuple[int, ...]:
    """The markets that the portal serves (PORTAL_CHANNELS), narrowed to a channel or country.

    Channels whose returns go elsewhere would look as if nothing ever came back.
    """
    markets = Market.objects.all()
    if "*" not in settings.PORTAL_CHANNELS:
        markets = markets.filter(sales_channel__in=settings.PORTAL_CHANNELS)
    if channel:
        markets = markets.filter(sales_channel=channel)
    if country:
        markets = markets.filter(country=country)
    return tuple(markets.order_by("pk").values_list("pk", flat=True))


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
