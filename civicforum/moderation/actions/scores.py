"""Hiding by score: what flags weigh together, inside the action that changed it."""

from collections import Counter

from flask_babel import force_locale
from flask_babel import gettext as _

from civicforum.accounts.models import SYSTEM
from civicforum.agreement.models import Rule
from civicforum.discussions import actions as discussions
from civicforum.discussions.models import Post
from civicforum.moderation import queries, scoring
from civicforum.moderation.actions.deeds import Deed
from civicforum.moderation.actions.recording import record_measure, tell_measure
from civicforum.moderation.models import Case
from civicforum.moderation.settings import hide_at_score


def weigh_flags(case: Case, post: Post) -> None:
    """Keep what the open flags of a case weigh; hide the post by itself where that is enough.

    The thread is locked. What stands against hiding is kept for the queue: then a person decides.
    """
    flaggers = queries.flaggers_of(case, post.thread.project)
    threshold = hide_at_score()
    case.score, case.obstacle = scoring.score(flaggers), None
    if threshold is None or not scoring.is_enough(flaggers, threshold):
        return
    case.obstacle = scoring.obstacle(queries.target_of(post), flaggers, threshold)
    if case.obstacle is None and post.is_visible and case.state == "open":
        _hide(case, post)


def _hide(case: Case, post: Post) -> None:
    """By the house, until a person has looked. It proves nobody right: the flags stay open."""
    rule = _most_cited(case)
    reason = _reason(post, len(queries.open_flags(case)))
    discussions.hide_post(SYSTEM, post.id, rule)
    measure = record_measure(SYSTEM, case, Deed("hide", rule.number, reason), rule, post)
    case.state, case.awaits_person = "decided", True
    case.version += 1
    tell_measure(SYSTEM, measure, post, [])


def _most_cited(case: Case) -> Rule:
    rules = [flag.rule for flag in queries.open_flags(case)]
    times = Counter(rule.number for rule in rules)
    return min(rules, key=lambda rule: (-times[rule.number], rule.number))


def _reason(post: Post, people: int) -> str:
    """In the language of the author, who reads it."""
    with force_locale((post.writer and post.writer.locale) or "en"):
        return _(
            "%(people)s people asked the moderators to look at this comment, and together that was enough to"
            " hide it for now, by a published formula. No person has judged it yet. A moderator looks next:"
            " then it is shown again, or you are told why it stays hidden.",
            people=people,
        )
