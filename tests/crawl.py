"""Walks the demo community as each role, by its own links, and keeps one page of each door."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

MOST_PAGES = 700
PAGES_OF_A_DOOR = 3


@dataclass
class Visit:
    """What somebody found: ``pages`` maps a door's endpoint to (address, HTML); ``broken`` what failed."""

    pages: dict[str, tuple[str, str]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)


class Links(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found += [value for name, value in attributes if name == "href" and value]


def crawl(base_url: str, session: requests.Session, adapter: Any) -> Visit:
    """Follow every link from the front page; ``adapter`` names the door of an address."""
    visit, waiting, seen, counts = Visit(), ["/"], {"/"}, {}
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        answer = session.get(urljoin(base_url, path), timeout=30)
        if answer.status_code >= 400:
            visit.broken.append(f"{path} answers {answer.status_code}")
            continue
        if not answer.headers["Content-Type"].startswith("text/html"):
            continue
        arrived = urlsplit(answer.url).path
        visit.pages.setdefault(endpoint(adapter, arrived), (arrived, answer.text))
        for link in Links(answer.text).found:
            target = urlsplit(urljoin(answer.url, link))
            if target.netloc != urlsplit(base_url).netloc or target.path.startswith("/static"):
                continue
            address = target.path + (f"?{target.query}" if target.query else "")
            door = endpoint(adapter, target.path) + re.sub(r"=[^&]*", "", target.query)
            if address not in seen and counts.get(door, 0) < PAGES_OF_A_DOOR:
                seen.add(address)
                counts[door] = counts.get(door, 0) + 1
                waiting.append(address)
    return visit


def endpoint(adapter: Any, path: str) -> str:
    try:
        return str(adapter.match(path, method="GET")[0])
    except Exception:  # noqa: BLE001 - whatever the map says, the address is then named by itself
        return path
