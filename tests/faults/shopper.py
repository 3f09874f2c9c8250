"""A shopper with a browser: finds an order, chooses, reviews and sends, over real HTTP."""

import re
from dataclasses import dataclass, field

import requests

from tests.reading import read_form


@dataclass
class Shopper:
    """One visit; each step returns the answer, and keeps what the next one needs."""

    site: str
    order_number: str
    postcode: str
    session: requests.Session = field(default_factory=requests.Session)
    page: str = ""
    order: str = ""

    def visit(self, path: str = "/") -> requests.Response:
        return self.keep(self.session.get(self.site + path, timeout=30))

    def find(self) -> requests.Response:
        self.visit()
        form = {"order_number": self.order_number, "postcode_or_email": self.postcode}
        answer = self.send("/", form)
        self.order = answer.url.removeprefix(self.site)
        return answer

    def review(self) -> requests.Response:
        """Chooses the first item that can be returned, since the shopper has changed their mind."""
        form = read_form(self.page, "/review/")
        key = re.search(r'name="choose-(\d+)"', self.page)
        reason = re.search(r'name="reason-\d+" value="([a-z-]*mind[a-z-]*)"', self.page)
        if key is None or reason is None:
            raise LookupError("The page offers nothing to return.")
        form |= {f"choose-{key[1]}": "on", f"quantity-{key[1]}": "1", f"reason-{key[1]}": reason[1]}
        return self.send(f"{self.order}review/", form)

    def submission(self, email: str) -> dict[str, str]:
        form = read_form(self.page, "/submit/")
        return form | {"contact_email": email, "conditions": "on"}

    def submit(self, email: str) -> requests.Response:
        return self.send(f"{self.order}submit/", self.submission(email))

    def send(self, path: str, form: dict[str, str], **files: object) -> requests.Response:
        token = self.session.cookies.get("csrftoken", "")
        form = form | {"csrfmiddlewaretoken": form.get("csrfmiddlewaretoken") or token}
        return self.keep(
            self.session.post(
                self.site + path, data=form, files=files or None, timeout=30,
                headers={"Referer": self.site, "X-CSRFToken": token},
            )
        )  # fmt: skip

    def keep(self, answer: requests.Response) -> requests.Response:
        if answer.ok:
            self.page = answer.text
        return answer
