"""Photos on the decision screen, for staff who may see the request."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from returns_portal.returns.models import Photo, ReturnRequest
from returns_portal.returns.services import Actor, add_photos
from tests.portal.test_photos import check_served
from tests.returns.factories import request_with_line
from tests.returns.pictures import clean
from tests.staff.conftest import SignIn


@pytest.fixture
def photo(db: None) -> Photo:
    request = request_with_line()
    line = request.lines.get()
    add_photos(
        request_id=request.pk,
        images_by_line=[(line.pk, [clean()])],
        actor=Actor.shopper(),
        now=datetime.now(UTC),
    )
    return Photo.objects.get()


def request_of(photo: Photo) -> ReturnRequest:
    return photo.line.return_request


def address(photo: Photo, ending: str = "") -> str:
    return f"/admin/returns/returnrequest/{request_of(photo).pk}/photos/{photo.public_id}/{ending}"


class TestPhoto:
    def test_stands_at_its_line_with_a_link_to_the_whole(
        self, reviewer: Client, photo: Photo
    ) -> None:
        page = reviewer.get(f"/admin/returns/returnrequest/{request_of(photo).pk}/change/")
        text = page.content.decode()
        assert f'href="{address(photo)}"' in text
        assert f'src="{address(photo, "small/")}"' in text
        assert "Photos added" in text

    @pytest.mark.parametrize("ending", ["", "small/"])
    def test_is_served_as_a_picture_and_nothing_else(
        self, reviewer: Client, photo: Photo, ending: str
    ) -> None:
        check_served(reviewer.get(address(photo, ending)))

    def test_is_not_for_staff_who_may_not_see_requests(self, sign_in: SignIn, photo: Photo) -> None:
        assert sign_in("view_operation").get(address(photo)).status_code == 403

    def test_is_not_for_staff_who_may_not_see_who_the_shopper_is(
        self, viewer: Client, photo: Photo
    ) -> None:
        assert viewer.get(address(photo)).status_code == 403
        page = viewer.get(f"/admin/returns/returnrequest/{request_of(photo).pk}/change/")
        assert str(photo.public_id) not in page.content.decode()

    def test_is_not_for_strangers(self, client: Client, photo: Photo) -> None:
        assert client.get(address(photo)).status_code == 302

    def test_is_not_found_under_another_request(self, reviewer: Client, photo: Photo) -> None:
        other = request_with_line()
        wrong = address(photo).replace(f"/{request_of(photo).pk}/", f"/{other.pk}/")
        assert reviewer.get(wrong).status_code == 404
