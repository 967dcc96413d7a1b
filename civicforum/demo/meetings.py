"""The meetings: who answered when, who found a seat, who came, and what was written down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any
from uuid import uuid4

from civicforum.db import db
from civicforum.demo.clock import Clock, spread
from civicforum.demo.files import Files, Table
from civicforum.demo.stage import Stage
from civicforum.demo.talks import Talk, plan_talk, write
from civicforum.discussions.words import Words
from civicforum.live.changes import open_channel
from civicforum.townhalls.actions.telling import KIND, REMINDERS, plan_reminders
from civicforum.townhalls.codes import new_code
from civicforum.townhalls.models import (
    AgendaItem,
    CheckIn,
    Decision,
    Need,
    Reminder,
    Rsvp,
    Summary,
    TownHall,
)

INTERESTED = ("going", "maybe", "waitlisted")
# What a meeting's access statement promises anyway is confirmed as soon as somebody has read it.
CONFIRMED = ("childcare", "interpretation", "captions", "step_free")
SETTLED_AFTER = timedelta(hours=5)
LAST_ANSWER_BEFORE_START = timedelta(hours=3)
LAST_ANSWER_BEFORE_NOW = timedelta(minutes=25)


@dataclass(frozen=True)
class Answer:
    """One person's answer as it stands now; ``place`` is the number in the order of arrival."""

    person: str
    at: datetime
    place: int
    state: str
    mode: str
    party_size: int
    needs: Sequence[Table]


@dataclass(frozen=True)
class Meeting:
    key: str
    facts: Table
    organizer: str
    steward: str
    starts_at: datetime
    ends_at: datetime
    published_at: datetime
    cancelled_at: datetime | None
    answers: tuple[Answer, ...]
    summary: Words | None
    talk: Talk

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def location(self) -> str:
        return ", ".join(self.facts[name] for name in ("location", "address") if name in self.facts)


# --- planning ---


def plan_meetings(files: Files) -> list[Meeting]:
    """All meetings in the order in which they were announced."""
    projects = {table["slug"]: table for table in files.projects}
    meetings = [_plan(table, projects[table["project"]], files.clock) for table in files.townhalls]
    return sorted(meetings, key=lambda meeting: meeting.published_at)


def _plan(table: Table, project: Table, clock: Clock) -> Meeting:
    starts_at = clock.at(table["in_days"], table["at"])
    published_at = clock.since(table, "published_")
    cancelled_at = clock.since(table, "cancelled_") if table["status"] == "cancelled" else None
    ends = [clock.loaded_at - LAST_ANSWER_BEFORE_NOW, starts_at - LAST_ANSWER_BEFORE_START]
    if cancelled_at:
        ends.append(cancelled_at)
    minutes = table.get("minutes_published")
    return Meeting(
        key=table["key"],
        facts=table,
        organizer=project["organizers"][0],
        steward=project["stewards"][0],
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=table["minutes"]),
        published_at=published_at,
        cancelled_at=cancelled_at,
        answers=tuple(_plan_answers(table, published_at, min(ends))),
        summary=write(minutes["body"]) if minutes else None,
        talk=_plan_talk(table, project, published_at, clock),
    )


def _plan_talk(table: Table, project: Table, published_at: datetime, clock: Clock) -> Talk:
    """Its discussion, in which the questions asked ahead are comments."""
    asked = [{**question, "at": clock.since(question)} for question in table.get("question", ())]
    thread = {
        "key": f"townhall:{table['key']}",
        "project": table["project"],
        "title": f"Before and after: {table['title']}",
        "author": project["organizers"][0],
        "at": published_at,
        "body": table["discussion"],
        "post": sorted(asked, key=lambda question: question["at"]),
    }
    return plan_talk(thread, clock)


