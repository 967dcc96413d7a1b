"""Somebody outside: knows what is promised, and reaches it by HTTP and by the command.

Nothing here knows how the house is built: people are made by the command, deeds are done through the doors.
"""

import email
import os
import re
import subprocess
import time
from dataclasses import dataclass
from email import policy
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from browser import forms_of

PASSWORD = "lantern harbour sixteen plums"
PROBLEM = "application/problem+json"
POST_KEYS = {
    *("id", "thread_id", "seq", "revision", "author", "body", "html", "reply_to", "reactions", "state"),
    *("attachments", "links", "poll"),
    *("rule", "moved_to", "voice", "created_at", "edited_at", "redacted_at", "held_until"),
}
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True)
class Somebody:
    email: str
    token: str = ""


NOBODY = Somebody("")


@dataclass
class Outside:
    """One installation, as seen from outside. ``server``: the fixture of tests/running.py."""

    server: Any

    @property
    def base(self) -> str:
        return self.server.base_url

    def call(
        self, method: str, path: str, who: Somebody = NOBODY, json: Any = None, **more: Any
    ) -> requests.Response:
        """One request to the API; whatever went wrong must be told as RFC 9457 says."""
        headers = dict(more.pop("headers", {}))
        if who.token:
            headers.setdefault("Authorization", f"Bearer {who.token}")
        if json is not None:
            more["json"] = json
        answer = requests.request(
            method, f"{self.base}/api/v1{path}", headers=headers, timeout=30, allow_redirects=False, **more
        )
        assert_well_told(answer)
        return answer

    def want(
        self, status: int, method: str, path: str, who: Somebody = NOBODY, json: Any = None, **more: Any
    ) -> Any:
        """As ``call``; the status is as expected, and what it says comes back."""
        answer = self.call(method, path, who, json, **more)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text[:800]}"
        return answer.json() if answer.content else None

    def run(self, *words: str, code: int = 0, env: dict[str, str] | None = None, feed: str = "") -> str:
        """The command: its exit code is ``code``; what it says (on stderr where it failed)."""
        own = {k: v for k, v in os.environ.items() if not k.startswith("CIVICFORUM_")}
        done = subprocess.run(
            [str(command()), *words],
            env={**own, **(self.server.environment if env is None else env)},
            input=feed,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == code, f"{words} ended with {done.returncode}: {done.stdout}\n{done.stderr}"
        if code == 1:
            assert done.stderr.strip(), words
            assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        return done.stderr if code else done.stdout

    def mail_to(self, address: str, number: int = 1) -> str:
        """The words of the newest mail to ``address``, once there are ``number`` of them."""
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            found = []
            folder = Path(self.server.environment["CIVICFORUM_DATA_DIR"])
            for file in sorted(folder.rglob("*.eml"), key=lambda f: f.stat().st_mtime_ns):
                mail = email.message_from_bytes(file.read_bytes(), policy=policy.default)
                if address in str(mail["To"]):
                    found.append(mail)
            if len(found) >= number:
                return found[-1].get_body(("plain",)).get_content()
            time.sleep(0.1)
        raise AssertionError(f"{len(found)} mails came to {address}, not {number}")


def command() -> Path:
    import sys

    return Path(sys.executable).with_name("civicforum")


def assert_well_told(answer: requests.Response) -> None:
    """Errors are problems, times have an offset."""
    kind = answer.headers.get("Content-Type", "")
    if answer.status_code >= 400:
        assert kind.startswith(PROBLEM), f"{answer.status_code} {answer.request.path_url} came as {kind}"
        told = answer.json()
        assert {"type", "title", "status", "detail"} <= set(told), told
        assert told["status"] == answer.status_code
        if answer.status_code == 422:
            assert told["errors"], told
            assert all(isinstance(said, list) and said for said in told["errors"].values()), told
    elif answer.content and kind.startswith("application/json"):
        for name, value in times_in(answer.json()):
            assert RFC_3339.fullmatch(value), f"{name} is {value}"


def times_in(told: Any) -> list[tuple[str, str]]:
    if isinstance(told, dict):
        own = [(k, v) for k, v in told.items() if k.endswith("_at") and isinstance(v, str)]
        return own + [found for value in told.values() for found in times_in(value)]
    if isinstance(told, list):
        return [found for value in told for found in times_in(value)]
    return []


class Visitor:
    """A browser without scripts: keeps cookies, fills in forms."""

    def __init__(self, outside: Outside) -> None:
        self.outside = outside
        self.session = requests.Session()

    def open(self, path: str) -> requests.Response:
        return self.session.get(urljoin(self.outside.base, path), timeout=30)

    def submit(self, path: str, form_id: str | None = None, **fields: Any) -> requests.Response:
        page = self.open(path)
        assert page.status_code == 200, f"{path}: {page.status_code} {page.text[:400]}"
        for form in forms_of(page):
            target = urljoin(page.url, form["action"]) if form["action"] else page.url
            # Without a field or an id to know it by: the form that is the page's own.
            is_it = form["id"] == form_id if form_id else set(fields) <= form["names"]
            if form["method"] == "post" and is_it and (form_id or fields or target == page.url):
                values = [(k, v) for k, v in form["fields"].items(multi=True) if k not in fields]
                return self.session.post(target, data=[*values, *fields.items()], timeout=30)
        raise AssertionError(f"{path} has no form {form_id or list(fields)}: {page.text[:2000]}")

    def sign_in(self, address: str, password: str = PASSWORD) -> None:
        self.submit("/sign-in", "sign-in", email=address, password=password)
        assert self.csrf(), f"{address} could not sign in"

    def csrf(self) -> str:
        found = re.search(r'<meta name="csrf-token" content="([^"]+)"', self.open("/").text)
        return found[1] if found else ""

    def call(self, method: str, path: str, json: Any = None, **headers: str) -> requests.Response:
        answer = self.session.request(
            method, f"{self.outside.base}/api/v1{path}", json=json, headers=headers, timeout=30
        )
        assert_well_told(answer)
        return answer


def path_in(words: str, part: str) -> str:
    """The path of the first link with ``part`` in it."""
    for link in re.findall(r"https?://\S+", words):
        if part in link:
            return urlsplit(link.rstrip(").>,")).path
    raise AssertionError(f"no link with {part} in: {words}")
