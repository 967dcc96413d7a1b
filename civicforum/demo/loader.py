"""Loading the demo community: all of it, or nothing.

Everything that takes time (reading, rendering, hashing) is done before the one transaction in which it is
written down.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from civicforum.accounts.models import User
from civicforum.accounts.passwords import hash_password
from civicforum.db import db, now, transaction
from civicforum.demo import looks, meetings, openness, people, places, record, rulemaking, sitting, talks
from civicforum.demo.files import Files, read_files
from civicforum.demo.meetings import Meeting
from civicforum.demo.places import News
from civicforum.demo.stage import Stage, deliver
from civicforum.demo.talks import Talk
from civicforum.errors import Conflict
from civicforum.search.index import refresh_everything

# For a computer of one's own alone: the command refuses to load the demo at a public address.
PASSWORD = "civic-demo-2026"  # noqa: S105 - it is printed and documented; it opens an invented town


@dataclass(frozen=True)
class SignIn:
    """Somebody one can sign in as, and what for."""

    role: str
    name: str
    email: str


@dataclass(frozen=True)
class Plan:
    """The community with all its times and its HTML, ready to be written down."""

    files: Files
    talks: tuple[Talk, ...]
    meetings: tuple[Meeting, ...]
    news: tuple[News, ...]
    password_hash: str

    @property
    def size(self) -> int:
        """How many steps the progress bar takes."""
        remarks = sum(len(talk.remarks) for talk in self.talks)
        files = self.files
        return (
            len(files.people) + len(files.organizations) + len(files.projects) + len(self.meetings) + remarks
        )

    @property
    def sign_ins(self) -> list[SignIn]:
        return [
            SignIn(table["sign_in_as"], table["name"], table["email"])
            for table in self.files.people
            if table.get("sign_in")
        ]


def plan_demo(loaded_at: datetime | None = None) -> Plan:
    """Read the files and work out when everything happened, counted from ``loaded_at`` (now)."""
    files = read_files(loaded_at or now())
    gatherings = meetings.plan_meetings(files)
    threads = [talks.plan_talk(table, files.clock) for table in files.threads]
    return Plan(
        files=files,
        talks=(*threads, *(meeting.talk for meeting in gatherings)),
        meetings=tuple(gatherings),
        news=tuple(places.plan_news(files)),
        password_hash=hash_password(PASSWORD),
    )


def is_empty() -> bool:
    """Whether nobody has an account here yet."""
    return not db.session.scalar(select(func.count()).select_from(User))


def load_demo(plan: Plan, step: Callable[[int], None] = lambda _count: None) -> None:
    """Write the community down in one transaction; ``step`` is called with the steps taken since the last.

    Raises Conflict where there are people already.
    """
    files = plan.files
    stage = Stage(files.clock, step)
    with transaction():
        agreement = places.set_up_town(stage, files)
        if not is_empty():
            raise Conflict("There are people here already: the demo is for an empty database.")
        people.add_people(stage, files.people, people.first_acts(_acts(plan)), plan.password_hash)
        people.add_standings(stage, files.people, agreement.number)
        places.add_organizations(stage, files.organizations)
        places.add_projects(stage, files.projects)
        people.let_people_follow(stage, files.people)
        places.add_news(stage, plan.news)
        talks.add_talks(stage, plan.talks)
        people.let_words_stand(stage, plan.talks)
        people.let_people_read(stage, files.people)
        record.add_cases(stage, plan.talks)
        looks.add_second_looks(stage)
        sitting.add_sitting(stage)
        openness.add_heads(stage)
        meetings.add_meetings(stage, plan.meetings)
        openness.add_ratings(stage)
        rulemaking.add_rulemaking(stage)
        deliver(stage)
        refresh_everything()


def _acts(plan: Plan) -> Iterator[tuple[str, datetime]]:
    """Who did something, and when: nobody does before they come."""
    for talk in plan.talks:
        for remark in talk.remarks:
            yield remark.author, remark.at
            yield from remark.support
            yield from record.flagged_at(remark)
    for meeting in plan.meetings:
        yield from ((answer.person, answer.at) for answer in meeting.answers)
    yield from ((news.author, news.at) for news in plan.news)
