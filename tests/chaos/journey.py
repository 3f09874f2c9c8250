"""A whole return by hand, over real HTTP, each request on a connection of its own.

Behind a balancer the requests go to the web servers in turn: whoever was signed in by one is
known to the other, and what one has stored the other shows.
"""

import requests
from django.contrib.auth.models import User

from returns_portal.returns.models import ReturnRequest
from tests.chaos.scene import Scene
from tests.faults.shopper import Shopper
from tests.reading import read_form

ORDER = {"name": "#690001", "zip": "08840", "lines": [{"goods": "linen-shirt", "quantity": 2}]}
EMAIL = "journey@example.com"
PASSWORD = "long-enough-for-a-journey"


class Astray(Exception):
    """A page that should have come did not."""


def travel(scene: Scene) -> str:
    """A shopper finds, chooses and sends; staff sign in and approve. Raises Astray."""
    requests.post(f"{scene.shop_url}/sandbox/orders", json=ORDER, timeout=30).raise_for_status()
    site = f"http://127.0.0.1:{scene.web_port}"
    shopper = knock_anew(Shopper(site, ORDER["name"].removeprefix("#"), ORDER["zip"]))
    for step in (shopper.find(), shopper.review(), shopper.submit(EMAIL)):
        came(step)
    status = step.url
    row = ReturnRequest.objects.get(contact_email=EMAIL)
    approve(site, row)
    row.refresh_from_db()
    if row.status != "approved":
        raise Astray(f"The return is {row.status}.")
    for _ in range(4):
        came(requests.get(status, timeout=30))
    return f"{row.rma_number} found, sent, approved and shown, by both web servers in turn"


def approve(site: str, row: ReturnRequest) -> None:
    User.objects.create_superuser("journey", EMAIL, PASSWORD)
    staff = knock_anew(Shopper(site, "", ""))
    sign_in = read_form(came(staff.visit("/admin/login/")).text, "/admin/login/")
    came(staff.send("/admin/login/", sign_in | {"username": "journey", "password": PASSWORD}))
    path = f"/admin/returns/returnrequest/{row.pk}/approve/"
    form = read_form(came(staff.visit(path)).text, "/approve/")
    # The other button of the form only works the money out again.
    del form["preview"]
    came(staff.send(path, form))


def knock_anew(visitor: Shopper) -> Shopper:
    visitor.session.headers["Connection"] = "close"
    return visitor


def came(answer: requests.Response) -> requests.Response:
    if answer.status_code != 200:
        raise Astray(f"{answer.request.method} {answer.url} answered {answer.status_code}")
    return answer
