"""Writing a measure down, in the case and in public, and telling whom it is about."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select, update

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, Actor
from civicforum.agreement.models import Limit, Rule
from civicforum.db import db, now
from civicforum.discussions.models import Post, Thread
from civicforum.moderation.actions.deeds import Deed, role_of
from civicforum.moderation.kinds import ANSWERS, TOLD
from civicforum.moderation.log import CLOSED_PLACE, record_line
from civicforum.moderation.models import Case, Flag, Measure
from civicforum.moderation.queries.places import project_of_rule
from civicforum.notifications.actions import notify


def record_measure(
    actor: Actor,
    case: Case,
    deed: Deed,
    rule: Rule | None,
    post: Post | None,
    thread: Thread | None = None,
    limit: Limit | None = None,
    was: dict[str, str] | None = None,
) -> Measure:
    """Write a measure down in its case and in public. ``thread``: that of a case without a post."""
    measure = Measure(
        case_id=case.id,
        action=deed.action,
        rule_id=rule and rule.id,
        reason=deed.reason.strip(),
        actor_id=actor.id,
        is_automated=actor is SYSTEM,
        target_revision=post.revision if post is not None else None,
        until=limit.until if limit is not None else None,
        limit=limit,
        was=was,
    )
    db.session.add(measure)
    db.session.flush()
    record_of(actor, case, deed.action, rule, post, thread, limit)
    return measure


def cited(rule: Rule | None) -> str:
    """A rule as a line of the log names it; of a closed project's own rules only the number is told."""
    if rule is None:
        return ""
    project = project_of_rule(rule)
    is_public = project is None or project.is_public
    return f"{rule.number} {rule.title}" if is_public else f"{rule.number} ({CLOSED_PLACE})"


def record_of(
    actor: Actor,
    case: Case,
    action: str,
    rule: Rule | None,
    post: Post | None = None,
    thread: Thread | None = None,
    limit: Limit | None = None,
    role: str | None = None,
) -> None:
    """A line of the public log about what was done in a case: what and where, without a name."""
    thread = post.thread if post is not None else thread
    if thread is None:  # a case about a person: who it is, is nobody's business
        target, place = "person", "site"
    elif thread.project.is_public:
        target, place = f"post:{post.id}" if post is not None else thread.channel, thread.channel
    else:
        target, place = "post" if post is not None else "thread", CLOSED_PLACE
    record_line(
        action=action,
        target=target,
        place=place,
        rule=cited(rule),
        actor_role=role or role_of(actor, thread),
        case_id=case.id,
        **({"scope": limit.place, "until": limit.until} if limit is not None else {}),
    )


def settle_flags(case: Case, deed: Deed) -> None:
    """What a person decided answers everybody who asked for it, and counts for how often they were right.

    Deciding otherwise later counts as well: restoring words that nobody mended says that the flags were
    wrong, and hiding words that were left before says that they were right.
    """
    outcome = _outcome(case, deed)
    if outcome is None:
        return
    _settle(Flag.case_id == case.id, ("open",), outcome)
    if outcome == "agreed" and deed.action == "hide":
        _settle(_about_the_same_words(case), ("disagreed",), "agreed")
    if outcome == "disagreed" and deed.action == "restore":
        reverse_flags(case, "disagreed")
    case.awaits_person, case.score, case.obstacle = False, 0.0, None


def reverse_flags(case: Case, outcome: str) -> None:
    """Settle the decided flags of a case anew (agreed or disagreed), because its decision was undone."""
    _settle(Flag.case_id == case.id, ("open", "agreed", "disagreed"), outcome)


def _settle(which: ColumnElement[bool], states: Sequence[str], outcome: str) -> None:
    db.session.execute(
        update(Flag).where(which, Flag.state.in_(states)).values(state=outcome, decided_at=now())
    )


def _about_the_same_words(case: Case) -> ColumnElement[bool]:
    """Flags on this post that were decided since its words were changed last."""
    edited_at = db.session.get_one(Post, case.target_id).edited_at
    is_of_post = Flag.post_id == case.target_id
    return is_of_post if edited_at is None else is_of_post & (Flag.decided_at > edited_at)


def _outcome(case: Case, deed: Deed) -> str | None:
    """Whether who flagged was right: it was taken down, stays hidden, or had to be changed. None: not yet."""
    if deed.action == "leave":
        return "agreed" if case.awaits_person and case.state == "decided" else "disagreed"
    if deed.action == "restore":
        return "agreed" if case.mended_at is not None else "disagreed"
    return "agreed" if deed.action in ANSWERS else None


def open_flaggers(case: Case) -> Sequence[int]:
    """Those who flagged and were not told of a result yet."""
    return db.session.scalars(select(Flag.user_id).where(Flag.case_id == case.id, Flag.state == "open")).all()


def tell_measure(actor: Actor, measure: Measure, post: Post | None, flaggers: Sequence[int]) -> None:
    """Tell at once whom it is about, in the inbox and by mail; a whole thread reads it above its comments."""
    target = measure.case.target_author_id
    is_kept_hidden = measure.action == "leave" and post is not None and post.state == "hidden"
    if (measure.action in TOLD or is_kept_hidden) and target is not None:
        kind, object_id = ("post_case", post.id) if post is not None else ("person_case", measure.case_id)
        notify([target], f"post_{measure.action}", kind, object_id, actor_id=actor.id)
        jobs.enqueue(
            "moderation.tell_author", unique_key=f"measure:{measure.id}:author", measure_id=measure.id
        )
    if post is not None:
        tell_flaggers(actor, measure, post, flaggers)
    elif measure.action in (*ANSWERS, "leave"):
        reason = "name_left" if measure.action == "leave" else "name_acted"
        notify(flaggers, reason, "person_flag", measure.case_id, actor_id=actor.id)


def tell_flaggers(actor: Actor, measure: Measure, post: Post, flaggers: Sequence[int]) -> None:
    reason = _reason_for_flaggers(measure, post)
    if reason:
        notify(flaggers, reason, "post_case", post.id, actor_id=actor.id)


def _reason_for_flaggers(measure: Measure, post: Post) -> str | None:
    if post.state != "visible":
        return "flag_hide"
    if measure.action == "restore" and measure.case.mended_at is not None:
        return "flag_mended"
    if measure.action in ("leave", "restore"):
        return "flag_leave"
    return "flag_acted" if measure.action in ANSWERS else None
