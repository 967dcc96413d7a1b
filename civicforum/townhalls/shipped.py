"""What a new meeting is prefilled with: the access statement and the agenda that CivicForum ships."""

import tomllib
from functools import cache
from typing import Any

from civicforum.paths import PACKAGE
from civicforum.townhalls.agenda import Item

ENGLISH = "en"


def access_statement(locale: str, location: str, needs_deadline: str, phone: str) -> str:
    """The statement for a meeting at ``location``; ``needs_deadline`` is a day in words."""
    words: str = _templates("access", locale)["text"]
    return words.strip().format(location=location, needs_deadline=needs_deadline, phone=phone)


def agenda(locale: str) -> list[Item]:
    return [Item(item["title"], item["minutes"]) for item in _templates("agenda", locale)["items"]]


def _templates(name: str, locale: str) -> Any:
    spoken = _loaded()[name]
    return spoken.get(locale) or spoken[ENGLISH]


@cache
def _loaded() -> dict[str, Any]:
    return tomllib.loads((PACKAGE / "townhalls" / "shipped.toml").read_text(encoding="utf-8"))
