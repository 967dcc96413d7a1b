"""What an organizer says of a meeting, checked before anything is saved."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _

from civicforum.text import clean_text
from civicforum.townhalls.calendar import find_zone

LINES = {"title": 200, "location": 300, "online_url": 500, "phone": 80}
TEXTS = {"summary": 20_000, "access_statement": 10_000}
FIELDS = (
    *LINES,
    *TEXTS,
    "starts_at",
    "ends_at",
    "timezone",
    "mode",
    "capacity",
    "online_capacity",
    "needs_until",
)
MODES = ("in_person", "online", "hybrid")
FIRST_YEAR, LAST_YEAR = 1970, 2200
LONGEST = timedelta(days=14)
MOST_SEATS = 1_000_000
# A change of one of these is a move: calendars and people are told.
MOVES = ("starts_at", "ends_at", "timezone", "location", "mode", "online_url", "phone")


def cleaned(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts in the one form in which they are stored; unknown names are left out."""
    clean = {name: value for name, value in facts.items() if name in FIELDS}
    for name in LINES:
        if name in clean:
            clean[name] = " ".join(clean_text(clean[name] or "").split())
    for name in TEXTS:
        if name in clean:
            clean[name] = clean_text(clean[name] or "").strip()
    return clean


def faults(facts: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What is wrong with a whole meeting, by field; empty where all is well."""
    found: dict[str, list[Any]] = {}
    for name, most in (*LINES.items(), *TEXTS.items()):
        if len(facts[name]) > most:
            found[name] = [_("This is too long: at most %(most)d characters.", most=most)]
    if not facts["title"]:
        found["title"] = [_("Please give the meeting a name.")]
    if facts["mode"] not in MODES:
        found["mode"] = [_("Choose how people can come.")]
    if find_zone(facts["timezone"]) is None:
        found["timezone"] = [_("Use a time zone's name, such as America/New_York.")]
    if not _is_web_address(facts["online_url"]):
        found["online_url"] = [_("Give a web address that begins with https://.")]
    found.update(_wrong_hours(facts["starts_at"], facts["ends_at"]))
    if facts["needs_until"] is not None and not is_in_reach(facts["needs_until"]):
        found["needs_until"] = [_("That year is too far away.")]
    elif asks_too_late(facts):
        found["needs_until"] = [_("People have to be able to ask before the meeting begins.")]
    for name in ("capacity", "online_capacity"):
        if facts[name] is not None and not 0 <= facts[name] <= MOST_SEATS:
            found[name] = [_("A number of people from 0; leave it empty where there is no limit.")]
    return found


def asks_too_late(facts: Mapping[str, Any]) -> bool:
    """Whether people could ask for help only once the meeting has begun."""
    return facts["needs_until"] is not None and facts["needs_until"] > facts["starts_at"]


def _wrong_hours(starts_at: datetime, ends_at: datetime) -> dict[str, list[Any]]:
    for name, at in (("starts_at", starts_at), ("ends_at", ends_at)):
        if not is_in_reach(at):
            return {name: [_("That year is too far away.")]}
    if ends_at <= starts_at:
        return {"ends_at": [_("It must end after it begins.")]}
    if ends_at - starts_at > LONGEST:
        return {"ends_at": [_("That is longer than two weeks. Make it several meetings.")]}
    return {}


def is_in_reach(at: datetime) -> bool:
    """Whether every calendar and database can hold this moment, in any zone."""
    return FIRST_YEAR <= at.year < LAST_YEAR


def _is_web_address(url: str) -> bool:
    if not url:
        return True
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
