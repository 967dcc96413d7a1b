"""What must hold after any storm, asked of what clients saw and of the database.

Each check gives (how many things it examined, what is wrong with them). One that examined nothing proves
nothing, and the report says so.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from chaos.record import Frame, Record
from chaos.town import SEATS, Town
from chaos.watchers import Held
from civicforum.accounts.models import SYSTEM
from civicforum.db import db
from civicforum.discussions.models import Post, Reaction
from civicforum.discussions.queries import list_posts
from civicforum.discussions.schemas import public_posts_json, tell_posts_to_everybody
from civicforum.live.models import LiveChange
from civicforum.moderation.queries import verify_log
from civicforum.notifications.models import Notification
from civicforum.townhalls.models import Rsvp

MOST_FAULTS_TOLD = 8
MAIL_PROCESSES = 3  # each may have one mail under way when it is struck


@dataclass
class Finding:
    """``faults``: sentences, empty where all is well; ``examined``: how many things were looked at."""

    claim: str
    examined: int
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        if not self.examined:
            return f"{self.claim}: nothing to examine"
        if not self.faults:
            return f"{self.claim}: {self.examined} examined"
        more = len(self.faults) - MOST_FAULTS_TOLD
        told = [*self.faults[:MOST_FAULTS_TOLD], *([f"and {more} more"] if more > 0 else [])]
        return "\n    ".join([f"{self.claim}: {len(self.faults)} of {self.examined} are wrong", *told])


Check = Callable[[Town, Record], tuple[int, list[str]]]
_checks: list[tuple[str, Check]] = []


def claims(sentence: str) -> Callable[[Check], Check]:
    def register(check: Check) -> Check:
        _checks.append((sentence, check))
        return check

    return register


def examine(town: Town) -> list[Finding]:
    """Every check, on a town that has healed."""
    with town.database():
        return [Finding(claim, *check(town, town.record)) for claim, check in _checks]


# --- what was said ---


@claims("every acknowledged post is there exactly once")
def posts_once(_town: Town, record: Record) -> tuple[int, list[str]]:
    bodies = db.session.scalars(select(Post.body)).all()
    said = record.acknowledged("post", "inside", "pending")
    found = {deed.mark: sum(deed.mark in body.split() for body in bodies) for deed in said}
    return len(said), [f"{mark} is there {n} times" for mark, n in found.items() if n != 1]


@claims("a post that was never acknowledged is there once at most")
def unacknowledged_once(_town: Town, record: Record) -> tuple[int, list[str]]:
    bodies = db.session.scalars(select(Post.body)).all()
    marks = [deed.mark for deed in record.deeds if deed.kind in ("post", "inside", "pending")]
    counts = Counter(word for body in bodies for word in body.split())
    return len(marks), [f"{mark} is there {counts[mark]} times" for mark in marks if counts[mark] > 1]


@claims("an answer's post is the database's post")
def answers_are_true(_town: Town, record: Record) -> tuple[int, list[str]]:
    places = {row.id: (row.seq, row.thread_id) for row in db.session.scalars(select(Post))}
    said = [deed for deed in record.acknowledged("post", "inside") if deed.answer]
    faults = []
    for deed in said:
        told = deed.answer or {}
        if places.get(told["id"]) != (told["seq"], told["thread_id"]):
            faults.append(f"{deed.mark} was told as {told['id']}, {told['seq']}: {places.get(told['id'])}")
    return len(said), faults


@claims("places in a thread are 1, 2, 3 … without a hole")
def places_whole(town: Town, _record: Record) -> tuple[int, list[str]]:
    threads = [town.places.thread["id"], town.places.closed_thread["id"]]
    faults, examined = [], 0
    for thread_id in threads:
        seqs = db.session.scalars(
            select(Post.seq).where(Post.thread_id == thread_id, Post.seq.is_not(None)).order_by(Post.seq)
        ).all()
        examined += len(seqs)
        if list(seqs) != list(range(1, len(seqs) + 1)):
            faults.append(f"thread {thread_id} has the places {seqs}")
    return examined, faults


@claims("an acknowledged edit is not lost")
def edits_kept(_town: Town, record: Record) -> tuple[int, list[str]]:
    edits = [deed for deed in record.acknowledged("edit") if deed.answer]
    posts = {post.id: post for post in db.session.scalars(select(Post))}
    faults = []
    for deed in edits:
        told = deed.answer or {}
        post = posts[told["id"]]
        is_there = post.revision > told["revision"] or deed.mark in post.body.split()
        if not is_there or post.revision < told["revision"]:
            faults.append(f"{deed.mark} at revision {told['revision']}: it reads {post.body!r}")
    return len(edits), faults


@claims("what was taken back or hidden stays so")
def takings_kept(_town: Town, record: Record) -> tuple[int, list[str]]:
    deeds = record.acknowledged("withdraw", "hide")
    states = {row.id: row.state for row in db.session.execute(select(Post.id, Post.state))}
    wanted = {"withdraw": {"withdrawn"}, "hide": {"hidden"}}
    return len(deeds), [
        f"post {deed.facts['post_id']} is {states[deed.facts['post_id']]} after {deed.kind}"
        for deed in deeds
        if states[deed.facts["post_id"]] not in wanted[deed.kind]
    ]


@claims("one person's support counts once")
def reactions_once(_town: Town, record: Record) -> tuple[int, list[str]]:
    asked = record.acknowledged("react")
    rows = db.session.execute(
        select(Reaction.post_id, Reaction.user_id, func.count()).group_by(Reaction.post_id, Reaction.user_id)
    ).all()
    given = {row.post_id for row in rows}
    faults = [f"post {d.facts['post_id']} lost a support" for d in asked if d.facts["post_id"] not in given]
    return len(asked), faults + [f"post {row[0]} was supported {row[2]} times" for row in rows if row[2] > 1]


# --- what watchers saw ---


def told_items(record: Record) -> Iterator[tuple[Frame, dict[str, Any]]]:
    for frame in record.frames:
        if frame.kind in ("update", "ack"):
            for item in json.loads(frame.text).get("items", []):
                if item["type"] == "post":
                    yield frame, item


@claims("nobody was shown a post that does not exist")
def no_phantoms(_town: Town, record: Record) -> tuple[int, list[str]]:
    """A number may come again after a rollback, so the words are compared: a post keeps its first one."""
    rows = {post.id: (post.seq, first_word(post.body)) for post in db.session.scalars(select(Post))}
    examined, faults = 0, set()
    for frame, item in told_items(record):
        examined += 1
        seq, word = rows.get(item["id"], (None, None))
        told_seq, told_word = item.get("seq"), first_word(item.get("body"))
        if (told_seq is not None and told_seq != seq) or (told_word is not None and told_word != word):
            faults.add(
                f"post {item['id']}, {told_word} at {told_seq} ({frame.reader}): it is {word} at {seq}"
            )
    return examined, sorted(faults)


def first_word(body: str | None) -> str | None:
    return body.split()[0] if body else None


@claims("what was shown was at its place from the first moment to the last")
def one_order(_town: Town, record: Record) -> tuple[int, list[str]]:
    places: dict[int, set[Any]] = defaultdict(set)
    for _frame, item in told_items(record):
        if item.get("seq") is not None:
            places[item["id"]].add(item["seq"])
    return len(places), [f"post {k} was shown at {sorted(v)}" for k, v in places.items() if len(v) > 1]


@claims("a channel's updates came in order to each reader")
def updates_in_order(_town: Town, record: Record) -> tuple[int, list[str]]:
    """Within one connection; an ack begins a new one or closes a gap."""
    last: dict[str, int] = {}
    examined, faults = 0, []
    for frame in record.frames:
        if frame.revision is None:
            continue
        if frame.kind == "ack":
            last[frame.reader] = -1
        elif frame.kind == "update":
            examined += 1
            if frame.revision <= last.get(frame.reader, -1):
                faults.append(f"{frame.reader} got {frame.revision} after {last[frame.reader]}")
            last[frame.reader] = frame.revision
    return examined, faults


# --- what nobody may see ---


@claims("words that wait for a moderator were shown to nobody")
def pending_unseen(_town: Town, record: Record) -> tuple[int, list[str]]:
    marks = [deed.mark for deed in record.deeds if deed.kind == "pending"]
    return _search(record, marks, lambda _frame, _mark: True)


@claims("words of a members' thread were shown to no outsider")
def inside_unseen(_town: Town, record: Record) -> tuple[int, list[str]]:
    marks = ["zqclosed", *(deed.mark for deed in record.deeds if deed.kind == "inside")]
    outsiders = {frame.reader for frame in record.frames} - {"member", "leaver"}
    return _search(record, marks, lambda frame, _mark: frame.reader in outsiders)


@claims("who was removed was shown nothing that was said afterwards")
def leaver_unseen(_town: Town, record: Record) -> tuple[int, list[str]]:
    marks = [deed.mark for deed in record.deeds if deed.mark.startswith("zqgone") and deed.kind == "inside"]
    return _search(record, marks, lambda frame, _mark: frame.reader == "leaver")


@claims("hidden words were shown to nobody who asked afterwards")
def hidden_unseen(_town: Town, record: Record) -> tuple[int, list[str]]:
    """A page counts if it was asked for after the hiding was acknowledged; a frame by its revision."""
    hidden_at = {d.mark: (d.ended_at or 0.0, d.facts["post_id"]) for d in record.acknowledged("hide")}
    rows = db.session.execute(
        select(LiveChange.object_id, LiveChange.revision).where(LiveChange.kind == "post")
    )
    at_revision = {row.object_id: row.revision for row in rows}

    def may_not(frame: Frame, mark: str) -> bool:
        ended_at, post_id = hidden_at[mark]
        if frame.kind == "body":
            return frame.asked_at > ended_at
        return frame.revision is not None and frame.revision >= at_revision[post_id]

    return _search(record, list(hidden_at), may_not)


def _search(record: Record, marks: list[str], may_not: Callable[[Frame, str], bool]) -> tuple[int, list[str]]:
    """Which of the words stand in frames in which they may not; examined are all frames, given words."""
    if not marks:
        return 0, []
    faults, examined = set(), 0
    for frame in record.frames:
        examined += 1
        words = set(_words(frame.text)) if "zq" in frame.text else set()
        for mark in words.intersection(marks):
            if may_not(frame, mark):
                faults.add(f"{mark} in {frame.kind} {frame.channel} of {frame.reader}")
    return examined, sorted(faults)


def _words(text: str) -> Iterator[str]:
    """The words of letters and digits in a text, however it is written (JSON, HTML)."""
    word = ""
    for character in text:
        if character.isalnum():
            word += character
        elif word:
            if word.startswith("zq"):
                yield word
            word = ""
    if word.startswith("zq"):
        yield word


# --- seats ---


@claims("no seat was given twice, in any moment")
def never_oversold(_town: Town, record: Record) -> tuple[int, list[str]]:
    taken = [sample["taken"] for sample in record.samples]
    return len(taken), [f"{n} people on {SEATS} seats" for n in taken if n > SEATS]


@claims("nobody waited while a seat was free")
def no_seat_left_empty(_town: Town, record: Record) -> tuple[int, list[str]]:
    crowded = [sample for sample in record.samples if sample["waiting"]]
    return len(crowded), [
        f"{s['taken']} of {SEATS} seats, {s['waiting']} wait" for s in crowded if s["taken"] < SEATS
    ]


@claims("whoever came later waits behind whoever came earlier")
def queue_in_order(_town: Town, record: Record) -> tuple[int, list[str]]:
    crowded = [sample for sample in record.samples if sample["waiting"]]
    return len(crowded), [
        f"place {s['last_seated']} has a seat, place {s['first_waiting']} waits"
        for s in crowded
        if s["last_seated"] > s["first_waiting"]
    ]


@claims("the last answer that was acknowledged stands")
def answers_stand(town: Town, record: Record) -> tuple[int, list[str]]:
    """A late or doubled request changes nothing: cancelled stays cancelled."""
    states = {row.user_id: row.state for row in db.session.scalars(select(Rsvp))}
    latest = {d.person: d for d in record.deeds if d.kind in ("come", "cancel") and d.status != 404}
    settled = {name: deed for name, deed in latest.items() if deed.is_acknowledged}
    wanted = {"come": {"going", "waitlisted"}, "cancel": {"cancelled"}}
    faults = []
    for name, deed in settled.items():
        state = states.get(town.people[name].id)
        if state not in wanted[deed.kind]:
            faults.append(f"{name} is {state} after {deed.kind}")
    return len(settled), faults


@claims("whoever moved up was told once, and nobody else")
def told_once(town: Town, record: Record) -> tuple[int, list[str]]:
    """At most once for each time that they asked to come."""
    asked = Counter(deed.person for deed in record.deeds if deed.kind == "come")
    names = {person.id: name for name, person in town.people.items()}
    told = Counter(db.session.scalars(select(Notification.user_id).where(Notification.reason == "promoted")))
    return sum(told.values()), [
        f"{names[user_id]} was told {n} times, having asked {asked[names[user_id]]} times"
        for user_id, n in told.items()
        if n > asked[names[user_id]]
    ]


@claims("a mail came once, or again with the same Message-ID after a crash")
def mails_once(_town: Town, record: Record) -> tuple[int, list[str]]:
    """A process that is killed between the mail server's 250 and its own commit sends that one again."""
    copies = Counter(message_id for message_id, _to, _subject in record.mails)
    again = {message_id: n - 1 for message_id, n in copies.items() if n > 1}
    if sum(again.values()) <= MAIL_PROCESSES * record.blows.total():
        return len(record.mails), []
    return len(record.mails), [f"{k} came {n} times too often" for k, n in again.items()]


# --- the house itself ---


@claims("no answer was a traceback or a 500")
def no_broken_answers(town: Town, record: Record) -> tuple[int, list[str]]:
    answered = sum(deed.attempts for deed in record.deeds)
    return answered, list(record.broken_answers)


@claims("the public log's chain is whole")
def chain_whole(_town: Town, _record: Record) -> tuple[int, list[str]]:
    count, broken = verify_log()
    return count, [] if broken is None else [f"row {broken} is not as it was written"]


def thread_now(town: Town, thread_id: int) -> list[Held]:
    """Every post of a thread as everybody may know it now."""
    with town.database():
        from civicforum.discussions.queries import get_thread

        thread, posts, after = get_thread(SYSTEM, thread_id), [], 0
        while page := list_posts(SYSTEM, thread, after=after, limit=200):
            posts += page
            after = page[-1].seq or 0
        told = public_posts_json(tell_posts_to_everybody(posts))
        db.session.rollback()
    return sorted((p["id"], p["seq"], p["revision"], p["state"], p["body"]) for p in told)
