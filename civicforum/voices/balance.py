"""Voice balance: how evenly a conversation is spread over those who take part in it.

Pure arithmetic, from how often each person spoke. What is told of it follows the small-number rule:
fewer than five people are too few to tell anything about without telling about somebody.
"""

from collections.abc import Iterable
from dataclasses import dataclass

FEWEST_TOLD = 5
MOST_ACTIVE = 3
# From when on one person's part of a conversation is worth a quiet word with them.
NUDGE_PERCENT, NUDGE_POSTS, NUDGE_PEOPLE = 35, 8, 4
# Who gives room to others has at least so many posts, and more than one and a half times an equal share.
# (35 % of 8 posts are three, too.)
FEWEST_POSTS = 3


@dataclass(frozen=True)
class Balance:
    """How a conversation is spread.

    ``squares`` is the sum of everybody's number of posts, squared. ``top_posts`` are those of the three most
    active. ``first_time`` are people who never spoke in this town before; ``welcomed`` those of them who were
    answered within two days. ``hats`` are people who organize, moderate or speak for a partner; ``hat_posts``
    is what they wrote.
    """

    people: int = 0
    posts: int = 0
    squares: int = 0
    top_posts: int = 0
    first_time: int = 0
    welcomed: int = 0
    hats: int = 0
    hat_posts: int = 0

    @property
    def is_told(self) -> bool:
        """Whether enough people spoke to tell how."""
        return self.people >= FEWEST_TOLD

    @property
    def effective(self) -> float:
        """Effective voices, 1 / Σ share²: so many people speaking equally often would be as even as this."""
        return self.posts**2 / self.squares if self.squares else 0.0

    @property
    def other_posts(self) -> int:
        """What those wrote who are not among the three most active."""
        return self.posts - self.top_posts

    @property
    def resident_posts(self) -> int:
        return self.posts - self.hat_posts

    @property
    def told_first_time(self) -> int | None:
        """How many spoke for the first time; None where that would tell of fewer than five, or of all but
        fewer than five."""
        is_large = self.is_told and self.first_time >= FEWEST_TOLD
        return self.first_time if is_large and self._may_be_split(self.first_time, self.people) else None

    @property
    def told_welcomed(self) -> int | None:
        """How many of those were answered within two days; None where either part is too small to tell."""
        if self.told_first_time is None or self.welcomed < FEWEST_TOLD:
            return None
        return self.welcomed if self._may_be_split(self.welcomed, self.first_time) else None

    @staticmethod
    def _may_be_split(part: int, whole: int) -> bool:
        """Nobody is left over, or enough people are."""
        return part == whole or whole - part >= FEWEST_TOLD


def weigh(posts_of_each: Iterable[int]) -> Balance:
    """The balance of people who spoke so often each; those who never did do not count."""
    ranked = sorted((posts for posts in posts_of_each if posts > 0), reverse=True)
    return Balance(
        people=len(ranked),
        posts=sum(ranked),
        squares=sum(posts * posts for posts in ranked),
        top_posts=sum(ranked[:MOST_ACTIVE]),
    )


def is_loud(own: int, posts: int, people: int) -> bool:
    """Whether somebody with ``own`` of these posts is told, once, that others may have more to say."""
    return people >= NUDGE_PEOPLE and posts >= NUDGE_POSTS and 100 * own >= NUDGE_PERCENT * posts


def speaks_most(own: int, posts: int, people: int) -> bool:
    """Whether somebody with ``own`` of these posts gives room to others while room is made.

    An equal share is ``posts / people``. It is asked at every post, so whoever was overtaken is free again.
    """
    return own >= FEWEST_POSTS and 2 * own * people > 3 * posts
