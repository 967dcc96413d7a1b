"""Cases, and why something was done."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload

from civicforum.accounts.models import Actor
from civicforum.agreement import queries as agreement
from civicforum.agreement.models import Rule
from civicforum.db import db
from civicforum.discussions.models import Post
from civicforum.discussions.queries import get_post
from civicforum.errors import NotFound
from civicforum.moderation import policies
from civicforum.moderation.kinds import STATED
from civicforum.moderation.models import Case, Measure
from civicforum.moderation.queries.places import project_of
from civicforum.moderation.queries.waiting import moderated_by, not_by
from civicforum.partnerships.models import Project
from civicforum.web.pagination import Page, decode_cursor, page_of


def get_case(viewer: Actor, case_id: int) -> Case:
    """The case with its measures, for moderators of the place; NotFound for everybody else."""
    case = db.session.get(Case, case_id, options=[selectinload(Case.measures)])
    if case is None or not policies.can_see_case(viewer, case, project_of(case)):
        raise NotFound
    return case


def list_cases(viewer: Actor, cursor: str | None, limit: int) -> Page[Case]:
    """Cases of the places this person moderates, newest first."""
    if not policies.can_see_queue(viewer):
        raise NotFound
    theirs = moderated_by(viewer, Case.project_id)
    if policies.can_act_for_site(viewer):
        theirs = or_(theirs, Case.target_type == "person")
    wanted = select(Case).where(theirs, not_by(viewer, Case.target_author_id))
    before = decode_cursor(cursor, int)
    if before:
        wanted = wanted.where(Case.id < before[0])
    wanted = wanted.options(selectinload(Case.measures)).order_by(Case.id.desc()).limit(limit + 1)
    return page_of(db.session.scalars(wanted).all(), limit, lambda case: [case.id])


def find_case_about(target_type: str, target_id: int) -> Case | None:
    """The case about this target that is not closed, or else the latest."""
    return db.session.scalar(
        select(Case)
        .where(Case.target_type == target_type, Case.target_id == target_id)
        .order_by(Case.closed_at.is_not(None), Case.id.desc())
        .limit(1)
    )


def measures_about(target_type: str, target_id: int) -> Select[Measure]:
    """All that was done about a target, in whichever case."""
    return (
        select(Measure)
        .join(Case, Case.id == Measure.case_id)
        .where(Case.target_type == target_type, Case.target_id == target_id)
    )


def can_mend(post: Post, case: Case) -> bool:
    """Whether its author may mend it now: it was hidden, or they were asked to change it; once."""
    asked = [measure.action for measure in case.measures if measure.action in ("hide", "request_edit")]
    is_asked = post.state == "hidden" or (post.is_visible and asked[-1:] == ["request_edit"])
    return case.state == "decided" and is_asked and not was_mended(post.id)


def was_mended(post_id: int) -> bool:
    """Whether its author has mended this comment, in whatever case: that is done once."""
    mended = select(Case.id).where(
        Case.target_type == "post", Case.target_id == post_id, Case.mended_at.is_not(None)
    )
    return db.session.scalar(mended.limit(1)) is not None


def get_reasons(viewer: Actor, post_id: int) -> tuple[Post, Case, Measure]:
    """The post, its case and the measure in force, for the author and for moderators of the place."""
    post = get_post(viewer, post_id)
    case = find_case_about("post", post_id)
    if case is None or not policies.can_read_reasons(viewer, case, post.thread.project):
        raise NotFound
    measures = [m for m in case.measures if m.action in STATED]
    if not measures:
        raise NotFound
    return post, case, measures[-1]


def list_later(case: Case, measure: Measure) -> Sequence[Measure]:
    """What was said about a measure afterwards, while it stayed: after a second look, it stays hidden."""
    return [each for each in case.measures if each.id > measure.id and each.action == "leave"]


def told_at(case: Case, measure: Measure) -> datetime:
    """From when the time to contest a measure counts: when it was told, or later confirmed."""
    return max(each.created_at for each in [measure, *list_later(case, measure)])


def find_cases_about(viewer: Actor, case_ids: Sequence[int]) -> Sequence[Case]:
    """Those of these cases that are about the viewer as a person."""
    return db.session.scalars(
        select(Case).where(
            Case.id.in_(case_ids), Case.target_type == "person", Case.target_author_id == (viewer.id or 0)
        )
    ).all()


def limits_in_force(case: Case | None) -> Sequence[Measure]:
    """Measures of a case that bind somebody just now."""
    if case is None:
        return []
    return [each for each in case.measures if each.limit is not None and each.limit.is_in_force()]


def find_setting(limit_id: int) -> Measure | None:
    """The measure that set a limit."""
    return db.session.scalar(select(Measure).where(Measure.limit_id == limit_id))


def get_lasting(viewer: Actor, measure_id: int) -> Measure:
    """A measure that set a limit, for moderators of the place; NotFound for everybody else."""
    measure = db.session.get(Measure, measure_id)
    if measure is None or measure.limit is None:
        raise NotFound
    get_case(viewer, measure.case_id)
    return measure


def find_measure(measure_id: int) -> tuple[Measure, Post | None] | None:
    """A measure and the post it was about, if there is one; None once they are gone."""
    measure = db.session.get(Measure, measure_id)
    if measure is None or measure.case.target_type != "post":
        return (measure, None) if measure else None
    post = db.session.get(Post, measure.case.target_id)
    return (measure, post) if post else None


def list_rules(project: Project | None = None) -> Sequence[Rule]:
    """The rules that may be cited now: those that hold in the project, or in the town."""
    return agreement.list_rules(project.id if project is not None else None)
