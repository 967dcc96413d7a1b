"""What a thread is about and where it stands in the list: its title, kind, tags, pin and archive."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.accounts.policies import same_person
from civicforum.agreement.marks import mark_listed
from civicforum.agreement.queries import find_cause, mask_words
from civicforum.db import db, lock, now, transactional
from civicforum.discussions import policies, queries
from civicforum.discussions.actions.limits import check_own_limit
from civicforum.discussions.actions.publishing import lock_thread, record_change, show_thread
from civicforum.discussions.models import (
    FEWEST_POSTS,
    MOST_PINNED,
    MOST_POSTS,
    MOST_TAG_CHARACTERS,
    MOST_TAGS,
    MOST_TAGS_EACH,
    THREAD_KINDS,
    TITLE_HOURS,
    Tag,
    Thread,
)
from civicforum.discussions.words import prepare_reason, prepare_title
from civicforum.errors import Conflict, Invalid, NotFound, require
from civicforum.live.changes import touch
from civicforum.partnerships.models import Project
from civicforum.partnerships.policies import can_see_project
from civicforum.text import clean_text, slugify


@dataclass(frozen=True)
class Shape:
    """What a thread is to become; None leaves as it is. ``reason`` is asked for of a title by others."""

    title: str | None = None
    kind: str | None = None
    tags: Sequence[str] | None = None
    max_posts: int | None = None
    reason: str = ""


@transactional
def shape_thread(actor: Actor, thread_id: int, shape: Shape) -> Thread:
    """Change what a thread is called, its kind, its tags, or how long it may become.

    Locks the thread. Its author, organizers and moderators may (the author the title for a day, organizers
    alone the length); Conflict in one that is merged or archived, Invalid for what will not do.
    """
    thread = lock_thread(actor, thread_id)
    require(policies.can_shape_thread(actor, thread), _("Only its author, organizers and moderators can."))
    _check_present(thread)
    if shape.title is not None:
        _retitle(actor, thread, prepare_title(shape.title), shape.reason)
    if shape.kind is not None and shape.kind != thread.kind:
        check_kind(actor, thread.project, shape.kind)
        thread.kind = shape.kind
    if shape.tags is not None:
        thread.tags = find_tags(thread.project, shape.tags)
    if shape.max_posts is not None and shape.max_posts != thread.max_posts:
        _limit(actor, thread, shape.max_posts)
    show_thread(thread)
    return thread


def _check_present(thread: Thread) -> None:
    if thread.status == "merged" or thread.archived_at is not None:
        raise Conflict(_("This thread is put away: it can be read, and nothing in it changes."))


def _retitle(actor: Actor, thread: Thread, title: str, reason: str) -> None:
    if title == thread.title:
        return
    if same_person(actor, thread.author_id):
        # One's own correction needs no reason, and nobody has read one. It is told as of who began the
        # thread: by another name than that, anybody would know both.
        why, known = "", thread.pseudonym
        _check_own_title(actor, thread, title)
    else:
        why, known = prepare_reason(reason), None
    record_change(actor, thread, "titled", before=thread.title, reason=why, pseudonym=known)
    # The slug stays, so that every address does.
    thread.title = title
    opening_id = queries.first_post_id(thread.id)
    if opening_id is not None:
        mark_listed("post", opening_id, title)


def _check_own_title(actor: Actor, thread: Thread, title: str) -> None:
    check_own_limit(actor, thread)
    if (now() - thread.created_at).total_seconds() > TITLE_HOURS * 3600:
        raise Conflict(_("A title can be changed for %(hours)s hours. Ask an organizer.", hours=TITLE_HOURS))
    if find_cause(actor, title, ""):
        raise Invalid(
            errors={"title": [_("A moderator would have to read this title first: say it milder.")]}
        )


def _limit(actor: Actor, thread: Thread, most: int) -> None:
    require(policies.can_limit_thread(actor, thread), _("Only organizers say how long a thread may become."))
    fewest = max(FEWEST_POSTS, thread.last_seq + 1)
    if not fewest <= most <= MOST_POSTS or thread.is_full:
        words = _("Between %(fewest)s and %(most)s comments.", fewest=fewest, most=MOST_POSTS)
        raise Invalid(errors={"max_posts": [words]})
    thread.max_posts = most


def check_kind(actor: Actor, project: Project, kind: str) -> None:
    """Raise Invalid for no kind of thread, NotAllowed for who may not announce."""
    if kind not in THREAD_KINDS:
        raise Invalid(errors={"kind": [_("Choose one of: %(kinds)s.", kinds=", ".join(THREAD_KINDS))]})
    require(
        policies.can_start_kind(actor, project, kind),
        _("Only organizers and partners announce. Start a discussion instead."),
    )


def find_tags(project: Project, slugs: Iterable[str]) -> list[Tag]:
    """The project's tags of these slugs; Invalid for one it does not have, and for too many."""
    wanted = set(slugs)
    found = [tag for tag in queries.list_tags(project) if tag.slug in wanted]
    if len(found) < len(wanted):
        raise Invalid(errors={"tags": [_("Choose among the tags of this project.")]})
    if len(found) > MOST_TAGS_EACH:
        raise Invalid(errors={"tags": [_("A thread has at most %(most)s tags.", most=MOST_TAGS_EACH)]})
    return found


