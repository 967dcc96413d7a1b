"""Under which name somebody speaks in a project."""

from sqlalchemy import Select, select

from civicforum.accounts.models import Actor
from civicforum.db import db
from civicforum.discussions import policies
from civicforum.discussions.models import Post, Pseudonym, Reaction, Thread, ThreadChange
from civicforum.partnerships.models import Project


def find_pseudonym(viewer: Actor, project: Project) -> Pseudonym | None:
    """What the viewer speaks under in the project; None for their own name, as with every role there.

    Somebody who took it keeps it also where the organizers do not offer it any more.
    """
    if viewer.id is None or policies.speaks_by_name(viewer, project):
        return None
    own = own_pseudonym(viewer, project)
    return own if own is not None and own.ended_at is None else None


def would_be_unmasked(viewer: Actor, project: Project) -> bool:
    """Whether the viewer spoke here under a pseudonym, has a role now, and did not say that they know.

    A role can be given by others, without a word: what was written as one name must not appear under the
    other.
    """
    if not policies.speaks_by_name(viewer, project):
        return False
    own = own_pseudonym(viewer, project)
    return own is not None and own.ended_at is None and is_pseudonym_used(own)


def own_pseudonym(viewer: Actor, project: Project, is_held: bool = False) -> Pseudonym | None:
    """The one that the viewer took in the project, whether or not they speak under it now.

    ``is_held``: for who deletes it, against all that would point to it.
    """
    own = select(Pseudonym).where(Pseudonym.project_id == project.id, Pseudonym.user_id == viewer.id)
    return db.session.scalar(own.with_for_update() if is_held else own)


def has_spoken_by_name(viewer: Actor, project: Project) -> bool:
    """Whether the viewer said anything in the project under their own name, whatever became of it."""
    return _is_any(
        select(Post.id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Thread.project_id == project.id, Post.author_id == viewer.id, Post.pseudonym_id.is_(None))
    )


def is_pseudonym_used(pseudonym: Pseudonym) -> bool:
    """Whether anything was said, begun, changed or supported under it."""
    return any(
        _is_any(select(table.id).where(table.pseudonym_id == pseudonym.id))
        for table in (Post, Thread, ThreadChange, Reaction)
    )


def is_name_taken(project: Project, name: str) -> bool:
    """Whether somebody else goes by this pseudonym in the project."""
    return _is_any(select(Pseudonym.id).where(Pseudonym.project_id == project.id, Pseudonym.name == name))


def has_pseudonyms(thread: Thread) -> bool:
    """Whether anybody did anything that is told, in this thread, under a pseudonym."""
    here = (
        select(Post.id).where(Post.thread_id == thread.id, Post.pseudonym_id.is_not(None)),
        select(ThreadChange.id).where(
            ThreadChange.thread_id == thread.id, ThreadChange.pseudonym_id.is_not(None)
        ),
        select(Reaction.id)
        .join(Post, Post.id == Reaction.post_id)
        .where(Post.thread_id == thread.id, Reaction.pseudonym_id.is_not(None)),
    )
    return thread.pseudonym_id is not None or any(map(_is_any, here))


def _is_any(statement: Select[int]) -> bool:
    return db.session.scalar(statement.limit(1)) is not None
