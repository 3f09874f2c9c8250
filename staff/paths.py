"""Addresses of the staff side that belong to no model: signing in, the bench, the set-up."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from staff import signing_in
from staff.views import bench, setup

Wrap = Callable[[Any], Any]


def build_sign_in_urls(inside: Wrap, before: Wrap) -> list[URLPattern]:
    """`inside` lets in whoever is signed in, `before` also those whose code is still missing."""
    return [
        path("two-factor/", before(signing_in.two_factor), name="two_factor"),
        path("two-factor/code/", before(signing_in.enter_code), name="code"),
        path("two-factor/leave/", before(signing_in.leave), name="leave"),
        path("two-factor/codes/", inside(signing_in.renew_codes), name="renew_codes"),
        path("two-factor/off/", inside(signing_in.switch_off), name="switch_off"),
        path("prove/", inside(signing_in.prove), name="prove"),
    ]


def build_bench_urls(inside: Wrap) -> list[URLPattern]:
    """The bench: its home, a return on it, and parcels."""
    photo = "photos/<uuid:public_id>/"
    return [
        path("bench/", inside(bench.home), name="bench"),
        path("bench/<int:pk>/", inside(bench.inspect), name="bench_inspect"),
        path("bench/<int:pk>/finish/", inside(bench.finish), name="bench_finish"),
        path(f"bench/<int:pk>/{photo}", inside(bench.photo), name="bench_photo"),
        path("bench/parcels/", inside(bench.unmatched), name="bench_unmatched"),
        path("bench/parcels/<int:pk>/undo/", inside(bench.undo), name="bench_undo"),
        path("bench/parcels/<int:pk>/match/", inside(bench.match), name="bench_match"),
        path(f"bench/parcels/{photo}", inside(bench.parcel_photo), name="bench_parcel_photo"),
    ]


def build_setup_urls(inside: Wrap) -> list[URLPattern]:
    """The set-up page and what it can be told to do."""
    return [
        path("setup/", inside(setup.show), name="setup"),
        path("setup/ask/", inside(setup.ask), name="setup_ask"),
        path("setup/defaults/", inside(setup.load_defaults), name="setup_defaults"),
        path("setup/test-mail/", inside(setup.send_test_mail), name="setup_test_mail"),
    ]
