"""What every template may count on: who looks, the site, the language, what waits in the inbox."""

from typing import Any

from flask import Flask, g, has_request_context
from flask_babel import get_locale

from civicforum.accounts.models import Actor, Guest
from civicforum.db import now
from civicforum.languages import ENGLISH, LOCALES
from civicforum.notifications.queries import count_unread
from civicforum.partnerships.policies import moderates_somewhere
from civicforum.web.site import get_site
from civicforum.web.viewer import viewer


def init_app(app: Flask) -> None:
    app.context_processor(shared)


def shared() -> dict[str, Any]:
    """The names that every template has. A mail or a live update is written for nobody in particular."""
    person = viewer() if has_request_context() else Guest()
    return {
        "viewer": person,
        "site": get_site(),
        "unread_count": _unread_count(person),
        "is_staff": moderates_somewhere(person),
        "current_locale": str(get_locale() or ENGLISH),
        "locales": list(LOCALES.items()),
        "now": now(),
    }


def _unread_count(person: Actor) -> int:
    """Asked once in each request, however many pieces its page is made of."""
    if not person.is_authenticated:
        return 0
    if "unread_count" not in g:
        g.unread_count = count_unread(person)
    return int(g.unread_count)
