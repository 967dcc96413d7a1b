"""What a case is about, with its rows held."""

from dataclasses import dataclass

from flask_babel import gettext as _

from civicforum.accounts.models import User
from civicforum.db import db
from civicforum.discussions.models import Post, Thread
from civicforum.errors import Conflict
from civicforum.moderation.models import Case
from civicforum.partnerships.models import Project


@dataclass(frozen=True)
class Scene:
    """A case and its target: a post in its thread, a thread, or (neither) a person."""

    case: Case
    post: Post | None = None
    thread: Thread | None = None

    @property
    def project(self) -> Project | None:
        return self.thread.project if self.thread is not None else None

    def person(self) -> User:
        """Whom a measure about a person binds; whoever acts is not told who speaks under a pseudonym."""
        person_id = self.post.author_id if self.post is not None else self.case.target_author_id
        person = db.session.get(User, person_id) if person_id is not None else None
        if person is None or person.erased_at is not None:
            raise Conflict(_("Whoever wrote this has no account any more, so there is nobody to limit."))
        return person
