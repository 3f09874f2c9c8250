"""Photos wait for their request, become its own, and leave nothing behind."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from returns_portal.returns.models import Photo, PhotoUpload, ReturnRequest
from returns_portal.returns.services import (
    MOST_PHOTOS,
    Actor,
    NotEligible,
    Refused,
    add_photos,
    cancel,
    drop_uploads,
    keep_uploads,
    sweep_files,
    sweep_uploads,
)
from returns_portal.returns.services.privacy import erase_customer
from tests.returns.examples import NOON, SENT, an_order
from tests.returns.factories import (
    ReturnLineItemFactory,
    ReturnReasonFactory,
    ReturnRequestFactory,
    request_with_line,
)
from tests.returns.pictures import clean
from tests.returns.scenes import ask, order_facts

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def keep(*numbers: int, basket: str = "mine", line: str = SENT, order: str = "") -> None:
    keep_uploads(
        basket=basket,
        order_id=order or an_order().id,
        fulfillment_line_item_id=line,
        images=[clean(number) for number in numbers],
        now=NOW,
    )


def files() -> list[Path]:
    return sorted(path for path in settings.PHOTO_ROOT.rglob("*") if path.is_file())


class TestKeepUploads:
    def test_writes_photo_and_thumbnail_for_nobody_else_to_read(self) -> None:
        keep(1)
        upload = PhotoUpload.objects.get()
        assert files() == sorted(Path(f.path) for f in (upload.file, upload.thumbnail))
        assert {stat.S_IMODE(path.stat().st_mode) for path in files()} == {0o600}
        assert upload.size == files()[-1].stat().st_size == len(clean(1).data)
        assert (upload.sha256, upload.width) == (clean(1).sha256, 21)

    def test_keeps_the_same_photo_once(self) -> None:
        keep(1, 1)
        keep(1)
        assert PhotoUpload.objects.count() == 1
        assert len(files()) == 2

    def test_refuses_a_seventh_and_keeps_none_of_its_kind(self) -> None:
        keep(1, 2, 3, 4, 5)
        with pytest.raises(Refused, match="up to 6 photos"):
            keep(6, 7)
        assert PhotoUpload.objects.count() == 5
        keep(6)
        assert PhotoUpload.objects.count() == MOST_PHOTOS

    def test_counts_each_line_and_each_basket_for_itself(self) -> None:
        keep(*range(6))
        keep(*range(6), line="gid://shopify/FulfillmentLineItem/2")
        keep(*range(6), basket="another")
        assert PhotoUpload.objects.count() == 18

    def test_needs_a_holder(self) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            keep(1, basket="")


class TestDropUploads:
    def test_takes_out_only_what_lies_in_the_basket(self) -> None:
        keep(1, 2)
        keep(3, basket="another")
        ids = [row.public_id for row in PhotoUpload.objects.exclude(sha256=clean(2).sha256)]
        drop_uploads(basket="mine", order_id=an_order().id, public_ids=[*ids, uuid4()])
        left = set(PhotoUpload.objects.values_list("sha256", flat=True))
        assert left == {clean(2).sha256, clean(3).sha256}


class TestRequestReturn:
    def test_makes_the_photos_of_the_basket_its_own(self) -> None:
        ReturnReasonFactory(photos="asked")
        keep(1, 2)
        keep(3, basket="another")
        kept = set(PhotoUpload.objects.filter(basket="mine").values_list("public_id", "file"))
        request = ask(photo_basket="mine")
        photos = Photo.objects.filter(line__return_request=request)
        assert set(photos.values_list("public_id", "file")) == kept
        assert PhotoUpload.objects.get().basket == "another"
        assert len(files()) == 6

    def test_leaves_photos_alone_that_its_reason_does_not_ask_for(self) -> None:
        keep(1)
        ask(photo_basket="mine")
        assert not Photo.objects.exists()

    @pytest.mark.parametrize("basket", ["", "mine", "another"])
    def test_refuses_a_reason_that_needs_a_photo_without_one(self, basket: str) -> None:
        ReturnReasonFactory(photos="required")
        keep(1, basket="somebody's")
        with pytest.raises(NotEligible, match="add a photo"):
            ask(photo_basket=basket)
        assert not ReturnRequest.objects.exists()
        assert PhotoUpload.objects.count() == 1

    def test_takes_a_reason_that_needs_a_photo_with_one(self) -> None:
        ReturnReasonFactory(photos="required")
        keep(1)
        assert ask(photo_basket="mine").lines.get().photos.count() == 1

    def test_keeps_the_photos_waiting_when_it_is_refused(self) -> None:
        ReturnReasonFactory(photos="required")
        keep(1)
        with pytest.raises(NotEligible):
            ask(order_facts(in_shopify=0), photo_basket="mine")
        assert PhotoUpload.objects.count() == 1


class TestAddPhotos:
    def add(self, request: ReturnRequest, *numbers: int, line: int | None = None) -> int:
        chosen = request.lines.get().pk if line is None else line
        return add_photos(
            request_id=request.pk,
            images_by_line=[(chosen, [clean(number) for number in numbers])],
            actor=Actor.shopper(),
            now=NOW,
        )

    def test_adds_them_and_says_so_in_the_history(self) -> None:
        request = request_with_line()
        assert self.add(request, 1, 2) == 2
        event = request.events.get()
        assert (event.kind, event.shopper_sees, event.message) == (
            "photos_added",
            True,
            "Added: 2.",
        )
        assert Photo.objects.filter(line__return_request=request).count() == 2

    def test_writes_no_history_where_nothing_is_new(self) -> None:
        request = request_with_line()
        self.add(request, 1)
        assert self.add(request, 1) == 0
        assert request.events.count() == 1

    def test_refuses_more_than_six_and_adds_none(self) -> None:
        request = request_with_line()
        self.add(request, 1, 2, 3)
        with pytest.raises(Refused, match="it has 3 already"):
            self.add(request, 4, 5, 6, 7)
        assert Photo.objects.count() == 3

    @pytest.mark.parametrize("moment", ["approved", "declined", "canceled", "refunded"])
    def test_refuses_once_the_request_is_decided(self, moment: str) -> None:
        request = request_with_line(**{moment: True})
        with pytest.raises(Refused, match="already decided"):
            self.add(request, 1)
        assert not Photo.objects.exists()

    def test_refuses_a_line_of_another_request(self) -> None:
        other = ReturnLineItemFactory(return_request=ReturnRequestFactory())
        with pytest.raises(Refused, match="not part of this return"):
            self.add(request_with_line(), 1, line=other.pk)
        assert not Photo.objects.exists()


class TestEraseCustomer:
    def test_takes_the_photos_along(self) -> None:
        ReturnReasonFactory(photos="asked")
        keep(1)
        request = ask(photo_basket="mine")
        keep(2)
        erase = {"order_ids": [request.shopify_order_id], "actor": Actor.system(), "now": NOON}
        assert erase_customer(**erase) == 1
        assert not Photo.objects.exists()
        assert not PhotoUpload.objects.exists()
        assert erase_customer(**erase) == 0
        sweep_files(now=datetime.now(UTC) + timedelta(hours=2))
        assert files() == []

    def test_finds_photos_of_somebody_without_a_name(self) -> None:
        request = request_with_line(customer_name="", contact_email="")
        TestAddPhotos().add(request, 1)
        ids = [request.shopify_order_id]
        assert erase_customer(order_ids=ids, actor=Actor.system(), now=NOON) == 1
        assert not Photo.objects.exists()


class TestSweepUploads:
    def test_takes_what_was_not_sent_within_a_day(self) -> None:
        keep(1)
        assert sweep_uploads(now=NOW + timedelta(hours=24)) == 0
        assert sweep_uploads(now=NOW + timedelta(hours=24, seconds=1)) == 1
        assert not PhotoUpload.objects.exists()

    def test_leaves_the_photos_of_requests(self) -> None:
        request = request_with_line()
        TestAddPhotos().add(request, 1)
        cancel(request_id=request.pk, actor=Actor.shopper(), now=NOW)
        assert sweep_uploads(now=NOW + timedelta(days=400)) == 0
        assert Photo.objects.count() == 1


class TestSweepFiles:
    def later(self, **span: int) -> datetime:
        return datetime.now(UTC) + timedelta(**span)

    def test_finds_nothing_before_the_first_photo(self) -> None:
        assert sweep_files(now=NOW) == 0

    def test_leaves_every_file_that_a_row_names(self) -> None:
        keep(1)
        TestAddPhotos().add(request_with_line(), 2)
        assert sweep_files(now=self.later(days=30)) == 0
        assert len(files()) == 4

    def test_takes_files_whose_row_is_gone(self) -> None:
        keep(1, 2)
        PhotoUpload.objects.filter(sha256=clean(1).sha256).delete()
        assert sweep_files(now=self.later(hours=2)) == 2
        assert len(files()) == 2

    def test_leaves_files_alone_that_are_just_being_written(self) -> None:
        keep(1)
        PhotoUpload.objects.all().delete()
        assert sweep_files(now=self.later(minutes=59)) == 0
        assert len(files()) == 2
