"""When flags hide a comment by themselves, and when a person has to look first. Pure: no database.

**The score** of a comment is the sum of the weights of the flags that are open on it. The weight of a flag is

    weight = max(0, points + bonus)

    points    1  a newcomer: nothing of theirs stood yet, no meeting, nobody vouched
              2  everybody else who confirmed an address
              3  trusted: holds a role, or flagged TRUSTED_FLAGS times and was right in RIGHT_SHARE of them
              6  moderators of the place who may judge it (else 3)

    bonus     0  while MANY_FLAGS (5) flags or fewer were decided; after that, with n decided flags of which
                 the share p was found right:
                     5 · log4(n) · (p − 0.7) / 0.3    where p is at least 0.7
                     5 · log4(n) · (p − 0.7) / 0.7    where p is less
                 so 6 right of 6 are +6.46, 10 of 10 +8.30, 8 of 10 +2.77, 10 of 20 −3.09, 0 of 10 −8.30.

The form is Discourse's (its trust levels are not: here nothing is earned by likes or hours online).

**A comment is hidden by itself** once its score reaches the threshold (8.33 unless the town sets another)
and at least FEWEST_PEOPLE people flagged it, of whom all but the weightiest weigh CONFIRMED together, until a
person has looked. It is *not*, and a person is asked to look, where ``obstacle`` names a reason:

    staff         its author has a role in the project, so everybody saw who spoke
    criticism     it answers, calls on or names somebody with a role in the project, or a partner: those who
                  have power are never shielded from criticism by a count
    organization  without the people of any one organization, less than half of the threshold is left
    new_accounts  at least FEW_TO_JUDGE people flagged it, and more than half of them with accounts that are
                  younger than YOUNG and began within TOGETHER of each other
    at_once       more than half of the flags, and at least MANY_AT_ONCE, came within AT_ONCE
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log

THRESHOLD = 8.33
FEWEST_PEOPLE = 2
NEWCOMER, CONFIRMED, TRUSTED, STAFF = 1, 2, 3, 6
MANY_FLAGS = 5
TRUSTED_FLAGS = 5
RIGHT_SHARE = 0.7
FEW_TO_JUDGE = 3
YOUNG = timedelta(days=30)
TOGETHER = timedelta(days=3)
MANY_AT_ONCE = 4
AT_ONCE = timedelta(minutes=2)
OBSTACLES = ("staff", "criticism", "organization", "new_accounts", "at_once")


@dataclass(frozen=True)
class Flagger:
    """Somebody whose flag is open: what it weighs depends on who they are and how often they were right."""

    account_began_at: datetime
    flagged_at: datetime
    is_newcomer: bool = False
    has_role: bool = False
    is_moderator: bool = False
    right: int = 0
    wrong: int = 0
    organizations: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Target:
    """What is flagged, as far as it matters here."""

    is_by_staff: bool = False
    is_about_power: bool = False


def weight(flagger: Flagger) -> float:
    return max(0.0, points(flagger) + bonus(flagger.right, flagger.wrong))


def points(flagger: Flagger) -> int:
    if flagger.is_moderator:
        return STAFF
    decided = flagger.right + flagger.wrong
    is_proven = decided >= TRUSTED_FLAGS and flagger.right >= RIGHT_SHARE * decided
    if flagger.has_role or is_proven:
        return TRUSTED
    return NEWCOMER if flagger.is_newcomer else CONFIRMED


def bonus(right: int, wrong: int) -> float:
    """What having been right or wrong adds to a flag or takes from it."""
    decided = right + wrong
    if decided <= MANY_FLAGS:
        return 0.0
    distance = right / decided - RIGHT_SHARE
    span = 1 - RIGHT_SHARE if distance >= 0 else RIGHT_SHARE
    return 5 * log(decided, 4) * distance / span


def score(flaggers: Iterable[Flagger]) -> float:
    return round(sum(weight(flagger) for flagger in flaggers), 2)


def is_enough(flaggers: Sequence[Flagger], threshold: float = THRESHOLD) -> bool:
    """Whether so much was flagged that the comment would be hidden by itself."""
    weights = sorted(weight(flagger) for flagger in flaggers)
    # Nobody hides anything alone, with an account of one's own beside them that weighs next to nothing.
    is_seconded = sum(weights[:-1]) >= CONFIRMED
    return len(flaggers) >= FEWEST_PEOPLE and is_seconded and score(flaggers) >= threshold


def obstacle(target: Target, flaggers: Sequence[Flagger], threshold: float = THRESHOLD) -> str | None:
    """Why a person has to look first, where the flags would be enough; None where nothing is against it."""
    if target.is_by_staff:
        return "staff"
    if target.is_about_power:
        return "criticism"
    if is_of_one_organization(flaggers, threshold):
        return "organization"
    if are_new_accounts(flaggers):
        return "new_accounts"
    return "at_once" if came_at_once(flaggers) else None


def is_of_one_organization(flaggers: Sequence[Flagger], threshold: float = THRESHOLD) -> bool:
    """Whether one organization's people carry most of the weight that is needed."""
    return any(
        score(other for other in flaggers if organization not in other.organizations) < threshold / 2
        for organization in frozenset().union(*(flagger.organizations for flagger in flaggers))
    )


def are_new_accounts(flaggers: Sequence[Flagger]) -> bool:
    """Whether most of them have young accounts that began within days of each other."""
    if len(flaggers) < FEW_TO_JUDGE:
        return False
    young = [one.account_began_at for one in flaggers if one.flagged_at - one.account_began_at < YOUNG]
    return most_within(young, TOGETHER) * 2 > len(flaggers)


def came_at_once(flaggers: Sequence[Flagger]) -> bool:
    """Whether most flags, and several, came within minutes."""
    together = most_within([flagger.flagged_at for flagger in flaggers], AT_ONCE)
    return together >= MANY_AT_ONCE and together * 2 > len(flaggers)


def most_within(moments: Sequence[datetime], span: timedelta) -> int:
    """How many of these moments, at most, lie within one span of time."""
    ordered = sorted(moments)
    most, first = 0, 0
    for place, moment in enumerate(ordered):
        while moment - ordered[first] > span:
            first += 1
        most = max(most, place - first + 1)
    return most
