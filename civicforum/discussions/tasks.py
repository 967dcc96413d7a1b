"""The clock's door to threads."""

from civicforum import jobs
from civicforum.accounts.models import SYSTEM
from civicforum.discussions import actions, queries

# A lock is held for this many objects at most.
SHOWN_AT_ONCE = 50


@jobs.task("discussions.count_standing")
def count_standing(post_id: int) -> None:
    """A day after a newcomer's words were published: count them if they still stand."""
    actions.count_standing(SYSTEM, post_id)


@jobs.task("discussions.show_person")
def show_person(user_id: int) -> None:
    """Somebody has another name or hat: whoever watches what they said sees it."""
    places = queries.places_showing(user_id)
    for start in range(0, len(places), SHOWN_AT_ONCE):
        actions.show_again(SYSTEM, places[start : start + SHOWN_AT_ONCE])


@jobs.task("discussions.end_poll")
def end_poll(poll_id: int) -> None:
    actions.end_poll(SYSTEM, poll_id)


@jobs.task("discussions.remind_of_poll")
def remind_of_poll(poll_id: int) -> None:
    """A day before the close, those who have not voted."""
    actions.remind_of_poll(SYSTEM, poll_id)


@jobs.task("discussions.review_poll")
def review_poll(poll_id: int, person_id: int | None) -> None:
    """On the day on which an outcome was to be looked at again."""
    actions.review_poll(SYSTEM, poll_id, person_id)
