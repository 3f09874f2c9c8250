"""What people read beyond page and mail: sentences, days, amounts, the texts of the defaults."""

from returns_portal.returns.wording.formats import (
    active_locale,
    format_day,
    format_moment,
    format_money,
    last_day,
)
from returns_portal.returns.wording.sentences import explain, shops_words

__all__ = [
    "active_locale",
    "explain",
    "format_day",
    "format_moment",
    "format_money",
    "last_day",
    "shops_words",
]
