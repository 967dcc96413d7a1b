"""Which measures a page offers, and to what they lead."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from civicforum.discussions.models import Post
from civicforum.moderation import actions, policies, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.forms import Templated, rule_choices
from civicforum.moderation.kinds import KINDS
from civicforum.moderation.models import Case, Flag
from civicforum.partnerships.models import Project
from civicforum.web.numbers import whole_number
from civicforum.web.viewer import viewer

# What the page of a comment has a form of its own for.
OWN_FORMS = ("leave", "hide", "restore")


def rules_offered(project: Project | None = None) -> list[tuple[str, str]]:
    """The rules that hold in a project, or in the town, to choose from in the reader's language."""
    return rule_choices(queries.list_rules(project), str(get_locale()))


def offer_rules(form: Templated, project: Project | None = None) -> None:
    """Let the form choose a rule that holds there, and a reason to begin with."""
    form.rule.choices = rules_offered(project)
    form.offer(queries.list_templates(str(get_locale()), project))


def act_about(target: str, target_id: int, deed: Deed, version: str | None) -> Any:
    """Act in the case that the moderator saw, or open one if there was none."""
    seen, case = whole_number(version) or 0, queries.find_case_about(target, target_id)
    if seen and case is not None:
        return actions.decide_case(viewer(), case.id, deed, seen)
    return actions.moderate(viewer(), target, target_id, deed)


@dataclass(frozen=True)
class Choice:
    """One measure as a way to its form: what it is called, what it does, where it is."""

    action: str
    about: str
    name: str
    does: str
    url: str


def choices_for(post: Post, case: Case | None) -> list[Choice]:
    """What else can be done from a comment: with its words, its author, its thread."""
    if post.state not in ("visible", "hidden"):
        return []
    is_asked = case is not None and case.state == "decided"
    return [
        _choice(action, url_for("moderation.take_measure", post_id=post.id, action=action))
        for action, kind in KINDS.items()
        if "post" in kind.targets
        and action not in OWN_FORMS
        and _may(action)
        and not (action == "request_edit" and (is_asked or not post.is_visible))
    ]


def person_choices(handle: str, without: Collection[str] = ()) -> list[Choice]:
    """What can be done about a person as such; ``without``: measures that have nothing to act on."""
    return [
        _choice(action, url_for("moderation.limit_person", handle=handle, action=action))
        for action, kind in KINDS.items()
        if "person" in kind.targets and action not in OWN_FORMS and action not in without
    ]


def flagged_rule(flags: Iterable[Flag]) -> str | None:
    """The rule to begin with, where all flags name the same one."""
    numbers = {flag.rule.number for flag in flags}
    return str(numbers.pop()) if len(numbers) == 1 else None


def _may(action: str) -> bool:
    return not KINDS[action].is_for_site or policies.can_act_for_site(viewer())


def _choice(action: str, url: str) -> Choice:
    name, does = words_of(action)
    return Choice(action, KINDS[action].about, name, does, url)


def words_of(action: str) -> tuple[Any, Any]:
    """What a measure is called, and what it does, in a sentence."""
    return {
        "request_edit": (
            _("Ask for other words"),
            _("The comment stays in sight. Its author is told the rule, and may change it once."),
        ),
        "redact": (
            _("Black out personal facts"),
            _("Passages you name are taken out here, in every earlier version and in quotes, for good."),
        ),
        "remove": (
            _("Remove because of the law"),
            _("Nobody reads it any more. It is kept for the record; each look at it needs a reason."),
        ),
        "warn": (_("Warn"), _("The author is told the rule and your reason. Nothing else changes.")),
        "mute": (
            _("Mute in this thread"),
            _("The author reads everything, and writes nothing in this thread for a time."),
        ),
        "silence": (
            _("Silence in this project"),
            _("The author reads everything, and writes nothing in this project for a time."),
        ),
        "suspend": (
            _("Suspend on the whole site"),
            _("The account reads everything, and writes nothing anywhere for a time."),
        ),
        "take_name": (
            _("Take the name back"),
            _("Name and handle become neutral ones everywhere at once. The person may choose others."),
        ),
        "clear_profile": (
            _("Clear the profile"),
            _("What the person says of themselves, and their neighborhood. They may write it anew."),
        ),
        "slow": (
            _("Slow it down"),
            _("Everybody writes one comment in some minutes: organizers and moderators, too."),
        ),
        "delay": (
            _("Show comments 30 seconds later"),
            _(
                "Everybody’s words wait for half a minute, moderators’ too, and are shown by themselves."
                " Meanwhile you read them."
            ),
        ),
        "lock": (_("Lock it"), _("Nobody writes in this thread for a time. It opens by itself.")),
    }[action]
