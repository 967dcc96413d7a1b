"""Asking the moderators to look at something, and taking that back."""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from civicforum.accounts.models import SYSTEM, Actor, User
from civicforum.agreement.models import Rule
from civicforum.db import db, now, transactional
from civicforum.discussions.models import Post
from civicforum.discussions.queries import get_post
from civicforum.errors import Conflict, Invalid, TooMany, require
from civicforum.moderation import policies, queries
from civicforum.moderation.actions.cases import lock_place, open_case
from civicforum.moderation.actions.deeds import Deed, check_deed
from civicforum.moderation.actions.scores import weigh_flags
from civicforum.moderation.models import MAX_NOTE, Case, Flag
from civicforum.web.filters import localtime
from civicforum.web.limits import are_limits_off

MOST_A_DAY, MOST_OF_NEWCOMERS = 20, 5
DAY = timedelta(hours=24)


@transactional
def flag_post(actor: Actor, post_id: int, rule_number: int, note: str) -> Flag:
    """Ask the moderators to look at a comment. Flagging again changes the rule and the note.

    What its flags weigh together may hide it until a moderator has looked (``scoring``). Locks the thread.
    Raises Conflict for words that a moderator left as they are within a day, TooMany for many in a day.
    """
    post = get_post(actor, post_id)
    require(policies.can_flag(actor, post))
    assert isinstance(actor, User)
    rule = checked_rule(rule_number, note, post.thread.project_id)
    case = open_case(actor, "post", post_id, source="flag")
    post = db.session.get_one(Post, post_id)
    _check_flaggable(post)
    flag = queries.find_own_flag(actor, post_id) or _begin_flag(actor, post_id)
    flag.case_id, flag.rule_id, flag.note, flag.state = case.id, rule.id, note.strip(), "open"
    db.session.flush()
    weigh_flags(case, post)
    return flag


def _begin_flag(actor: User, post_id: int) -> Flag:
    """A new flag, or the one that was taken back; one that was decided stays, and counts."""
    check_number(actor)
    flag = db.session.scalar(
        select(Flag).where(Flag.post_id == post_id, Flag.user_id == actor.id, Flag.state == "withdrawn")
    )
    if flag is None:
        flag = Flag(post_id=post_id, user_id=actor.id)
        db.session.add(flag)
    flag.created_at = now()
    return flag


def checked_rule(rule_number: int, note: str, project_id: int | None = None) -> Rule:
    """The rule of the place that a flag names; Invalid for none, or a note that is too long."""
    if len(note) > MAX_NOTE:
        raise Invalid(errors={"note": [_("Keep the note under %(most)d characters.", most=MAX_NOTE)]})
    rule = check_deed(Deed("hide", rule_number, note or "-"), project_id=project_id)
    assert rule is not None
    return rule


def _check_flaggable(post: Post) -> None:
    if post.state != "visible":
        raise Conflict(_("This comment is not shown any more, so there is nothing to flag."))
    left_at = queries.last_left_at(post.id)
    if left_at is None or now() - left_at >= DAY or (post.edited_at or left_at) > left_at:
        return
    raise Conflict(
        _(
            "A moderator looked at these very words and left them. They can be flagged again if they are"
            " changed, or from %(time)s on.",
            time=localtime(left_at + DAY),
        )
    )


def check_number(actor: User) -> None:
    """Whoever is right often needs no more than this; whoever wants to bury somebody does."""
    is_newcomer = actor.standing is None or actor.standing.is_newcomer
    most = MOST_OF_NEWCOMERS if is_newcomer else MOST_A_DAY
    if are_limits_off() or queries.count_flags_by(actor, now() - DAY) < most:
        return
    sentence = _(
        "You flagged %(most)s comments within a day, and that is the most. Thank you: the moderators see"
        " them. If somebody is in danger, call 911.",
        most=most,
    )
    raise TooMany(sentence, retry_after=int(DAY.total_seconds()))


@transactional
def withdraw_flag(actor: Actor, post_id: int) -> None:
    """Take one's flag back; the case closes if nobody else asked for it and nothing was done.

    Doing it twice changes nothing. Locks the thread. Raises Conflict once a moderator has
    decided, or the flags have hidden it.
    """
    post = lock_place(actor, "post", post_id)
    flag = queries.get_own_flag(actor, post_id)
    require(policies.can_withdraw_flag(actor, flag))
    if flag.state in ("agreed", "disagreed"):
        raise Conflict(_("A moderator has decided about your flag, so it cannot be taken back any more."))
    if flag.state == "withdrawn":
        return
    case = db.session.get(Case, flag.case_id) if flag.case_id else None
    if case is not None and case.awaits_person:
        # Else whoever got it hidden would never be found wrong.
        raise Conflict(
            _("Together with other flags yours has hidden this comment, so it waits for a moderator with it.")
        )
    flag.state = "withdrawn"
    db.session.flush()
    if case is None:
        return
    weigh_flags(case, post)
    if case.state == "open" and case.source == "flag" and not queries.open_flags(case):
        case.state, case.closed_at = "closed", now()


def show_listed(post_id: int) -> None:
    """Let moderators look at words that are on the list as worth a look, and are shown meanwhile.

    Inside the action that published them: it holds the thread.
    """
    open_case(SYSTEM, "post", post_id, source="list")
