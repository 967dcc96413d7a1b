"""The agreement as it stands, listed words, what is held, and how somebody stands."""

import re
from collections.abc import Sequence

from sqlalchemy import select

from civicforum.accounts.models import SYSTEM, Actor, User
from civicforum.agreement import policies, words
from civicforum.agreement.models import AgreementVersion, Hold, ListedWord, Rule, Standing
from civicforum.db import db, now
from civicforum.errors import NotFound
from civicforum.text import render_markdown

MAX_LINKS_OF_NEWCOMERS = 2
_LINK = re.compile(r'<a href="(?:https?:|mailto:)')


def current_agreement() -> AgreementVersion | None:
    """The version that holds now; None before the first is published."""
    return db.session.scalar(select(AgreementVersion).order_by(AgreementVersion.number.desc()).limit(1))


def get_agreement(number: int) -> AgreementVersion:
    """The agreement as it stood in this version; NotFound if there is none."""
    version = db.session.scalar(select(AgreementVersion).where(AgreementVersion.number == number))
    if version is None:
        raise NotFound
    return version


def list_agreements() -> Sequence[AgreementVersion]:
    """Every version, newest first."""
    return db.session.scalars(select(AgreementVersion).order_by(AgreementVersion.number.desc())).all()


def get_rule(number: int) -> Rule:
    """The rule of this number in the current version; NotFound if there is none."""
    version = current_agreement()
    for rule in version.rules if version else ():
        if rule.number == number:
            return rule
    raise NotFound


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


def has_accepted(user: Actor, version: AgreementVersion | None) -> bool:
    """Whether somebody accepted this version or a later one; there is nothing to accept in None."""
    return version is None or (standing_of(user).accepted_version or 0) >= version.number


# --- holds ---


def find_hold(kind: str, object_id: int) -> Hold | None:
    """The latest review of this object, waiting or decided."""
    return db.session.scalar(select(Hold).where(Hold.kind == kind, Hold.object_id == object_id))
