"""The languages that shoppers read; staff read English, whatever their browser prefers."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

LANGUAGES = [
    ("en", "English"),
    ("ar", "العربية"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("fr", "Français"),
    ("id", "Bahasa Indonesia"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("ms", "Bahasa Melayu"),
    ("pt", "Português"),
    ("th", "ไทย"),
    ("vi", "Tiếng Việt"),
]


class StaffLanguageMiddleware:
    """Answers below /admin/ in English: half a translation would be worse than none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/admin/"):
            return self.get_response(request)
        with translation.override("en"):
            request.LANGUAGE_CODE = "en"
            return self.get_response(request)
