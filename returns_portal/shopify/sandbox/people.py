"""Who ordered: TikTok ids, relayed addresses and masked people, as TikTok hands them over."""

import random
import string

from returns_portal.shopify.sandbox.state import Doc

RELAYS = {"US": "scs.tiktokw.us", "GB": "scs3.tiktok.com"}


def tiktok_id(number: int) -> str:
    """A TikTok order id: 18 digits that start with 57 or 58; the same for the same number."""
    rng = random.Random(f"order {number}")  # noqa: S311
    start = "57" if number % 5 else "58"
    return start + "".join(rng.choices(string.digits, k=16))


def relay_email(number: int, country: str) -> str:
    """The address TikTok shows shops instead of the shopper's."""
    rng = random.Random(f"mail {number}")  # noqa: S311
    name = "".join(rng.choices(string.ascii_letters + string.digits, k=22))
    return f"v4b{name}@{RELAYS.get(country, 'scs2.tiktok.com')}"


def _person(
    first: str, last: str, city: str, postcode: str, country: str, province: str | None = None
) -> Doc:
    return {
        "firstName": first,
        "lastName": last,
        "city": city,
        "zip": postcode,
        "country": country,
        "province": province,
    }


PEOPLE = {
    "nj": _person("Maya", "R****", "Me******", "08840", "US", "NJ"),
    "il": _person("Jordan", "Lee", "Ch*****", "60614", "US", "IL"),
    "ca": _person("Ana", "S***", "Lo*********", "90026-1044", "US", "CA"),
    "fl": _person("Dee", "Walker", "Mi********", "33139", "US", "FL"),
    "tx": _person("Sam", "O****", "Au****", "787**", "US", "TX"),
    "lon": _person("Priya", "Nair", "Lo****", "SW4 7AA", "GB"),
    "man": _person("Tom", "H*****", "Ma********", "M1 **", "GB"),
    "ber": _person("Jonas", "W****", "Be****", "10115", "DE"),
    "par": _person("Chloé", "Martin", "Pa***", "75011", "FR"),
    "mil": _person("Giulia", "R****", "Mi****", "20121", "IT"),
    "mad": _person("Lucía", "G*****", "Ma****", "28013", "ES"),
    "dub": _person("Aoife", "Byrne", "Du****", "D02 X285", "IE"),
    "tok": _person("Yui", "S***", "渋谷区", "150-0001", "JP"),
}
