"""What can go wrong with TikTok, sorted by what a caller can do about it."""


class TikTokError(Exception):
    """Base of all errors of this gateway; `str(error)` is a sentence that staff may read.

    `code` is TikTok's number of the error, `request_id` what its support asks for. None of them
    holds a token, a secret or personal data.
    """

    def __init__(
        self, message: str, *, operation: str = "", code: int = 0, request_id: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.operation = operation
        self.code = code
        self.request_id = request_id


class TikTokUnavailable(TikTokError):
    """TikTok could not answer and certainly did nothing: try again, after `retry_after` seconds."""

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        operation: str = "",
        code: int = 0,
        request_id: str = "",
    ) -> None:
        super().__init__(message, operation=operation, code=code, request_id=request_id)
        self.retry_after = retry_after


class TikTokOutcomeUnknown(TikTokError):
    """A change was sent and may have been carried out: find out by reading."""


class TikTokRefused(TikTokError):
    """TikTok read the request, objected to it and did nothing."""


class TikTokMisconfigured(TikTokError):
    """The app's key, its rights or the shop's connection must be mended by staff."""


class TikTokProtocolError(TikTokError):
    """TikTok and the portal do not understand each other: a fault of the program; nothing done."""


class TikTokNotFound(TikTokProtocolError):
    """Nothing with that id exists in the shop."""
