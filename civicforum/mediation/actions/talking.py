"""Talking in the room: words, and more time where all three want it."""

from datetime import timedelta

from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.db import db, transactional
from civicforum.discussions.words import Words, prepare_words
from civicforum.errors import Conflict
from civicforum.live.changes import touch
from civicforum.mediation.actions.entering import enter_room, others, show, tell
from civicforum.mediation.models import Mediation, Message


@transactional
def say(actor: Actor, mediation_id: int, words: str | Words) -> Message:
    """Say something in the room, to the other two alone.

    It is in no index and calls on nobody. Locks the mediation, so that nothing is said once it is over.
    Raises NotFound for everybody else, Conflict when nobody is talking (any more), Invalid for blank words.
    """
    mediation, part = enter_room(actor, mediation_id)
    prepared = prepare_words(words)
    message = Message(
        mediation_id=mediation.id, participant_id=part.id, body=prepared.body, html=prepared.html
    )
    db.session.add(message)
    db.session.flush()
    touch(mediation.channel, "mediation_message", message.id)
    tell(mediation, "mediation_message", others(mediation, part), is_urgent=False)
    return message


@transactional
def ask_for_longer(actor: Actor, mediation_id: int) -> Mediation:
    """Want as many days again; once all three want it, they have them. That is done once.

    Locks the mediation. Raises NotFound for everybody else, Conflict when it is over or was prolonged.
    """
    mediation, part = enter_room(actor, mediation_id)
    if mediation.was_prolonged:
        raise Conflict(_("The time was prolonged once already, and that is all there is."))
    part.wants_longer = True
    if all(person.wants_longer for person in mediation.present):
        assert mediation.due_at is not None
        mediation.was_prolonged = True
        mediation.due_at += timedelta(days=mediation.days)
    show(mediation)
    tell(mediation, "mediation_time", others(mediation, part))
    return mediation
