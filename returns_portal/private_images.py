"""Handing out private photos: to the one who asked, shown as a picture and as nothing else."""

from django.http import FileResponse, Http404, HttpResponseBase

from returns_portal.returns.models import StoredPhoto


def serve_photo(photo: StoredPhoto, *, small: bool, name: str) -> HttpResponseBase:
    """The photo or its thumbnail under `name`; raises Http404 where the file is gone."""
    stored = photo.thumbnail if small else photo.file
    try:
        opened = stored.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(opened, filename=f"{name}.jpg", content_type=photo.mime_type)
    response["Cache-Control"] = "no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
