"""Reports by mail: due after the week or month, sent once, stopped by anybody who has the link."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core import mail
from django.test import Client

from returns_portal.returns.models import ScheduledReport
from returns_portal.returns.reports.schedule import (
    LEASE,
    claim,
    due_reports,
    last_period,
    read_token,
    send,
    sign,
)
from returns_portal.returns.reports.scope import Period
from returns_portal.returns.reports.sheets import SHEETS
from returns_portal.returns.services import Refused, schedule_report, unschedule_report
from tests.returns.factories import UserFactory

TUESDAY = date(2026, 11, 24)
MONDAY = date(2026, 11, 30)
NOW = datetime(2026, 11, 30, 6, tzinfo=UTC)


@pytest.fixture
def owner(db: None) -> User:
    user: User = UserFactory(staff=True, email="owner@example.com")
    user.user_permissions.add(Permission.objects.get(codename="view_reports"))
    return user


def ask(user: User, report: str = "overview", every: str = "week") -> ScheduledReport:
    return schedule_report(user=user, report=report, every=every, today=TUESDAY, now=NOW)


class TestLastPeriod:
    def test_a_week_runs_from_monday_to_sunday(self) -> None:
        week = Period(date(2026, 11, 16), date(2026, 11, 22))
        assert last_period("week", TUESDAY) == week
        assert last_period("week", date(2026, 11, 23)) == week
        assert last_period("week", date(2026, 11, 29)) == week

    def test_a_month_is_the_one_before(self) -> None:
        assert last_period("month", date(2026, 3, 1)) == Period(date(2026, 2, 1), date(2026, 2, 28))


class TestDue:
    def test_nothing_is_due_before_the_week_is_over(self, owner: User) -> None:
        ask(owner)
        assert due_reports(today=MONDAY - timedelta(days=1), now=NOW) == []

    def test_it_is_due_on_monday(self, owner: User) -> None:
        row = ask(owner)
        assert due_reports(today=MONDAY, now=NOW) == [row.pk]

    def test_two_workers_cannot_both_have_it(self, owner: User) -> None:
        row = ask(owner)
        assert claim(row.pk, now=NOW)
        assert claim(row.pk, now=NOW) is None
        assert due_reports(today=MONDAY, now=NOW) == []

    def test_what_a_dead_worker_had_comes_back(self, owner: User) -> None:
        row = ask(owner)
        claim(row.pk, now=NOW)
        later = NOW + LEASE + timedelta(seconds=1)
        assert due_reports(today=MONDAY, now=later) == [row.pk]

    def test_it_goes_out_once_a_week(self, owner: User) -> None:
        row = ask(owner)
        claimed = claim(row.pk, now=NOW)
        assert claimed
        assert send(claimed, today=MONDAY)
        assert len(mail.outbox) == 1
        assert due_reports(today=MONDAY + timedelta(days=6), now=NOW) == []
        assert due_reports(today=MONDAY + timedelta(days=7), now=NOW) == [row.pk]


class TestMail:
    @pytest.mark.parametrize("key", SHEETS)
    def test_it_tells_in_text_and_html_and_attaches_the_tables(
        self, bazaar: Any, owner: User, key: str
    ) -> None:
        send(ask(owner, key), today=MONDAY)
        [message] = mail.outbox
        assert message.to == ["owner@example.com"]
        assert str(SHEETS[key][0]) in message.subject
        [html] = [str(part[0]) for part in message.alternatives]  # type: ignore[attr-defined]
        assert "stop" in message.body.casefold()
        assert "/reports/stop/" in html
        assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert all(name.endswith(".csv") for name, _text, _type in message.attachments)

    def test_whoever_may_not_read_reports_any_more_gets_none(self, owner: User) -> None:
        row = ask(owner)
        owner.user_permissions.clear()
        assert not send(ScheduledReport.objects.get(pk=row.pk), today=MONDAY)
        assert mail.outbox == []

    def test_without_an_address_it_is_refused(self, db: None) -> None:
        with pytest.raises(Refused, match="e-mail"):
            ask(UserFactory(staff=True, email=""))

    def test_asking_twice_is_asking_once(self, owner: User) -> None:
        assert ask(owner).pk == ask(owner).pk


class TestStopping:
    def test_a_link_alone_stops_nothing(self, owner: User, client: Client) -> None:
        row = ask(owner)
        page = client.get(f"/reports/stop/{sign(row.pk)}/")
        assert page.status_code == 200
        assert ScheduledReport.objects.filter(pk=row.pk).exists()

    def test_the_button_stops_it_without_signing_in(self, owner: User) -> None:
        row = ask(owner)
        client = Client(enforce_csrf_checks=True)
        assert client.post(f"/reports/stop/{sign(row.pk)}/").status_code == 200
        assert not ScheduledReport.objects.exists()

    def test_a_wrong_link_is_not_found(self, owner: User, client: Client) -> None:
        assert client.post(f"/reports/stop/{ask(owner).pk}:forged/").status_code == 404
        assert read_token("1:forged") is None

    def test_nobody_stops_what_another_gets(self, owner: User) -> None:
        row = ask(owner)
        assert not unschedule_report(schedule_id=row.pk, user_id=UserFactory().pk)
        assert unschedule_report(schedule_id=row.pk, user_id=owner.pk)
