"""What a limit says to whoever it binds: until when, by which rule, and how to contest it."""

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from civicforum.agreement.limits.models import Limit
from civicforum.db import now
from civicforum.web.filters import clock, clock_with_seconds, localtime


def own_sentence(limit: Limit) -> str:
    """To the person alone who may not speak."""
    words = {
        "mute": _(
            "You cannot write in this thread until %(time)s, under rule %(number)s, “%(title)s”. You can read"
            " everything, and your words are kept. Your inbox says why, and how to contest it.",
            **_facts(limit),
        ),
        "silence": _(
            "You cannot write in this project until %(time)s, under rule %(number)s, “%(title)s”. You can"
            " read everything, and your words are kept. Your inbox says why, and how to contest it.",
            **_facts(limit),
        ),
    }
    return words.get(limit.kind) or _(
        "Your account cannot write until %(time)s, under rule %(number)s, “%(title)s”. You can read"
        " everything. Your inbox says why, and how to contest it.",
        **_facts(limit),
    )


def lock_sentence(limit: Limit) -> str:
    return _(
        "This thread is locked until %(time)s, under rule %(number)s, “%(title)s”. It opens by itself. Your"
        " words are kept.",
        **_facts(limit),
    )


def wait_sentence(limit: Limit, again_at: datetime) -> str:
    """To whoever spoke a moment ago in a slow thread."""
    minutes = max(1, round((again_at - now()).total_seconds() / 60))
    return ngettext(
        "This thread is slow for everybody: one comment or change every %(pace)s. You can write again"
        " in %(num)d minute, at %(time)s. Your words are kept.",
        "This thread is slow for everybody: one comment or change every %(pace)s. You can write again"
        " in %(num)d minutes, at %(time)s. Your words are kept.",
        minutes,
        pace=ngettext("%(num)d minute", "%(num)d minutes", limit.minutes or 1),
        time=clock(again_at),
    )


def delay_sentence(shown_at: datetime) -> str:
    """To whoever just spoke in a thread with a delay: when everybody reads it."""
    return _("It is shown to all at %(time)s.", time=clock_with_seconds(shown_at))


def _facts(limit: Limit) -> dict[str, object]:
    return {"time": localtime(limit.until), "number": limit.rule_number, "title": limit.rule_title}