def _plan_answers(table: Table, first: datetime, last: datetime) -> Iterable[Answer]:
    """Seats by first come: whoever does not fit waits, and then everybody after them, too."""
    free = {"in_person": table.get("capacity"), "online": table.get("online_capacity")}
    is_queue: set[str] = set()
    moments = spread(first, last, len(table["rsvps"]))
    for place, (facts, at) in enumerate(zip(table["rsvps"], moments, strict=True), 1):
        mode = facts.get("mode") or ("online" if table["mode"] == "online" else "in_person")
        size, state = facts.get("party_size", 1), facts["answer"]
        seats = free[mode]
        if state == "going" and seats is not None:
            if mode in is_queue or size > seats:
                state = "waitlisted"
                is_queue.add(mode)
            else:
                free[mode] = seats - size
        yield Answer(facts["person"], at, place, state, mode, size, facts.get("needs", ()))


# --- writing it down ---


def add_meetings(stage: Stage, meetings: Sequence[Meeting]) -> None:
    """Write all meetings down; their threads must stand already."""
    for meeting in meetings:
        town_hall = _add_town_hall(stage, meeting)
        rsvps = _add_answers(stage, meeting, town_hall)
        _settle_needs(stage, meeting, rsvps)
        _check_in(stage, meeting, town_hall, rsvps)
        _remind(stage, meeting, town_hall, rsvps)
        _tell_cancelled(stage, meeting, town_hall, rsvps)
        _add_summary(stage, meeting, town_hall)
        plan_reminders(town_hall)
        stage.step(1)


def _add_town_hall(stage: Stage, meeting: Meeting) -> TownHall:
    facts = meeting.facts
    columns = ("title", "summary", "mode", "online_url", "phone", "capacity", "online_capacity")
    town_hall = TownHall(
        **{name: facts[name] for name in columns if name in facts},
        project_id=stage.projects[facts["project"]].id,
        thread_id=stage.threads[meeting.talk.key].id,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        timezone=stage.clock.zone.key,
        location=meeting.location,
        status="cancelled" if meeting.is_cancelled else "published",
        cancel_reason=facts.get("cancelled_reason", ""),
        access_statement=facts["access"],
        needs_until=meeting.starts_at - timedelta(days=facts["needs_deadline_days"]),
        uid=f"{uuid4()}@civicforum",
        sequence=int(meeting.is_cancelled),
        revision=2 + meeting.is_cancelled,  # called, published, called off
        created_at=meeting.published_at,
        updated_at=meeting.cancelled_at or meeting.published_at,
        created_by_id=stage.people[meeting.organizer].id,
    )
    town_hall.agenda = [
        AgendaItem(
            position=place,
            title=item["title"],
            minutes=item["minutes"],
            presenter=stage.people[item["presenter"]].name if "presenter" in item else "",
        )
        for place, item in enumerate(facts["agenda"], 1)
    ]
    db.session.add(town_hall)
    db.session.flush()
    open_channel(town_hall.channel)
    return town_hall


def _add_answers(stage: Stage, meeting: Meeting, town_hall: TownHall) -> dict[str, Rsvp]:
    rsvps = {}
    for answer in meeting.answers:
        rsvp = Rsvp(
            town_hall_id=town_hall.id,
            user=stage.people[answer.person],
            state=answer.state,
            mode=answer.mode,
            party_size=answer.party_size,
            place=answer.place,
            code=new_code(),
            revision=2,  # made, then answered
            created_at=answer.at,
            answered_at=answer.at,
        )
        rsvp.needs = [
            Need(kind=need["kind"], note=need["note"], state="requested", created_at=answer.at)
            for need in answer.needs
        ]
        rsvps[answer.person] = rsvp
    town_hall.last_place = len(rsvps)
    db.session.add_all(rsvps.values())
    db.session.flush()
    return rsvps


def _settle_needs(stage: Stage, meeting: Meeting, rsvps: dict[str, Rsvp]) -> None:
    """After a meeting all was provided; before it, what was asked in good time is confirmed."""
    steward = stage.people[meeting.steward]
    for rsvp in rsvps.values():
        settled_at = rsvp.created_at + SETTLED_AFTER
        is_settled = False
        for need in rsvp.needs:
            state = _need_state(meeting, need, settled_at, stage.clock)
            if state != "requested":
                need.state, need.replied_by_id = state, steward.id
                is_settled = True
        if is_settled:
            rsvp.revision += 1
            stage.tell([rsvp.user_id], "need", KIND, rsvp.town_hall_id, None, settled_at)


