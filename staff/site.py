"""The admin site: its name, its navigation and the front page that says what must be done."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from staff import queue, wording

NAVIGATION: tuple[tuple[str, str | Promise], ...] = (
    ("returns.returnrequest", _lazy("Returns")),
    ("returns.operation", _lazy("Operations")),
    ("returns.returnpolicy", _lazy("Policies")),
    ("returns.returnreason", _lazy("Reasons")),
)


@dataclass(frozen=True, slots=True)
class Pile:
    """A number on the front page that leads to the work behind it."""

    label: str
    count: int
    url: str
    note: str
    level: str


@dataclass(frozen=True, slots=True)
class NavigationLink:
    label: str
    url: str
    current: bool


class StaffSite(admin.AdminSite):
    """Django's admin under the shop's name, with the queue first."""

    site_header = settings.PORTAL_NAME
    site_title = settings.PORTAL_NAME
    index_title = _lazy("What must be done")
    enable_nav_sidebar = False

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().each_context(request), "navigation": self.build_navigation(request)}

    def build_navigation(self, request: HttpRequest) -> list[NavigationLink]:
        """The links at the head of every page, those the person may follow."""
        links = []
        for name, label in NAVIGATION:
            app_label, model_name = name.split(".")
            if request.user.has_perm(f"{app_label}.view_{model_name}"):
                url = reverse(f"admin:{app_label}_{model_name}_changelist")
                links.append(NavigationLink(str(label), url, request.path.startswith(url)))
        return links

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Django's list with the shop's own business before people and permissions."""
        apps = super().get_app_list(request, app_label)
        return sorted(apps, key=lambda app: app["app_label"] != "returns")

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The front page: the piles of work with their counts, then the list of all there is."""
        may_see = request.user.has_perm("returns.view_returnrequest")
        piles = build_piles() if may_see else []
        return super().index(request, {"piles": piles, **(extra_context or {})})


def build_piles() -> list[Pile]:
    """What waits for somebody, the most urgent first."""
    counts = queue.count_tabs()
    return [
        _pile(queue.TO_REVIEW, counts, _first_due(), "work"),
        _pile(queue.IN_PROGRESS, counts, _("approved, money or parcel under way"), "calm"),
        _pile(queue.FAILED, counts, _("a step gave up and waits for you"), "bad"),
        _pile(queue.ATTENTION, counts, _("something to know or to mend"), "notice"),
    ]


def _pile(tab: queue.Tab, counts: dict[str, int], note: str, level: str) -> Pile:
    count = counts[tab.key]
    return Pile(
        label=str(tab.label),
        count=count,
        url=f"{reverse('admin:returns_returnrequest_changelist')}?tab={tab.key}",
        note=note if count else _("nothing waits here"),
        level=level if count else "empty",
    )


def _first_due() -> str:
    first = queue.first_to_review()
    if first is None:
        return ""
    deadline = wording.due(first.answer_due_at, timezone.now())
    if deadline.level == "late":
        return _("the first answer is %(when)s") % {"when": deadline.words}
    return _("the first answer is due %(when)s") % {"when": deadline.words}
