"""Texts ready to be sent: the shop's own by language, or the ones the portal comes with."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import override

from returns_portal.returns.models import CannedText

Purpose = CannedText.Purpose
# Used for as long as the shop has written none of its own for the purpose.
STOCK: dict[str, tuple[tuple[Promise, Promise], ...]] = {
    Purpose.APPROVE: (
        (
            _lazy("Thanks"),
            _lazy("Thank you for telling us. We are sorry that it did not work out."),
        ),
    ),
    Purpose.DECLINE: (
        (_lazy("Window closed"), _lazy("The return window for this order has closed.")),
        (
            _lazy("Final sale"),
            _lazy("This item was sold as a final sale, so we can't take it back."),
        ),
        (
            _lazy("More to go on"),
            _lazy(
                "We need more to go on: please send a new request with a note that says what is "
                "wrong with the item."
            ),
        ),
        (_lazy("Refunded already"), _lazy("You already have a refund for this item.")),
    ),
    Purpose.ASK: (
        (
            _lazy("Photos"),
            _lazy("Please send us a photo of the whole item and one of the damage."),
        ),
        (_lazy("Label"), _lazy("Please send us a photo of the label on the parcel.")),
        (_lazy("What is wrong"), _lazy("Please describe what is wrong with the item.")),
    ),
    Purpose.MESSAGE: (
        (_lazy("On it"), _lazy("We have seen your message and are looking into it.")),
        (
            _lazy("Refund on its way"),
            _lazy("Your refund is on its way. Banks can take 3 to 10 business days to show it."),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class ReadyText:
    """A text with the title that staff pick it by."""

    title: str
    body: str


def by_purpose(language: str) -> dict[str, list[ReadyText]]:
    """The texts for shoppers who read `language`, by purpose."""
    own: dict[str, list[CannedText]] = {purpose: [] for purpose in Purpose.values}
    for text in CannedText.objects.filter(active=True):
        own[text.purpose].append(text)
    return {
        purpose: _in_language(texts, language) or _stock(purpose, language)
        for purpose, texts in own.items()
    }


def _in_language(texts: list[CannedText], language: str) -> list[ReadyText]:
    """Those in the very language, else in its main form: de for de-at."""
    for wanted in (language, language.split("-")[0]):
        found = [ReadyText(t.title, t.body) for t in texts if t.language.lower() == wanted.lower()]
        if found:
            return found
    return []


def _stock(purpose: str, language: str) -> list[ReadyText]:
    titles = [str(title) for title, _body in STOCK[purpose]]
    with override(language):
        bodies = [str(body) for _title, body in STOCK[purpose]]
    return [ReadyText(title, body) for title, body in zip(titles, bodies, strict=True)]
