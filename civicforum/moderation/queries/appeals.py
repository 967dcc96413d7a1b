"""Second looks: one of them, what waits for whom, and each person's own."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from civicforum.accounts.models import Actor, User
from civicforum.accounts.policies import is_person
from civicforum.db import db
from civicforum.discussions.models import Post
from civicforum.errors import NotFound
from civicforum.moderation import policies
from civicforum.moderation.kinds import FOR_SITE
from civicforum.moderation.models import (
    Appeal,
    AppealMessage,
    Case,
    Flag,
    Measure,
    PanelSeat,
    Volunteer,
)
from civicforum.moderation.queries.places import project_of
from civicforum.moderation.queries.taking_part import (
    eligible_volunteers,
    list_deciders,
    takes_part,
    took_part,
)
from civicforum.moderation.queries.waiting import moderated_by
from civicforum.partnerships.models import Project
from civicforum.web.site import get_site

MOST = 100
SITTING = ("asked", "voted")


def get_appeal(viewer: Actor, appeal_id: int) -> Appeal:
    """The appeal with its messages; NotFound for who neither asked for it nor may look at it."""
    appeal = db.session.scalar(
        select(Appeal)
        .where(Appeal.id == appeal_id)
        .options(selectinload(Appeal.messages), selectinload(Appeal.seats))
    )
    if appeal is None or not can_see(viewer, appeal):
        raise NotFound
    return appeal


def can_see(viewer: Actor, appeal: Appeal) -> bool:
    return policies.can_see_appeal(
        viewer, appeal, project_of(appeal.case), get_site().independent_email, find_seat(viewer, appeal)
    )


def can_decide(viewer: Actor, appeal: Appeal) -> bool:
    """Whether the viewer could decide it alone: entitled, and without any part in it."""
    return policies.can_decide_appeal(
        viewer,
        appeal,
        project_of(appeal.case),
        get_site().independent_email,
        took_part=took_part(viewer, appeal.case),
    )


def find_seat(viewer: Actor, appeal: Appeal) -> PanelSeat | None:
    """The viewer's place on the panel, answered or not; none once they were replaced."""
    return db.session.scalar(
        select(PanelSeat).where(
            PanelSeat.appeal_id == appeal.id,
            PanelSeat.user_id == (viewer.id or 0),
            PanelSeat.state.in_(SITTING),
        )
    )


def post_of(found: Case) -> Post | None:
    """The comment that a case is about, whoever asks: for who may look at the case."""
    return db.session.get(Post, found.target_id) if found.target_type == "post" else None


def find_appeal(viewer: Actor, measure: Measure) -> Appeal | None:
    """The viewer's own appeal against this measure."""
    return db.session.scalar(
        select(Appeal).where(Appeal.measure_id == measure.id, Appeal.person_id == (viewer.id or 0))
    )


def find_appeal_in(viewer: Actor, case_id: int, appeal_id: int | None = None) -> Appeal:
    """The newest appeal in a case that the viewer may see, open ones first, or the one that is named.

    NotFound without one.
    """
    found = db.session.scalars(
        select(Appeal)
        .where(Appeal.case_id == case_id)
        .order_by(case((Appeal.state == "open", 0), else_=1), Appeal.id.desc())
    )
    for appeal in found:
        if appeal_id in (None, appeal.id) and can_see(viewer, appeal):
            return appeal
    raise NotFound


def get_contested(viewer: Actor, case_id: int, measure_id: int | None = None) -> tuple[Case, Measure]:
    """The case and the measure in it that the viewer may contest: the newest, or the one that is named.

    For whom it is about it is what was done; for who flagged it is that nothing was. NotFound for others.
    """
    found = db.session.get(Case, case_id, options=[selectinload(Case.measures)])
    side = side_of(viewer, found) if found else None
    if found is None or side is None:
        raise NotFound
    for measure in reversed(found.measures):
        if measure.action in policies.CONTESTABLE[side] and measure_id in (None, measure.id):
            return found, measure
    raise NotFound


def side_of(viewer: Actor, found: Case) -> str | None:
    """author: it is about this person; flagger: a flag of theirs was refused; None: neither."""
    if policies.is_about(viewer, found):
        return "author"
    refused = select(Flag.id).where(
        Flag.case_id == found.id, Flag.user_id == (viewer.id or 0), Flag.state == "disagreed"
    )
    return "flagger" if db.session.scalar(refused.limit(1)) else None


