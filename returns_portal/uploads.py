"""Files on their way in: what is too large for a photo never reaches the disk as a whole."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler

from returns_portal.returns.photos.images import MOST_BYTES


class CutOffHandler(FileUploadHandler):
    """Stands before the handlers that keep files, and hands on only what a photo may have.

    The file that comes out is then just over the limit, so whoever reads it refuses it.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start <= MOST_BYTES else None

    def file_complete(self, file_size: int) -> Any:
        """Leaves the file to the handlers behind."""
        return None
