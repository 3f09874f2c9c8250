"""Files on their way in are cut off where no photo can be that large."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from returns_portal.returns.photos.images import MOST_BYTES

CHUNK = 64 * 1024


class TestCutOffHandler:
    @pytest.mark.parametrize("size", [0, 1, MOST_BYTES])
    def test_lets_a_photo_through_whole(self, size: int) -> None:
        assert self.received(size) == size

    @pytest.mark.parametrize("size", [MOST_BYTES + CHUNK, 3 * MOST_BYTES])
    def test_keeps_just_enough_of_a_larger_file_to_refuse_it(self, size: int) -> None:
        assert MOST_BYTES < self.received(size) <= MOST_BYTES + CHUNK

    def received(self, size: int) -> int:
        sent = SimpleUploadedFile("photo.jpg", bytes(size), "image/jpeg")
        request = RequestFactory().post("/", {"photo": sent})
        file = request.FILES["photo"]
        assert file.size == len(file.read())
        return file.size
