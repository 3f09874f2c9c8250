"""What to do about a reason: one suggestion a family of reasons, and where the listing is."""

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from returns_portal.returns.models import ReturnReason, SoldProduct

ACTIONS: dict[str, Promise] = {
    "size": _(
        "Measure the item and put the measurements, the model’s height and the size worn into the "  # noqa: RUF001
        "listing. If the notes say the same thing, write it at the top: “Runs small, order one "
        "size up.”"
    ),
    "look": _(
        "Compare the pictures with the item in daylight. Show color and material close up, and "
        "say in words what a picture cannot show."
    ),
    "described": _(
        "Read the notes beside the listing line by line, and correct every sentence and picture "
        "that promises something else than what is sent."
    ),
    "damaged": _(
        "Look at the photos: is it always the same corner, the same part? Pack one, drop it, and "
        "change the packaging. Ask the carrier when one carrier stands out."
    ),
    "defective": _(
        "Test a few units from stock, by batch if you know it. Hold the batch back and tell the "
        "supplier. If the item works, the instructions do not."
    ),
    "wrong": _(
        "Compare the label on the shelf, the barcode and the SKU in Shopify. Two variants that "
        "look alike should not lie side by side."
    ),
    "missing": _(
        "Add a packing list, and check what the listing says is in the box against the box."
    ),
    "late": _("Compare the promised delivery time with the real one, and change the promise."),
    "expired": _("Check the dates in stock, and send what expires first first."),
    "genuine": _("Show where it comes from: brand authorization, seals, batch numbers."),
    "mind": _(
        "Little in the listing causes this. Look at who advertises the item, and with what words."
    ),
    "other": _("Read the notes. If several say the same, add a reason of its own for it."),
}
FAMILIES = {
    "too-small": "size",
    "too-big": "size",
    "several-sizes": "size",
    "color": "look",
    "style": "look",
    "not-as-described": "described",
    "item-not-as-described": "described",
    "damaged": "damaged",
    "damaged-or-defective": "defective",
    "defective": "defective",
    "wrong-item": "wrong",
    "received-the-wrong-item": "wrong",
    "missing-parts": "missing",
    "late": "late",
    "arrived-late": "late",
    "expired": "expired",
    "counterfeit": "genuine",
    "changed-mind": "mind",
    "changed-my-mind": "mind",
}
SELLER_CENTER = "https://seller.tiktok.com/"


def action_for(reason: ReturnReason) -> str:
    """What to do about this reason: by its own name, its heading's, or Shopify's."""
    names = (reason.code, reason.parent.code if reason.parent else "", reason.known_handle)
    family = next((FAMILIES[name] for name in names if name in FAMILIES), "other")
    return str(ACTIONS[family])


def shopify_listing(product: SoldProduct) -> str:
    """The product's page in Shopify's admin; empty where its id is not known."""
    kind, _slash, number = product.key.rpartition("/")
    if kind != "gid://shopify/Product" or not number.isdecimal():
        return ""
    return f"https://{settings.SHOPIFY_SHOP}/admin/products/{number}"
