"""Asking the moderators to look at something, and taking that back."""

from flask_babel import gettext as _
from sqlalchemy import select

from civicforum.accounts.models import Actor, User
from civicforum.db import db, now, transactional
from civicforum.discussions.models import Post
from civicforum.discussions.queries import get_post
from civicforum.errors import Conflict, Invalid, NotFound, require
from civicforum.moderation import policies
from civicforum.moderation.actions.cases import lock_place, open_case
from civicforum.moderation.actions.deeds import Deed, check_deed
from civicforum.moderation.models import MAX_NOTE, Case, Flag


@transactional
def flag_post(actor: Actor, post_id: int, rule_number: int, note: str) -> Flag:
    """Ask the moderators to look at a comment. Flagging again changes the rule and the note."""
    post = get_post(actor, post_id)
    require(policies.can_flag(actor, post))
    assert isinstance(actor, User)
    if len(note) > MAX_NOTE:
        raise Invalid(errors={"note": [_("Keep the note under %(most)d characters.", most=MAX_NOTE)]})
    rule = check_deed(Deed("hide", rule_number, note or "-"))
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
    lock_place(actor, "post", post_id)
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
