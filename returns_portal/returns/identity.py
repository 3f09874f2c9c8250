"""Who may see an order: numbers and credentials as people type them, made comparable."""

import re

RETURN_ID = re.compile(r"^40\d{17}$")
TIKTOK_ID = re.compile(r"\d{17,19}")
RELAY_DOMAINS = re.compile(r"@(?:[\w.-]*\.)?(?:tiktok\.com|tiktokw\.us)$", re.IGNORECASE)
MASK = "*"


def normalize_order_number(typed: str) -> str:
    """The order number in what a shopper typed or pasted: a TikTok id's digits, or a name.

    Spaces and dashes inside a long number, a leading "#", and words before it are dropped; a
    name is upper-case. Empty when there is nothing to look for.
    """
    text = " ".join(typed.split())
    compact = re.sub(r"(?<=\d)[\s-]+(?=\d)", "", text)
    if found := TIKTOK_ID.search(compact):
        return found.group()
    return text.split(" ")[-1].lstrip("#").upper() if text else ""


def is_return_id(number: str) -> bool:
    """Whether `number` is a TikTok return id (19 digits that begin with 40)."""
    return bool(RETURN_ID.match(number))


def is_tiktok_order_id(number: str) -> bool:
    return bool(TIKTOK_ID.fullmatch(number)) and not is_return_id(number)


def is_masked(value: str) -> bool:
    """Whether a channel hid the value behind asterisks, or gave none."""
    return not value.strip() or MASK in value


def is_relay_email(email: str) -> bool:
    """Whether the address is TikTok's stand-in for the shopper's: no use for mail or identity."""
    return bool(RELAY_DOMAINS.search(email.strip()))


def normalize_email(typed: str) -> str:
    return typed.strip().casefold()


def normalize_postcode(typed: str, country: str = "") -> str:
    """Letters and digits in upper case; of a US ZIP+4 the first five."""
    compact = re.sub(r"[^0-9A-Z]", "", typed.upper())
    if country == "US":
        return compact[:5]
    return compact


def credentials(typed: str, country: str) -> tuple[str, str]:
    """What `typed` may mean as (postcode, e-mail); one of them is empty."""
    if "@" in typed:
        return "", normalize_email(typed)
    return normalize_postcode(typed, country), ""
