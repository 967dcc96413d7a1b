"""The statement of reasons, in the shape of the EU's Digital Services Act, article 17.

What was done, where and until when; the facts and the rule; who or what found it and decided; and every way
to contest it. In the language of whoever reads it: it is put into words when it is asked for.
"""

from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from civicforum.clock import now
from civicforum.moderation import queries, redress
from civicforum.moderation.kinds import TAKES_BACK
from civicforum.moderation.models import Measure
from civicforum.partnerships.policies import moderates_somewhere
from civicforum.web.filters import day, localtime
from civicforum.web.site import get_site

# A list of words or a limit of newcomers found it; a person decided unless the measure says more.
FOUND_BY_MACHINE = ("hold", "list")


@dataclass(frozen=True)
class RuleCited:
    """The rule as it reads for this reader, in which version of the agreement, and of which project's own."""

    number: int
    title: str
    text: str
    version: int
    project: str | None = None

    @property
    def source(self) -> str:
        """Which agreement it stands in."""
        if self.project is None:
            return _("Version %(number)s of the agreement", number=self.version)
        return _(
            "Version %(number)s of the agreement of %(project)s", number=self.version, project=self.project
        )


@dataclass(frozen=True)
class Redress:
    """How to contest it: here, until when; and elsewhere."""

    url: str
    last_day: date
    is_open: bool
    out_of_court: str


@dataclass(frozen=True)
class Statement:
    """``origin``: flag, own initiative, or automatic. ``until`` None: until it is mended or changed."""

    measure: Measure
    done: str
    scope: str
    starts_at: datetime
    until: datetime | None
    facts: str
    reason: str
    rule: RuleCited | None
    origin: str
    is_automated_detection: bool
    is_automated_decision: bool
    redress: Redress

    @property
    def less(self) -> str | None:
        """What is left of it after a second look."""
        return less_words(self.measure)

    @property
    def how_found(self) -> str:
        return {
            "flag": _("Somebody flagged it."),
            "automatic": _("An automatic check caught it."),
        }.get(self.origin, _("A moderator saw it."))

    @property
    def how_long(self) -> str:
        if self.until is not None:
            return _("Until %(day)s.", day=localtime(self.until))
        if self.measure.action in TAKES_BACK:
            return _("Until you choose something else, or the decision is changed.")
        if self.measure.action == "hide":
            return _("Until it is mended or the decision is changed.")
        return _("Until the decision is changed.")

    @property
    def who_decided(self) -> str:
        if self.is_automated_decision:
            return _("An automatic check, by itself.")
        actor = self.measure.actor
        if actor is not None and moderates_somewhere(actor):
            return _("A moderator, by hand. No automatic check decided.")
        # At a second look: the independent person, or three residents.
        return _("Somebody who is no moderator, or several, by hand. No automatic check decided.")


def statement_of(measure: Measure) -> Statement:
    """All that must be said about a measure, to whom it is about, in the reader's language."""
    case = measure.case
    is_left_name = measure.action == "leave" and case.target_type == "person"
    is_caught = measure.is_automated or case.source in FOUND_BY_MACHINE
    return Statement(
        measure=measure,
        done=done_words("leave_name" if is_left_name else measure.action),
        scope=_scope("leave_name" if is_left_name else measure.action),
        starts_at=measure.created_at,
        until=measure.until,
        facts=_facts(measure),
        reason=measure.reason,
        rule=_rule(measure),
        origin="automatic" if is_caught else {"flag": "flag"}.get(case.source, "own initiative"),
        is_automated_detection=is_caught,
        is_automated_decision=measure.is_automated,
        redress=redress_of(measure),
    )


def done_words(action: str) -> str:
    """What was done, as a sentence to whom it is about."""
    return {
        "hide": _("The comment is hidden from everybody but you and the moderators."),
        "decline": _("The comment was not published."),
        "remove": _("The comment was taken down. It is kept for the record, and few may read it."),
        "redact": _("Personal details were blacked out in the comment."),
        "request_edit": _("You are asked to change the comment. It is still shown."),
        "warn": _("You were warned. Nothing else changes."),
        "mute": _("You cannot write in this discussion for a while."),
        "silence": _("You cannot write in this project for a while."),
        "suspend": _("Your account cannot write for a while. You can read everything."),
        "take_name": _("Your name and handle were taken back. You can choose others at once."),
        "clear_profile": _("What your profile said was cleared. You can write something else at once."),
        "leave": _("A moderator looked at your flag. The comment stays as it is."),
        "leave_name": _("A moderator looked at your flag. The name and the profile stay as they are."),
    }.get(action, _("A moderator did something about what you wrote."))


def less_words(measure: Measure) -> str | None:
    """What a second look left of a limit: where it holds, and until when; None where it is as it was."""
    limit = measure.limit
    if limit is None or (limit.kind, limit.until) == (measure.action, measure.until):
        return None
    until = localtime(limit.until)
    return _("It is less now. %(scope)s Until %(day)s.", scope=_scope(limit.kind), day=until)


def _scope(action: str) -> str:
    return {
        "mute": _("This discussion only. You may go on writing everywhere else."),
        "silence": _("This project only. You may go on writing everywhere else."),
        "suspend": _("The whole site."),
        "warn": _("You may go on writing."),
        "leave_name": _("This name and this profile only."),
        "take_name": _("The whole site, wherever your name is shown. You may go on writing."),
        "clear_profile": _("The page about you, and beside your name. You may go on writing."),
    }.get(action, _("This comment only. You may go on writing."))


def _facts(measure: Measure) -> str:
    post = queries.post_of(measure.case)
    if measure.was is not None:
        return _("The name or the profile of a person on this site.")
    if post is None:
        return _("What you did on this site.")
    at = post.published_at or post.created_at
    return _("The comment in “%(thread)s” of %(day)s.", thread=post.thread.title, day=day(at))


def _rule(measure: Measure) -> RuleCited | None:
    rule, locale = measure.rule, str(get_locale() or "en")
    if rule is None:
        return None
    project = queries.project_of_rule(rule)
    return RuleCited(
        rule.number,
        rule.title_in(locale),
        rule.text_in(locale),
        rule.version.number,
        project.title if project is not None else None,
    )


def redress_of(measure: Measure) -> Redress:
    """How, where and until when this measure may be contested."""
    site = get_site()
    told_at = queries.told_at(measure.case, measure)
    months, zone = site.appeal_months, site.timezone
    return Redress(
        url=url_for(
            "moderation.ask_second_look", case_id=measure.case_id, measure=measure.id, _external=True
        ),
        last_day=redress.last_day(told_at, months, zone),
        is_open=redress.is_in_time(told_at, months, zone, now()),
        out_of_court=_(
            "You may also turn to a court, or to a body that settles disputes out of court where your country"
            " has one."
        ),
    )
