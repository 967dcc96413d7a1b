"""The smallest valid thing of each kind, committed. Names are unique; all else is as plain as can be."""

import itertools
import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Any

from civicforum.accounts.models import ApiToken, RoleGrant, User
from civicforum.accounts.queries import hash_token
from civicforum.agreement.models import AgreementVersion, Rule, Standing
from civicforum.db import db, now, transaction
from civicforum.discussions.actions.counting import count_voice
from civicforum.discussions.models import Post, Thread
from civicforum.files.models import Attachment
from civicforum.files.stores import store
from civicforum.live.changes import open_channel
from civicforum.partnerships.models import Membership, Organization, Partner, Project, Seat, Update
from civicforum.search.index import refresh
from civicforum.townhalls.models import Rsvp, TownHall
from civicforum.voices.models import Voice
from civicforum.voices.numbers import new_number

_numbers = itertools.count(1)
FINDABLE = {
    Organization: "organization",
    Project: "project",
    Update: "update",
    Thread: "thread",
    Post: "post",
    TownHall: "townhall",
}


def save(*rows: Any) -> Any:
    """Commit the rows as they are, to be found by a search as if they had been made by their actions."""
    with transaction():
        db.session.add_all(rows)
        db.session.flush()
        for row in rows:
            have_found(row)
    return rows[0]


def have_found(row: Any) -> None:
    if type(row) in FINDABLE:
        refresh(FINDABLE[type(row)], row.id)


def make_user(*roles: str, newcomer: bool = False, **facts: Any) -> User:
    """A confirmed person with these site roles; no newcomer unless asked for."""
    n = next(_numbers)
    name = facts.pop("name", f"Person {n}")
    user = User(
        **{
            "email": f"person{n}@example.org",
            "name": name,
            "name_skeleton": name.casefold(),
            "handle": f"person-{n}",
            "email_confirmed_at": now(),
            **facts,
        }
    )
    user.grants = [RoleGrant(role=role) for role in roles]
    save(user)
    save(Standing(user_id=user.id, words_that_stood=0, vouched_at=None if newcomer else now()))
    return user


def make_token(user: User, scopes: str = "read write moderate admin") -> str:
    token = secrets.token_urlsafe(24)
    save(ApiToken(user_id=user.id, name="test", token_hash=hash_token(token), scopes=scopes))
    return token


def make_organization(*people: User, **facts: Any) -> Organization:
    """An organization for which ``people`` speak."""
    n = next(_numbers)
    row = Organization(
        **{"slug": f"organization-{n}", "name": f"Organization {n}", "kind": "nonprofit", **facts}
    )
    save(row)
    for user in people:
        save(Seat(organization_id=row.id, user_id=user.id))
    return row


def make_project(organizer: User | None = None, *partners: Organization, **facts: Any) -> Project:
    """A public, active project, run by ``organizer``."""
    n = next(_numbers)
    project = save(Project(**{"slug": f"project-{n}", "title": f"Project {n}", **facts}))
    if organizer is not None:
        join(project, organizer, "organizer")
    for organization in partners:
        save(Partner(project_id=project.id, organization_id=organization.id))
    return project


def join(project: Project, user: User, role: str = "member") -> Membership:
    return save(Membership(project_id=project.id, user_id=user.id, role=role))


def make_thread(project: Project, author: User | None = None, **facts: Any) -> Thread:
    """An open thread without posts."""
    n = next(_numbers)
    thread = Thread(
        **{
            "project_id": project.id,
            "author_id": author and author.id,
            "title": f"Thread {n}",
            "slug": f"thread-{n}",
            "last_post_at": now(),
            **facts,
        }
    )
    with transaction():
        db.session.add(thread)
        db.session.flush()
        have_found(thread)
        open_channel(thread.channel)
    return thread


def make_file(owner: User, post: Post | None = None, kind: str = "picture", **facts: Any) -> Attachment:
    """A file that is in the store, in what somebody said or in nothing yet."""
    key = secrets.token_hex(16)
    content = facts.pop("content", b"RIFF, more or less")
    row = Attachment(
        **{
            "key": key,
            "owner_id": owner.id,
            "kind": kind,
            "name": "bench.webp" if kind == "picture" else "plan.pdf",
            "alt_text": "A bench." if kind == "picture" else "",
            "width": 80,
            "height": 60,
            "bytes": len(content),
            "sha256": sha256(content).hexdigest(),
            "object_kind": post and "post",
            "object_id": post and post.id,
            **facts,
        }
    )
    for part in row.parts:
        store().put(part, content)
    return save(row)


def make_post(thread: Thread, author: User | None = None, body: str = "Words.", **facts: Any) -> Post:
    """A visible post at the thread's end, with its voice."""
    with transaction():
        thread = db.session.get_one(Thread, thread.id)
        thread.last_seq += 1
        post = Post(
            **{
                "thread_id": thread.id,
                "seq": thread.last_seq,
                "author_id": author and author.id,
                "body": body,
                "html": f"<p>{body}</p>",
                "published_at": now(),
                **facts,
            }
        )
        db.session.add(post)
        db.session.flush()
        have_found(post)
        count_voice(post)
        db.session.add(
            Voice(
                number=new_number(),
                kind="post",
                object_id=post.id,
                channel=thread.channel,
                author_id=post.author_id,
            )
        )
    return post


def make_town_hall(project: Project, **facts: Any) -> TownHall:
    """A published town hall in the hall, in a week, without a limit of seats."""
    n = next(_numbers)
    starts_at = facts.pop("starts_at", now() + timedelta(days=7))
    town_hall = TownHall(
        **{
            "project_id": project.id,
            "title": f"Town hall {n}",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=2),
            "timezone": "America/New_York",
            "mode": "in_person",
            "location": "Main Library",
            "status": "published",
            "uid": f"town-hall-{n}@example.org",
            "access_statement": "Step-free.",
            **facts,
        }
    )
    with transaction():
        db.session.add(town_hall)
        db.session.flush()
        have_found(town_hall)
        open_channel(town_hall.channel)
    return town_hall


def make_rsvp(town_hall: TownHall, user: User | None, state: str = "going", **facts: Any) -> Rsvp:
    with transaction():
        town_hall = db.session.get_one(TownHall, town_hall.id)
        town_hall.last_place += 1
        row = Rsvp(
            **{
                "town_hall_id": town_hall.id,
                "user_id": user and user.id,
                "state": state,
                "place": town_hall.last_place,
                "code": secrets.token_hex(6).upper(),
                **facts,
            }
        )
        db.session.add(row)
    return row


def make_agreement() -> AgreementVersion:
    """Version 1 with two rules."""
    version = AgreementVersion(number=1, introduction="How we talk here.", published_at=now())
    version.rules = [
        Rule(number=1, title="Say what you saw", text="As yourself."),
        Rule(number=2, title="Speak about what people do", text="Not about what they are."),
    ]
    return save(version)
