"""A talk with a mediator that goes on while the demo is looked at: Denise and Frank, about the trucks."""

from datetime import datetime, timedelta

from civicforum.db import db
from civicforum.demo.stage import Stage
from civicforum.discussions.words import prepare_words
from civicforum.live.changes import open_channel
from civicforum.mediation.models import USUAL_DAYS, Mediation, Message, Participant
from civicforum.moderation.log import record_line

ABOUT = ("street-parking", 1)
PEOPLE = (("denise", "side"), ("frank", "side"), ("hana", "mediator"))
BEGAN_HOURS_AGO = 9
# Whose turn it is, how many minutes after the beginning, and what they say.
SAID = (
    ("hana", 5, "Good morning to you both. I am not here to say who is right. Denise, how was it for you?"),
    (
        "denise",
        40,
        "I read the draft and thought: he sees trucks, I see **my kid stepping out between two of them**. "
        "I was angry that nobody had asked us first.",
    ),
    (
        "frank",
        95,
        "I did not know about your boy. I count trucks because I can count them. I should have come by.",
    ),
    ("hana", 110, "Thank you, Frank. What would help, from tomorrow on? Each of you one thing."),
)


def add_sitting(stage: Stage) -> None:
    """The room as it is after the first evening, and its one line in the record."""
    began_at = stage.clock.ago(hours=BEGAN_HOURS_AGO)
    mediation = Mediation(
        post_id=stage.posts[ABOUT].id,
        state="in_session",
        created_at=began_at - timedelta(hours=4),
        due_at=began_at + timedelta(days=USUAL_DAYS),
        participants=[_participant(stage, key, role) for key, role in PEOPLE],
    )
    db.session.add(mediation)
    db.session.flush()
    open_channel(mediation.channel)
    parts = dict(zip((key for key, _role in PEOPLE), mediation.participants, strict=True))
    for key, minutes, words in SAID:
        db.session.add(_message(parts[key], began_at + timedelta(minutes=minutes), words))
    everybody = [part.user_id for part in mediation.participants]
    stage.tell(everybody, "mediation_begun", "mediation", mediation.id, None, began_at)
    at = began_at.isoformat(timespec="seconds")
    record_line(action="mediation", target="", place="", rule="", actor_role="mediator", case_id=None, at=at)
    db.session.flush()


def _participant(stage: Stage, key: str, role: str) -> Participant:
    return Participant(user_id=stage.people[key].id, role=role, state="accepted")


def _message(part: Participant, at: datetime, words: str) -> Message:
    said = prepare_words(words)
    return Message(
        mediation_id=part.mediation_id, participant_id=part.id, body=said.body, html=said.html, created_at=at
    )
