"""The parcel on its way: noted once, told to Shopify once, corrected in place."""

from datetime import datetime
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import IntegrityError

from returns_portal.returns.carriers import KNOWN, normalize_tracking_number, tracking_url
from returns_portal.returns.models import Operation, ReturnRequest, ReverseDelivery
from returns_portal.returns.services import Actor, Refused, tell_tracking
from returns_portal.returns.services.privacy import erase_customer
from returns_portal.shopify.client import build_client
from returns_portal.shopify.deliveries import list_reverse_orders
from tests.returns.factories import ReturnPolicyFactory, request_with_line
from tests.returns.shop import Shop

pytestmark = pytest.mark.django_db
NUMBER = "1Z999AA10123456784"


def tell(
    row: ReturnRequest, now: datetime, number: str = NUMBER, carrier: str = "ups"
) -> ReverseDelivery:
    return tell_tracking(
        request_id=row.pk, carrier=carrier, tracking_number=number, actor=Actor.shopper(), now=now
    )


class TestNormalizeTrackingNumber:
    @pytest.mark.parametrize(
        ("typed", "number"),
        [
            (" 1z 999 aa1 0123456784 ", NUMBER),
            ("9400-1000", "9400-1000"),
            ("123456", "123456"),
            ("x" * 39 + "1", "X" * 39 + "1"),
        ],
    )
    def test_takes_numbers_as_people_paste_them(self, typed: str, number: str) -> None:
        assert normalize_tracking_number(typed) == number

    @pytest.mark.parametrize(
        "typed",
        [
            "",
            "12345",
            "nodigits",
            "https://x.example/1",
            "<b>123456</b>",
            "1" * 41,
            "12345６7",  # noqa: RUF001 - a full-width digit is meant
            "📦123456",
            "'; DROP TABLE--1",
        ],
    )
    def test_refuses_what_is_none(self, typed: str) -> None:
        assert normalize_tracking_number(typed) == ""


class TestTrackingUrl:
    @pytest.mark.parametrize("carrier", [known for known in KNOWN if known.page])
    def test_holds_the_number(self, carrier: Any) -> None:
        assert tracking_url(carrier.code, NUMBER).count(NUMBER) == 1
        assert tracking_url(carrier.code, NUMBER).startswith("https://")

    @pytest.mark.parametrize("code", ["other", "postnl", "", "no-such-carrier"])
    def test_is_empty_where_the_portal_knows_no_page(self, code: str) -> None:
        assert tracking_url(code, NUMBER) == ""


class TestTellTracking:
    def test_keeps_the_number_and_tells_the_story_once(self, now: datetime) -> None:
        row = request_with_line()
        tell(row, now)
        tell(row, now)
        assert row.reverse_delivery.tracking_url.endswith(NUMBER)
        assert [event.kind for event in row.events.all()] == ["sent"]
        assert [owed.part for owed in row.operations.all()] == ["sent"]

    def test_corrects_the_number_and_remembers_the_old_one(self, now: datetime) -> None:
        row = request_with_line()
        tell(row, now)
        delivery = tell(row, now, "654321", "other")
        assert (delivery.tracking_number, delivery.tracking_url) == ("654321", "")
        assert delivery.earlier_numbers == [NUMBER]
        assert [event.kind for event in row.events.all()] == ["sent", "sending_changed"]

    @pytest.mark.parametrize(("number", "carrier"), [("no", "ups"), (NUMBER, "pigeon"), ("", "")])
    def test_refuses_what_is_no_parcel(self, now: datetime, number: str, carrier: str) -> None:
        row = request_with_line()
        with pytest.raises(Refused):
            tell(row, now, number, carrier)
        assert not ReverseDelivery.objects.exists()

    @pytest.mark.parametrize("ended", ["declined", "canceled"])
    def test_refuses_a_return_that_ended(self, now: datetime, ended: str) -> None:
        with pytest.raises(Refused):
            tell(request_with_line(**{ended: True}), now)

    def test_refuses_before_the_shopper_may_send(self, now: datetime) -> None:
        policy = ReturnPolicyFactory(instructions_on="approval")
        with pytest.raises(Refused):
            tell(request_with_line(policy=policy), now)

    def test_takes_it_after_the_refund_which_may_come_first(self, now: datetime) -> None:
        assert tell(request_with_line(refunded=True), now).tracking_number == NUMBER

    def test_refuses_once_the_parcel_was_counted(self, now: datetime) -> None:
        row = request_with_line(approved=True)
        row.lines.update(received_quantity=1)
        with pytest.raises(Refused):
            tell(row, now)

    def test_refuses_endless_changes(self, now: datetime) -> None:
        row = request_with_line()
        for count in range(10):
            tell(row, now, f"{count}23456")
        with pytest.raises(Refused):
            tell(row, now, "999999")

    def test_owes_shopify_nothing_before_the_approval(self, now: datetime) -> None:
        row = request_with_line()
        tell(row, now)
        assert not row.operations.filter(kind=Operation.Kind.ANNOUNCE_PARCEL).exists()

    def test_is_forgotten_with_the_person(self, now: datetime) -> None:
        row = request_with_line(contact_email="")
        tell(row, now)
        erase_customer(order_ids=[row.shopify_order_id], actor=Actor.shopify(), now=now)
        assert not ReverseDelivery.objects.exists()
        assert NUMBER not in "".join(event.message for event in row.events.all())


