"""Privacy: erased on request or when time is up, told on request; money and history stay."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models

from returns_portal.returns import personal, tasks
from returns_portal.returns.history import Actor
from returns_portal.returns.intake import deliveries
from returns_portal.returns.mirror import mirror_order
from returns_portal.returns.models import (
    Aftersale,
    InternalNote,
    Message,
    MirroredOrder,
    Photo,
    ReturnRequest,
    ReverseDelivery,
    WebhookDelivery,
    Withdrawal,
)
from returns_portal.returns.services.privacy import (
    erase_customer,
    export_customer,
    keep_no_longer,
    note_data_request,
)
from tests.returns.examples import NOON, an_order
from tests.returns.factories import ReturnLineItemFactory, ReturnRequestFactory

pytestmark = pytest.mark.django_db

# Text that is not about a shopper: written by the shop, by Shopify, or a key of ours.
ABOUT_NOBODY = {
    "Aftersale": "return_id order_id return_type status arbitration reason reason_text currency "
    "next_action reject_reason reject_comment problem",
    "ReturnRequest": "rma_number token status shopify_order_id order_name tiktok_order_id "
    "sales_channel country language decline_reason currency quote_source settlement "
    "shopify_return_id attention bonus_newer_than bonus_transaction_id",
    "ReturnLineItem": "line_item_id fulfillment_line_item_id title variant_title sku image_url "
    "decline_reason outcome condition disposition location_id shopify_return_line_id",
    "Message": "author",
    "InternalNote": "",
    "Parcel": "",
}
TEXT = (models.CharField, models.TextField)


def a_talkative_request(**values: Any) -> ReturnRequest:
    row = ReturnRequestFactory(
        customer_name="Ada Byron", contact_email="ada@example.com", refunded=True, **values
    )
    line = ReturnLineItemFactory(return_request=row, customer_note="It scratches my neck")
    Message.objects.create(return_request=row, author="shopper", body="I live in 1 Elm St",
                           created_at=NOON)  # fmt: skip
    InternalNote.objects.create(return_request=row, body="Ada again", created_at=NOON)
    ReverseDelivery.objects.create(return_request=row, carrier="ups", tracking_number="1Z9",
                                   sent_at=NOON, changed_at=NOON)  # fmt: skip
    Photo.objects.create(line=line, file="a.jpg", thumbnail="b.jpg", mime_type="image/jpeg",
                         size=1, width=1, height=1, sha256="s", uploaded_at=NOON)  # fmt: skip
    return row


def everything_about(row: ReturnRequest) -> str:
    told = [str(list(personal.rows_of(part, row).values())) for part in personal.EMPTIED]
    told += [str(list(personal.rows_of(part, row).values())) for part in personal.REMOVED]
    return " ".join(told)


class TestEraseCustomer:
    def test_leaves_money_and_history_without_the_person(self) -> None:
        row = a_talkative_request()
        assert erase_customer(order_ids=[row.shopify_order_id], actor=Actor.system(), now=NOON) == 1
        left = everything_about(row)
        for trace in ("Ada", "ada@", "scratches", "Elm", "1Z9", "a.jpg"):
            assert trace not in left
        row.refresh_from_db()
        assert row.refunded_amount is not None
        assert row.erased_at == NOON
        assert row.events.filter(kind="erased").exists()

    def test_touches_nobody_else(self) -> None:
        other, row = a_talkative_request(), a_talkative_request()
        erase_customer(order_ids=[row.shopify_order_id], actor=Actor.system(), now=NOON)
        assert "Ada" in everything_about(other)

    def test_has_nothing_to_do_a_second_time(self) -> None:
        row = a_talkative_request()
        erase = {"order_ids": [row.shopify_order_id], "actor": Actor.system(), "now": NOON}
        assert [erase_customer(**erase), erase_customer(**erase)] == [1, 0]


class TestKeepNoLonger:
    @pytest.mark.parametrize(("days", "erased"), [(730, False), (731, True)])
    def test_erases_when_time_is_up(self, days: int, erased: bool) -> None:
        row = a_talkative_request(closed_at=NOON - timedelta(days=days))
        keep_no_longer(now=NOON)
        assert ("Ada" not in everything_about(row)) is erased

    def test_leaves_what_has_not_ended(self) -> None:
        row = ReturnRequestFactory(customer_name="Ada", requested_at=NOON - timedelta(days=3000))
        keep_no_longer(now=NOON)
        assert "Ada" in everything_about(row)

    def test_drops_photos_sooner_than_names(self) -> None:
        row = a_talkative_request(closed_at=NOON - timedelta(days=181))
        keep_no_longer(now=NOON)
        assert not Photo.objects.exists()
        assert "Ada" in everything_about(row)

    def test_drops_declarations_that_belong_to_no_return(self) -> None:
        for days in (730, 731):
            Withdrawal.objects.create(
                reference=f"W-{days}", token=f"t{days}", order_number="1", name="Ada",
                email="a@b.c", text="I withdraw.", sha256="0",
                received_at=NOON - timedelta(days=days), try_at=NOON,
            )  # fmt: skip
        keep_no_longer(now=NOON)
        assert Withdrawal.objects.get().reference == "W-730"

    def test_drops_old_notes_of_webhooks_once_they_are_done(self) -> None:
        old = NOON - timedelta(days=61)
        for number, done in enumerate((old, None)):
            WebhookDelivery.objects.create(
                shop="s", webhook_id=str(number), topic="t", received_at=old, processed_at=done
            )
        assert keep_no_longer(now=NOON) == 1
        assert WebhookDelivery.objects.get().processed_at is None

    def test_forgets_whose_the_orders_were_that_nobody_returned(self) -> None:
        for number, days in enumerate((730, 731, 800)):
            mirror_order(an_order(id=f"gid://shopify/Order/{number}"), now=NOON)
            old = MirroredOrder.objects.filter(shopify_id=f"gid://shopify/Order/{number}")
            old.update(shopify_updated_at=NOON - timedelta(days=days))
        assert keep_no_longer(now=NOON) == 2
        assert MirroredOrder.objects.exclude(postcode_digest="").get().shopify_id.endswith("/0")
        assert keep_no_longer(now=NOON) == 0

    def test_empties_what_tiktok_told_of_returns_that_are_none_of_ours(self) -> None:
        for days in (730, 731):
            moment = NOON - timedelta(days=days)
            Aftersale.objects.create(
                return_id=str(days), order_id="577", return_type="REFUND", status="DONE",
                note="I live in 1 Elm St", media=["a.jpg"], snapshot={"note": "1 Elm St"},
                created_at=moment, updated_at=moment, synced_at=moment,
            )  # fmt: skip
        assert keep_no_longer(now=NOON) == 1
        assert Aftersale.objects.get(snapshot={}, note="", media=[]).return_id == "731"
        assert keep_no_longer(now=NOON) == 0

    def test_goes_through_more_than_one_batch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("returns_portal.returns.services.privacy.BATCH", 2)
        for _number in range(5):
            ReturnRequestFactory(refunded=True, closed_at=NOON - timedelta(days=800))
        assert keep_no_longer(now=NOON) == 5

    def test_runs_every_night(self, settings: Any) -> None:
        planned = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
        assert tasks.keep_no_longer.name in planned
        assert tasks.keep_no_longer() == 0


class TestExport:
    def test_tells_the_shopper_everything_but_what_staff_wrote_for_themselves(self) -> None:
        row = a_talkative_request()
        told = str(export_customer([row.shopify_order_id]))
        for known in (row.rma_number, "Ada Byron", "ada@example.com", "scratches", "Elm", "1Z9"):
            assert known in told
        assert "Ada again" not in told

    def test_is_a_command(self, capsys: pytest.CaptureFixture[str]) -> None:
        row = a_talkative_request()
        call_command("export_customer", "ADA@example.com")
        assert json.loads(capsys.readouterr().out)[0]["return"] == row.rma_number

    def test_says_when_nobody_is_known_by_that(self) -> None:
        with pytest.raises(CommandError, match="No return is known"):
            call_command("export_customer", "nobody@example.com")

    def test_is_asked_of_staff_when_shopify_passes_a_shoppers_wish_on(self) -> None:
        row = a_talkative_request()
        delivery = WebhookDelivery.objects.create(
            shop="s", webhook_id="1", topic="customers/data_request", received_at=NOON,
            order_ids=deliveries.order_ids_of(
                "customers/data_request", {"orders_requested": [row.shopify_order_id]}
            ),
        )  # fmt: skip
        deliveries.process_webhook(delivery.pk, None, now=NOON)
        row.refresh_from_db()
        assert "export it" in row.attention

    def test_is_not_asked_about_the_erased(self) -> None:
        row = a_talkative_request()
        erase_customer(order_ids=[row.shopify_order_id], actor=Actor.system(), now=NOON)
        asked = note_data_request(order_ids=[row.shopify_order_id], actor=Actor.shopify(), now=NOON)
        assert asked == 0


class TestTheListOfPersonalData:
    def test_names_every_text_of_a_request_as_personal_or_not(self) -> None:
        for part in personal.EMPTIED:
            name = part.model.__name__
            texts = {field.name for field in part.model._meta.fields if isinstance(field, TEXT)}
            known = set(ABOUT_NOBODY[name].split()) | set(part.columns)
            assert texts <= known, f"{name}: is this about a person? {texts - known}"

    def test_reaches_every_table_that_belongs_to_a_request(self) -> None:
        """One that is not listed holds nothing about a person, and is named here."""
        listed = {part.model for part in (*personal.EMPTIED, *personal.REMOVED)}
        of_a_request = {
            model
            for model in apps.get_app_config("returns").get_models()
            if any(field.related_model is ReturnRequest for field in model._meta.fields)
        }
        assert {model.__name__ for model in of_a_request - listed} == {
            "BlockedShopper", "BulkItem", "Difference", "Operation", "Proposal", "Refund",
            "ReportedRequest", "ReturnEvent",
        }  # fmt: skip

    def test_leaves_the_mirror_without_keys_to_recognize_anybody_by(self) -> None:
        row = a_talkative_request()
        MirroredOrder.objects.create(
            shopify_id=row.shopify_order_id, name="#1", postcode_digest="x", email_digest="y",
            snapshot={}, shopify_updated_at=NOON, synced_at=NOON,
        )  # fmt: skip
        erase_customer(order_ids=[row.shopify_order_id], actor=Actor.system(), now=NOON)
        order = MirroredOrder.objects.get()
        assert (order.postcode_digest, order.email_digest) == ("", "")
