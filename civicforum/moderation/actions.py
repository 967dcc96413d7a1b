"""What moderators do, and what people ask of them. Each measure names a rule and a reason, in public.

Locks are taken in one order everywhere: the thread, then the post, then the case or the hold.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select, update

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, Actor, User
from civicforum.agreement import actions as agreement
from civicforum.agreement.models import Hold, Rule
from civicforum.agreement.queries import get_rule
from civicforum.db import db, find_locked, lock, now, transactional
from civicforum.discussions import actions as discussions
from civicforum.discussions.models import Post, Thread
from civicforum.discussions.queries import get_post
from civicforum.errors import Conflict, Invalid, NotFound, require
from civicforum.files.actions import AS_THEY_ARE, FileChanges
from civicforum.moderation import policies, queries
from civicforum.moderation.log import record_line
from civicforum.moderation.models import MAX_NOTE, MAX_REASON, Case, Flag, Measure
from civicforum.notifications.actions import notify

CASE_ACTIONS = ("hide", "restore", "leave")


@dataclass(frozen=True)
class Deed:
    """What a moderator wants done: the action, the rule's number (none is needed to restore), and why."""

    action: str
    rule: int | None
    reason: str


# --- cases ---


@transactional
def open_case(actor: Actor, target_type: str, target_id: int, source: str = "moderator") -> Case:
    """The open case about this target, made if there is none. Locks the thread, so that there is only one."""
    post = _lock_place(actor, target_type, target_id)
    found = queries.find_case_about("post", post.id)
    if found is not None and found.closed_at is None:
        return found
    case = Case(
        target_type="post",
        target_id=post.id,
        target_author_id=post.author_id,
        project_id=post.thread.project_id,
        source=source,
        opened_by_id=actor.id,
        version=1,
        state="open",
    )
    db.session.add(case)
    db.session.flush()
    return case


def _lock_place(actor: Actor, target_type: str, target_id: int) -> Post:
    """The post that a case is about, with its thread held."""
    if target_type != "post":
        raise Invalid(errors={"target": [_("Only comments can be moderated so far: use type post.")]})
    post = get_post(actor, target_id)
    lock(Thread, post.thread_id)
    return post


@transactional
def moderate(actor: Actor, target_type: str, target_id: int, deed: Deed | None = None) -> Case:
    """Open the case about a target; with a ``deed``, act in it at once."""
    post = get_post(actor, target_id) if target_type == "post" else None
    require(
        policies.can_work_in(actor, post.thread.project if post else None) or target_type != "post",
        _("Only moderators open cases. You can flag the comment instead."),
    )
    case = open_case(actor, target_type, target_id)
    require(policies.can_decide_case(actor, case, queries.project_of(case)), _own_cause())
    if deed is None:
        return case
    return decide_case(actor, case.id, deed, case.version)


@transactional
def decide_case(actor: Actor, case_id: int, deed: Deed, version: int) -> Case:
    """Take a measure in a case: hide, restore, or leave as it is.

    ``version`` is the one the moderator saw: Conflict if another acted meanwhile. The author is told at once,
    those who flagged are told the result, and a line goes into the public log.
    """
    _lock_place(actor, *_target_of(case_id))
    case = lock(Case, case_id)
    project = queries.project_of(case)
    if not policies.can_work_in(actor, project):
        raise NotFound
    require(policies.can_decide_case(actor, case, project), _own_cause())
    if case.version != version:
        raise Conflict(
            _("Another moderator acted meanwhile. Nothing of yours was done: look again."),
            version=case.version,
        )
    if case.closed_at is not None:
        # Another case about the same words may be open by now, and only one may be.
        raise Conflict(
            _("This case is closed, so nothing was done. Look at the comment again, and act on it anew."),
            version=case.version,
        )
    rule = _checked(deed)
    if deed.action == "leave" and case.state == "decided":
        # Closing the case would take the author's one mend away.
        raise Conflict(_("It is hidden already, and its author may still mend it. You can show it again."))
    post = _carry_out(actor, case, deed, rule)
    measure = _record(actor, case, deed, rule, post)
    flaggers = _open_flaggers(case)
    _settle(case, deed)
    _settle_flags(case, deed)
    _tell(actor, measure, post, flaggers)
    return case


def _target_of(case_id: int) -> tuple[str, int]:
    case = db.session.get(Case, case_id)
    if case is None:
        raise NotFound
    return case.target_type, case.target_id


