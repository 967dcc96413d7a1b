"""The fast lane of a live thread: what waits its seconds there, the rules by their digit, who was quicker."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from civicforum.accounts.models import Actor
from civicforum.agreement.models import Hold
from civicforum.db import db
from civicforum.discussions.models import Post, Thread
from civicforum.discussions.queries import list_delayed
from civicforum.errors import NotFound
from civicforum.moderation import policies
from civicforum.moderation.models import Measure
from civicforum.moderation.queries.cases import list_rules, measures_about
from civicforum.moderation.queries.recusal import is_free_of
from civicforum.moderation.queries.templates import list_templates
from civicforum.partnerships.models import Project

# A thread that waits with more than this is not read in half a minute by anybody.
MOST_IN_LANE = 50


@dataclass(frozen=True)
class LaneRule:
    """A rule and the reason that is given with it by one key: the first template, or the rule's own words."""

    number: int
    title: str
    reason: str


def lane_rules(locale: str, project: Project) -> list[LaneRule]:
    """The rules that hold in this project."""
    reasons: dict[int | None, str] = {}
    for template in list_templates(locale, project):
        reasons.setdefault(template.rule, template.words)
    return [
        LaneRule(rule.number, rule.title_in(locale), reasons.get(rule.number) or rule.text_in(locale))
        for rule in list_rules(project)
    ]


def find_lane_rule(number: int | None, locale: str, project: Project) -> LaneRule | None:
    return next((rule for rule in lane_rules(locale, project) if rule.number == number), None)


def list_lane(viewer: Actor, thread: Thread) -> Sequence[tuple[Post, Hold]]:
    """What waits its seconds here and this moderator may judge, first what is shown first.

    NotFound for who does not moderate here.
    """
    if not policies.can_work_in(viewer, thread.project):
        raise NotFound
    waiting = list_delayed(thread.id)[:MOST_IN_LANE]
    if not waiting:
        return []
    rows = db.session.execute(
        select(Post, Hold)
        .join(Hold, (Hold.kind == "post") & (Hold.object_id == Post.id))
        .where(Post.id.in_(waiting), is_free_of(viewer, Post))
        .options(joinedload(Post.writer), joinedload(Post.pseudonym))
        .order_by(Hold.due_at, Post.id)
    )
    return [(row.Post, row.Hold) for row in rows]


def latest_measure_about(post_id: int) -> Measure | None:
    """The last thing that was done about a comment, in whichever case."""
    return db.session.scalar(
        measures_about("post", post_id)
        .options(joinedload(Measure.actor))
        .order_by(Measure.id.desc())
        .limit(1)
    )
