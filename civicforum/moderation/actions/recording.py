"""Writing a measure down, in the case and in public, and telling whom it is about."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select, update

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, Actor
from civicforum.agreement.models import Rule
from civicforum.db import db, now
from civicforum.discussions.models import Post
from civicforum.moderation.actions.deeds import Deed, role_of
from civicforum.moderation.log import record_line
from civicforum.moderation.models import Case, Flag, Measure
from civicforum.notifications.actions import notify


def record_measure(actor: Actor, case: Case, deed: Deed, rule: Rule | None, post: Post) -> Measure:
    measure = Measure(
        case_id=case.id,
        action=deed.action,
        rule_id=rule and rule.id,
        reason=deed.reason.strip(),
        actor_id=actor.id,
        is_automated=actor is SYSTEM,
        target_revision=post.revision,
    )
    db.session.add(measure)
    db.session.flush()
    is_public = post.thread.project.is_public
    record_line(
        action=deed.action,
        target=f"post:{post.id}" if is_public else "post",
        place=f"thread:{post.thread_id}" if is_public else "members-only project",
        rule=f"{rule.number} {rule.title}" if rule else "",
        actor_role=role_of(actor, post),
        case_id=case.id,
    )
    return measure


def settle_flags(case: Case, deed: Deed) -> None:
    """What a person decided answers everybody who asked for it, and counts for how often they were right.

    Deciding otherwise later counts as well: restoring words that nobody mended says that the flags were
    wrong, and hiding words that were left before says that they were right.
    """
    outcome = _outcome(case, deed)
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


def _outcome(case: Case, deed: Deed) -> str:
    """Who flagged was right where it was hidden, stays hidden, or had to be mended to be shown again."""
    is_kept_hidden = deed.action == "leave" and case.awaits_person
    is_mended = deed.action == "restore" and case.mended_at is not None
    return "agreed" if deed.action in ("hide", "decline") or is_kept_hidden or is_mended else "disagreed"


def open_flaggers(case: Case) -> Sequence[int]:
    """Those who flagged and were not told of a result yet."""
    return db.session.scalars(select(Flag.user_id).where(Flag.case_id == case.id, Flag.state == "open")).all()


def tell_measure(actor: Actor, measure: Measure, post: Post, flaggers: Sequence[int]) -> None:
    is_kept_hidden = measure.action == "leave" and post.state == "hidden"
    if (measure.action in ("hide", "restore") or is_kept_hidden) and post.author_id is not None:
        notify([post.author_id], f"post_{measure.action}", "post_case", post.id, actor_id=actor.id)
        jobs.enqueue(
            "moderation.tell_author", unique_key=f"measure:{measure.id}:author", measure_id=measure.id
        )
    tell_flaggers(actor, measure, post, flaggers)


def tell_flaggers(actor: Actor, measure: Measure, post: Post, flaggers: Sequence[int]) -> None:
    notify(flaggers, _reason_for_flaggers(measure, post), "post_case", post.id, actor_id=actor.id)


def _reason_for_flaggers(measure: Measure, post: Post) -> str:
    if post.state != "visible":
        return "flag_hide"
    is_mended = measure.action == "restore" and measure.case.mended_at is not None
    return "flag_mended" if is_mended else "flag_leave"