def _own_cause() -> str:
    return _("This is about your own words, so somebody else decides it.")


def _checked(deed: Deed) -> Rule | None:
    """The rule cited; Invalid where the deed lacks what due process asks."""
    errors: dict[str, list[str]] = {}
    if deed.action not in CASE_ACTIONS:
        errors["action"] = [_("Choose one of: %(actions)s.", actions=", ".join(CASE_ACTIONS))]
    if not deed.reason.strip():
        errors["reason"] = [_("Say why, in words the author can understand.")]
    elif len(deed.reason) > MAX_REASON:
        errors["reason"] = [_("Keep the reason under %(most)d characters.", most=MAX_REASON)]
    if deed.action == "hide" and deed.rule is None:
        errors["rule"] = [_("Name the rule that the comment breaks.")]
    if errors:
        raise Invalid(errors=errors)
    try:
        return None if deed.rule is None else get_rule(deed.rule)
    except NotFound as error:
        raise Invalid(errors={"rule": [_("There is no rule of this number in the agreement.")]}) from error


def _carry_out(actor: Actor, case: Case, deed: Deed, rule: Rule | None) -> Post:
    if deed.action == "hide":
        assert rule is not None
        return discussions.hide_post(actor, case.target_id, rule)
    if deed.action == "restore":
        return discussions.restore_post(actor, case.target_id)
    return lock(Post, case.target_id)


def _record(actor: Actor, case: Case, deed: Deed, rule: Rule | None, post: Post) -> Measure:
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
        actor_role=_role_of(actor, post),
        case_id=case.id,
    )
    return measure


def _role_of(actor: Actor, post: Post) -> str:
    """The role a measure was taken in, without a name."""
    if actor is SYSTEM:
        return "automatic"
    own = [row.role for row in actor.memberships if row.project_id == post.thread.project_id]
    return "project moderator" if "moderator" in own and not actor.has_role("moderator") else "moderator"


def _settle(case: Case, deed: Deed) -> None:
    case.version += 1
    case.state = "decided" if deed.action == "hide" else "closed"
    case.closed_at = None if deed.action == "hide" else now()


def _settle_flags(case: Case, deed: Deed) -> None:
    """What was decided answers everybody who asked for it."""
    outcome = {"hide": "agreed", "decline": "agreed", "leave": "disagreed"}.get(deed.action)
    if outcome:
        db.session.execute(
            update(Flag).where(Flag.case_id == case.id, Flag.state == "open").values(state=outcome)
        )


def _open_flaggers(case: Case) -> Sequence[int]:
    """Those who flagged and were not told of a result yet."""
    return db.session.scalars(select(Flag.user_id).where(Flag.case_id == case.id, Flag.state == "open")).all()


def _tell(actor: Actor, measure: Measure, post: Post, flaggers: Sequence[int]) -> None:
    is_kept_hidden = measure.action == "leave" and post.state == "hidden"
    if (measure.action in ("hide", "restore") or is_kept_hidden) and post.author_id is not None:
        notify([post.author_id], f"post_{measure.action}", "post_case", post.id, actor_id=actor.id)
        jobs.enqueue(
            "moderation.tell_author", unique_key=f"measure:{measure.id}:author", measure_id=measure.id
        )
    _tell_flaggers(actor, measure, post, flaggers)


def _tell_flaggers(actor: Actor, measure: Measure, post: Post, flaggers: Sequence[int]) -> None:
    reason = {"hide": "flag_hide", "decline": "flag_hide", "leave": "flag_leave"}.get(measure.action)
    if reason:
        notify(flaggers, reason, "post_case", post.id, actor_id=actor.id)


# --- the author's way back ---


@transactional
def mend_post(actor: Actor, post_id: int, body: str, files: FileChanges = AS_THEY_ARE) -> Post:
    """The author's one fix of a hidden comment: it stays hidden until a moderator has looked again."""
    post = _lock_place(actor, "post", post_id)
    case = _lock_case_about(post.id)
    if case is None or case.state != "decided":
        raise Conflict(_("This comment is not waiting to be mended."))
    if queries.was_mended(post.id):
        raise Conflict(_("A comment can be mended once; yours is being looked at, or was already."))
    post = discussions.mend_post(actor, post_id, body, files)
    case.mended_at = now()
    case.state = "second_look"
    case.version += 1
    return post


