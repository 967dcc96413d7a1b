"""The clock's door to threads."""

from civicforum import jobs
from civicforum.accounts.models import SYSTEM
from civicforum.discussions import actions


@jobs.task("discussions.count_standing")
def count_standing(post_id: int) -> None:
    """A day after a newcomer's words were published: count them if they still stand."""
    actions.count_standing(SYSTEM, post_id)