class TestDatabase:
    def test_refuses_a_parcel_without_a_number(self, now: datetime) -> None:
        with pytest.raises(IntegrityError):
            ReverseDelivery.objects.create(
                return_request=request_with_line(), sent_at=now, changed_at=now
            )


def in_shopify(row: ReturnRequest) -> list[str]:
    row.refresh_from_db()
    orders = list_reverse_orders(build_client(), row.shopify_return_id)
    return [parcel.tracking_number for order in orders for parcel in order.parcels]


def waiting_for_the_parcel(shop: Shop) -> ReturnRequest:
    """Approved, with the money and the return in Shopify waiting for what arrives."""
    row = shop.ask()
    row.policy_terms["refund_on"] = "receipt"
    row.save()
    return row


class TestAnnouncing:
    def test_tells_shopify_what_was_told_before_the_approval(self, shop: Shop) -> None:
        row = waiting_for_the_parcel(shop)
        tell(row, shop.now)
        shop.approve(row)
        shop.work()
        assert in_shopify(row) == [NUMBER]

    def test_tells_shopify_what_is_told_after_it(self, shop: Shop) -> None:
        row = shop.approve(waiting_for_the_parcel(shop))
        shop.work()
        tell(row, shop.now)
        shop.work()
        assert in_shopify(row) == [NUMBER]

    def test_corrects_the_parcel_in_place(self, shop: Shop) -> None:
        row = shop.approve(waiting_for_the_parcel(shop))
        tell(row, shop.now)
        shop.work()
        tell(row, shop.now, "654321", "other")
        shop.work()
        assert in_shopify(row) == ["654321"]

    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize("kind", ["timeout", "error_500", "cut"])
    def test_announces_one_parcel_whatever_fails(self, shop: Shop, kind: str, when: str) -> None:
        row = shop.approve(waiting_for_the_parcel(shop))
        shop.work()
        shop.server.faults.add(
            kind=kind,
            operation="reverseDeliveryCreateWithShipping",
            when=when,
            times=2,
            seconds=0.4,
        )
        tell(row, shop.now)
        shop.work()
        assert in_shopify(row) == [NUMBER]
        assert not row.operations.exclude(state=Operation.State.DONE).exists()

    def test_leaves_a_closed_return_alone_and_says_so(self, shop: Shop) -> None:
        row = shop.approve(shop.ask())
        shop.work()
        tell(row, shop.now)
        shop.work()
        row.refresh_from_db()
        assert (in_shopify(row), row.attention) == ([], "")
        assert "kept here alone" in row.events.get(kind="announce_parcel").message

    def test_mails_the_shopper_once(self, shop: Shop, mailoutbox: list[EmailMessage]) -> None:
        row = shop.ask()
        tell(row, shop.now)
        tell(row, shop.now, "654321")
        shop.work()
        told = [mail for mail in mailoutbox if "on its way" in mail.subject]
        assert len(told) == 1
        assert "654321" in told[0].body
