"""What moderators were asked and what they did, case by case, with its lines in the public log."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from civicforum.agreement.models import Duty, Rule
from civicforum.agreement.queries import get_rule
from civicforum.db import db
from civicforum.demo.stage import Stage
from civicforum.demo.talks import Remark, Talk
from civicforum.discussions.models import Gate, Post
from civicforum.moderation.log import record_line
from civicforum.moderation.models import CLAIM_LASTS, Case, Flag, Measure, QueueClaim, QueueNote

# Where nothing was done yet, flags came one after another.
BETWEEN_FLAGS = timedelta(minutes=20)
WATCH = timedelta(hours=1)


def add_cases(stage: Stage, talks: Iterable[Talk]) -> None:
    """A case for each comment that was flagged or hidden, in the order in which they were opened."""
    remarks = [remark for talk in talks for remark in talk.remarks if _is_case(remark)]
    for remark in sorted(remarks, key=opened_at):
        _add_case(stage, remark)
    hidden = [remark for remark in remarks if remark.hidden_at is not None]
    _keep_watch(stage, min(hidden, key=opened_at))
    _look_at(stage, min(hidden, key=opened_at).facts["hidden_by"])
    db.session.flush()


def _look_at(stage: Stage, moderator: str) -> None:
    """Whoever hid the first comment once looked at what waits longest, and noted something about it."""
    case = db.session.scalars(select(Case).where(Case.waits_since.is_not(None)).order_by(Case.id)).first()
    if case is None:
        return
    about = {"case_id": case.id, "created_at": case.created_at + BETWEEN_FLAGS}
    user_id = stage.people[moderator].id
    ends_at = case.created_at + BETWEEN_FLAGS + CLAIM_LASTS
    db.session.add(QueueClaim(**about, user_id=user_id, ends_at=ends_at))
    words = "It is sharp, but about what was decided. I asked a colleague to read it, too."
    db.session.add(QueueNote(**about, author_id=user_id, text=words))


def _is_case(remark: Remark) -> bool:
    return "flagged_by" in remark.facts or "hidden_by" in remark.facts


def _keep_watch(stage: Stage, remark: Remark) -> None:
    """Whoever hid the first comment went on duty, and read first what newcomers said there for a while."""
    moderator, thread = stage.people[remark.facts["hidden_by"]], stage.threads[remark.thread]
    assert remark.hidden_at is not None
    at = remark.hidden_at + timedelta(minutes=1)
    db.session.add(Duty(user_id=moderator.id, created_at=at, ends_at=at + WATCH))
    gate = Gate(thread_id=thread.id, whom="newcomers", created_at=at, ends_at=at + WATCH)
    gate.reason, gate.set_by_id = "It got heated, so we read first for a while.", moderator.id
    db.session.add(gate)
    record_line(
        at=at.isoformat(timespec="seconds"),
        action="gate_newcomers",
        target=thread.channel,
        place=thread.channel,
        rule="",
        actor_role="moderator",
        case_id=None,
    )


def flagged_at(remark: Remark) -> list[tuple[str, datetime]]:
    """Who flagged this comment, and when: before it was hidden, where it was."""
    people = remark.facts.get("flagged_by", ())
    hidden_at = remark.hidden_at
    step = (hidden_at - remark.at) / (len(people) + 1) if hidden_at else BETWEEN_FLAGS
    return [(person, remark.at + step * place) for place, person in enumerate(people, 1)]


def opened_at(remark: Remark) -> datetime:
    """When somebody first asked for it, or a moderator hid it of their own accord."""
    flags = flagged_at(remark)
    return flags[0][1] if flags else remark.hidden_at or remark.at


def _add_case(stage: Stage, remark: Remark) -> None:
    post = stage.posts[remark.thread, remark.number]
    flags = flagged_at(remark)
    opener = flags[0][0] if flags else remark.facts["hidden_by"]
    case = Case(
        target_type="post",
        target_id=post.id,
        target_author_id=post.author_id,
        project_id=stage.threads[remark.thread].project_id,
        source="flag" if flags else "moderator",
        state="open",
        version=1,
        opened_by_id=stage.people[opener].id,
        created_at=opened_at(remark),
    )
    db.session.add(case)
    db.session.flush()
    _add_flags(stage, remark, case)
    _hide(stage, remark, case, post)
    _mend(remark, case)
    _restore(stage, remark, case, post)


def _add_flags(stage: Stage, remark: Remark, case: Case) -> None:
    """Whoever flagged first wrote the note."""
    flags = flagged_at(remark)
    for place, (person, at) in enumerate(flags):
        db.session.add(
            Flag(
                post_id=case.target_id,
                user_id=stage.people[person].id,
                case_id=case.id,
                rule_id=get_rule(remark.facts["flag_rule"]).id,
                note=remark.facts["flag_note"] if place == 0 else "",
                state="agreed" if remark.hidden_at else "open",
                created_at=at,
            )
        )


def _hide(stage: Stage, remark: Remark, case: Case, post: Post) -> None:
    facts, at = remark.facts, remark.hidden_at
    if at is None:
        return
    _measure(stage, case, "hide", facts["hidden_by"], facts["reason"], at, 2, get_rule(facts["rule"]))
    case.state, case.version = "decided", 2
    moderator_id = stage.people[facts["hidden_by"]].id
    flaggers = [stage.people[person].id for person, _at in flagged_at(remark)]
    stage.tell([post.author_id], "post_hide", "post_case", post.id, moderator_id, at)
    stage.tell(flaggers, "flag_hide", "post_case", post.id, moderator_id, at)


def _mend(remark: Remark, case: Case) -> None:
    if remark.mended_at is not None:
        case.state, case.version, case.mended_at = "second_look", 3, remark.mended_at


def _restore(stage: Stage, remark: Remark, case: Case, post: Post) -> None:
    facts, at = remark.facts, remark.restored_at
    if at is None:
        return
    _measure(stage, case, "restore", facts["restored_by"], facts["restored_reason"], at, post.revision)
    case.state, case.version, case.closed_at = "closed", 4, at
    moderator_id = stage.people[facts["restored_by"]].id
    stage.tell([post.author_id], "post_restore", "post_case", post.id, moderator_id, at)


def _measure(
    stage: Stage,
    case: Case,
    action: str,
    moderator: str,
    reason: str,
    at: datetime,
    revision: int,
    rule: Rule | None = None,
) -> None:
    """What was done, and its line in the public log."""
    db.session.add(
        Measure(
            case_id=case.id,
            action=action,
            rule_id=rule and rule.id,
            reason=reason,
            actor_id=stage.people[moderator].id,
            target_revision=revision,
            created_at=at,
        )
    )
    post = db.session.get_one(Post, case.target_id)
    record_line(
        at=at.isoformat(timespec="seconds"),
        action=action,
        target=f"post:{post.id}",
        place=post.thread.channel,
        rule=f"{rule.number} {rule.title}" if rule else "",
        actor_role="moderator",
        case_id=case.id,
    )
