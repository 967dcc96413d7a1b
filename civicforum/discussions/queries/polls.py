"""Reading polls and votes: the viewer first, and of counts only what they may know."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import lazyload, selectinload

from civicforum.accounts.models import Actor, User
from civicforum.db import db
from civicforum.discussions import policies
from civicforum.discussions.models import FEWEST_COUNTED, Ballot, BallotChoice, Poll, PollOption, Post
from civicforum.errors import NotFound

# For each option, how many gave it which value.
Tally = Mapping[int, Mapping[int, int]]


def get_poll(viewer: Actor, poll_id: int) -> Poll:
    """The poll; NotFound for who may not read the post in which it is."""
    poll = db.session.get(Poll, poll_id)
    if poll is None or not policies.can_see_poll(viewer, poll.post):
        raise NotFound
    return poll


def find_poll(post_id: int) -> Poll | None:
    """The poll of a post that the viewer may read."""
    return db.session.scalar(select(Poll).where(Poll.post_id == post_id))


def polls_of(post_ids: Iterable[int]) -> dict[int, Poll]:
    """The poll of each of these posts that has one, by the post's id."""
    polls = db.session.scalars(
        select(Poll).options(lazyload(Poll.post)).where(Poll.post_id.in_(list(post_ids)))
    )
    return {poll.post_id: poll for poll in polls}


def visible_polls(viewer: Actor, ids: Iterable[int]) -> dict[int, Poll]:
    """Those of these polls that ``viewer`` may see, by id."""
    polls = db.session.scalars(select(Poll).where(Poll.id.in_(list(ids))))
    return {poll.id: poll for poll in polls if policies.can_see_poll(viewer, poll.post)}


def count_voters(poll_ids: Iterable[int]) -> dict[int, int]:
    """How many people voted in each poll; everybody may know that."""
    wanted = list(poll_ids)
    rows = db.session.execute(
        select(Ballot.poll_id, func.count()).where(Ballot.poll_id.in_(wanted)).group_by(Ballot.poll_id)
    )
    return dict.fromkeys(wanted, 0) | {row[0]: row[1] for row in rows}


def may_see_counts(poll: Poll, post: Post, voters: int, has_voted: bool) -> bool:
    """After the close everybody; before it, where the poll says so, those who voted, from five votes on."""
    if not post.is_visible:
        return False
    if poll.is_closed():
        return True
    return poll.results == "after_vote" and has_voted and voters >= FEWEST_COUNTED


def tallies(poll_ids: Iterable[int]) -> dict[int, Tally]:
    """For each poll the tally of each of its options. Whoever asks has asked ``may_see_counts``."""
    found: dict[int, dict[int, dict[int, int]]] = {
        poll_id: defaultdict(lambda: defaultdict(int)) for poll_id in poll_ids
    }
    rows = db.session.execute(
        select(PollOption.poll_id, BallotChoice.option_id, BallotChoice.value, func.count())
        .join(PollOption, PollOption.id == BallotChoice.option_id)
        .where(PollOption.poll_id.in_(list(found)))
        .group_by(PollOption.poll_id, BallotChoice.option_id, BallotChoice.value)
    )
    for poll_id, option_id, value, count in rows:
        found[poll_id][option_id][value] = count
    return dict(found)


def own_votes(viewer: Actor, poll_ids: Iterable[int]) -> dict[int, dict[int, int]]:
    """What the viewer voted in each of these polls: a value for each option they chose."""
    if not isinstance(viewer, User):
        return {}
    found: dict[int, dict[int, int]] = {}
    rows = db.session.execute(
        select(Ballot.poll_id, BallotChoice.option_id, BallotChoice.value)
        .join(BallotChoice, BallotChoice.ballot_id == Ballot.id)
        .where(Ballot.user_id == viewer.id, Ballot.poll_id.in_(list(poll_ids)))
        .order_by(BallotChoice.option_id)
    )
    for poll_id, option_id, value in rows:
        found.setdefault(poll_id, {})[option_id] = value
    return found


def find_ballot(poll_id: int, user_id: int | None) -> Ballot | None:
    return db.session.scalar(select(Ballot).where(Ballot.poll_id == poll_id, Ballot.user_id == user_id))


def list_voters(poll_id: int) -> list[int]:
    """The ids of those who voted: for telling them, never for showing them."""
    rows = db.session.scalars(
        select(Ballot.user_id).where(Ballot.poll_id == poll_id, Ballot.user_id.is_not(None))
    )
    return [user_id for user_id in rows if user_id is not None]


def list_undecided(poll: Poll) -> list[int]:
    """The ids of those who speak in the poll's thread, may vote, and have not."""
    voted = select(Ballot.user_id).where(Ballot.poll_id == poll.id, Ballot.user_id.is_not(None))
    speakers = select(Post.author_id).where(Post.thread_id == poll.post.thread_id, Post.state == "visible")
    people = db.session.scalars(
        select(User)
        .options(selectinload(User.grants), selectinload(User.memberships), selectinload(User.seats_at))
        .where(User.id.in_(speakers), User.id.not_in(voted), User.erased_at.is_(None))
        .order_by(User.id)
    )
    return [user.id for user in people if policies.can_vote(user, poll.post)]


def ballots_of(user_id: int) -> list[tuple[Ballot, Poll]]:
    """What this person voted, each with its poll, in order of the posts; as it is in the database now."""
    rows = db.session.execute(
        select(Ballot, Poll)
        .join(Poll, Poll.id == Ballot.poll_id)
        .where(Ballot.user_id == user_id)
        .order_by(Poll.post_id)
        .execution_options(populate_existing=True)
    )
    return [(row[0], row[1]) for row in rows]
