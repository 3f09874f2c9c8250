"""The shopper's addresses."""

from django.urls import path

from portal.views import lookup, ordering, tracking

app_name = "portal"

urlpatterns = [
    path("", lookup.lookup, name="lookup"),
    path("orders/<int:legacy_id>/", ordering.choose, name="choose"),
    path("orders/<int:legacy_id>/quote/", ordering.quote, name="quote"),
    path("orders/<int:legacy_id>/review/", ordering.review, name="review"),
    path("orders/<int:legacy_id>/submit/", ordering.submit, name="submit"),
    path(
        "orders/<int:legacy_id>/photos/<uuid:public_id>/",
        ordering.waiting_photo,
        {"small": False},
        name="waiting_photo",
    ),
    path(
        "orders/<int:legacy_id>/photos/<uuid:public_id>/small/",
        ordering.waiting_photo,
        {"small": True},
        name="waiting_thumbnail",
    ),
    path("returns/<slug:token>/", tracking.status, name="status"),
    path("returns/<slug:token>/slip/", tracking.slip, name="slip"),
    path("returns/<slug:token>/cancel/", tracking.cancel, name="cancel"),
    path("returns/<slug:token>/photos/", tracking.photos, name="photos"),
    path(
        "returns/<slug:token>/photos/<uuid:public_id>/",
        tracking.photo,
        {"small": False},
        name="photo",
    ),
    path(
        "returns/<slug:token>/photos/<uuid:public_id>/small/",
        tracking.photo,
        {"small": True},
        name="thumbnail",
    ),
]