@transactional
def set_tags(actor: Actor, project_id: int, names: Iterable[str]) -> None:
    """Say which tags a project has: new ones are made, those left out leave their threads.

    Locks the project. Raises NotAllowed for all but organizers, Invalid for too many or too long ones.
    """
    project = lock(Project, project_id)
    if not can_see_project(actor, project):
        raise NotFound
    require(policies.can_set_tags(actor, project))
    wanted = _named(names)
    kept = {tag.slug: tag for tag in queries.list_tags(project)}
    _show_tagged([tag.id for slug, tag in kept.items() if wanted.get(slug) != tag.name])
    for slug in kept.keys() - wanted.keys():
        db.session.delete(kept[slug])
    for slug, name in wanted.items():
        tag = kept.get(slug) or Tag(project_id=project.id, slug=slug)
        tag.name = name
        db.session.add(tag)
    db.session.flush()


def _named(names: Iterable[str]) -> dict[str, str]:
    lines = [mask_words(" ".join(clean_text(name).split())) for name in names]
    found = {slugify(line): line for line in lines if line}
    if len(found) > MOST_TAGS:
        raise Invalid(errors={"names": [_("A project has at most %(most)s tags.", most=MOST_TAGS)]})
    if any(len(line) > MOST_TAG_CHARACTERS for line in found.values()):
        most = _("A tag has at most %(most)s characters.", most=MOST_TAG_CHARACTERS)
        raise Invalid(errors={"names": [most]})
    return found


def _show_tagged(tag_ids: Sequence[int]) -> None:
    for thread_id in queries.tagged_ids(tag_ids):
        touch(f"thread:{thread_id}", "thread", thread_id)


@transactional
def pin_thread(actor: Actor, thread_id: int, is_pinned: bool) -> Thread:
    """Let a thread stand at the top of its project's list, or no longer; as it is already, nothing changes.

    Locks the thread, then the project, so that there are never more than a few. Organizers and moderators.
    """
    thread = _lock_to_keep(actor, thread_id)
    if is_pinned == (thread.pinned_at is not None):
        return thread
    if is_pinned:
        _check_present(thread)
        if queries.count_pinned(thread.project_id) >= MOST_PINNED:
            raise Conflict(
                _("At most %(most)s threads stand at the top. Take one down first.", most=MOST_PINNED)
            )
    thread.pinned_at = now() if is_pinned else None
    show_thread(thread)
    return thread


@transactional
def archive_thread(actor: Actor, thread_id: int, is_archived: bool) -> Thread:
    """Put a thread away: it can be read and found, and leaves the list; or bring it back.

    Locks the thread, then the project. Organizers and moderators.
    """
    thread = _lock_to_keep(actor, thread_id)
    if thread.status not in ("open", "closed"):
        raise Conflict(_("This thread is still being checked, or is part of another one."))
    if is_archived == (thread.archived_at is not None):
        return thread
    thread.archived_at = now() if is_archived else None
    thread.pinned_at = None
    record_change(actor, thread, "archived" if is_archived else "unarchived")
    show_thread(thread)
    return thread


def _lock_to_keep(actor: Actor, thread_id: int) -> Thread:
    thread = lock_thread(actor, thread_id)
    lock(Project, thread.project_id)
    require(
        policies.can_close_thread(actor, thread),
        _("Only this project's organizers and moderators do that."),
    )
    return thread
