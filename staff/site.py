"""The admin site: its name, its navigation and the front page that says what must be done."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.csrf import csrf_protect

from returns_portal import second_factor
from staff import access, dashboard, paths, signing_in
from staff.reports.urls import build_urls

NAVIGATION: tuple[tuple[str, str | Promise], ...] = (
    ("returns.returnrequest", _lazy("Returns")),
    ("returns.operation", _lazy("Operations")),
    ("returns.returnpolicy", _lazy("Policies")),
    ("returns.returnreason", _lazy("Reasons")),
    ("returns.saleschannel", _lazy("Sales channels")),
    ("returns.mailtext", _lazy("E-mails")),
    ("returns.shopbrand", _lazy("Brand")),
)
# Permission, page, label and place among the links: the bench is wanted on a phone, so it is near.
OWN_PAGES: tuple[tuple[str, str, str | Promise, int | None], ...] = (
    (access.INSPECT, "bench", _lazy("Bench"), 1),
    (access.SETUP, "setup", _lazy("Set-up"), None),
)
# The rooms of the front page, by model; what no room names stands under the last.
ROOMS: tuple[tuple[str | Promise, frozenset[str]], ...] = (
    (
        _lazy("Every day"),
        frozenset({"ReturnRequest", "OrderException", "BlockedShopper", "Withdrawal", "Aftersale"}),
    ),
    (
        _lazy("How the shop works"),
        frozenset(
            {"ReturnPolicy", "ReturnReason", "SalesChannel", "ConditionGrade", "ShopCalendar"}
            | {"WithdrawalRules", "DeskSettings", "ApprovalLimit"}
        ),
    ),
    (_lazy("What shoppers see"), frozenset({"ShopBrand", "MailText", "CannedText"})),
    (_lazy("People"), frozenset({"User", "Group"})),
    (_lazy("Records"), frozenset()),
)


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

    def get_urls(self) -> list[Any]:
        """Django's pages and our own; those of the sign-in are open before the code is entered."""
        inside = self.admin_view
        own = paths.build_sign_in_urls(inside, self.admin_view_before_code)
        own += paths.build_bench_urls(inside) + paths.build_setup_urls(inside)
        return own + build_urls(inside) + super().get_urls()

    def admin_view_before_code(self, view: Any) -> Any:
        """A view for whoever signed in by password, though a code may still be missing."""
        return csrf_protect(signing_in.after_password(view))

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff, and with their second factor where they have one or the shop requires it."""
        if not super().has_permission(request):
            return False
        # Asked for the page and again for its frame: the same person in the same request.
        known = getattr(request, "_second_factor", None)
        if known is None or known[0] is not request.user:
            known = (request.user, not second_factor.is_missing(request.user))
            request._second_factor = known  # type: ignore[attr-defined]
        return bool(known[1])

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The password; whoever owes a code as well is led to the second step."""
        waits = super().has_permission(request) and second_factor.is_missing(request.user)
        if request.method == "GET" and waits:
            return redirect(signing_in.second_step(request))
        response = super().login(request, extra_context)
        if request.method == "POST":
            signing_in.note_sign_in(request, response)
        return response

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
        if request.user.has_perm("returns.view_reports"):
            url = reverse("admin:report_overview")
            links.insert(1, NavigationLink(_("Reports"), url, request.path.startswith(url)))
        for permission, name, label, place in OWN_PAGES:
            if request.user.has_perm(permission):
                url = reverse(f"admin:{name}")
                link = NavigationLink(str(label), url, request.path.startswith(url))
                links.insert(len(links) if place is None else place, link)
        return links

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """For the front page, what there is by the rooms of a shop, not those of the code.

        Django asks for it on every page; only those that show it have it drawn up.
        """
        if app_label is not None:
            return super().get_app_list(request, app_label)
        return SimpleLazyObject(lambda: self._build_rooms(request))  # type: ignore[return-value]

    def _build_rooms(self, request: HttpRequest) -> list[Any]:
        apps = super().get_app_list(request)
        rooms: list[dict[str, Any]] = [{"name": str(name), "models": []} for name, _names in ROOMS]
        for model in sorted((m for app in apps for m in app["models"]), key=lambda m: m["name"]):
            found = [at for at, (_name, names) in enumerate(ROOMS) if model["object_name"] in names]
            rooms[found[0] if found else -1]["models"].append(model)
        return [room for room in rooms if room["models"]]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The front page: the piles of work with their counts, then the list of all there is."""
        return super().index(request, {**dashboard.build(request), **(extra_context or {})})
