"""The reasons that CivicForum ships, for its shipped rules; the town's moderators may word them anew.

What is here is put into words when it is read, so that each is there in every language of the site.
"""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _


@dataclass(frozen=True)
class Shipped:
    """``rule``: the number it goes with; None for all."""

    key: str
    rule: int | None
    label: Any
    words: Any


SHIPPED = (
    Shipped(
        "not-yourself",
        1,
        _("Not as yourself"),
        _(
            "It is written in somebody else’s name, or from more than one account. Please say it as yourself:"
            " a nickname is fine."
        ),
    ),
    Shipped(
        "about-people",
        2,
        _("About what people are"),
        _(
            "It is about what people are, not about what they did. Say what was done, and what should be done"
            " instead: that can be as sharp as you like."
        ),
    ),
    Shipped(
        "private-facts",
        3,
        _("Somebody’s private facts"),
        _(
            "It lets others find a private person who is not here to answer. Say what happened without the"
            " name, the address or the number."
        ),
    ),
    Shipped(
        "threat",
        4,
        _("A threat"),
        _("It threatens somebody, or wishes that harm is done to them. That has no place here, ever."),
    ),
    Shipped(
        "again-and-again",
        5,
        _("The same again and again"),
        _(
            "The same is said here again and again, so that others do not get a word in. What you said stands"
            " already: let others answer it."
        ),
    ),
    Shipped(
        "bad-hour",
        5,
        _("A heated hour"),
        _(
            "The talk here has become fast and angry. A slower pace lets everybody read before they answer."
            " Nothing is taken away."
        ),
    ),
    Shipped(
        "other-subject",
        6,
        _("Another subject"),
        _("It is about something else than the question at the top. It is welcome in a thread of its own."),
    ),
    Shipped(
        "advertising",
        6,
        _("Advertising"),
        _("It advertises something, or campaigns for somebody. This place is for the town’s own matters."),
    ),
    Shipped(
        "breaks-no-rule",
        None,
        _("Breaks no rule"),
        _("It is sharp, and it breaks no rule: it speaks about what was done."),
    ),
)
