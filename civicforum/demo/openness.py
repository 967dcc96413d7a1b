"""What the town tells of its moderation besides the record: the code of each day, and how talk was led."""

from datetime import datetime, timedelta

from sqlalchemy import select

from civicforum.accounts.models import User
from civicforum.db import before_commit, db
from civicforum.demo.stage import Stage
from civicforum.moderation.models import DayHead, LogEntry, Rating
from civicforum.moderation.policies import can_rate
from civicforum.moderation.queries import head_before
from civicforum.townhalls.models import TownHall
from civicforum.townhalls.queries import list_who_came

ONE_DAY = timedelta(days=1)
# Two in three of those who came answer, and these are their answers by turns: (fair, heard).
SAID = ((5, 5), (4, 5), (5, 4), (4, 3), (3, 4), (5, 5), (2, 2))
WORDS = {
    2: "Thank you for the second microphone.",
    6: "The last half hour went too fast for those of us who needed the interpreter.",
}


def add_heads(stage: Stage) -> None:
    """A head for each day from the first line to yesterday, once all lines are written."""
    before_commit(("log heads",), lambda: _publish(stage.clock.loaded_at))


def _publish(loaded_at: datetime) -> None:
    first = db.session.scalar(select(LogEntry.at).where(LogEntry.number == 1))
    day = datetime.fromisoformat(first).date() if first else loaded_at.date()
    while day < loaded_at.date():
        number, code = head_before(day + ONE_DAY)
        db.session.add(DayHead(day=day, number=number, hash=code))
        day += ONE_DAY
    db.session.flush()


def add_ratings(stage: Stage) -> None:
    """What those who came to a meeting said of how it was led, in the evening after."""
    over = (TownHall.ends_at < stage.clock.loaded_at, TownHall.status == "published")
    for hall in db.session.scalars(select(TownHall).where(*over).order_by(TownHall.id)).all():
        people = [row.user for row in list_who_came(hall.id) if row.user and can_rate(row.user, hall.project)]
        asked = [person for place, person in enumerate(people) if place % 3 < 2]
        for place, person in enumerate(asked):
            at = min(hall.ends_at + timedelta(minutes=40 + 7 * place), stage.clock.loaded_at)
            db.session.add(_rating(hall, person, place, at))
    db.session.flush()


def _rating(hall: TownHall, person: User, place: int, at: datetime) -> Rating:
    fair, heard = SAID[place % len(SAID)]
    return Rating(
        kind="townhall",
        object_id=hall.id,
        project_id=hall.project_id,
        user_id=person.id,
        fair=fair,
        heard=heard,
        words=WORDS.get(place, ""),
        created_at=at,
        answered_at=at,
    )
