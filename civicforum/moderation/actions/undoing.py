"""Taking back what a measure did, because somebody else found that it should not have been.

Inside a running action, which asked its own policy: whoever decides a second look may be no moderator.
"""

from sqlalchemy import update

from civicforum.accounts.models import Actor
from civicforum.db import db, lock, now
from civicforum.discussions.actions.publishing import publish
from civicforum.discussions.models import Post, Thread
from civicforum.moderation.actions.deeds import role_of
from civicforum.moderation.log import record_line
from civicforum.moderation.models import Case, Flag, Measure

TAKEN_DOWN = ("hidden", "removed", "declined")


def undo_measure(actor: Actor, measure: Measure, reason: str, role: str | None = None) -> None:
    """Restore what ``measure`` did: the words are shown again, and those who flagged were not right.

    A line ``overturned`` goes into the public log; ``role`` says in it who decided, where that is no
    moderator. ``reason`` is kept by whoever calls: the log has no words.
    """
    found = db.session.get_one(Post, measure.case.target_id)
    thread = lock(Thread, found.thread_id)
    post = lock(Post, found.id)
    if post.state in TAKEN_DOWN:
        post.revision += 1
        publish(thread, post)
    _settle(lock(Case, measure.case_id))
    is_public = thread.project.is_public
    record_line(
        action="overturned",
        target=f"post:{post.id}" if is_public else "post",
        place=thread.channel if is_public else "members-only project",
        rule=f"{measure.rule.number} {measure.rule.title}" if measure.rule else "",
        actor_role=role or role_of(actor, post),
        case_id=measure.case_id,
    )


def _settle(case: Case) -> None:
    theirs = update(Flag).where(Flag.case_id == case.id, Flag.state == "agreed")
    db.session.execute(theirs.values(state="disagreed"))
    case.version += 1
    case.state, case.closed_at = "closed", case.closed_at or now()
