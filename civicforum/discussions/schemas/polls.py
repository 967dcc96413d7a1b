"""What is told outside of a poll: the question and how many voted; counts to whom they are open."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf, Range

from civicforum.accounts.models import Actor
from civicforum.discussions import policies, queries
from civicforum.discussions.asking import (
    FEWEST_OPTIONS,
    MAX_OPTION_CHARACTERS,
    MAX_OUTCOME_CHARACTERS,
    MAX_QUESTION_CHARACTERS,
    MOST_OPTIONS,
    Asked,
    prepare_poll,
)
from civicforum.discussions.models import HIGHEST_SCORE, POLL_KINDS, POLL_RESULTS, Poll, PollOption, Post
from civicforum.discussions.schemas.bodies import Strict
from civicforum.web.numbers import LARGEST

SCORES = range(HIGHEST_SCORE + 1)


class NewPollSchema(Strict):
    kind = fields.String(required=True, validate=OneOf(POLL_KINDS))
    question = fields.String(required=True, validate=Length(min=1, max=MAX_QUESTION_CHARACTERS))
    options = fields.List(
        fields.String(validate=Length(min=1, max=MAX_OPTION_CHARACTERS)),
        load_default=list,
        validate=Length(max=MOST_OPTIONS),
        metadata={"description": f"{FEWEST_OPTIONS} to {MOST_OPTIONS}; a sense check brings its own three."},
    )
    closes_at = fields.AwareDateTime(required=True, format="iso")
    results = fields.String(load_default="after_vote", validate=OneOf(POLL_RESULTS))


def load_poll(body: Mapping[str, Any] | None) -> Asked | None:
    """The poll of a body, ready to be kept. Raises Invalid for what will not do."""
    if body is None:
        return None
    return prepare_poll(body["kind"], body["question"], body["options"], body["closes_at"], body["results"])


class ChoiceSchema(Schema):
    option = fields.Integer(strict=True, required=True, validate=Range(min=1, max=LARGEST))
    value = fields.Integer(
        strict=True,
        load_default=1,
        validate=Range(0, HIGHEST_SCORE),
        metadata={"description": "A score from 0 to 5; in every other kind of poll 1."},
    )


class VoteSchema(Strict):
    choices = fields.List(
        fields.Nested(ChoiceSchema), required=True, validate=Length(min=1, max=MOST_OPTIONS)
    )


class NewOutcomeSchema(Strict):
    words = fields.String(required=True, validate=Length(min=1, max=MAX_OUTCOME_CHARACTERS))
    review_on = fields.Date(load_default=None, allow_none=True)


class PollOptionSchema(Schema):
    id = fields.Integer(required=True)
    label = fields.String(required=True)


class CountSchema(Schema):
    option = fields.Integer(required=True)
    count = fields.Integer(
        required=True, metadata={"description": "How many people chose it, or gave it a score."}
    )
    mean = fields.Float(required=True, allow_none=True)
    scores = fields.List(
        fields.Integer(),
        required=True,
        allow_none=True,
        metadata={"description": "How many gave it 0, 1, 2, 3, 4, 5."},
    )


class OutcomeSchema(Schema):
    """What happens next."""

    words = fields.String(required=True)
    at = fields.AwareDateTime(required=True, format="iso")
    review_on = fields.Date(required=True, allow_none=True)


class PollSchema(Schema):
    """A poll as the asker may know it; over the socket as everybody may."""

    id = fields.Integer(required=True)
    post_id = fields.Integer(required=True)
    kind = fields.String(required=True, validate=OneOf(POLL_KINDS))
    question = fields.String(required=True)
    options = fields.List(fields.Nested(PollOptionSchema), required=True)
    results_open = fields.String(required=True, validate=OneOf(POLL_RESULTS))
    closes_at = fields.AwareDateTime(required=True, format="iso")
    is_closed = fields.Boolean(required=True)
    voters = fields.Integer(required=True)
    results = fields.List(
        fields.Nested(CountSchema),
        required=True,
        allow_none=True,
        metadata={"description": "Null while they are not open to whoever asks."},
    )
    my_vote = fields.List(fields.Nested(ChoiceSchema), required=True, allow_none=True)
    outcome = fields.Nested(OutcomeSchema, required=True, allow_none=True)


@dataclass(frozen=True)
class ToldOption:
    id: int
    label: str


@dataclass(frozen=True)
class Count:
    """What came of one option. ``count`` people chose or rated it; the rest is of scores alone."""

    option: int
    label: str
    count: int
    mean: float | None = None
    scores: tuple[int, ...] | None = None

    @property
    def spread(self) -> tuple[int, int]:
        """The lowest and the highest score that was given."""
        given = [score for score, count in enumerate(self.scores or ()) if count]
        return (min(given), max(given)) if given else (0, 0)


@dataclass(frozen=True)
class ToldPoll:
    """A poll as one viewer may know it; ``results`` is None while they are not open to them."""

    id: int
    post_id: int
    kind: str
    question: str
    options: tuple[ToldOption, ...]
    results_open: str
    closes_at: datetime
    is_closed: bool
    takes_votes: bool
    voters: int
    results: tuple[Count, ...] | None
    my_vote: list[dict[str, int]] | None
    outcome: dict[str, Any] | None
    may_vote: bool = False
    may_close: bool = False
    can_be_set: bool = False
    nonce: str = ""  # names one sending of the form that is offered

    @property
    def leaders(self) -> list[Count]:
        """Whatever was chosen most, or has the highest mean."""
        rows = [row for row in self.results or () if row.count]
        most = max((_rank(row) for row in rows), default=None)
        return [row for row in rows if _rank(row) == most]

    def voted(self, option_id: int) -> int | None:
        """What the viewer gave this option."""
        return next((row["value"] for row in self.my_vote or () if row["option"] == option_id), None)


def _rank(row: Count) -> float:
    return row.count if row.mean is None else row.mean


def label_of(option: PollOption, kind: str) -> str:
    """The option's words; those of a sense check in the reader's language."""
    if kind != "sense":
        return option.text
    return {"agree": _("I agree"), "depends": _("It depends"), "disagree": _("I disagree")}[option.text]


def tell_polls(viewer: Actor, posts: Sequence[Post]) -> dict[int, ToldPoll]:
    """The polls of these posts as ``viewer`` may know them, by the post's id, in a fixed number of queries.

    The caller has asked who may read the posts.
    """
    polls = queries.polls_of(post.id for post in posts)
    if not polls:
        return {}
    ids = [poll.id for poll in polls.values()]
    voters, own = queries.count_voters(ids), queries.own_votes(viewer, ids)
    by_id = {post.id: post for post in posts}
    is_open = {
        poll.id: queries.may_see_counts(poll, by_id[post_id], voters[poll.id], poll.id in own)
        for post_id, poll in polls.items()
    }
    tallies = queries.tallies([poll_id for poll_id in ids if is_open[poll_id]])
    return {
        post_id: _tell_poll(
            viewer, by_id[post_id], poll, voters[poll.id], tallies.get(poll.id), own.get(poll.id)
        )
        for post_id, poll in polls.items()
    }


def _tell_poll(
    viewer: Actor,
    post: Post,
    poll: Poll,
    voters: int,
    tally: queries.Tally | None,
    own: Mapping[int, int] | None,
) -> ToldPoll:
    is_closed = poll.is_closed()
    is_running = post.is_visible and post.thread.is_open and post.thread.project.is_open and not is_closed
    may_vote = is_running and policies.can_vote(viewer, post)
    may_end = post.is_visible and policies.can_close_poll(viewer, post)
    return ToldPoll(
        id=poll.id,
        post_id=post.id,
        kind=poll.kind,
        question=poll.question,
        options=tuple(ToldOption(option.id, label_of(option, poll.kind)) for option in poll.options),
        results_open=poll.results,
        closes_at=poll.ended_at,
        is_closed=is_closed,
        takes_votes=is_running,
        voters=voters,
        results=None if tally is None else tuple(_count(poll, option, tally) for option in poll.options),
        my_vote=None if own is None else [{"option": id_, "value": value} for id_, value in own.items()],
        outcome=_tell_outcome(poll),
        may_vote=may_vote,
        may_close=may_end,
        can_be_set=not voters and not is_closed,
        nonce=secrets.token_urlsafe(12) if may_vote else "",
    )


def _count(poll: Poll, option: PollOption, tally: queries.Tally) -> Count:
    given = tally.get(option.id, {})
    count, label = sum(given.values()), label_of(option, poll.kind)
    if poll.kind != "score":
        return Count(option.id, label, count)
    total = sum(value * number for value, number in given.items())
    scores = tuple(given.get(score, 0) for score in SCORES)
    return Count(option.id, label, count, round(total / count, 1) if count else None, scores)


def _tell_outcome(poll: Poll) -> dict[str, Any] | None:
    if poll.outcome is None:
        return None
    review: date | None = poll.review_on
    return {"words": poll.outcome, "at": poll.outcome_at, "review_on": review}
