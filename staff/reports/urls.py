"""The addresses of the reports within the admin."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from staff.reports import by_mail, fixing, views


def build_urls(wrap: Callable[[Any], Any]) -> list[URLPattern]:
    """All of them, each view behind the sign-in by `wrap`."""
    return [
        path("reports/", wrap(views.show), name="report_overview"),
        path("reports/what-to-fix/", wrap(fixing.fix), name="report_fix"),
        path("reports/what-to-fix/mark/", wrap(fixing.mark), name="report_fix_mark"),
        path("reports/what-to-fix/findings.csv", wrap(fixing.fix_csv), name="report_fix_csv"),
        path(
            "reports/what-to-fix/<int:pk>/take-back/",
            wrap(fixing.take_back),
            name="report_fix_take_back",
        ),
        path("reports/by-mail/", wrap(by_mail.by_mail), name="report_by_mail"),
        path("reports/by-mail/<int:pk>/stop/", wrap(by_mail.stop), name="report_by_mail_stop"),
        path("reports/<slug:key>/", wrap(views.show), name="report"),
        path("reports/<slug:key>/<slug:table>.csv", wrap(views.download), name="report_csv"),
    ]
