"""The queue of return requests, and the way into each of them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from returns_portal.returns.models import ReturnRequest
from staff import bulk, exporting, listing, saved_views, views
from staff.admin.base import ReadOnlyAdmin
from staff.views import on_behalf, orders, screen


@admin.register(ReturnRequest)
class ReturnRequestAdmin(ReadOnlyAdmin[ReturnRequest]):
    """Requests are decided, never edited: the change page is the decision screen."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The queue in place of Django's list, which counts and skips rows to turn a page."""
        return listing.show(request)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The decision screen in place of Django's form."""
        request_id = int(object_id) if object_id.isdecimal() else 0
        return views.show(request, request_id)

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The whole history, in place of Django's."""
        return screen.history(request, int(object_id) if object_id.isdecimal() else 0)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path(f"<int:pk>/{name}/", wrap(view), name=f"returns_returnrequest_{name}")
            for name, view in (
                ("approve", views.approve),
                ("decline", views.decline),
                ("ask", views.ask),
                ("resume", views.resume),
                ("note", views.note),
                ("block", views.block),
                ("confirm", views.confirm),
                ("withdraw", views.withdraw),
                ("receive", views.receive),
                ("approve_on_tiktok", views.approve_on_tiktok),
                ("offer_on_tiktok", views.offer_on_tiktok),
                ("reject_on_tiktok", views.reject_on_tiktok),
                ("confirm_refund", views.confirm_refund),
                ("progress", views.progress),
                ("compare", views.compare),
                ("write", views.write),
                ("renew_link", views.renew_link),
            )
        ]
        own += [
            path(
                f"<int:pk>/photos/<uuid:public_id>/{ending}",
                wrap(views.photo),
                {"small": small},
                name=f"returns_returnrequest_{name}",
            )
            for ending, small, name in (("", False, "photo"), ("small/", True, "thumbnail"))
        ]
        own += [
            path(address, wrap(view), name=f"returns_{name}")
            for address, view, name in (
                ("on-behalf/", on_behalf.look_up, "onbehalf_look_up"),
                ("on-behalf/<int:number>/", on_behalf.open_order, "onbehalf_order"),
                ("orders/<int:number>/exception/", orders.give_exception, "order_except"),
                ("orders/<int:number>/policy/", orders.take_back_exception, "order_unexcept"),
                ("orders/<int:number>/link/", orders.make_link, "order_link"),
                ("orders/<int:number>/revoke/", orders.revoke_links, "order_revoke"),
                ("views/", saved_views.list_views, "savedview_list"),
                ("views/save/", saved_views.save_view, "savedview_save"),
                ("views/<int:pk>/change/", saved_views.change_view, "savedview_change"),
                ("views/<int:pk>/delete/", saved_views.delete_view, "savedview_delete"),
                ("export/", exporting.export, "returnrequest_export"),
                ("bulk/", bulk.list_jobs, "bulkjob_list"),
                ("bulk/choose/", bulk.choose, "bulkjob_choose"),
                ("bulk/<int:pk>/", bulk.show, "bulkjob_show"),
                ("bulk/<int:pk>/start/", bulk.start, "bulkjob_start"),
                ("bulk/<int:pk>/stop/", bulk.stop, "bulkjob_stop"),
            )
        ]
        return own + super().get_urls()
