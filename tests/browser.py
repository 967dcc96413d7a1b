"""A browser without JavaScript: find a form on a page, fill it in, send it."""

from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

_VOID = {"input", "br", "img", "meta", "link", "hr", "source", "wbr"}


class _Forms(HTMLParser):
    """Every form of a page: its id, method, action and the values it would send untouched."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self._by_id: dict[str, dict[str, Any]] = {}
        self._current: dict[str, Any] | None = None
        self._textarea: str | None = None
        self._select: str | None = None
        self._templates = 0  # what lies in one is no part of the page
        self._loose: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        self._templates += tag == "template"
        if self._templates:
            return
        if tag == "form":
            self._current = {
                "id": found.get("id"),
                "method": (found.get("method") or "get").lower(),
                "action": found.get("action") or "",
                "fields": MultiDict(),
                "names": set(),
                "buttons": [],
            }
            self.forms.append(self._current)
            if found.get("id"):
                self._by_id[found["id"] or ""] = self._current
        elif found.get("form"):
            self._loose.append((tag, found))
        elif self._current is not None:
            self._take(self._current, tag, found)

    def _take(self, form: dict[str, Any], tag: str, found: dict[str, str | None]) -> None:
        name = found.get("name")
        if tag == "button":
            form["buttons"].append(found)
        if tag == "option" and self._select and ("selected" in found or self._select not in form["fields"]):
            form["fields"][self._select] = found.get("value") or ""
        if not name or "disabled" in found:
            return
        form["names"].add(name)
        if tag == "input":
            kind = found.get("type") or "text"
            if kind in ("checkbox", "radio") and "checked" not in found:
                return
            if kind not in ("submit", "file"):
                form["fields"].add(name, found.get("value") or ("on" if kind == "checkbox" else ""))
        elif tag == "textarea":
            self._textarea = name
            form["fields"][name] = ""
        elif tag == "select":
            self._select = name

    def handle_data(self, data: str) -> None:
        if self._textarea and self._current is not None:
            self._current["fields"][self._textarea] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._templates -= 1
        elif self._templates:
            return
        elif tag == "form":
            self._current = None
        elif tag == "textarea":
            if self._textarea and self._current is not None:
                text = self._current["fields"][self._textarea]
                self._current["fields"][self._textarea] = text.removeprefix("\r\n").removeprefix("\n")
            self._textarea = None
        elif tag == "select":
            self._select = None

    def close(self) -> None:
        super().close()
        for tag, found in self._loose:
            if found["form"] in self._by_id:
                self._take(self._by_id[found["form"] or ""], tag, found)


def forms_of(page: TestResponse) -> list[dict[str, Any]]:
    """The forms on a page, in order."""
    parser = _Forms()
    parser.feed(page.text)
    parser.close()
    return parser.forms


def submit(
    client: FlaskClient, url: str, form_id: str | None = None, follow: bool = True, **fields: Any
) -> TestResponse:
    """Open ``url``, fill in the form that has these fields (or this id), send it as a browser would.

    A list value sends the field several times; None leaves the field out.
    """
    page = client.get(url, follow_redirects=True)
    assert page.status_code < 400, f"{url} answered {page.status_code}: {page.text[:500]}"
    form = _choose(forms_of(page), form_id, set(fields), url)
    values = MultiDict(form["fields"])
    for name, value in fields.items():
        values.poplist(name)
        if value is not None:
            values.setlist(name, value if isinstance(value, list) else [value])
    target = urljoin(page.request.path, form["action"]) if form["action"] else page.request.full_path
    return client.post(target, data=values, follow_redirects=follow)


def _choose(forms: list[dict[str, Any]], form_id: str | None, names: set[str], url: str) -> dict[str, Any]:
    for form in forms:
        if form["method"] == "post" and (form["id"] == form_id if form_id else names <= form["names"]):
            return form
    raise AssertionError(f"{url} has no form {form_id or sorted(names)}: {[f['id'] for f in forms]}")


def press(client: FlaskClient, url: str, action: str, follow: bool = True) -> TestResponse:
    """Open ``url`` and press the button whose form (or formaction) leads to ``action``."""
    page = client.get(url, follow_redirects=True)
    for form in forms_of(page):
        targets = {form["action"], *(b.get("formaction") for b in form["buttons"])}
        if action in targets:
            return client.post(action, data=form["fields"], follow_redirects=follow)
    raise AssertionError(f"{url} has no button for {action}")
