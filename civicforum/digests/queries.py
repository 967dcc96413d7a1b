"""What is new to a person: unread, open to them now, and nothing that they chose to ignore."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from civicforum.accounts.models import User
from civicforum.db import db, now
from civicforum.discussions.models import Post, Reaction, Reading, Thread
from civicforum.discussions.queries import new_to
from civicforum.notifications.models import Notification
from civicforum.notifications.queries import Entry, levels_of, list_inbox
from civicforum.partnerships.models import Project
from civicforum.partnerships.queries import visible_projects_clause
from civicforum.townhalls.models import TownHall
from civicforum.townhalls.queries import list_coming

# Enough for a town's busiest day; whoever was away longer than that reads on the site.
MOST_POSTS = 2_000
MOST_THREADS = 200
MOST_THREADS_OF_A_PROJECT = 3
MOST_PROJECTS = 6
MOST_ANSWERS = 5
MOST_MEETINGS = 3
MEETINGS_WITHIN = timedelta(days=8)
# Discussions that somebody was not in for so long are not told of any more, until they are back.
LONGEST_ABSENCE = timedelta(days=180)


@dataclass(frozen=True)
class News:
    """What is unread in one thread: its earliest unread post, how many there are, and of how many voices."""

    thread: Thread
    first: Post
    count: int
    people: int


@dataclass(frozen=True)
class Digest:
    """``projects`` in order, each with its threads and how many more there are; ``answers`` to the person."""

    projects: Sequence[tuple[Project, Sequence[News], int]] = ()
    more_projects: int = 0
    answers: Sequence[Entry] = ()
    meetings: Sequence[TownHall] = ()

    @property
    def is_empty(self) -> bool:
        """Meetings alone are no news: they come again every day."""
        return not self.projects and not self.answers


def gather_digest(user: User, since: datetime, until: datetime) -> Digest:
    """What is unread and published after ``since`` and until ``until``, as this person may read it now."""
    by_project: dict[Project, list[News]] = defaultdict(list)
    for news in unread_threads(user, since, until):
        by_project[news.thread.project].append(news)
    projects = [
        (project, threads[:MOST_THREADS_OF_A_PROJECT], max(0, len(threads) - MOST_THREADS_OF_A_PROJECT))
        for project, threads in by_project.items()
    ]
    horizon = now() + MEETINGS_WITHIN
    return Digest(
        projects[:MOST_PROJECTS],
        max(0, len(projects) - MOST_PROJECTS),
        _answers(user, since, until),
        [row for row in list_coming(user, MOST_MEETINGS) if row.starts_at < horizon],
    )


def _fairly(news: News) -> tuple[int, int]:
    """By how many people spoke, not by how much was said; the newest first where they are as many."""
    return -news.people, -news.first.id


def unread_threads(user: User, since: datetime, until: datetime) -> list[News]:
    """The threads with something unread of others in it, each once, the fairest first."""
    posts: dict[Thread, list[Post]] = defaultdict(list)
    for post in _new_posts(user, since, until):
        posts[post.thread].append(post)
    threads = sorted(posts, key=lambda thread: _fairly(_news(thread, posts[thread])))[:MOST_THREADS]
    new = new_to(user, threads)
    unread = {
        thread: [post for post in posts[thread] if new[thread.id].holds(post.seq)] for thread in threads
    }
    return sorted((_news(thread, found) for thread, found in unread.items() if found), key=_fairly)


def _news(thread: Thread, posts: Sequence[Post]) -> News:
    return News(thread, posts[0], len(posts), len({(post.author_id, post.pseudonym_id) for post in posts}))


def _new_posts(user: User, since: datetime, until: datetime) -> Iterable[Post]:
    """What others published since, where the person may read it and ignores it not; the earliest first."""
    levels = levels_of(user)
    rows = db.session.scalars(
        select(Post)
        .join(Post.thread)
        .join(Thread.project)
        .where(
            Post.published_at > since,
            Post.published_at <= until,
            Post.state == "visible",
            Post.seq.is_not(None),
            Post.author_id.is_distinct_from(user.id),
            Thread.status != "pending",
            visible_projects_clause(user),
        )
        .options(contains_eager(Post.thread).contains_eager(Thread.project))
        .order_by(Post.id.desc())
        .limit(MOST_POSTS)
    ).all()
    return [post for post in reversed(rows) if _level(levels, post.thread) != "ignore"]


def _level(levels: dict[str, dict[int, str]], thread: Thread) -> str:
    of_project = levels["project"].get(thread.project_id, "normal")
    return levels["thread"].get(thread.id, of_project)


# What is said to a person, and not to everybody.
PERSONAL = ("answer", "reply", "mention")


def _answers(user: User, since: datetime, until: datetime) -> list[Entry]:
    """What waits in the inbox because somebody spoke to this person."""
    return [
        entry
        for entry in list_inbox(user, limit=MOST_ANSWERS * 4).entries
        if entry.is_unread
        and entry.notice is not None
        and since < entry.created_at <= until
        and entry.reason in PERSONAL
    ][:MOST_ANSWERS]


def last_seen(user: User) -> datetime:
    """The last sign that this person was here: something they said, supported or read. No more is kept."""
    signs = [
        select(func.max(Post.created_at)).where(Post.author_id == user.id),
        select(func.max(Reaction.created_at)).where(Reaction.user_id == user.id),
        select(func.max(Reading.read_at)).where(Reading.user_id == user.id),
        select(func.max(Notification.read_at)).where(Notification.user_id == user.id),
    ]
    found = [db.session.scalar(sign) for sign in signs]
    return max([user.created_at, *(at for at in found if at is not None)])
