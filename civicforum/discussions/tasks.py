"""The clock's door to threads."""

from collections.abc import Sequence

from civicforum import jobs
from civicforum.accounts.models import SYSTEM
from civicforum.discussions import actions, queries

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
    _show(queries.places_showing(user_id))


@jobs.task("discussions.show_thread")
def show_thread(thread_id: int) -> None:
    """A thread is another project's: the hats of those who speak in it, and what it offers, are others."""
    _show(queries.places_in(thread_id))


def _show(places: Sequence[tuple[str, str, int]]) -> None:
    """In many short transactions."""
    for start in range(0, len(places), SHOWN_AT_ONCE):
        actions.show_again(SYSTEM, places[start : start + SHOWN_AT_ONCE])
