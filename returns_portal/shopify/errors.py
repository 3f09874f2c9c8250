"""What can go wrong with Shopify, sorted by what a caller can do about it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UserError:
    """One objection of Shopify's to what was asked; `code` is empty where Shopify gives none."""

    code: str
    field: tuple[str, ...]
    message: str


class ShopifyError(Exception):
    """Base of all gateway errors; `str(error)` is a sentence that staff may read.

    `request_id` is what Shopify's support asks for, `operation` the name of our document,
    `codes` what Shopify called the errors. None of them holds personal data or a token.
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        request_id: str = "",
        codes: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.operation = operation
        self.request_id = request_id
        self.codes = codes


class ShopifyUnavailable(ShopifyError):
    """Shopify could not answer and certainly did nothing: try again, after `retry_after` seconds.

    `retry_after` is None where Shopify gave no hint.
    """

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        operation: str = "",
        request_id: str = "",
        codes: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message, operation=operation, request_id=request_id, codes=codes)
        self.retry_after = retry_after


class ShopifyBulkFailed(ShopifyUnavailable):
    """A bulk reading ended without a whole result: read page by page instead, or try again."""


class ShopifyOutcomeUnknown(ShopifyError):
    """A mutation was sent and may have been carried out: find out by reading, never send again."""


class ShopifyRefused(ShopifyError):
    """Shopify read the request, objected to it and did nothing."""

    def __init__(
        self,
        message: str,
        *,
        user_errors: tuple[UserError, ...],
        operation: str = "",
        request_id: str = "",
    ) -> None:
        codes = tuple(error.code for error in user_errors if error.code)
        super().__init__(message, operation=operation, request_id=request_id, codes=codes)
        self.user_errors = user_errors


class ShopifyMisconfigured(ShopifyError):
    """The credentials, the shop's address or the granted access must be mended by staff."""


class ShopifyProtocolError(ShopifyError):
    """Shopify and the portal do not understand each other: a fault of the program; nothing done."""


class ShopifyNotFound(ShopifyProtocolError):
    """Nothing with that id exists in the shop."""
