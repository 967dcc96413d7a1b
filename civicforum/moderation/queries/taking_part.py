"""Who took part in a case, and so may not judge it; who may: alone, or drawn by lot."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import aliased

from civicforum.accounts.models import Actor, RoleGrant, User
from civicforum.accounts.queries import is_standing_well
from civicforum.agreement.models import Hold
from civicforum.db import db, now
from civicforum.discussions.models import Post, Thread
from civicforum.moderation import policies
from civicforum.moderation.models import PANEL_SIZE, Appeal, Case, Flag, Measure, PanelSeat, Volunteer
from civicforum.moderation.queries.places import project_of
from civicforum.moderation.queries.recusal import (
    is_about_own_organization,
    sat_together_about,
    spoke_beside,
)
from civicforum.partnerships.models import Membership, Partner, Project, Seat
from civicforum.web.site import get_site

# Aliases, so that none of them is taken for a row of the query around it.
_look, _other, _deed = aliased(Appeal), aliased(Case), aliased(Measure)


def takes_part(person: Any) -> ColumnElement[bool]:
    """Whether this person (an id or a column) is a party to ``Case``, acted in it, or spoke where it arose.

    The one answer to who may not judge it: for a page, for a draw, and under the lock of a decision.
    """
    return or_(
        Case.target_author_id == person,
        Case.opened_by_id == person,
        exists().where(_deed.case_id == _other.id, _is_about_the_same(), _deed.actor_id == person),
        exists().where(Case.target_type == "post", Flag.post_id == Case.target_id, Flag.user_id == person),
        exists().where(_hold_of_case(), or_(Hold.author_id == person, Hold.decided_by_id == person)),
        _spoke_there(person),
        _had_a_look(person),
        exists().where(
            Case.target_type == "post",
            Post.id == Case.target_id,
            or_(is_about_own_organization(person, Post), sat_together_about(person, Post)),
        ),
    )


def _is_about_the_same() -> ColumnElement[bool]:
    """In this case or in another one about the same: a case that is closed does not wash anybody clean."""
    return and_(_other.target_type == Case.target_type, _other.target_id == Case.target_id)


def _hold_of_case() -> ColumnElement[bool]:
    return and_(Hold.kind == Case.target_type, Hold.object_id == Case.target_id)


def _spoke_there(person: Any) -> ColumnElement[bool]:
    """Began the thread, or said anything in it under whatever name, whatever became of it."""
    about = aliased(Post)
    is_about = and_(Case.target_type == "post", about.id == Case.target_id)
    return or_(
        exists().where(is_about, spoke_beside(person, about)),
        exists().where(is_about, Thread.id == about.thread_id, Thread.author_id == person),
    )


def _had_a_look(person: Any) -> ColumnElement[bool]:
    """Asked for a second look at this, or decided one: three residents whose answer hid it act, too."""
    of_case = and_(_look.case_id == _other.id, _is_about_the_same())
    voted = and_(PanelSeat.appeal_id == _look.id, PanelSeat.user_id == person, PanelSeat.state == "voted")
    return or_(
        exists().where(of_case, or_(_look.person_id == person, _look.decided_by_id == person)),
        exists().where(of_case, voted),
    )


def took_part(viewer: Actor, case: Case) -> bool:
    return bool(db.session.scalar(select(takes_part(viewer.id or 0)).where(Case.id == case.id)))


def list_deciders(appeal: Appeal) -> Sequence[int]:
    """Everybody who may decide this second look alone: moderators of its place, the independent person, and
    of these nobody who took part."""
    found = appeal.case
    site, project = get_site(), project_of(found)
    people = db.session.scalars(
        select(User)
        .join(Case, Case.id == found.id)
        .where(_may_be_entitled(found, site.independent_email), ~takes_part(User.id))
    ).all()
    return [
        user.id
        for user in people
        if policies.can_decide_appeal(user, appeal, project, site.independent_email, took_part=False)
    ]


def _may_be_entitled(found: Case, independent_email: str) -> ColumnElement[bool]:
    return or_(
        exists().where(RoleGrant.user_id == User.id, RoleGrant.role == "moderator"),
        exists().where(
            Membership.user_id == User.id,
            Membership.project_id == found.project_id,
            Membership.role == "moderator",
        ),
        User.email == independent_email if independent_email else false(),
    )


def list_administrators() -> Sequence[int]:
    return db.session.scalars(select(RoleGrant.user_id).where(RoleGrant.role == "administrator")).all()


def eligible_volunteers(found: Case, before: datetime | None = None) -> dict[int, int]:
    """{number: person} of those who may be drawn in this case: residents in good standing who offered
    themselves before, may read in the project, and have no part in it, no role and no seat at a partner's."""
    project = project_of(found)
    rows = db.session.execute(
        select(Volunteer.id, Volunteer.user_id)
        .join(User, User.id == Volunteer.user_id)
        .join(Case, Case.id == found.id)
        .where(
            Volunteer.is_on,
            Volunteer.since <= (before or now()),
            is_standing_well(),
            ~takes_part(User.id),
            ~exists().where(RoleGrant.user_id == User.id),
            ~exists().where(Seat.user_id == User.id, *_seats_in(project)),
            ~exists().where(
                Membership.user_id == User.id,
                Membership.project_id == found.project_id,
                Membership.role != "member",
            ),
            _may_read_in(project),
        )
        .order_by(Volunteer.id)
    )
    return {row.id: row.user_id for row in rows}


def _seats_in(project: Project | None) -> tuple[ColumnElement[bool], ...]:
    return (
        Seat.organization_id == Partner.organization_id,
        Partner.project_id == (project.id if project else 0),
    )


def _may_read_in(project: Project | None) -> ColumnElement[bool]:
    if project is None or project.is_public:
        return true()
    return exists().where(Membership.user_id == User.id, Membership.project_id == project.id)


def has_enough_volunteers(found: Case) -> bool:
    return len(eligible_volunteers(found)) >= PANEL_SIZE
