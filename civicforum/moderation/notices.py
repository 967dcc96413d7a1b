"""What an inbox says of cases: always from the present state."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from civicforum.accounts import wording
from civicforum.accounts.policies import can_administer
from civicforum.agreement import marks, waiting
from civicforum.discussions.policies import can_see_post
from civicforum.discussions.queries import find_posts
from civicforum.moderation import queries
from civicforum.moderation.actions import look_at_words, object_to_taken, show_listed, tell_duty
from civicforum.moderation.addresses import reasons_url
from civicforum.moderation.kinds import STATED
from civicforum.moderation.queries import find_cases_about
from civicforum.notifications import registry
from civicforum.notifications.registry import Notice


def _words(reason: str, thread: str) -> str:
    return {
        "post_hide": _(
            "Your comment in “%(thread)s” was hidden. Read why, and how to mend it.", thread=thread
        ),
        "post_leave": _(
            "A moderator looked again: your comment in “%(thread)s” stays hidden.", thread=thread
        ),
        "post_restore": _("Your comment in “%(thread)s” is shown again.", thread=thread),
        "post_decline": _("Your comment in “%(thread)s” was not published. Read why.", thread=thread),
        "post_held": _(
            "Your comment in “%(thread)s” waits until a moderator has read it. Nothing is lost.",
            thread=thread,
        ),
        "post_edit_asked": _(
            "Your comment in “%(thread)s” is published. A moderator asks you to change something.",
            thread=thread,
        ),
        "flag_mended": _(
            "A comment you flagged in “%(thread)s” was changed by its author, and is shown again.",
            thread=thread,
        ),
        "flag_hide": _("A comment you flagged in “%(thread)s” was hidden.", thread=thread),
        "post_remove": _("Your comment in “%(thread)s” was removed. Read why.", thread=thread),
        "post_request_edit": _(
            "You are asked to change your comment in “%(thread)s”. Read why; it is still shown.",
            thread=thread,
        ),
        "post_redact": _("Personal facts were blacked out in your comment in “%(thread)s”.", thread=thread),
        "post_warn": _("You were warned for your comment in “%(thread)s”. Read why.", thread=thread),
        "post_mute": _(
            "You cannot write in “%(thread)s” for a time. Read why and until when.", thread=thread
        ),
        "post_silence": _(
            "You cannot write in the project of “%(thread)s” for a time. Read why and until when.",
            thread=thread,
        ),
        "post_suspend": _(
            "Your account cannot write for a time, because of a comment in “%(thread)s”. Read why.",
            thread=thread,
        ),
        "post_lift": _("You may write again: a limit was ended early, about “%(thread)s”.", thread=thread),
        "flag_acted": _("A moderator acted on a comment you flagged in “%(thread)s”.", thread=thread),
        "flag_leave": _("A comment you flagged in “%(thread)s” stays: it breaks no rule.", thread=thread),
    }.get(reason, _("Something was decided about a comment in “%(thread)s”.", thread=thread))


def describe(viewer: Any, reason: str, ids: Sequence[int]) -> Mapping[int, Notice]:
    """Notices of decisions about comments that the viewer may still know of."""
    return {
        post.id: Notice(_words(reason, post.thread.title), _url(reason, post))
        for post in find_posts(ids)
        if can_see_post(viewer, post)
    }


STATEMENTS = tuple(f"post_{action}" for action in (*STATED, "leave"))


def describe_own(viewer: Any, reason: str, ids: Sequence[int]) -> Mapping[int, Notice]:
    """Notices of measures about a person, to that person alone."""
    words = {
        "post_warn": _("A moderator warned you. Read why."),
        "post_suspend": _("Your account cannot write for a time. Read why and until when."),
        "post_lift": _("Your account may write again."),
        "post_take_name": _("A moderator took your name back. Choose another one, and read why."),
        "post_clear_profile": _("A moderator cleared what your profile said. Read why."),
    }
    said = words.get(reason, _("A moderator decided something about your account."))
    return {case.id: Notice(said, reasons_url(case, None)) for case in find_cases_about(viewer, ids)}


def describe_flagged(viewer: Any, reason: str, ids: Sequence[int]) -> Mapping[int, Notice]:
    """What became of flags about names and profiles, to who flagged; whose it was stands on no line."""
    cases = queries.find_flagged_by(viewer, ids)
    if reason == "name_left":
        words = _("A name or profile you flagged stays: it breaks no rule.")
        return {case.id: Notice(words, reasons_url(case, None)) for case in cases}
    acted = Notice(
        _("A moderator acted on a name or profile you flagged."), url_for("moderation.show_formula")
    )
    return {case.id: acted for case in cases}


def _url(reason: str, post: Any) -> str:
    if reason == "flag_leave":
        return url_for("moderation.show_flag_decision", post_id=post.id)
    if reason in STATEMENTS:
        return url_for("moderation.show_reasons", post_id=post.id)
    return url_for("discussions.show_thread", thread_id=post.thread_id, **{"from": post.seq})


def _appeal_words(reason: str, number: int) -> str:
    return {
        "appeal_asked": _(
            "Somebody asks for a second look (no. %(number)s). You may decide it.", number=number
        ),
        "appeal_of_yours": _(
            "Somebody contests what you decided (no. %(number)s). Somebody else looks at it; you may say one"
            " more thing.",
            number=number,
        ),
        "appeal_message": _("Something was added to second look no. %(number)s.", number=number),
        "appeal_upheld": _("Somebody looked again (no. %(number)s): it stands. Read why.", number=number),
        "appeal_overturned": _("Somebody looked again (no. %(number)s): you were right.", number=number),
        "appeal_varied": _(
            "Somebody looked again (no. %(number)s): it was changed in part. Read what holds now.",
            number=number,
        ),
        "appeal_handed": _(
            "Too few residents answered for second look no. %(number)s. One person decides it now.",
            number=number,
        ),
        "yours_upheld": _("What you decided stands after second look no. %(number)s.", number=number),
        "yours_overturned": _(
            "What you decided was taken back by second look no. %(number)s.", number=number
        ),
        "yours_varied": _("What you decided was changed by second look no. %(number)s.", number=number),
        "panel_asked": _("The lot fell on you: please decide second look no. %(number)s.", number=number),
    }.get(reason, _("Something happened in second look no. %(number)s.", number=number))


def describe_appeals(viewer: Any, reason: str, ids: Sequence[int]) -> Mapping[int, Notice]:
    """Notices of second looks that the viewer may still look at."""
    return {
        appeal.id: Notice(
            _appeal_words(reason, appeal.id), url_for("moderation.show_appeal", appeal_id=appeal.id)
        )
        for appeal in queries.list_seen(viewer, ids)
    }


def describe_alone(viewer: Any, _reason: str, ids: Sequence[int]) -> Mapping[int, Notice]:
    """To administrators, who read nothing of it: nobody is there who may decide."""
    words = _("A second look waits, and nobody may decide it. Please name an independent person.")
    can_name = can_administer(viewer)
    return {each: Notice(words, url_for("pages.site_settings")) for each in ids if can_name}


def describe_held(viewer: Any, _reason: str, ids: Sequence[int]) -> Mapping[int, Notice]:
    """To moderators on duty: how much waits for them just now, one notice for each project."""
    url = url_for("moderation.queue")
    held = queries.count_held(viewer, ids)
    return {id_: Notice(_held_words(each.count, each.project), url) for id_, each in held.items()}


def _held_words(count: int, project: str) -> str:
    if not count:
        return _("What waited in “%(project)s” has been read.", project=project)
    return ngettext(
        "%(num)s comment in “%(project)s” waits for you to read it.",
        "%(num)s comments in “%(project)s” wait for you to read them.",
        count,
        project=project,
    )


def init_app(_app: Flask) -> None:
    registry.register("held_in", describe_held)
    waiting.register(tell_duty)
    registry.register("post_case", describe)
    registry.register("appeal", describe_appeals)
    registry.register("appeal_alone", describe_alone)
    registry.register("person_case", describe_own)
    registry.register("person_flag", describe_flagged)
    marks.register(_look)
    wording.register_objection(object_to_taken)
    wording.register_look(look_at_words)


def _look(kind: str, object_id: int) -> None:
    """What is shown with a listed word comes before the moderators."""
    if kind == "post":
        show_listed(object_id)
