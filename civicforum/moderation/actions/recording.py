"""Writing a measure down, in the case and in public, and telling whom it is about."""

from collections.abc import Sequence

from sqlalchemy import select, update

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, Actor
from civicforum.agreement.models import Limit, Rule
from civicforum.db import db
from civicforum.discussions.models import Post, Thread
from civicforum.moderation.actions.deeds import Deed, role_of
from civicforum.moderation.kinds import ANSWERS, TOLD
from civicforum.moderation.log import record_line
from civicforum.moderation.models import Case, Flag, Measure
from civicforum.notifications.actions import notify


def record_measure(
    actor: Actor,
    case: Case,
    deed: Deed,
    rule: Rule | None,
    post: Post | None,
    thread: Thread | None = None,
    limit: Limit | None = None,
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
    )
    db.session.add(measure)
    db.session.flush()
    record_of(actor, case, deed.action, rule, post, thread)
    return measure


def record_of(
    actor: Actor,
    case: Case,
    action: str,
    rule: Rule | None,
    post: Post | None = None,
    thread: Thread | None = None,
) -> None:
    """A line of the public log about what was done in a case: what and where, without a name."""
    thread = post.thread if post is not None else thread
    if thread is None:  # a case about a person: who it is, is nobody's business
        target, place = "person", "site"
    elif thread.project.is_public:
        target, place = f"post:{post.id}" if post is not None else thread.channel, thread.channel
    else:
        target, place = "post" if post is not None else "thread", "members-only project"
    record_line(
        action=action,
        target=target,
        place=place,
        rule=f"{rule.number} {rule.title}" if rule else "",
        actor_role=role_of(actor, thread),
        case_id=case.id,
    )


def settle_flags(case: Case, deed: Deed) -> None:
    """What was decided answers everybody who asked for it."""
    outcome = "disagreed" if deed.action == "leave" else "agreed" if deed.action in ANSWERS else None
    if outcome:
        db.session.execute(
            update(Flag).where(Flag.case_id == case.id, Flag.state == "open").values(state=outcome)
        )


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


def tell_flaggers(actor: Actor, measure: Measure, post: Post, flaggers: Sequence[int]) -> None:
    reason = {"hide": "flag_hide", "decline": "flag_hide", "remove": "flag_hide", "leave": "flag_leave"}.get(
        measure.action, "flag_acted" if measure.action in ANSWERS else None
    )
    if reason:
        notify(flaggers, reason, "post_case", post.id, actor_id=actor.id)