def get_told(viewer: Actor, case_id: int, measure_id: int | None = None) -> tuple[Case, Measure]:
    """As ``get_contested``; moderators of the place read as well what the person in question was told."""
    found = db.session.get(Case, case_id, options=[selectinload(Case.measures)])
    if found is not None and policies.can_see_case(viewer, found, project_of(found)):
        for measure in reversed(list_stated(found)):
            if measure_id in (None, measure.id):
                return found, measure
    return get_contested(viewer, case_id, measure_id)


def list_stated(found: Case) -> list[Measure]:
    """The measures in a case that are told with a statement of reasons, oldest first."""
    return [measure for measure in found.measures if measure.action in policies.CONTESTABLE["author"]]


def cases_mended(post_id: int) -> Sequence[Case]:
    """The cases in which the author of this comment used the one chance to mend it."""
    return db.session.scalars(
        select(Case).where(Case.target_type == "post", Case.target_id == post_id, Case.mended_at.is_not(None))
    ).all()


def find_refused_flag(appeal: Appeal) -> Flag | None:
    """The flag whose refusal is contested."""
    return db.session.scalar(
        select(Flag).where(
            Flag.case_id == appeal.case_id, Flag.user_id == appeal.person_id, Flag.state == "disagreed"
        )
    )


def get_refused(viewer: Actor, post_id: int) -> Flag:
    """The viewer's own flag on this comment that was refused; NotFound if there is none."""
    flag = db.session.scalar(
        select(Flag).where(
            Flag.post_id == post_id,
            Flag.user_id == (viewer.id or 0),
            Flag.state == "disagreed",
            Flag.case_id.is_not(None),
        )
    )
    if flag is None:
        raise NotFound
    return flag


def is_undone(found: Case, measure: Measure) -> bool:
    """Whether somebody took this very measure back, and not another one of the same case."""
    if measure.overturned_at is not None:
        return True
    later = {each.action for each in found.measures if each.id > measure.id}
    if measure.limit is not None:
        return measure.limit.ended_at is not None and "lift" in later
    return measure.action in policies.UNDONE_BY_RESTORING and "restore" in later


# --- lists ---


def list_seen(viewer: Actor, ids: Sequence[int]) -> Sequence[Appeal]:
    """Those of these appeals that the viewer may look at, in a fixed number of queries."""
    found = db.session.scalars(select(Appeal).where(Appeal.id.in_(ids))).all()
    seats = {seat.appeal_id: seat for seat in _seats_of(viewer, ids)}
    projects = _projects_of(found)
    email = get_site().independent_email
    return [
        appeal
        for appeal in found
        if policies.can_see_appeal(
            viewer, appeal, projects.get(appeal.case.project_id), email, seats.get(appeal.id)
        )
    ]


def _seats_of(viewer: Actor, ids: Sequence[int]) -> Sequence[PanelSeat]:
    return db.session.scalars(
        select(PanelSeat).where(
            PanelSeat.appeal_id.in_(ids), PanelSeat.user_id == (viewer.id or 0), PanelSeat.state.in_(SITTING)
        )
    ).all()


def _projects_of(appeals: Sequence[Appeal]) -> dict[int | None, Project]:
    wanted = {appeal.case.project_id for appeal in appeals}
    rows = db.session.scalars(select(Project).where(Project.id.in_(wanted)))
    return {project.id: project for project in rows}


def list_to_decide(viewer: Actor) -> Sequence[Appeal]:
    """What waits for a decision of this viewer alone, the one that is due first on top."""
    return db.session.scalars(_to_decide(viewer).order_by(Appeal.due_at, Appeal.id).limit(MOST)).all()


def count_to_decide(viewer: Actor) -> int:
    """How many second looks wait for this viewer: alone, or as one of three."""
    alone = db.session.scalar(_to_decide(viewer).with_only_columns(func.count(Appeal.id))) or 0
    return alone + (db.session.scalar(_to_judge(viewer).with_only_columns(func.count(PanelSeat.id))) or 0)


def _to_decide(viewer: Actor) -> Select[Appeal]:
    is_moderator = is_person(viewer) and policies.can_see_queue(viewer)
    is_entitled = _moderated(viewer) if is_moderator else false()
    if policies.is_independent(viewer, get_site().independent_email):
        is_entitled = true()
    return (
        select(Appeal)
        .join(Case, Case.id == Appeal.case_id)
        .join(Measure, Measure.id == Appeal.measure_id)
        .where(Appeal.state == "open", Appeal.way == "person", is_entitled, ~takes_part(viewer.id or 0))
    )


