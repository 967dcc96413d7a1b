"""Opening a case and deciding it.

Locks are taken in one order everywhere: the thread, then the post, then the case or the hold.
"""

from flask_babel import gettext as _

from civicforum.accounts.models import Actor, User
from civicforum.db import db, find_locked, lock, now, transactional
from civicforum.discussions.models import Post, Thread
from civicforum.discussions.queries import get_post, get_thread
from civicforum.errors import Conflict, Invalid, NotFound, require
from civicforum.moderation import policies, queries
from civicforum.moderation.actions.claims import forget_claim
from civicforum.moderation.actions.deeds import Deed, check_deed, site_only
from civicforum.moderation.actions.measures import Scene, carry_out
from civicforum.moderation.actions.recording import open_flaggers, record_measure, settle_flags, tell_measure
from civicforum.moderation.actions.ties import check_ties
from civicforum.moderation.kinds import KINDS, next_state, next_state_of_person
from civicforum.moderation.models import Case


@transactional
def open_case(actor: Actor, target_type: str, target_id: int, source: str = "moderator") -> Case:
    """The open case about this target, made if there is none. Locks the thread (or, about a person, their
    row), so that there is only one."""
    facts = _lock_target(actor, target_type, target_id)
    found = queries.find_case_about(target_type, target_id)
    if found is not None and found.closed_at is None:
        return found
    case = Case(
        target_type=target_type,
        target_id=target_id,
        source=source,
        opened_by_id=actor.id,
        version=1,
        state="open",
        **facts,
    )
    db.session.add(case)
    db.session.flush()
    return case


def _lock_target(actor: Actor, target_type: str, target_id: int) -> dict[str, int | None]:
    """Hold the target; whose it is, and in which project."""
    if target_type == "person":
        lock(User, target_id)
        return {"target_author_id": target_id, "project_id": None}
    if target_type == "thread":
        thread = lock(Thread, get_thread(actor, target_id).id)
        return {"target_author_id": None, "project_id": thread.project_id}
    post = lock_place(actor, target_type, target_id)
    return {"target_author_id": post.author_id, "project_id": post.thread.project_id}


def lock_place(actor: Actor, target_type: str, target_id: int) -> Post:
    """The post that a case is about, with its thread held."""
    if target_type != "post":
        raise Invalid(errors={"target": [_("A case is about a comment (post), a thread or a person.")]})
    post = get_post(actor, target_id)
    lock(Thread, post.thread_id)
    return post


@transactional
def moderate(actor: Actor, target_type: str, target_id: int, deed: Deed | None = None) -> Case:
    """Open the case about a target; with a ``deed``, act in it at once. Locks and raises as those two."""
    _check_may_open(actor, target_type, target_id)
    case = open_case(actor, target_type, target_id)
    check_ties(actor, case)
    if deed is None:
        return case
    return decide_case(actor, case.id, deed, case.version)


def _check_may_open(actor: Actor, target_type: str, target_id: int) -> None:
    refusal = _("Only moderators open cases. You can flag the comment instead.")
    if target_type == "person":
        require(policies.can_act_for_site(actor), refusal)
    elif target_type == "thread":
        require(policies.can_work_in(actor, get_thread(actor, target_id).project), refusal)
    elif target_type == "post":
        require(policies.can_work_in(actor, get_post(actor, target_id).thread.project), refusal)
    else:
        lock_place(actor, target_type, target_id)


@transactional
def decide_case(actor: Actor, case_id: int, deed: Deed, version: int) -> Case:
    """Take a measure in a case, or leave everything as it is.

    ``version`` is the one the moderator saw: Conflict if another acted meanwhile. NotAllowed for who has a
    part in it. The author is told at once, those who flagged are told the result, and a line goes into the
    public log. Locks the thread, the post, the case; last the person whom it binds.
    """
    scene = _lock_scene(actor, case_id)
    case = scene.case
    if not policies.can_work_on(actor, case, scene.project):
        raise NotFound
    check_ties(actor, case)
    _check_version(case, version)
    rule = check_deed(deed, case.target_type, case.project_id)
    _check_site(actor, deed)
    flaggers = open_flaggers(case)
    state = _next_state(scene, deed, bool(flaggers))
    done = carry_out(actor, scene, deed, rule)
    measure = record_measure(actor, case, deed, rule, scene.post, scene.thread, done.limit, done.was)
    _settle(case, state)
    settle_flags(case, deed)
    tell_measure(actor, measure, scene.post, flaggers)
    return case


def _lock_scene(actor: Actor, case_id: int) -> Scene:
    case = db.session.get(Case, case_id)
    if case is None:
        raise NotFound
    if case.target_type == "person":
        lock(User, case.target_id)
        return Scene(lock(Case, case_id))
    if case.target_type == "thread":
        thread = lock(Thread, get_thread(actor, case.target_id).id)
        return Scene(lock(Case, case_id), thread=thread)
    post = lock_place(actor, case.target_type, case.target_id)
    post = lock(Post, post.id)
    return Scene(lock(Case, case_id), post, post.thread)


def _check_version(case: Case, version: int) -> None:
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


def _check_site(actor: Actor, deed: Deed) -> None:
    require(not KINDS[deed.action].is_for_site or policies.can_act_for_site(actor), site_only())


def _next_state(scene: Scene, deed: Deed, is_flagged: bool) -> str:
    """Where the case goes; Conflict where this cannot be done in it (any more)."""
    case, post = scene.case, scene.post
    if _is_kept_hidden(case, post, deed):
        if case.awaits_person:
            # The house hid it by what flags weighed, and somebody has looked now.
            return "decided"
        # Closing the case would take the author's one mend away.
        raise Conflict(_("It is hidden already, and its author may still mend it. You can show it again."))
    if case.target_type == "person":
        return next_state_of_person(case.state, deed.action, is_flagged or case.source == "list")
    if post is None:
        return "closed"
    is_asked = is_flagged or case.source == "flag" or case.state != "open"
    state = next_state(case.state, deed.action, is_asked)
    if state is None:
        raise Conflict(_("This was asked of the author already. Wait for the answer, or decide otherwise."))
    return state


def _settle(case: Case, state: str) -> None:
    case.version += 1
    case.state = state
    case.closed_at = now() if state == "closed" else None
    forget_claim(case)


def _is_kept_hidden(case: Case, post: Post | None, deed: Deed) -> bool:
    return deed.action == "leave" and case.state == "decided" and post is not None and post.state == "hidden"


def lock_case_about(post_id: int) -> Case | None:
    found = queries.find_case_about("post", post_id)
    return find_locked(Case, found.id) if found else None
