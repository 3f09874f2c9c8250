"""Photos from strangers: only their pixels get in, and only a sensible number of them."""

from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from returns_portal.returns.photos.images import (
    LONGEST_SIDE,
    MOST_BYTES,
    MOST_PIXELS,
    THUMBNAIL_SIDE,
    BadPhoto,
    Flaw,
    clean_image,
)
from tests.returns.pictures import HTML, MARK, SVG, bomb, located, picture, written

KINDS = ["JPEG", "PNG", "WEBP", "HEIF"]


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def is_red(pixel: object) -> bool:
    assert isinstance(pixel, tuple)
    return bool(pixel[0] > 200 and pixel[2] < 90)


def flaw_of(data: bytes) -> Flaw:
    with pytest.raises(BadPhoto) as refusal:
        clean_image(data)
    return refusal.value.flaw


class TestCleanImage:
    @pytest.mark.parametrize("kind", KINDS)
    def test_writes_every_format_as_jpeg(self, kind: str) -> None:
        clean = clean_image(picture(kind, size=(64, 48)))
        again = opened(clean.data)
        assert again.format == "JPEG"
        assert again.size == (clean.width, clean.height) == (64, 48)
        assert is_red(again.getpixel((5, 20)))
        assert not is_red(again.getpixel((60, 20)))

    @pytest.mark.parametrize("kind", KINDS)
    def test_forgets_where_and_with_what_it_was_taken(self, kind: str) -> None:
        data = picture(kind, exif=located())
        assert MARK in data
        clean = clean_image(data)
        for made in (clean.data, clean.thumbnail):
            assert MARK not in made
            assert dict(opened(made).getexif()) == {}

    def test_forgets_comments_and_texts(self) -> None:
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Comment", MARK.decode())
        for data in (picture(comment=MARK), picture("PNG", pnginfo=texts)):
            assert MARK in data
            assert MARK not in clean_image(data).data

    def test_forgets_what_was_hung_on_behind_the_picture(self) -> None:
        assert MARK not in clean_image(picture() + HTML + MARK).data

    @pytest.mark.parametrize(
        ("orientation", "size", "red"),
        [
            (1, (60, 40), (5, 20)),
            (2, (60, 40), (55, 20)),
            (3, (60, 40), (55, 20)),
            (4, (60, 40), (5, 20)),
            (5, (40, 60), (20, 5)),
            (6, (40, 60), (20, 5)),
            (7, (40, 60), (20, 55)),
            (8, (40, 60), (20, 55)),
        ],
    )
    def test_turns_the_picture_upright(
        self, orientation: int, size: tuple[int, int], red: tuple[int, int]
    ) -> None:
        made = opened(clean_image(picture(exif=located(orientation))).data)
        assert made.size == size
        assert is_red(made.getpixel(red))

    def test_makes_large_ones_small(self) -> None:
        clean = clean_image(picture(size=(3000, 1500)))
        assert (clean.width, clean.height) == (LONGEST_SIDE, LONGEST_SIDE // 2)
        assert opened(clean.thumbnail).size == (THUMBNAIL_SIDE, THUMBNAIL_SIDE // 2)

    def test_keeps_small_ones_at_their_size(self) -> None:
        assert clean_image(picture(size=(1, 1))).width == 1

    @pytest.mark.parametrize("mode", ["1", "L", "P", "I;16", "CMYK", "LA", "RGBA"])
    def test_reads_every_kind_of_color(self, mode: str) -> None:
        kind = "TIFF" if mode == "I;16" else "JPEG" if mode == "CMYK" else "PNG"
        image = opened(picture("PNG", mode="L" if mode == "I;16" else "RGB")).convert(mode)
        data = written(image, "PNG" if kind == "TIFF" else kind)
        assert opened(clean_image(data).data).mode == "RGB"

    def test_shows_what_was_transparent_as_white(self) -> None:
        data = written(Image.new("RGBA", (10, 10), (255, 0, 0, 0)), "PNG")
        assert opened(clean_image(data).data).getpixel((5, 5)) == (255, 255, 255)

    def test_takes_the_first_frame_of_an_animation(self) -> None:
        frames = [Image.new("RGB", (10, 10), color) for color in ("red", "blue")]
        file = BytesIO()
        frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:])
        assert is_red(opened(clean_image(file.getvalue()).data).getpixel((5, 5)))

    def test_gives_the_same_picture_the_same_digest(self) -> None:
        assert clean_image(picture()).sha256 == clean_image(picture(exif=located())).sha256
        assert clean_image(picture()).sha256 != clean_image(picture(size=(61, 40))).sha256


class TestRefusal:
    def test_of_an_empty_file(self) -> None:
        assert flaw_of(b"") is Flaw.EMPTY

    def test_of_more_than_ten_megabytes_without_a_look(self) -> None:
        assert flaw_of(picture() + bytes(MOST_BYTES)) is Flaw.TOO_LARGE

    @pytest.mark.parametrize("data", [SVG, HTML, b"GIF89a", b"%PDF-1.7", b"\x00" * 64, b"PK\x03"])
    def test_of_what_is_no_photo(self, data: bytes) -> None:
        assert flaw_of(data) is Flaw.NOT_A_PHOTO

    @pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO", "PPM", "PDF", "EPS"])
    def test_of_formats_that_are_not_asked_for(self, kind: str) -> None:
        assert flaw_of(picture(kind)) is Flaw.NOT_A_PHOTO

    @pytest.mark.parametrize("kind", KINDS)
    def test_of_a_photo_cut_short(self, kind: str) -> None:
        data = picture(kind, size=(400, 400))
        assert flaw_of(data[: len(data) * 2 // 5]) is Flaw.NOT_A_PHOTO

    @pytest.mark.parametrize("side", [8_000, 11_000, 30_000])
    @pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
    def test_of_a_picture_that_unpacks_to_too_many_pixels(self, side: int) -> None:
        data = bomb(side)
        assert len(data) < 100_000
        assert side * side > MOST_PIXELS
        assert flaw_of(data) is Flaw.TOO_MANY_PIXELS

    def test_of_pixels_that_are_not_there(self) -> None:
        assert flaw_of(bomb(6_000)) is Flaw.NOT_A_PHOTO
