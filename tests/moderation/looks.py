"""Who meets around a second look, for the tests of it: each by the part that they have."""

from datetime import timedelta

from factories import join, make_organization, make_post, make_user, save

from civicforum.accounts.models import User
from civicforum.db import db, transaction
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.models import Appeal, Case
from civicforum.partnerships.models import Partner
from civicforum.web.site import lock_site

HIDE = Deed("hide", 2, "It says what people are.")
LEAVE = Deed("leave", None, "It is sharp, and fair.")


def hide(place, deed=HIDE) -> Case:
    return actions.moderate(place.moderator, "post", place.post.id, deed)


def refuse_flag(place, flagger: User) -> Case:
    actions.flag_post(flagger, place.post.id, 2, "Look.")
    case = queries.find_case_about("post", place.post.id)
    return actions.decide_case(place.moderator, case.id, LEAVE, case.version)


def ask(place, **how) -> Appeal:
    case = hide(place)
    return actions.appeal_measure(place.author, case.id, "I spoke of wolves.", **how)


def name_independent(email="judge@example.org", **facts) -> User:
    """The site has a person for second looks, with an account."""
    with transaction():
        site = lock_site()
        site.independent_name, site.independent_email = "Judge Okafor", email
    return make_user(name="Judge Okafor", email=email, **facts)


def make_volunteers(count: int) -> list[User]:
    people = [make_user(name=f"Juror {number}") for number in range(count)]
    for person in people:
        actions.volunteer(person, True)
    return people


def partner_of(place) -> User:
    person = make_user()
    office = make_organization(person)
    save(Partner(project_id=place.project.id, organization_id=office.id))
    return person


def member_with_role(place, role: str) -> User:
    person = make_user()
    join(place.project, person, role)
    return person


def speaker(place) -> User:
    person = make_user()
    make_post(place.thread, person, "I was there.")
    return person


def seated(appeal: Appeal) -> list[User]:
    """Who sits on the panel and has not answered."""
    db.session.expire_all()
    return [
        db.session.get_one(User, seat.user_id)
        for seat in db.session.get_one(Appeal, appeal.id).seats
        if seat.state == "asked"
    ]


def age(row, **by) -> None:
    """As if it had been that much earlier."""
    column = "due_at" if hasattr(row, "place") else "created_at"
    with transaction():
        kept = db.session.get_one(type(row), row.id)
        setattr(kept, column, getattr(kept, column) - timedelta(**by))
