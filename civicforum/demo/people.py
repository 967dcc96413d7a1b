"""The forty people, when they came, and how they stand."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from civicforum import jobs
from civicforum.accounts.models import RoleGrant, User
from civicforum.accounts.names import skeleton
from civicforum.agreement.models import Standing
from civicforum.db import db
from civicforum.demo.clock import Clock
from civicforum.demo.files import Table
from civicforum.demo.stage import Stage
from civicforum.demo.talks import Talk
from civicforum.discussions.models import Bookmark, Post, Reading
from civicforum.notifications.models import AT_ONCE, Attention, MailWishes

# The first of them signed up this long ago, the others one after another.
FIRST_JOINED_DAYS_AGO = 50
BETWEEN_TWO = timedelta(hours=6)
LOOKED_AROUND = timedelta(minutes=25)
STOOD = timedelta(hours=24)
READ_UNTIL = timedelta(hours=6)
STANDS_AFTER = 2

Acts = Mapping[str, datetime]


def first_acts(acts: Iterable[tuple[str, datetime]]) -> dict[str, datetime]:
    """When each person did something for the first time."""
    first: dict[str, datetime] = {}
    for person, at in acts:
        first[person] = min(at, first.get(person, at))
    return first


def add_people(stage: Stage, tables: Iterable[Table], acts: Acts, password_hash: str) -> None:
    """Make the accounts. Only those who are shown how to sign in get a password; the others use a link."""
    for place, table in enumerate(tables):
        joined_at = _joined_at(stage.clock, place, table, acts)
        user = User(
            email=table["email"],
            email_confirmed_at=joined_at,
            created_at=joined_at,
            password_hash=password_hash if table.get("sign_in") else None,
            name=table["name"],
            name_skeleton=skeleton(table["name"])[:120],
            handle=table["handle"],
            about=table["about"],
            neighbourhood=table["neighbourhood"],
            locale=table["locale"],
        )
        user.grants = [RoleGrant(role=role, created_at=joined_at) for role in table["roles"]]
        stage.people[table["key"]] = user
        stage.step(1)
    db.session.add_all(stage.people.values())
    db.session.flush()


def let_people_follow(stage: Stage, tables: Iterable[Table]) -> None:
    """Some follow a project closely, and want what they have not read once a week."""
    for table in tables:
        if "follows" in table:
            user, project = stage.people[table["key"]], stage.projects[table["follows"]]
            db.session.add(
                Attention(user_id=user.id, kind="project", object_id=project.id, level="subscribed")
            )
            wishes = dict.fromkeys((*AT_ONCE, "reminder", "summary"), True)
            db.session.add(MailWishes(user_id=user.id, digest="weekly", weekday=0, **wishes))


def let_people_read(stage: Stage, tables: Iterable[Table]) -> None:
    """Those who are shown how to sign in have read where they spoke, until this morning."""
    for user in (stage.people[table["key"]] for table in tables if table.get("sign_in")):
        for thread_id in sorted({post.thread_id for post in _posts_of(stage, user)}):
            _let_read(stage, user, thread_id)


def _posts_of(stage: Stage, user: User) -> list[Post]:
    return [post for post in stage.posts.values() if post.author_id == user.id]


def _let_read(stage: Stage, user: User, thread_id: int) -> None:
    """All that stood in the thread in the morning, of which they noted the first."""
    until = stage.clock.loaded_at - READ_UNTIL
    read = [post for post in stage.posts.values() if post.thread_id == thread_id and post.created_at <= until]
    if read:
        seen = f"1-{len(read)}"
        db.session.add(Reading(user_id=user.id, thread_id=thread_id, seen=seen, read_at=until))
        db.session.add(Bookmark(user_id=user.id, post_id=read[0].id, created_at=until))


def _joined_at(clock: Clock, place: int, table: Table, acts: Acts) -> datetime:
    usual = clock.ago(days=FIRST_JOINED_DAYS_AGO) + place * BETWEEN_TWO
    first_act = acts.get(table["key"])
    if first_act is None:
        return usual
    before_it = first_act - LOOKED_AROUND
    return before_it if table["newcomer"] else min(usual, before_it)


def add_standings(stage: Stage, tables: Iterable[Table], version: int) -> None:
    """Everybody accepted the agreement; for all but newcomers somebody with a role vouched."""
    administrator = next(u for u in stage.people.values() if u.has_role("administrator"))
    moderator = next(u for u in stage.people.values() if u.has_role("moderator"))
    for table in tables:
        user = stage.people[table["key"]]
        standing = Standing(
            user_id=user.id, words_that_stood=0, meetings_attended=0, accepted_version=version
        )
        if not table["newcomer"]:
            standing.vouched_at = user.created_at + LOOKED_AROUND
            standing.vouched_by_id = (moderator if user is administrator else administrator).id
        stage.standings[table["key"]] = standing
    db.session.add_all(stage.standings.values())
    db.session.flush()


def let_words_stand(stage: Stage, talks: Iterable[Talk]) -> None:
    """Count what newcomers said and what stood for a day; what is younger is looked at after its day."""
    remarks = sorted((remark for talk in talks for remark in talk.remarks), key=lambda remark: remark.at)
    for remark in remarks:
        post = stage.posts[remark.thread, remark.number]
        standing = stage.standings[remark.author]
        if standing.vouched_at is None and post.is_visible and _was_newcomer(standing, remark.at, stage):
            _count(stage, standing, post, remark.at + STOOD)


def _was_newcomer(standing: Standing, at: datetime, stage: Stage) -> bool:
    stood = [
        post
        for post in stage.posts.values()
        if post.author_id == standing.user_id and post.counted_at is not None and post.counted_at <= at
    ]
    return len(stood) < STANDS_AFTER


def _count(stage: Stage, standing: Standing, post: Post, at: datetime) -> None:
    if at <= stage.clock.loaded_at:
        post.counted_at = at
        standing.words_that_stood += 1
        return
    jobs.enqueue("discussions.count_standing", unique_key=f"standing:{post.id}", run_at=at, post_id=post.id)
