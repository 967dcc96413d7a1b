"""The town itself, its organizations, and what they do together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from civicforum.accounts.models import SYSTEM
from civicforum.agreement.actions import install_shipped
from civicforum.agreement.models import AgreementVersion
from civicforum.db import db
from civicforum.demo.files import Files, Table
from civicforum.demo.stage import Stage
from civicforum.demo.talks import write
from civicforum.discussions.models import Pseudonym, Tag
from civicforum.discussions.names import name_under
from civicforum.discussions.words import Words
from civicforum.partnerships.models import (
    Membership,
    Organization,
    Partner,
    Phase,
    Project,
    Seat,
    Update,
)
from civicforum.text import slugify
from civicforum.web.site import lock_site

SET_UP_DAYS_AGO = 51
ROLES = (("organizers", "organizer"), ("stewards", "steward"), ("members", "member"))


def set_up_town(stage: Stage, files: Files) -> AgreementVersion:
    """Give the site the town's name, and the shipped rules from its first day."""
    town, set_up_at = files.town, stage.clock.ago(days=SET_UP_DAYS_AGO)
    site = lock_site()
    site.name, site.sentence, site.set_up_at = town["name"], town["sentence"], set_up_at
    site.timezone, site.locale = town["time_zone"], town["locales"][0]
    site.contact_phone, site.contact_address = town["contact_phone"], town["contact_address"]
    independent = next(table for table in files.people if table["key"] == town["independent"])
    site.independent_name, site.independent_email = independent["name"], independent["email"]
    agreement = install_shipped(SYSTEM)
    agreement.published_at = set_up_at
    return agreement


def add_organizations(stage: Stage, tables: Iterable[Table]) -> None:
    founded_at = stage.clock.ago(days=SET_UP_DAYS_AGO)
    for table in tables:
        organization = Organization(
            slug=table["slug"],
            name=table["name"],
            kind=table["kind"],
            about=table["about"],
            url=table["url"],
            created_at=founded_at,
        )
        speakers = (*table["representatives"], *table.get("mediators", ()))
        organization.seats = [_seat(stage, key) for key in speakers]
        stage.organizations[table["slug"]] = organization
        stage.step(1)
    db.session.add_all(stage.organizations.values())
    db.session.flush()


def _seat(stage: Stage, key: str) -> Seat:
    user = stage.people[key]
    return Seat(user_id=user.id, created_at=user.created_at)


def add_projects(stage: Stage, tables: list[Table]) -> None:
    """Lists show the newest project first, so the first of the file is founded last."""
    for table in reversed(tables):
        project = _project(stage, table)
        db.session.add(project)
        db.session.flush()
        stage.projects[table["slug"]] = project
        _add_pseudonyms(stage, project, table)
        for name in table.get("tags", ()):
            db.session.add(Tag(project_id=project.id, slug=slugify(name), name=name))
        stage.step(1)


def _add_pseudonyms(stage: Stage, project: Project, table: Table) -> None:
    for key in table.get("pseudonyms", ()):
        user = stage.people[key]
        row = Pseudonym(project_id=project.id, user_id=user.id, name=name_under("", project.id, user.id))
        db.session.add(row)
        db.session.flush()
        stage.pseudonyms[project.id, user.id] = row.id


def _project(stage: Stage, table: Table) -> Project:
    clock = stage.clock
    began_at = clock.ago(days=1 - min(phase["starts_in_days"] for phase in table["phase"]))
    columns = ("slug", "title", "summary", "status", "level", "decides", "visibility")
    project = Project(**{name: table[name] for name in columns}, created_at=began_at)
    project.vision = table["vision"].strip()
    project.allows_pseudonyms = table.get("allows_pseudonyms", False)
    project.phases = [
        Phase(
            title=phase["title"],
            text=phase["text"],
            starts_on=clock.day(phase["starts_in_days"]),
            ends_on=clock.day(phase["ends_in_days"]),
        )
        for phase in table["phase"]
    ]
    project.partners = [
        Partner(
            organization_id=stage.organizations[partner["organization"]].id,
            role=partner["role"],
            brings=partner["brings"],
            position=place,
            created_at=began_at,
        )
        for place, partner in enumerate(table["partner"])
    ]
    project.memberships = [
        Membership(
            user_id=user.id, role=role, created_at=max(began_at, user.created_at + timedelta(minutes=5))
        )
        for names, role in ROLES
        for user in (stage.people[key] for key in table.get(names, ()))
    ]
    return project


@dataclass(frozen=True)
class News:
    """One update of a project, ready to be kept."""

    project: str
    author: str
    title: str
    words: Words
    at: datetime
    readers: tuple[str, ...]


def plan_news(files: Files) -> list[News]:
    """All news in the order in which they came."""
    seats = {table["slug"]: table["representatives"] for table in files.organizations}
    news = [
        News(
            project=table["slug"],
            author=facts["author"],
            title=facts["title"],
            words=write(facts["body"]),
            at=files.clock.since(facts),
            readers=tuple(_readers(table, seats)),
        )
        for table in files.projects
        for facts in table.get("update", ())
    ]
    return sorted(news, key=lambda update: update.at)


def _readers(table: Table, seats: Mapping[str, list[str]]) -> list[str]:
    """Everybody who belongs to the project: by a role in it, or by speaking for a partner."""
    people = [key for names, _role in ROLES for key in table.get(names, ())]
    return people + [key for partner in table["partner"] for key in seats[partner["organization"]]]


def add_news(stage: Stage, news: Iterable[News]) -> None:
    for planned in news:
        update = Update(
            project_id=stage.projects[planned.project].id,
            author_id=stage.people[planned.author].id,
            title=planned.title,
            body=planned.words.body,
            html=planned.words.html,
            created_at=planned.at,
            published_at=planned.at,
        )
        db.session.add(update)
        db.session.flush()
        readers = [stage.people[key].id for key in planned.readers]
        stage.tell(readers, "news", "update", update.id, update.author_id, planned.at)
