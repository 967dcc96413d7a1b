"""The clock's door to threads."""

from urllib.parse import urlsplit

from flask import current_app

from civicforum import jobs
from civicforum.accounts.models import SYSTEM
from civicforum.db import db
from civicforum.discussions import actions, queries
from civicforum.errors import TooMany
from civicforum.links.addresses import PUBLIC_WEB, NotAsked
from civicforum.links.fetching import fetch
from civicforum.links.reading import Said, read
from civicforum.web.aside import aside
from civicforum.web.limits import check_limit

# A lock is held for this many objects at most.
SHOWN_AT_ONCE = 50


@jobs.task("discussions.count_standing")
def count_standing(post_id: int) -> None:
    """A day after a newcomer's words were published: count them if they still stand."""
    actions.count_standing(SYSTEM, post_id)


@jobs.task("discussions.forget_old_draft")
def forget_old_draft(draft_id: int) -> None:
    """Half a year after a draft was begun: forget it, unless it was touched since."""
    actions.forget_old_draft(SYSTEM, draft_id)


@jobs.task("discussions.show_person")
def show_person(user_id: int) -> None:
    """Somebody has another name or hat: whoever watches what they said sees it."""
    places = queries.places_showing(user_id)
    for start in range(0, len(places), SHOWN_AT_ONCE):
        actions.show_again(SYSTEM, places[start : start + SHOWN_AT_ONCE])


@jobs.task("discussions.ask_page")
def ask_page(preview_id: int) -> None:
    """Something public links to a page that was not asked this week: ask it what it is about."""
    url = queries.find_page_to_ask(preview_id)
    # Nothing is held in the database while somebody else is slow.
    db.session.rollback()
    if url is None:
        return
    try:
        check_limit("page", "all")
        check_limit("page-host", urlsplit(url).hostname or "")
    except TooMany:
        actions.ask_later(SYSTEM, preview_id)
        return
    actions.keep_answer(SYSTEM, preview_id, _ask(url))


def _ask(url: str) -> Said | None:
    agent = f"CivicForum link preview (+{current_app.config['BASE_URL']})"
    reach = current_app.extensions.get("reach", PUBLIC_WEB)
    try:
        page = fetch(url, agent, reach)
    except NotAsked:
        return None
    said: Said | None = aside(read, page)
    return said
