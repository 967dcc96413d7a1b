"""Starting a thread, and going on where one is full."""

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.db import db, lock, now, transactional
from civicforum.discussions import policies, queries
from civicforum.discussions.actions.limits import check_limits, check_silence
from civicforum.discussions.actions.posts import cannot_speak, post_reply
from civicforum.discussions.actions.publishing import forget_words, lock_thread, show_thread
from civicforum.discussions.actions.saying import say
from civicforum.discussions.actions.shaping import check_kind, find_tags
from civicforum.discussions.asking import Asked
from civicforum.discussions.models import Post, Thread
from civicforum.discussions.words import MAX_TITLE_CHARACTERS, Words, prepare_title, prepare_words
from civicforum.errors import Conflict, NotFound, require
from civicforum.files.actions import Chosen
from civicforum.live.changes import open_channel
from civicforum.partnerships.models import Project
from civicforum.partnerships.policies import can_see_project
from civicforum.search.index import refresh
from civicforum.text import slugify


@transactional
def start_thread(
    actor: Actor,
    project_id: int,
    title: str,
    body: str | Words,
    files: Sequence[Chosen] = (),
    kind: str = "discussion",
    tags: Iterable[str] = (),
    poll: Asked | None = None,
) -> Thread:
    """Start a discussion in a project, with its first post, perhaps with files or a poll; ``tags`` are slugs.

    Its status is ``pending``, and nobody else sees it, if a moderator has to look first. Locks the project.
    Raises NotAllowed for who may not speak there (or not announce), Limited for who is silenced, Invalid for
    a title, words, files, a kind or tags that will not do.
    """
    line, words = prepare_title(title), prepare_words(body)
    project = lock(Project, project_id)
    if not can_see_project(actor, project):
        raise NotFound
    require(
        policies.can_start_thread(actor, project),
        _("You cannot start a thread here just now: the project is over, or your account may not write."),
    )
    check_silence(actor, project)
    check_kind(actor, project, kind)
    thread = add_thread(project, line, kind=kind, tags=find_tags(project, tags))
    forget_words(actor, f"project:{project.id}")
    _add_first_post(actor, thread, words, files, poll)
    return thread


def add_thread(project: Project, title: str, **facts: object) -> Thread:
    """An open thread without posts, and its channel; ``facts`` may say whose. The project is locked."""
    thread = Thread(
        project=project,
        title=title,
        slug=slugify(title),
        status="open",
        last_seq=0,
        last_post_at=now(),
        **facts,
    )
    db.session.add(thread)
    db.session.flush()
    open_channel(thread.channel)
    refresh("thread", thread.id)
    return thread


def _add_first_post(
    actor: Actor, thread: Thread, words: Words, files: Sequence[Chosen] = (), poll: Asked | None = None
) -> Post:
    """The words a thread begins with: it is theirs who said them, and waits with them while they are held."""
    post = say(actor, thread, words, files, poll, title=thread.title)
    thread.writer, thread.pseudonym = post.writer, post.pseudonym
    if not post.is_visible:
        thread.status = "pending"
    db.session.flush()
    return post


@transactional
def continue_thread(
    actor: Actor,
    thread_id: int,
    body: str | Words,
    poll: Asked | None = None,
    forgets_draft: bool = True,
) -> Post:
    """Say the next thing where a thread is full: the first who does begins the thread that continues it.

    Locks the full thread, then its project. Raises NotAllowed for who may not speak there, Conflict in a
    thread that is not full, or whose continuation is still being checked.
    """
    words = prepare_words(body)
    thread = lock_thread(actor, thread_id)
    require(policies.can_reply(actor, thread), cannot_speak(actor))
    if not thread.is_full or thread.status != "closed":
        raise Conflict(_("There is room in this thread: say it there."))
    check_limits(actor, thread)
    following = queries.goes_on_in(thread)
    if forgets_draft:
        forget_words(actor, thread.channel)
    if following is None:
        return _begin_continuation(actor, thread, words, poll)
    if not policies.can_see_thread(actor, following):
        raise Conflict(_("The thread that continues this one is still being checked. Say it there soon."))
    return post_reply(actor, following.id, words, poll=poll)


def _begin_continuation(actor: Actor, thread: Thread, words: Words, poll: Asked | None) -> Post:
    project = lock(Project, thread.project_id)
    may_begin = policies.can_start_kind(actor, project, thread.kind)
    kind = thread.kind if may_begin else "discussion"
    facts = {"kind": kind, "max_posts": thread.max_posts, "tags": list(thread.tags)}
    following = add_thread(project, _next_title(thread.title), **facts)
    thread.continued_in = following
    show_thread(thread)
    return _add_first_post(actor, following, words, poll=poll)


def _next_title(title: str) -> str:
    """“Benches” goes on as “Benches (2)”, and that as “Benches (3)”."""
    base, _space, number = title.rpartition(" ")
    if base and number.startswith("(") and number.endswith(")") and number[1:-1].isdecimal():
        return f"{base} ({int(number[1:-1]) + 1})"[:MAX_TITLE_CHARACTERS]
    return f"{title[: MAX_TITLE_CHARACTERS - 4]} (2)"
