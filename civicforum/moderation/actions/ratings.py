"""Saying how a thread or a meeting was led."""

from flask_babel import gettext as _

from civicforum.accounts.models import Actor, User
from civicforum.db import db, now, transactional
from civicforum.errors import Conflict, Invalid, require
from civicforum.moderation import policies, queries
from civicforum.moderation.models import MAX_RATING_WORDS, SCALE, Rating


@transactional
def rate(actor: Actor, kind: str, object_id: int, fair: int, heard: int, words: str = "") -> Rating:
    """Answer whether it was fair and one was heard, from 1 to 5; an answer replaces the one before.

    Locks nothing but one's own row. NotAllowed for who led it, Conflict while it goes on or for who took no
    part, Invalid for what is not on the scale.
    """
    rating = _own_row(actor, kind, object_id)
    problems = {
        name: [_("Choose a number from 1 to 5.")]
        for name, answer in (("fair", fair), ("heard", heard))
        if answer not in SCALE
    }
    if len(words) > MAX_RATING_WORDS:
        problems["words"] = [_("Keep it under %(most)d characters.", most=MAX_RATING_WORDS)]
    if problems:
        raise Invalid(errors=problems)
    rating.fair, rating.heard, rating.words, rating.answered_at = fair, heard, words.strip(), now()
    return rating


@transactional
def put_rating_away(actor: Actor, kind: str, object_id: int) -> None:
    """Be asked no more; an answer that was given stays. Locks and raises as ``rate``."""
    _own_row(actor, kind, object_id)


def _own_row(actor: Actor, kind: str, object_id: int) -> Rating:
    place = queries.get_place(actor, kind, object_id)
    require(
        policies.can_rate(actor, place.project), _("Those who lead the talk here do not rate it themselves.")
    )
    assert isinstance(actor, User)
    if not place.is_over:
        raise Conflict(_("This is asked once it is over."))
    if not queries.took_part(actor, place):
        raise Conflict(_("Only those who took part are asked."))
    found = queries.find_rating(actor, place)
    if found is not None:
        return found
    row = Rating(kind=kind, object_id=object_id, project_id=place.project.id, user_id=actor.id, words="")
    db.session.add(row)
    db.session.flush()
    return row