def _moderated(viewer: Actor) -> ColumnElement[bool]:
    """What this moderator may take back: in their places; what only the site's may do, if they are one."""
    theirs = moderated_by(viewer, Case.project_id)
    if policies.can_act_for_site(viewer):
        return or_(theirs, Case.target_type == "person")
    return and_(theirs, Measure.action.not_in(FOR_SITE))


def list_to_judge(viewer: Actor) -> Sequence[PanelSeat]:
    """Where this viewer was drawn and has not answered yet."""
    return db.session.scalars(
        _to_judge(viewer).options(joinedload(PanelSeat.appeal)).order_by(PanelSeat.due_at).limit(MOST)
    ).all()


def _to_judge(viewer: Actor) -> Select[PanelSeat]:
    return (
        select(PanelSeat)
        .join(Appeal, Appeal.id == PanelSeat.appeal_id)
        .where(PanelSeat.user_id == (viewer.id or 0), PanelSeat.state == "asked", Appeal.state == "open")
    )


def list_own_appeals(viewer: Actor) -> Sequence[Appeal]:
    """What this viewer asked for, newest first."""
    return db.session.scalars(
        select(Appeal).where(Appeal.person_id == (viewer.id or 0)).order_by(Appeal.id.desc()).limit(MOST)
    ).all()


def list_who_acted(measure: Measure) -> Sequence[int]:
    """Whoever took this measure, to be told that somebody asks for a second look."""
    return [measure.actor_id] if measure.actor_id else []


def list_who_hear(appeal: Appeal) -> Sequence[int]:
    """Who hears what the person who asked adds: whoever acted, and those who decide."""
    drawn = [seat.user_id for seat in appeal.seats if seat.user_id and seat.state in SITTING]
    deciders = list_deciders(appeal) if appeal.way == "person" else drawn
    return [*list_who_acted(appeal.measure), *deciders]


# --- residents drawn by lot ---


def find_volunteer(viewer: Actor) -> Volunteer | None:
    return db.session.scalar(select(Volunteer).where(Volunteer.user_id == (viewer.id or 0)))


def may_still_judge(viewer: Actor, appeal: Appeal) -> bool:
    """Whether somebody who was drawn may vote: they may have spoken in the thread meanwhile."""
    seat = find_seat(viewer, appeal)
    if seat is not None and seat.state == "voted":
        return True
    return viewer.id in eligible_volunteers(appeal.case, appeal.created_at).values()


def get_lot(viewer: Actor, appeal_id: int) -> Appeal:
    """An appeal whose panel was drawn, for everybody who may read in its project; NotFound otherwise."""
    appeal = db.session.get(Appeal, appeal_id, options=[selectinload(Appeal.seats)])
    if appeal is None or appeal.lot_hash is None:
        raise NotFound
    if not policies.can_see_lot(viewer, project_of(appeal.case)):
        raise NotFound
    return appeal


def message_of(appeal: Appeal, side: str) -> AppealMessage | None:
    return next((message for message in appeal.messages if message.side == side), None)


# --- for mails, which ask again what holds when they are sent ---


def find_waiting(appeal_id: int) -> Appeal | None:
    """An appeal that waits for somebody to decide it alone."""
    appeal = db.session.get(Appeal, appeal_id)
    return appeal if appeal and appeal.state == "open" and appeal.way == "person" else None


def find_decided(appeal_id: int) -> Appeal | None:
    appeal = db.session.get(Appeal, appeal_id)
    return appeal if appeal and appeal.state == "decided" else None


def find_asked_seat(seat_id: int) -> PanelSeat | None:
    """The place of somebody who was drawn and is waited for."""
    seat = db.session.get(PanelSeat, seat_id)
    return seat if seat and seat.state == "asked" and seat.appeal.state == "open" else None


def find_person(user_id: int | None) -> User | None:
    return db.session.get(User, user_id) if user_id is not None else None


def may_independent_decide(appeal: Appeal) -> bool:
    """Whether the independent person may decide this one; without an account nothing speaks against it."""
    person = db.session.scalar(select(User).where(User.email == get_site().independent_email))
    return person is None or not took_part(person, appeal.case)
