"""The agreement as it stands, listed words, what is held, and how somebody stands."""

import re
from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import lazyload

from civicforum.accounts.models import SYSTEM, Actor, User
from civicforum.agreement import policies, words
from civicforum.agreement.models import Acceptance, AgreementVersion, Hold, ListedWord, Rule, Standing
from civicforum.db import db, now
from civicforum.errors import NotFound
from civicforum.text import render_markdown

MAX_LINKS_OF_NEWCOMERS = 2
_LINK = re.compile(r'<a href="(?:https?:|mailto:)')


def current_agreement(project_id: int | None = None) -> AgreementVersion | None:
    """The version that holds in this project: its own, or else the town's. None before the first."""
    return db.session.scalar(_holding(project_id))


def _holding(project_id: int | None) -> Select[AgreementVersion]:
    own = AgreementVersion.project_id.is_not(None)
    return (
        select(AgreementVersion)
        .where(or_(AgreementVersion.project_id.is_(None), AgreementVersion.project_id == project_id))
        .order_by(own.desc(), AgreementVersion.number.desc())
        .limit(1)
    )


def newest_version(project_id: int | None) -> AgreementVersion | None:
    """The newest version of the town's agreement (None), or of the project's own; None where it has none."""
    return db.session.scalar(_versions(project_id).limit(1))


def get_agreement(number: int, project_id: int | None = None) -> AgreementVersion:
    """The agreement of the town or of a project as it stood in this version; NotFound if there is none."""
    version = db.session.scalar(_versions(project_id).where(AgreementVersion.number == number))
    if version is None:
        raise NotFound
    return version


def list_agreements(project_id: int | None = None) -> Sequence[AgreementVersion]:
    """Every version of the town's agreement, or of the project's own, newest first."""
    return db.session.scalars(_versions(project_id)).all()


def _versions(project_id: int | None) -> Select[AgreementVersion]:
    return (
        select(AgreementVersion)
        .where(AgreementVersion.project_id == project_id)
        .order_by(AgreementVersion.number.desc())
    )


def list_rules(project_id: int | None = None) -> Sequence[Rule]:
    """The rules that hold in this project, or in the town."""
    version = current_agreement(project_id)
    return version.rules if version else []


def get_rule(number: int, project_id: int | None = None) -> Rule:
    """The rule of this number that holds in this project, or in the town; NotFound if there is none."""
    for rule in list_rules(project_id):
        if rule.number == number:
            return rule
    raise NotFound


# --- what somebody accepted ---


def has_accepted(user: Actor, version: AgreementVersion | None) -> bool:
    """Whether somebody accepted this version (of the town's also a later one); there is nothing in None."""
    if version is None:
        return True
    if version.project_id is None and (standing_of(user).accepted_version or 0) >= version.number:
        return True
    accepted = select(Acceptance.id).where(
        Acceptance.user_id == (user.id or 0), Acceptance.version_id == version.id
    )
    return db.session.scalar(accepted) is not None


def version_to_accept(user: Actor, project_id: int | None) -> AgreementVersion | None:
    """What somebody accepts before they speak here; None where they did, or came when it held already.

    Nobody is asked for the town's first version again.
    """
    if not isinstance(user, User):
        return None
    # Asked whenever somebody speaks: its rules are read only where they have to be shown.
    version = db.session.scalar(_holding(project_id).options(lazyload(AgreementVersion.rules)))
    if version is None or has_accepted(user, version) or _came_under(user, version):
        return None
    return version


def _came_under(user: User, version: AgreementVersion) -> bool:
    """Whether the town's agreement was this one already when they came: then it was theirs to read."""
    if version.project_id is not None:
        return False
    is_first_theirs = standing_of(user).accepted_version is None and user.created_at >= version.published_at
    return version.number == 1 or is_first_theirs


def last_accepted(user: Actor, project_id: int | None) -> AgreementVersion | None:
    """The newest version of the town's agreement, or of a project's own, that somebody accepted."""
    return db.session.scalar(
        _versions(project_id).join(Acceptance).where(Acceptance.user_id == (user.id or 0)).limit(1)
    )


# --- listed words ---


def list_words(viewer: Actor) -> Sequence[ListedWord]:
    """Every listed word, for moderators; NotFound for everybody else."""
    if not policies.can_edit_words(viewer):
        raise NotFound
    return db.session.scalars(select(ListedWord).order_by(ListedWord.word)).all()


def find_listed(text: str, action: str) -> list[str]:
    """The words in ``text`` that are listed for ``action`` (hold, mask or flag)."""
    return words.find_words(text, _listed(action))


def mask_words(text: str) -> str:
    """``text`` with dots in place of the words that are listed to be masked."""
    return words.mask(text, words_to_mask())


def words_to_mask() -> list[str]:
    return _listed("mask")


def _listed(action: str) -> list[str]:
    return list(
        db.session.scalars(
            select(ListedWord.word).where(ListedWord.action == action).order_by(ListedWord.word)
        )
    )


def find_cause(author: Actor, text: str, html: str | None = None) -> str | None:
    """Why a moderator looks at ``text`` before it is published; None: it is published at once.

    ``list``: it has a listed word, whoever wrote it. ``links``: a newcomer set more than two links.
    ``html`` is the text rendered already: who holds a lock gives it, so that nothing is rendered under it.
    """
    if author is SYSTEM:
        return None
    if find_listed(text, "hold"):
        return "list"
    if is_newcomer(author) and count_links(html or render_markdown(text)) > MAX_LINKS_OF_NEWCOMERS:
        return "links"
    return None


def count_links(html: str) -> int:
    """How many links to elsewhere a rendered text has; mentions do not count."""
    return len(_LINK.findall(html))


# --- standing ---


def standing_of(user: Actor) -> Standing:
    """How somebody stands; a fresh, unsaved row (a newcomer's) for who has none yet and for guests."""
    found = db.session.get(Standing, user.id) if isinstance(user, User) else None
    if found is not None:
        return found
    # The user is left out: through the relationship the row would slip into the session.
    vouched_at = now() if user is SYSTEM else None
    return Standing(user_id=user.id, words_that_stood=0, meetings_attended=0, vouched_at=vouched_at)


def is_newcomer(user: Actor) -> bool:
    return standing_of(user).is_newcomer


# --- holds ---


def find_hold(kind: str, object_id: int) -> Hold | None:
    """The latest review of this object, waiting or decided."""
    return db.session.scalar(select(Hold).where(Hold.kind == kind, Hold.object_id == object_id))
