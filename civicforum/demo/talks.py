"""What was said: first planned, with its times and its HTML, then written down in the order it was said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from civicforum.agreement.queries import get_rule
from civicforum.db import db
from civicforum.demo.clock import Clock
from civicforum.demo.files import Table
from civicforum.demo.stage import Stage
from civicforum.discussions.actions import add_poll
from civicforum.discussions.actions.counting import count_voice
from civicforum.discussions.asking import Asked
from civicforum.discussions.models import Ballot, BallotChoice, Post, PostVersion, Reaction, Thread
from civicforum.discussions.words import Words
from civicforum.live.changes import open_channel
from civicforum.text import clean_text, mentions, render_markdown, slugify
from civicforum.voices.actions import record_voice

# Support comes quickly at first, and then for another day.
SUPPORTED_FOR = timedelta(hours=30)


@dataclass(frozen=True)
class Remark:
    """One comment: number ``number`` of its thread. ``later`` is what its author made of it afterwards."""

    thread: str
    number: int
    at: datetime
    author: str
    words: Words
    later: Words | None
    support: tuple[tuple[str, datetime], ...]
    facts: Mapping[str, Any]

    def after(self, change: str) -> datetime | None:
        """When it was edited, withdrawn or hidden."""
        minutes = self.facts.get(f"{change}_after_minutes")
        return None if minutes is None else self.at + timedelta(minutes=minutes)

    @property
    def hidden_at(self) -> datetime | None:
        return self.after("hidden")

    @property
    def mended_at(self) -> datetime | None:
        return _later(self.hidden_at, self.facts.get("mended_after_minutes"))

    @property
    def restored_at(self) -> datetime | None:
        return _later(self.mended_at, self.facts.get("restored_after_minutes"))

    @property
    def edited_at(self) -> datetime | None:
        return self.after("edited") or self.mended_at


@dataclass(frozen=True)
class Talk:
    """A thread and all that was said in it."""

    key: str
    project: str
    title: str
    remarks: tuple[Remark, ...]

    @property
    def author(self) -> str:
        return self.remarks[0].author


def plan_talk(table: Table, clock: Clock) -> Talk:
    """The thread of this table. Comments have ``at``, or the minutes after the one before."""
    opening = {**table, "at": table.get("at") or clock.since(table)}
    remarks: list[Remark] = []
    at = opening["at"]
    for number, facts in enumerate((opening, *table.get("post", ())), 1):
        at = facts.get("at") or at + timedelta(minutes=facts["after_minutes"])
        remarks.append(_plan_remark(table["key"], number, at, facts, clock))
    return Talk(table["key"], table["project"], table["title"], tuple(remarks))


def _plan_remark(thread: str, number: int, at: datetime, facts: Table, clock: Clock) -> Remark:
    later = facts.get("edited_body") or facts.get("mended_body")
    remark = Remark(
        thread=thread,
        number=number,
        at=at,
        author=facts["author"],
        words=write(facts["body"]),
        later=write(later) if later else None,
        support=(),
        facts=facts,
    )
    shown_at = remark.restored_at or at
    supporters = facts.get("support", ())
    moments = supported_at(shown_at, clock.loaded_at, len(supporters))
    return Remark(**{**vars(remark), "support": tuple(zip(supporters, moments, strict=True))})


def write(body: str) -> Words:
    text = clean_text(body).strip()
    return Words(text, render_markdown(text), tuple(mentions(text)))


def supported_at(shown_at: datetime, until: datetime, count: int) -> list[datetime]:
    """``count`` moments after a comment was shown, close together at first."""
    span = min(until - shown_at, SUPPORTED_FOR)
    return [shown_at + span * (place / (count + 1)) ** 2 for place in range(1, count + 1)]


def _later(at: datetime | None, minutes: int | None) -> datetime | None:
    return None if at is None or minutes is None else at + timedelta(minutes=minutes)


# --- writing it down ---


def add_talks(stage: Stage, talks: Sequence[Talk]) -> None:
    """Write all threads down, comment by comment in the order of their times: ids tell that order, too."""
    by_key = {talk.key: talk for talk in talks}
    remarks = sorted((remark for talk in talks for remark in talk.remarks), key=lambda remark: remark.at)
    for remark in remarks:
        if remark.number == 1:
            stage.threads[remark.thread] = _add_thread(stage, by_key[remark.thread])
        stage.posts[remark.thread, remark.number] = _add_post(stage, remark)
        stage.step(1)
    db.session.flush()


def _add_thread(stage: Stage, talk: Talk) -> Thread:
    began_at = talk.remarks[0].at
    project, author = stage.projects[talk.project], stage.people[talk.author]
    thread = Thread(
        project_id=project.id,
        author_id=author.id,
        pseudonym_id=stage.pseudonyms.get((project.id, author.id)),
        title=talk.title,
        slug=slugify(talk.title),
        status="open",
        last_seq=0,
        last_post_at=began_at,
        created_at=began_at,
    )
    db.session.add(thread)
    db.session.flush()
    open_channel(thread.channel)
    return thread


def _add_post(stage: Stage, remark: Remark) -> Post:
    thread = stage.threads[remark.thread]
    thread.last_seq, thread.last_post_at = remark.number, remark.at
    author = stage.people[remark.author]
    words = remark.later or remark.words
    answered = stage.posts.get((remark.thread, remark.facts.get("reply_to", 0)))
    post = Post(
        thread_id=thread.id,
        seq=remark.number,
        author_id=author.id,
        pseudonym_id=stage.pseudonyms.get((thread.project_id, author.id)),
        body=words.body,
        html=words.html,
        reply_to_id=answered and answered.id,
        state=_state(remark),
        revision=_revision(remark),
        created_at=remark.at,
        published_at=remark.at,
        edited_at=remark.edited_at,
    )
    if post.state == "hidden":
        rule = get_rule(remark.facts["rule"])
        post.rule_number, post.rule_title = rule.number, rule.title
    db.session.add(post)
    count_voice(post)
    record_voice("post", post.id, thread.channel, post.author_id).created_at = remark.at
    db.session.add_all([*_versions(post, remark), *_reactions(stage, post, remark)])
    if "poll" in remark.facts:
        _ask(stage, post, remark.at, remark.facts["poll"])
    _tell(stage, post, answered, remark)
    return post


def _ask(stage: Stage, post: Post, at: datetime, facts: Mapping[str, Any]) -> None:
    closes_at = at + timedelta(days=facts["days"])
    poll = add_poll(post, Asked(facts["kind"], facts["question"], tuple(facts["options"]), closes_at))
    ballots: dict[str, Ballot] = {}
    for option, people in zip(poll.options, facts["votes"], strict=True):
        for person in people:
            if person not in ballots:
                ballots[person] = Ballot(poll_id=poll.id, user_id=stage.people[person].id, created_at=at)
                db.session.add(ballots[person])
                db.session.flush()
            db.session.add(BallotChoice(ballot_id=ballots[person].id, option_id=option.id, value=1))
    poll.created_at = at


def _state(remark: Remark) -> str:
    if remark.facts.get("withdrawn"):
        return "withdrawn"
    return "hidden" if remark.hidden_at and not remark.restored_at else "visible"


def _revision(remark: Remark) -> int:
    """One, and one more for each change: edited, taken back, hidden, mended, restored."""
    changes = (
        remark.after("edited"),
        remark.after("withdrawn"),
        remark.hidden_at,
        remark.mended_at,
        remark.restored_at,
    )
    return 1 + sum(change is not None for change in changes)


def _versions(post: Post, remark: Remark) -> list[PostVersion]:
    """How it read before; what a moderator hid does not come back through the history."""
    if remark.later is None:
        return []
    was_hidden = remark.hidden_at is not None
    return [
        PostVersion(
            post_id=post.id,
            revision=2 if was_hidden else 1,
            body=remark.words.body,
            is_public=not was_hidden,
            replaced_at=remark.edited_at,
            replaced_by_id=post.author_id,
        )
    ]


def _reactions(stage: Stage, post: Post, remark: Remark) -> Iterable[Reaction]:
    project_id = stage.threads[remark.thread].project_id
    for person, at in remark.support:
        user_id = stage.people[person].id
        pseudonym_id = stage.pseudonyms.get((project_id, user_id))
        yield Reaction(
            post_id=post.id, user_id=user_id, pseudonym_id=pseudonym_id, kind="support", created_at=at
        )


def _tell(stage: Stage, post: Post, answered: Post | None, remark: Remark) -> None:
    if answered is not None:
        stage.tell([answered.author_id], "reply", "post", post.id, post.author_id, remark.at)
    called = [user.id for user in stage.people.values() if user.handle in remark.words.mentions]
    stage.tell(called, "mention", "post", post.id, post.author_id, remark.at)
