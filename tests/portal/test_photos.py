"""Photos on the shopper's pages: taken in when they are photos, shown to nobody else."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal.reading import get_page_or_404
from returns_portal.returns.models import Photo, PhotoUpload, ReturnRequest
from returns_portal.returns.photos.images import MOST_BYTES
from tests.portal.building import Door, build_line, build_order, choice, look_up
from tests.portal.test_submit import reviewed, submit
from tests.returns.factories import ReturnReasonFactory, request_with_line
from tests.returns.pictures import HTML, MARK, SVG, bomb, located, picture


def file(
    data: bytes | None = None, name: str = "photo.jpg", kind: str = "image/jpeg"
) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture() if data is None else data, kind)


def pictures(count: int) -> list[SimpleUploadedFile]:
    return [file(picture(size=(20 + number, 20))) for number in range(count)]


def damaged(*files: SimpleUploadedFile, **values: Any) -> dict[str, Any]:
    return {**choice(reason="damaged", **values), "photos-1": list(files)}


def stored() -> int:
    return sum(path.is_file() for path in settings.PHOTO_ROOT.rglob("*"))


def review(shopper: Client, fields: dict[str, Any]) -> tuple[int, str]:
    answer = shopper.post("/orders/1/review/", fields)
    return answer.status_code, answer.content.decode()


@pytest.fixture
def shopper(client: Client, door: Door) -> Client:
    ReturnReasonFactory(shops_fault=True, photos="required")
    look_up(client)
    return client


BAD_FILES = [
    (b"", "photo.jpg", "image/jpeg", "This file is empty."),
    (SVG, "photo.jpg", "image/jpeg", "We can&#39;t read this file."),
    (SVG, "photo.svg", "image/svg+xml", "We can&#39;t read this file."),
    (HTML, "photo.png", "image/png", "We can&#39;t read this file."),
    (b"GIF89a" + HTML, "photo.heic", "image/heic", "We can&#39;t read this file."),
    (bomb(), "photo.png", "image/png", "more than 50 megapixels"),
    (picture() + bytes(MOST_BYTES), "photo.jpg", "image/jpeg", "larger than 10 MB"),
    (bytes(20 * 1024 * 1024), "photo.jpg", "image/jpeg", "larger than 10 MB"),
]


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
class TestChoose:
    def test_offers_no_field_where_no_reason_asks(self, client: Client, door: Door) -> None:
        look_up(client)
        assert 'type="file"' not in client.get("/orders/1/").content.decode()

    def test_offers_a_field_where_a_reason_asks(self, shopper: Client) -> None:
        page = shopper.get("/orders/1/").content.decode()
        assert page.count('type="file"') == 1
        assert 'value="damaged" data-photos="required"' in page
        assert 'enctype="multipart/form-data"' in page

    def test_sends_no_file_for_the_running_total(self, shopper: Client) -> None:
        assert 'data-hx-params="not photos-1"' in shopper.get("/orders/1/").content.decode()

    def test_keeps_a_photo_and_shows_it_on_the_next_page(self, shopper: Client) -> None:
        status, page = review(shopper, damaged(file()))
        upload = PhotoUpload.objects.get()
        assert status == 200
        assert f"/orders/1/photos/{upload.public_id}/small/" in page

    def test_asks_for_a_photo_that_the_reason_needs(self, shopper: Client) -> None:
        status, page = review(shopper, damaged())
        assert status == 422
        assert 'href="#photos-1"' in page
        assert "Linen shirt: Add a photo that shows what is wrong." in page

    def test_does_without_where_it_is_only_asked_for(self, shopper: Client) -> None:
        ReturnReasonFactory(code="defective", photos="asked")
        assert review(shopper, choice(reason="defective"))[0] == 200

    def test_takes_no_photo_for_a_reason_that_does_not_ask(self, shopper: Client) -> None:
        status, _page = review(shopper, {**choice(), "photos-1": file()})
        assert status == 200
        assert stored() == 0

    def test_takes_no_photo_of_an_item_that_is_not_chosen(self, shopper: Client) -> None:
        review(shopper, {**damaged(file()), "photos-2": file(), "photos-9": file()})
        assert PhotoUpload.objects.count() == 1

    @pytest.mark.parametrize(("data", "name", "kind", "sentence"), BAD_FILES)
    def test_says_what_is_wrong_with_a_file_and_stores_nothing(
        self, shopper: Client, data: bytes, name: str, kind: str, sentence: str
    ) -> None:
        status, page = review(shopper, damaged(file(data, name, kind)))
        assert status == 422
        assert sentence in page
        assert 'href="#photos-1"' in page
        assert not PhotoUpload.objects.exists()
        assert stored() == 0

    @pytest.mark.parametrize("name", ["../../../etc/passwd.jpg", "..\\..\\x.jpg", "a\x00b.jpg", ""])
    def test_never_uses_the_name_of_a_file(self, shopper: Client, name: str) -> None:
        review(shopper, damaged(file(name=name or "x")))
        upload = PhotoUpload.objects.get()
        assert upload.file.name.endswith(f"/{upload.public_id}.jpg")
        assert stored() == 2

    def test_keeps_the_good_ones_beside_a_bad_one(self, shopper: Client) -> None:
        status, page = review(shopper, damaged(file(), file(SVG, "<b>.svg")))
        assert status == 422
        assert "Linen shirt: &lt;b&gt;.svg: We can&#39;t read this file." in page
        assert "Photo 1 of Linen shirt" in page
        assert review(shopper, damaged())[0] == 200

    def test_refuses_a_seventh(self, shopper: Client) -> None:
        status, page = review(shopper, damaged(*pictures(7)))
        assert status == 422
        assert "Add up to 6 photos for an item, not 7." in page
        assert stored() == 0
        assert review(shopper, damaged(*pictures(6)))[0] == 200
        status, page = review(shopper, damaged(file()))
        assert status == 422
        assert "it has 6 already" in page
        assert PhotoUpload.objects.count() == 6

    def test_removes_what_is_ticked(self, shopper: Client) -> None:
        review(shopper, damaged(*pictures(2)))
        first = PhotoUpload.objects.earliest("pk")
        status, page = review(shopper, {**damaged(), "drop-photo": [first.public_id, "nope"]})
        assert status == 200
        assert str(first.public_id) not in page
        assert PhotoUpload.objects.count() == 1

    def test_shows_kept_photos_after_a_change_of_mind(self, shopper: Client) -> None:
        review(shopper, damaged(file()))
        page = shopper.post("/orders/1/", choice(reason="damaged")).content.decode()
        assert "Photo 1 of Linen shirt" in page
        assert 'name="drop-photo"' in page


class TestSubmit:
    def test_sends_the_photos_along(self, shopper: Client) -> None:
        fields = reviewed(shopper, **damaged(*pictures(2)))
        assert submit(shopper, fields).status_code == 303
        assert ReturnRequest.objects.get().lines.get().photos.count() == 2
        assert not PhotoUpload.objects.exists()

    def test_asks_again_for_a_photo_that_is_gone(self, shopper: Client) -> None:
        fields = reviewed(shopper, **damaged(file()))
        PhotoUpload.objects.all().delete()
        answer = submit(shopper, fields)
        assert answer.status_code == 422
        assert "Add a photo" in answer.content.decode()
        assert not ReturnRequest.objects.exists()

    def test_twice_is_the_same_request(self, shopper: Client) -> None:
        fields = reviewed(shopper, **damaged(file()))
        first, second = submit(shopper, fields), submit(shopper, fields)
        assert first["Location"] == second["Location"]
        assert Photo.objects.count() == 1


class TestWaitingPhoto:
    @pytest.fixture
    def address(self, shopper: Client) -> str:
        review(shopper, damaged(file(picture(exif=located()))))
        return f"/orders/1/photos/{PhotoUpload.objects.get().public_id}/"

    def test_is_shown_to_the_session_that_added_it(self, shopper: Client, address: str) -> None:
        for ending in ("", "small/"):
            check_served(shopper.get(address + ending))

    def test_is_nothing_to_another_session(self, shopper: Client, door: Door, address: str) -> None:
        other = Client()
        assert other.get(address).status_code == 404
        look_up(other)
        assert other.get(address).status_code == 404

    def test_is_not_found_under_another_order(
        self, shopper: Client, door: Door, address: str
    ) -> None:
        door.order = build_order(build_line(9), legacy_id=2)
        look_up(shopper)
        assert shopper.get(address.replace("/orders/1/", "/orders/2/")).status_code == 404


def check_served(answer: Any) -> None:
    """A picture that no browser takes for a page, keeps, or lets another site show."""
    data = b"".join(answer.streaming_content)
    assert answer.status_code == 200
    assert data.startswith(b"\xff\xd8\xff")
    assert MARK not in data
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith('inline; filename="')
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "noindex" in answer["X-Robots-Tag"]


@pytest.mark.django_db
class TestStatusPage:
    @pytest.fixture
    def sent(self) -> Iterator[ReturnRequest]:
        return request_with_line()

    def add(self, client: Client, sent: ReturnRequest, *files: SimpleUploadedFile) -> Any:
        field = f"photos-{sent.lines.get().pk}"
        return client.post(f"/returns/{sent.token}/photos/", {field: list(files)})

    def test_offers_to_add_photos_until_the_shop_decides(self, client: Client) -> None:
        for waits, request in (
            (True, request_with_line()),
            (False, request_with_line(approved=True)),
        ):
            page = client.get(f"/returns/{request.token}/").content.decode()
            assert ("Add photos" in page) is waits

    def test_takes_and_shows_them(self, client: Client, sent: ReturnRequest) -> None:
        answer = self.add(client, sent, *pictures(2))
        assert answer.status_code == 303
        page = client.get(answer["Location"]).content.decode()
        for photo in Photo.objects.all():
            assert f"/returns/{sent.token}/photos/{photo.public_id}/small/" in page
        assert "You added photos." in page

    def test_is_new_to_a_page_that_polls(self, client: Client, sent: ReturnRequest) -> None:
        before = get_page_or_404(sent.token).version
        self.add(client, sent, file())
        assert get_page_or_404(sent.token).version != before

    @pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
    @pytest.mark.parametrize(("data", "name", "kind", "sentence"), BAD_FILES)
    def test_stores_nothing_beside_a_bad_file(
        self, client: Client, sent: ReturnRequest, data: bytes, name: str, kind: str, sentence: str
    ) -> None:
        answer = self.add(client, sent, file(), file(data, name, kind))
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert stored() == 0

    def test_asks_for_a_file_where_there_is_none(self, client: Client, sent: ReturnRequest) -> None:
        answer = self.add(client, sent)
        assert answer.status_code == 422
        assert "Choose at least one photo." in answer.content.decode()

    def test_takes_six_for_an_item_and_no_more(self, client: Client, sent: ReturnRequest) -> None:
        assert self.add(client, sent, *pictures(6)).status_code == 303
        answer = self.add(client, sent, file())
        assert answer.status_code == 422
        assert "it has 6 already" in answer.content.decode()

    def test_takes_none_once_decided(self, client: Client) -> None:
        decided = request_with_line(approved=True)
        assert client.get(f"/returns/{decided.token}/photos/").status_code == 302
        answer = self.add(client, decided, file())
        assert answer.status_code == 422
        assert "already decided" in answer.content.decode()
        assert stored() == 0

    def test_knows_no_strange_link(self, client: Client) -> None:
        assert client.get("/returns/nobodys-link/photos/").status_code == 404
        assert client.post("/returns/nobodys-link/photos/").status_code == 404

    def test_serves_a_photo_to_the_holder_of_its_link_alone(
        self, client: Client, sent: ReturnRequest
    ) -> None:
        self.add(client, sent, file(picture(exif=located())))
        photo = Photo.objects.get()
        for ending in ("", "small/"):
            answer = client.get(f"/returns/{sent.token}/photos/{photo.public_id}/{ending}")
            check_served(answer)
            assert sent.rma_number in answer["Content-Disposition"]
        other = request_with_line()
        assert client.get(f"/returns/{other.token}/photos/{photo.public_id}/").status_code == 404

    def test_has_nothing_where_the_file_is_lost(self, client: Client, sent: ReturnRequest) -> None:
        self.add(client, sent, file())
        photo = Photo.objects.get()
        photo.file.storage.delete(photo.file.name)
        address = f"/returns/{sent.token}/photos/{photo.public_id}/"
        assert client.get(address).status_code == 404

    def test_refuses_a_form_from_elsewhere(self, sent: ReturnRequest) -> None:
        answer = self.add(Client(enforce_csrf_checks=True), sent, file())
        assert answer.status_code == 403
        assert stored() == 0
