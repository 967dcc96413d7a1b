"""Second looks: one that upheld, one that took it back, one that waits for three residents; and what was
flagged and left. Each with its lines in the public log, so that the quarter's report has something to tell.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from civicforum.accounts.models import SYSTEM
from civicforum.agreement.queries import get_rule
from civicforum.db import before_commit, db
from civicforum.demo.stage import Stage
from civicforum.discussions.models import Post
from civicforum.moderation.actions import draw_panel
from civicforum.moderation.log import record_line
from civicforum.moderation.models import TARGET_DAYS, Appeal, Case, Flag, Measure, Volunteer

# Residents who offered to decide, and how long ago.
READY = ("kim", "lena", "theo", "sam", "zoe", "priya", "rosa", "luis", "andre", "beth", "carla", "noor")
READY_DAYS_AGO = 20


@dataclass(frozen=True)
class Flagged:
    """A comment that somebody flagged and a moderator left: who, under which rule, after how many hours."""

    place: tuple[str, int]
    by: str
    rule: int
    moderator: str
    hours: float
    reason: str


LEFT = (
    Flagged(
        ("evening-hours", 4), "nadia", 2, "gil", 3, "It says what happened in his doorway. That is for here."
    ),
    Flagged(("evening-hours", 6), "lena", 6, "ruth", 5, "What it costs belongs to the question."),
    Flagged(("evening-hours", 14), "pete", 2, "gil", 2, "Sharp, and about the money. It stays."),
    Flagged(("benches", 5), "jamal", 6, "gil", 9, "Not on my corner is an answer to where they should go."),
    Flagged(("benches", 8), "kim", 2, "gil", 7, "It is about armrests. That one may disagree with."),
    Flagged(("supper-line", 6), "rosa", 2, "ruth", 11, "Short, and about the line. It breaks no rule."),
)


@dataclass(frozen=True)
class Contested:
    """A measure and the second look at it; ``judge`` None: three residents, who were just drawn."""

    place: tuple[str, int]
    action: str
    moderator: str
    rule: int
    reason: str
    text: str
    judge: str | None = None
    outcome: str | None = None
    why: str = ""


CONTESTED = (
    Contested(
        ("evening-hours", 13), "hide", "gil", 2, "",
        "I was talking about a problem, not about people. Everybody on Main knows what I meant.",
        "ruth", "upheld",
        "Two of the words name people on the wall, and some of them read here. The cost and the street you"
        " ask about stand in your other comment, and were answered. Changed, this one can come back.",
    ),
    Contested(
        ("benches", 6), "hide", "ruth", 6,
        "Who wrote which e-mail is another subject than where the benches go.",
        "The thread asks whether to bring them back. Why they went is the first thing to know, and it is in"
        " the council's own papers.",
        "gil", "overturned",
        "It criticizes a decision and says where that can be read. Rule 6 was read too narrowly.",
    ),
    Contested(
        ("the-rooster", 3), "warn", "gil", 6,
        "Somebody's animal is not supper, and the thread is about the mornings.",
        "It was one word. Half the street laughed, and Otis did. Let three neighbors say if that needs a"
        " warning.",
    ),
)  # fmt: skip


def add_second_looks(stage: Stage) -> None:
    """What was left, what was contested; the three residents are drawn when all lines are in the log."""
    for key in READY:
        since = stage.clock.ago(days=READY_DAYS_AGO)
        db.session.add(Volunteer(user_id=stage.people[key].id, since=since, created_at=since))
    for flagged in LEFT:
        _leave(stage, flagged)
    appeals = [_contest(stage, contested) for contested in CONTESTED]
    open_ids = [appeal.id for appeal in appeals if appeal.way == "panel"]
    before_commit(("log lots",), lambda: _draw(open_ids))


def _draw(appeal_ids: Iterable[int]) -> None:
    """By the code that the log ends with, as the house does it; so anybody can draw them again."""
    for appeal_id in appeal_ids:
        draw_panel(SYSTEM, appeal_id)


def _leave(stage: Stage, flagged: Flagged) -> None:
    post, rule = stage.posts[flagged.place], get_rule(flagged.rule)
    asked_at = _after(stage, post.created_at, hours=1)
    at = _after(stage, asked_at, hours=flagged.hours)
    person = stage.people[flagged.by]
    case = _case(stage, post, "flag", person.id, asked_at, closed_at=at)
    facts = {"case_id": case.id, "post_id": post.id, "user_id": person.id, "rule_id": rule.id}
    db.session.add(Flag(**facts, state="disagreed", created_at=asked_at, decided_at=at))
    _measure(stage, case, post, "leave", flagged.moderator, None, flagged.reason, at)
    moderator_id = stage.people[flagged.moderator].id
    stage.tell([person.id], "flag_leave", "post_case", post.id, moderator_id, at)


def _contest(stage: Stage, contested: Contested) -> Appeal:
    post = stage.posts[contested.place]
    case = db.session.scalar(select(Case).where(Case.target_type == "post", Case.target_id == post.id))
    if case is None:
        case = _acted(stage, post, contested)
    measure = next(m for m in _measures(case) if m.action == contested.action)
    asked_at = _after(stage, measure.created_at, hours=4)
    appeal = Appeal(
        measure_id=measure.id,
        case_id=case.id,
        person_id=post.author_id,
        side="author",
        way="person" if contested.judge else "panel",
        text=contested.text,
        created_at=asked_at,
        due_at=asked_at + timedelta(days=TARGET_DAYS),
    )
    db.session.add(appeal)
    db.session.flush()
    _line(case, post, "appealed", measure, "author", asked_at)
    stage.tell([measure.actor_id], "appeal_of_yours", "appeal", appeal.id, post.author_id, asked_at)
    if contested.judge:
        _decide(stage, contested, appeal, measure, post)
    return appeal


def _decide(stage: Stage, contested: Contested, appeal: Appeal, measure: Measure, post: Post) -> None:
    judge, at = stage.people[contested.judge or ""], _after(stage, appeal.created_at, hours=15)
    appeal.state, appeal.outcome, appeal.reason = "decided", contested.outcome, contested.why
    appeal.decided_at, appeal.decided_by_id, appeal.version = at, judge.id, 2
    if contested.outcome == "overturned":
        measure.overturned_at = at
        measure.case.state, measure.case.closed_at = "closed", at
    measure.case.version += 1
    _line(measure.case, post, contested.outcome or "", measure, "moderator", at)
    stage.tell([post.author_id], f"appeal_{contested.outcome}", "appeal", appeal.id, judge.id, at)
    stage.tell([measure.actor_id], f"yours_{contested.outcome}", "appeal", appeal.id, judge.id, at)


def _acted(stage: Stage, post: Post, contested: Contested) -> Case:
    """A moderator saw it, and did something about it."""
    at = _after(stage, post.created_at, hours=2)
    moderator_id = stage.people[contested.moderator].id
    closed_at = at if contested.action == "warn" else None
    case = _case(stage, post, "moderator", moderator_id, at, closed_at)
    _measure(stage, case, post, contested.action, contested.moderator, contested.rule, contested.reason, at)
    stage.tell([post.author_id], f"post_{contested.action}", "post_case", post.id, moderator_id, at)
    return case


def _case(
    stage: Stage, post: Post, source: str, opener_id: int, at: datetime, closed_at: datetime | None
) -> Case:
    case = Case(
        target_type="post",
        target_id=post.id,
        target_author_id=post.author_id,
        project_id=post.thread.project_id,
        source=source,
        state="closed" if closed_at else "decided",
        version=2,
        opened_by_id=opener_id,
        created_at=at,
        closed_at=closed_at,
    )
    db.session.add(case)
    db.session.flush()
    return case


def _measure(
    stage: Stage,
    case: Case,
    post: Post,
    action: str,
    moderator: str,
    rule: int | None,
    reason: str,
    at: datetime,
) -> None:
    measure = Measure(
        case=case,
        action=action,
        rule=get_rule(rule) if rule else None,
        reason=reason,
        actor_id=stage.people[moderator].id,
        target_revision=post.revision,
        created_at=at,
    )
    db.session.add(measure)
    db.session.flush()
    _line(case, post, action, measure, "moderator", at)


def _measures(case: Case) -> Iterable[Measure]:
    return db.session.scalars(select(Measure).where(Measure.case_id == case.id).order_by(Measure.id))


def _line(case: Case, post: Post, action: str, measure: Measure, role: str, at: datetime) -> None:
    rule = measure.rule
    record_line(
        at=at.isoformat(timespec="seconds"),
        action=action,
        target=f"post:{post.id}",
        place=post.thread.channel,
        rule=f"{rule.number} {rule.title}" if rule else "",
        actor_role=role,
        case_id=case.id,
    )


def _after(stage: Stage, at: datetime, hours: float) -> datetime:
    """So many hours later, and never after the demo is loaded."""
    return min(at + timedelta(hours=hours), stage.clock.ago(minutes=10))
