"""What changed between the last page and its sending, and how the shopper is told."""

import hashlib
import json

from django.utils.translation import gettext as _

from portal.templatetags.portal_formats import money
from returns_portal.returns.eligibility import PolicyTerms
from returns_portal.shopify.types import Money


def digest_of_terms(terms: PolicyTerms) -> str:
    """Tells one set of the terms that the last page shows from another."""
    shown = [terms.conditions.strip(), terms.refund_on, terms.return_shipping_paid_by]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:16]


def changed_refund(shown: Money, refund: Money) -> str:
    return _(
        "The refund changed from %(before)s to %(after)s while you were here. Nothing was sent "
        "yet: please look at it again."
    ) % {"before": money(shown), "after": money(refund)}


def changed_terms() -> str:
    return _(
        "The shop changed its terms for returns while you were here. Nothing was sent yet: "
        "please read this page again."
    )
