"""The tables of discussions: threads, posts, and what belongs to them."""

from civicforum.discussions.models.polls import (
    FEWEST_COUNTED,
    HIGHEST_SCORE,
    POLL_KINDS,
    POLL_RESULTS,
    SENSES,
    Ballot,
    BallotChoice,
    Poll,
    PollOption,
)
from civicforum.discussions.models.posts import (
    EDIT_HOURS,
    MAX_EDITS,
    POST_STATES,
    REACTIONS,
    Post,
    PostVersion,
    Reaction,
)
from civicforum.discussions.models.threads import (
    Thread,
)

__all__ = [
    "EDIT_HOURS",
    "FEWEST_COUNTED",
    "HIGHEST_SCORE",
    "MAX_EDITS",
    "POLL_KINDS",
    "POLL_RESULTS",
    "POST_STATES",
    "REACTIONS",
    "SENSES",
    "Ballot",
    "BallotChoice",
    "Poll",
    "PollOption",
    "Post",
    "PostVersion",
    "Reaction",
    "Thread",
]
