"""The shopper's addresses."""

from django.urls import path

from portal.views import (
    brand,
    changing,
    contact,
    links,
    lookup,
    ordering,
    sending,
    talking,
    tracking,
    withdrawing,
)

app_name = "portal"

urlpatterns = [
    path("", lookup.lookup, name="lookup"),
    path("brand.css", brand.css, name="brand-css"),
    path("brand/logo.png", brand.logo, name="brand-logo"),
    path("links/", links.links, name="links"),
    path("links/sent/", links.links_sent, name="links-sent"),
    path("open/<str:signed>/", links.open_order, name="open"),
    path("confirm/<str:signed>/", contact.confirm, name="confirm"),
    path("withdraw/", withdrawing.withdraw, name="withdraw"),
    path("withdraw/<str:token>/", withdrawing.withdrawal, name="withdrawal"),
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
    path("returns/<slug:token>/messages/", talking.thread, name="messages"),
    path("returns/<slug:token>/calendar.ics", sending.calendar, name="calendar"),
    path("returns/<slug:token>/tracking/", sending.tracking, name="tracking"),
    path("returns/<slug:token>/contact/", contact.change, name="contact"),
    path("returns/<slug:token>/change/", changing.change, name="change"),
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
