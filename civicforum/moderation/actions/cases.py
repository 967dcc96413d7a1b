"""Opening a case and deciding it.

Locks are taken in one order everywhere: the thread, then the post, then the case or the hold.
"""

from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.agreement.models import Rule
from civicforum.db import db, find_locked, lock, now, transactional
from civicforum.discussions import actions as discussions
from civicforum.discussions.models import Post, Thread
from civicforum.discussions.queries import get_post
from civicforum.errors import Conflict, Invalid, NotFound, require
from civicforum.moderation import policies, queries
from civicforum.moderation.actions.deeds import Deed, check_deed, own_cause
from civicforum.moderation.actions.recording import open_flaggers, record_measure, settle_flags, tell_measure
from civicforum.moderation.models import Case


@transactional
def open_case(actor: Actor, target_type: str, target_id: int, source: str = "moderator") -> Case:
    """The open case about this target, made if there is none. Locks the thread, so that there is only one."""
    post = lock_place(actor, target_type, target_id)
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


def lock_place(actor: Actor, target_type: str, target_id: int) -> Post:
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
    require(policies.can_decide_case(actor, case, queries.project_of(case)), own_cause())
    if deed is None:
        return case
    return decide_case(actor, case.id, deed, case.version)


@transactional
def decide_case(actor: Actor, case_id: int, deed: Deed, version: int) -> Case:
    """Take a measure in a case: hide, restore, or leave as it is.

    ``version`` is the one the moderator saw: Conflict if another acted meanwhile. The author is told at once,
    those who flagged are told the result, and a line goes into the public log.
    """
    lock_place(actor, *_target_of(case_id))
    case = lock(Case, case_id)
    project = queries.project_of(case)
    if not policies.can_work_in(actor, project):
        raise NotFound
    require(policies.can_decide_case(actor, case, project), own_cause())
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
    rule = check_deed(deed)
    if deed.action == "leave" and case.state == "decided" and not case.awaits_person:
        # Closing the case would take the author's one mend away.
        raise Conflict(_("It is hidden already, and its author may still mend it. You can show it again."))
    post = _carry_out(actor, case, deed, rule)
    measure = record_measure(actor, case, deed, rule, post)
    flaggers = open_flaggers(case)
    _settle(case, deed)
    settle_flags(case, deed)
    tell_measure(actor, measure, post, flaggers)
    return case


def _target_of(case_id: int) -> tuple[str, int]:
    case = db.session.get(Case, case_id)
    if case is None:
        raise NotFound
    return case.target_type, case.target_id


def _carry_out(actor: Actor, case: Case, deed: Deed, rule: Rule | None) -> Post:
    if deed.action == "hide":
        assert rule is not None
        return discussions.hide_post(actor, case.target_id, rule)
    if deed.action == "restore":
        return discussions.restore_post(actor, case.target_id)
    return lock(Post, case.target_id)


def _settle(case: Case, deed: Deed) -> None:
    # Words that the house hid, and that stay hidden, may still be mended by their author.
    is_kept = deed.action == "leave" and case.awaits_person and case.state == "decided"
    is_hidden = deed.action == "hide" or is_kept
    case.version += 1
    case.state = "decided" if is_hidden else "closed"
    case.closed_at = None if is_hidden else now()


def lock_case_about(post_id: int) -> Case | None:
    found = queries.find_case_about("post", post_id)
    return find_locked(Case, found.id) if found else None
