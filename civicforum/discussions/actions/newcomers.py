"""Newcomers' limits: small, said in clear sentences, and gone by civic deeds (``Standing.is_newcomer``)."""

from collections.abc import Sequence
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from civicforum.accounts.models import Actor, User
from civicforum.agreement.actions import lock_standing
from civicforum.agreement.queries import is_newcomer
from civicforum.db import now
from civicforum.discussions import queries
from civicforum.discussions.words import Words
from civicforum.errors import Invalid, TooMany
from civicforum.files.actions import Chosen
from civicforum.web.limits import are_limits_off

SECONDS_BETWEEN = 30
MOST_A_DAY = 10
MOST_MENTIONS = 2
MOST_FILES = 1
DAY = timedelta(hours=24)


def check_newcomer(actor: Actor, words: Words, files: Sequence[Chosen] = ()) -> None:
    """Refuse what a newcomer may not say yet: TooMany for too soon or too often, Invalid for too much in one.

    Locks the newcomer's standing, so that two of their comments at one moment are counted one after another.
    """
    if not (isinstance(actor, User) and is_newcomer(actor)):
        return
    check_newcomers_words(actor, words)
    if len(files) > MOST_FILES:
        raise Invalid(errors={"files": [_("In your first comments, send one picture or paper with each.")]})
    if not are_limits_off():
        lock_standing(actor.id)
        _check_pace(actor)


def check_newcomers_words(actor: Actor, words: Words) -> None:
    """Calling many people at once is for those who are known; more links than two a moderator reads first."""
    if len(words.mentions) > MOST_MENTIONS and is_newcomer(actor):
        sentence = _(
            "In your first comments, call at most %(most)s people with @. Your words are kept: take some"
            " out.",
            most=MOST_MENTIONS,
        )
        raise Invalid(errors={"body": [sentence]})


def _check_pace(actor: Actor) -> None:
    moments = queries.moments_of_speech(actor, now() - DAY, MOST_A_DAY)
    if not moments:
        return
    wait = SECONDS_BETWEEN - int((now() - moments[0]).total_seconds())
    if wait > 0:
        raise TooMany(_too_soon(wait), retry_after=wait)
    if len(moments) >= MOST_A_DAY:
        again_at = moments[-1] + DAY
        raise TooMany(_too_often(), retry_after=int((again_at - now()).total_seconds()) + 1)


def _too_soon(seconds: int) -> str:
    return ngettext(
        "You are new here, so there is half a minute between your comments. Send it again in %(num)d second:"
        " your words are kept.",
        "You are new here, so there is half a minute between your comments. Send it again in %(num)d seconds:"
        " your words are kept.",
        seconds,
    )


def _too_often() -> str:
    return _(
        "You are new here, and newcomers write %(most)s comments a day. Your words are kept for tomorrow. It"
        " ends once two of your comments have stood for a day, you come to a meeting, or a partner vouches"
        " for you.",
        most=MOST_A_DAY,
    )
