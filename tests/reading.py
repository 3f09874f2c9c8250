"""Reads a form off a page, as a browser would send it."""

from html.parser import HTMLParser


class FormReader(HTMLParser):
    """The fields of the form whose action ends as wanted, with what a browser would send."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.inside, self.select = action, False, ""
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.inside = (given.get("action") or "").endswith(self.action)
        elif self.inside and tag == "select":
            self.select = given.get("name") or ""
        elif self.inside and tag == "option" and self.select:
            if "selected" in given or self.select not in self.fields:
                self.fields[self.select] = given.get("value") or ""
        elif self.inside and tag in ("input", "button") and given.get("name") and is_sent(given):
            self.fields[given["name"] or ""] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False


def is_sent(given: dict[str, str | None]) -> bool:
    return given.get("type") not in ("radio", "checkbox") or "checked" in given


def read_form(page: str, action: str) -> dict[str, str]:
    """The fields of that form; raises LookupError when the page has no such form."""
    reader = FormReader(action)
    reader.feed(page)
    if not reader.fields:
        raise LookupError(f"No form for {action} on the page.")
    return reader.fields