def _need_state(meeting: Meeting, need: Need, settled_at: datetime, clock: Clock) -> str:
    if meeting.is_cancelled:
        return "requested"
    if meeting.ends_at <= clock.loaded_at:
        return "provided"
    return "confirmed" if need.kind in CONFIRMED and settled_at <= clock.loaded_at else "requested"


def _check_in(stage: Stage, meeting: Meeting, town_hall: TownHall, rsvps: dict[str, Rsvp]) -> None:
    by_id = stage.people[meeting.steward].id
    for facts in meeting.facts.get("check_ins", ()):
        is_walk_in = facts.get("walk_in", False)
        rsvp = None if is_walk_in else rsvps[facts["person"]]
        db.session.add(
            CheckIn(
                town_hall_id=town_hall.id,
                rsvp_id=rsvp and rsvp.id,
                name=stage.people[facts["person"]].name if is_walk_in else "",
                party_size=rsvp.party_size if rsvp else 1,
                nonce=token_hex(16),
                at=meeting.starts_at + timedelta(minutes=facts["minutes_after_start"]),
                by_id=by_id,
            )
        )
        if rsvp:
            stage.standings[facts["person"]].meetings_attended += 1


def _remind(stage: Stage, meeting: Meeting, town_hall: TownHall, rsvps: dict[str, Rsvp]) -> None:
    """Note who was reminded at the hours that are past by now."""
    if meeting.is_cancelled:
        return
    for kind, before in REMINDERS.items():
        at = meeting.starts_at - before
        if not meeting.published_at < at <= stage.clock.loaded_at:
            continue
        due = [r for r in rsvps.values() if r.state in ("going", "maybe") and r.created_at < at]
        db.session.add_all(Reminder(rsvp_id=rsvp.id, kind=kind, starts_at=meeting.starts_at) for rsvp in due)
        stage.tell([rsvp.user_id for rsvp in due], kind, KIND, town_hall.id, None, at)


def _tell_cancelled(stage: Stage, meeting: Meeting, town_hall: TownHall, rsvps: dict[str, Rsvp]) -> None:
    if meeting.cancelled_at is not None:
        people = [rsvp.user_id for rsvp in rsvps.values() if rsvp.state in INTERESTED]
        stage.tell(people, "cancelled", KIND, town_hall.id, town_hall.created_by_id, meeting.cancelled_at)


def _add_summary(stage: Stage, meeting: Meeting, town_hall: TownHall) -> None:
    """What was said, with an owner for each decision; all who came are told."""
    if meeting.summary is None:
        return
    facts = meeting.facts
    published_at = stage.clock.since(facts["minutes_published"])
    author = stage.people[facts["minutes_published"]["author"]]
    summary = Summary(
        town_hall_id=town_hall.id,
        version=1,
        body=meeting.summary.body,
        html=meeting.summary.html,
        attendance=facts["attendance_in_person"] + facts["attendance_online"],
        published_at=published_at,
        author_id=author.id,
        decisions=[_decision(stage, place, decided) for place, decided in enumerate(facts["decision"], 1)],
    )
    db.session.add(summary)
    db.session.flush()
    came = [stage.people[row["person"]].id for row in facts["check_ins"] if not row.get("walk_in")]
    stage.tell(came, "summary", KIND, town_hall.id, author.id, published_at)


def _decision(stage: Stage, place: int, facts: dict[str, Any]) -> Decision:
    owner = stage.people[facts["person"]].name
    organization = stage.organizations[facts["organization"]].name
    return Decision(
        position=place,
        text=facts["text"],
        owner=f"{owner}, {organization}",
        due_on=stage.clock.day(facts["due_in_days"]),
    )
