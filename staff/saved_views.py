"""Saved views: a tab with filters and search under a name, one's own or everybody's."""

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from returns_portal.returns.models import SavedView
from staff import access

LIST = "admin/returns/returnrequest/views.html"
MOST_SHOWN = 100


class NameForm(forms.ModelForm):  # type: ignore[type-arg]
    """The name of a view, and whether everybody sees it."""

    class Meta:
        model = SavedView
        fields = ("name", "shared")


def saved_views(user: object) -> QuerySet[SavedView]:
    """The views that a person may open: their own, and those that are everybody's."""
    visible = SavedView.objects.filter(Q(owner=user) | Q(shared=True))
    return visible.order_by("name", "pk")[:MOST_SHOWN]


def queue_url(query: str) -> str:
    return f"{reverse('admin:returns_returnrequest_changelist')}?{query}"


@require_safe
def list_views(request: HttpRequest) -> HttpResponse:
    """All views that the person may open, with those to rename or delete."""
    access.require(request, access.VIEW)
    context = {
        **admin.site.each_context(request),
        "title": _("Saved views"),
        "views": [
            (view, may_change(request, view))
            for view in saved_views(request.user).select_related("owner")
        ],
    }
    return TemplateResponse(request, LIST, context)


@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keeps what the person looks at; a name of theirs that exists already is replaced."""
    access.require(request, access.VIEW)
    query = cleaned_query(request.POST.get("query", ""))
    form = NameForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the view a name of at most 60 characters."))
        return redirect(queue_url(query))
    SavedView.objects.update_or_create(
        owner=access.user_of(request),
        name=form.cleaned_data["name"],
        defaults={"query": query, "shared": form.cleaned_data["shared"]},
    )
    messages.success(request, _("Saved as “%(name)s”.") % {"name": form.cleaned_data["name"]})
    return redirect(queue_url(query))


@require_POST
def change_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Renames a view, or says who sees it."""
    view = get_own_or_404(request, pk)
    form = NameForm(request.POST, instance=view)
    taken = SavedView.objects.filter(owner=view.owner, name=request.POST.get("name", "").strip())
    if taken.exclude(pk=pk).exists():
        messages.error(request, _("You have another view of this name."))
    elif form.is_valid():
        form.save()
        messages.success(request, _("The view is changed."))
    else:
        messages.error(request, _("Give the view a name of at most 60 characters."))
    return redirect("admin:returns_savedview_list")


@require_POST
def delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Forgets a view."""
    view = get_own_or_404(request, pk)
    view.delete()
    messages.success(request, _("“%(name)s” is deleted.") % {"name": view.name})
    return redirect("admin:returns_savedview_list")


def may_change(request: HttpRequest, view: SavedView) -> bool:
    return view.owner_id == request.user.pk or request.user.is_superuser


def get_own_or_404(request: HttpRequest, pk: int) -> SavedView:
    """The view, if the person may change it; raises PermissionDenied and Http404."""
    access.require(request, access.VIEW)
    view = SavedView.objects.filter(pk=pk).first()
    if view is None or not may_change(request, view):
        raise Http404
    return view


def cleaned_query(typed: str) -> str:
    """The part of an address that names tab, search and filters; never a page or an address."""
    given = QueryDict(typed[:1000])
    kept = QueryDict(mutable=True)
    for name, value in given.items():
        if name != "at" and value:
            kept[name] = str(value)
    return kept.urlencode()[:1000]