def _lock_case_about(post_id: int) -> Case | None:
    found = queries.find_case_about("post", post_id)
    return find_locked(Case, found.id) if found else None


# --- what was held before it was published ---


@transactional
def decide_hold(actor: Actor, hold_id: int, deed: Deed) -> Post:
    """Publish a comment that waits, or decline it and tell its author the rule and why."""
    found = db.session.get(Hold, hold_id)
    if found is None or found.kind != "post":
        raise NotFound
    post = _lock_place(actor, "post", found.object_id)
    hold = lock(Hold, hold_id)
    require(policies.can_work_in(actor, post.thread.project) and hold.author_id != actor.id, _own_cause())
    if hold.decided_at is not None:
        raise Conflict(_("Another moderator decided this meanwhile. Nothing of yours was done."))
    if deed.action == "approve":
        return _approve(actor, hold)
    return _decline(actor, hold, deed)


def _approve(actor: Actor, hold: Hold) -> Post:
    post = discussions.approve_post(actor, hold.object_id)
    agreement.decide_hold(actor, hold.id, "approved")
    notify([post.author_id], "post_approved", "post", post.id, actor_id=actor.id)
    return post


def _decline(actor: Actor, hold: Hold, deed: Deed) -> Post:
    rule = _checked(Deed("hide", deed.rule, deed.reason))
    assert rule is not None
    post = discussions.decline_post(actor, hold.object_id, rule)
    agreement.decide_hold(actor, hold.id, "declined", rule, deed.reason.strip())
    case = open_case(actor, "post", post.id, source="hold")
    declined = Deed("decline", deed.rule, deed.reason)
    measure = _record(actor, case, declined, rule, post)
    # It may have been flagged as it read before the edit that was held.
    flaggers = _open_flaggers(case)
    _settle_flags(case, declined)
    _tell_flaggers(actor, measure, post, flaggers)
    case.state, case.closed_at, case.version = "closed", now(), case.version + 1
    notify([post.author_id], "post_decline", "post_case", post.id, actor_id=actor.id)
    jobs.enqueue("moderation.tell_author", unique_key=f"measure:{measure.id}:author", measure_id=measure.id)
    return post


# --- flags ---


@transactional
def flag_post(actor: Actor, post_id: int, rule_number: int, note: str) -> Flag:
    """Ask the moderators to look at a comment. Flagging again changes the rule and the note."""
    post = get_post(actor, post_id)
    require(policies.can_flag(actor, post))
    assert isinstance(actor, User)
    if len(note) > MAX_NOTE:
        raise Invalid(errors={"note": [_("Keep the note under %(most)d characters.", most=MAX_NOTE)]})
    rule = _checked(Deed("hide", rule_number, note or "-"))
    assert rule is not None
    case = open_case(actor, "post", post_id, source="flag")
    if db.session.get_one(Post, post_id).state != "visible":
        raise Conflict(_("This comment is not shown any more, so there is nothing to flag."))
    flag = db.session.scalar(select(Flag).where(Flag.post_id == post_id, Flag.user_id == actor.id))
    if flag is None:
        flag = Flag(post_id=post_id, user_id=actor.id)
        db.session.add(flag)
    flag.case_id, flag.rule_id, flag.note, flag.state = case.id, rule.id, note.strip(), "open"
    db.session.flush()
    return flag


@transactional
def withdraw_flag(actor: Actor, post_id: int) -> None:
    """Take one's flag back; the case closes if nobody else asked for it and nothing was done.

    Doing it twice changes nothing. Raises Conflict once a moderator has decided.
    """
    _lock_place(actor, "post", post_id)
    flag = db.session.scalar(select(Flag).where(Flag.post_id == post_id, Flag.user_id == actor.id))
    if flag is None:
        raise NotFound
    require(policies.can_withdraw_flag(actor, flag))
    if flag.state in ("agreed", "disagreed"):
        raise Conflict(_("A moderator has decided about your flag, so it cannot be taken back any more."))
    flag.state = "withdrawn"
    db.session.flush()
    case = db.session.get(Case, flag.case_id) if flag.case_id else None
    if case and case.state == "open" and case.source == "flag" and not _has_open_flags(case):
        case.state, case.closed_at = "closed", now()


def _has_open_flags(case: Case) -> bool:
    return (
        db.session.scalar(select(Flag.id).where(Flag.case_id == case.id, Flag.state == "open").limit(1))
        is not None
    )
