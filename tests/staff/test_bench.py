"""The bench: found by what is scanned or typed, noted with grade and photo, undone, matched."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from returns_portal.returns.models import (
    ConditionGrade,
    Parcel,
    ParcelPhoto,
    ReturnRequest,
    ReverseDelivery,
)
from tests.returns.factories import OperationFactory, request_with_line, utc_now
from tests.staff.conftest import SignIn
from tests.staff.pages import messages, text

pytestmark = pytest.mark.django_db
HOME = "/admin/bench/"
PARCELS = "/admin/bench/parcels/"


@pytest.fixture
def bench(sign_in: SignIn) -> Client:
    """Somebody of the bench: may inspect and nothing else."""
    return sign_in("inspect_returnrequest")


@pytest.fixture
def item(db: None) -> ReturnRequest:
    ConditionGrade.objects.create(code="original", label="Original", meaning="As sent out.")
    ConditionGrade.objects.create(
        code="severe-damage", label="Severe damage", disposition="NOT_RESTOCKED", position=1
    )
    made = request_with_line(
        approved=True,
        policy__paid_on_receipt=True,
        rma_number="RMA-7K3F9Q",
        customer_name="Dana Whitfield",
        contact_email="dana@example.com",
    )
    OperationFactory(return_request=made, done=True)
    return made


def page_of(item: ReturnRequest) -> str:
    return f"{HOME}{item.pk}/"


def arrived(item: ReturnRequest, **more: object) -> dict[str, object]:
    prefix = f"line-{item.lines.get().pk}"
    filled = {"arrived": "on", "quantity": "1", "grade": "original", **more}
    return {f"{prefix}-{name}": value for name, value in filled.items()}


def picture() -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", (400, 300), "red").save(file, "JPEG")
    return SimpleUploadedFile("box.jpg", file.getvalue(), "image/jpeg")


class TestFinding:
    @pytest.mark.parametrize(
        "typed", ["RMA-7K3F9Q", "rma-7k3f9q", "7K3F9Q", " 7k3f9q ", "1Z999AA10123456784"]
    )
    def test_leads_from_a_code_to_its_items(
        self, bench: Client, item: ReturnRequest, typed: str
    ) -> None:
        ReverseDelivery.objects.create(
            return_request=item,
            carrier="ups",
            tracking_number="1Z999AA10123456784",
            sent_at=utc_now(),
            changed_at=utc_now(),
        )
        answer = bench.get(HOME, {"code": typed})
        assert answer.headers["Location"] == page_of(item)

    def test_lists_the_returns_of_an_order_that_has_several(self, bench: Client) -> None:
        first, second = (request_with_line(order_name="#1001") for _ in range(2))
        page = text(bench.get(HOME, {"code": "1001"}))
        assert first.rma_number in page
        assert second.rma_number in page

    def test_offers_to_note_a_parcel_of_nobody(self, bench: Client) -> None:
        page = text(bench.get(HOME, {"code": "RMA-NOBODY"}))
        assert "No return has this number." in page
        assert f'href="{PARCELS}"' in page

    def test_page_alone_may_use_the_camera(self, bench: Client, item: ReturnRequest) -> None:
        assert "camera=(self)" in bench.get(HOME).headers["Permissions-Policy"]
        assert "camera=()" in bench.get(page_of(item)).headers["Permissions-Policy"]


class TestInspecting:
    def test_shows_the_goods_and_not_the_person(self, bench: Client, item: ReturnRequest) -> None:
        page = text(bench.get(page_of(item)))
        assert "Linen shirt" in page
        assert "Severe damage" in page
        assert "Dana" not in page
        assert "dana@example.com" not in page
        assert item.token not in page

    def test_notes_what_arrived_where_its_condition_sends_it(
        self, bench: Client, item: ReturnRequest
    ) -> None:
        answer = bench.post(page_of(item), arrived(item, grade="severe-damage"), follow=True)
        line = item.lines.get()
        assert (line.received_quantity, line.condition, line.disposition) == (
            1,
            "severe-damage",
            "NOT_RESTOCKED",
        )
        assert messages(answer) == ["RMA-7K3F9Q: 1 unit noted."]

    def test_lets_the_bench_choose_another_destination(
        self, bench: Client, item: ReturnRequest
    ) -> None:
        bench.post(page_of(item), arrived(item, disposition="PROCESSING_REQUIRED"))
        assert item.lines.get().disposition == "PROCESSING_REQUIRED"

    def test_asks_for_the_condition(self, bench: Client, item: ReturnRequest) -> None:
        page = text(bench.post(page_of(item), arrived(item, grade="")))
        assert "Choose the condition" in page
        assert not Parcel.objects.exists()

    def test_says_so_when_nothing_was_ticked(self, bench: Client, item: ReturnRequest) -> None:
        page = text(bench.post(page_of(item), {}))
        assert "Tick what arrived" in page

    def test_keeps_photos_for_staff_alone(
        self, bench: Client, item: ReturnRequest, client: Client
    ) -> None:
        line = item.lines.get()
        bench.post(page_of(item), {**arrived(item), f"photos-{line.pk}": picture()})
        photo = ParcelPhoto.objects.get()
        assert photo.line == line
        address = f"{PARCELS}photos/{photo.public_id}/"
        assert bench.get(address).headers["Content-Type"] == "image/jpeg"
        assert str(photo.public_id) not in text(client.get(f"/returns/{item.token}/"))

    def test_goes_on_with_what_came_once_nothing_more_will(
        self, bench: Client, item: ReturnRequest
    ) -> None:
        item.lines.update(quantity=2)
        bench.post(page_of(item), arrived(item))
        assert "Nothing more will come" in text(bench.get(page_of(item)))
        bench.post(f"{page_of(item)}finish/")
        item.refresh_from_db()
        assert item.status == "received"


class TestUndo:
    def test_takes_the_parcel_back(self, bench: Client, item: ReturnRequest) -> None:
        bench.post(page_of(item), arrived(item))
        parcel = Parcel.objects.get()
        answer = bench.post(f"{PARCELS}{parcel.pk}/undo/", follow=True)
        assert messages(answer)[-1] == "Undone: the parcel counts as not received."
        assert item.lines.get().received_quantity is None


class TestParcelsOfNobody:
    def test_are_noted_with_a_photo_and_matched_later(
        self, bench: Client, item: ReturnRequest
    ) -> None:
        bench.post(PARCELS, {"tracking_number": "X1", "note": "A coat", "photos": picture()})
        parcel = Parcel.objects.get()
        assert parcel.photos.count() == 1
        answer = bench.post(f"{PARCELS}{parcel.pk}/match/", {"code": "7k3f9q"})
        parcel.refresh_from_db()
        assert (parcel.return_request, answer.headers["Location"]) == (item, page_of(item))

    def test_need_a_word_about_them(self, bench: Client) -> None:
        assert "Say something by which" in text(bench.post(PARCELS, {}))
        assert not Parcel.objects.exists()
