"""Which measures there are, what each may be about, and where a case goes with it. Pure.

``STATES`` is the whole machine: what is not in it is a Conflict. A case is about words (a post), a thread, or
a person; a measure about a person or the thread may be taken in a case about words, and leaves the words to
be decided if somebody asked about them.
"""

from dataclasses import dataclass
from datetime import timedelta

TARGETS = ("post", "thread", "person")


@dataclass(frozen=True)
class Kind:
    """``about``: words, thread or person. ``targets``: the cases it is taken in. ``lasts``: it has an end."""

    about: str
    targets: tuple[str, ...] = ("post",)
    needs_rule: bool = True
    lasts: bool = False
    is_for_site: bool = False  # moderators of the whole site alone


KINDS = {
    "leave": Kind("words", TARGETS, needs_rule=False),
    "hide": Kind("words"),
    "restore": Kind("words", needs_rule=False),
    "request_edit": Kind("words"),
    "warn": Kind("words", ("post", "person")),
    "redact": Kind("words"),
    "remove": Kind("words", is_for_site=True),
    "slow": Kind("thread", ("post", "thread"), lasts=True),
    "lock": Kind("thread", ("post", "thread"), lasts=True),
    "mute": Kind("person", lasts=True),
    "silence": Kind("person", lasts=True),
    "suspend": Kind("person", ("post", "person"), lasts=True, is_for_site=True),
}
CASE_ACTIONS = tuple(KINDS)
# What its author is told of, with the statement of reasons; and what agrees with those who flagged.
LIMITS_A_PERSON = ("mute", "silence", "suspend")
STATED = ("hide", "decline", "remove", "request_edit", "redact", "warn", *LIMITS_A_PERSON)
TOLD = (*STATED, "restore", "lift")
ANSWERS = ("hide", "decline", "remove", "request_edit", "redact", "warn")


@dataclass(frozen=True)
class Softer:
    """What a second look leaves of a limit: ``lasts`` from now (None: as long as it was), and where.

    ``kind``: mute (this thread alone) or silence (this project alone); None where it was.
    """

    lasts: timedelta | None = None
    kind: str | None = None


MOST_PASSAGES = 20
FEWEST_CHARACTERS = 2  # of a passage: a single letter would black out half the comment
MAX_PASSAGE = 2000

# The ladder: each step is longer than the one before.
STEPS = (timedelta(hours=24), timedelta(hours=72), timedelta(days=7), timedelta(days=30))
SHORT_STEPS = (timedelta(hours=1), timedelta(hours=3), *STEPS)
LONGEST = STEPS[-1]

STATES = {
    ("open", "leave"): "closed",
    ("open", "hide"): "decided",
    ("open", "restore"): "closed",
    ("open", "remove"): "closed",
    ("open", "request_edit"): "decided",
    ("open", "redact"): "closed",
    ("open", "warn"): "closed",
    ("decided", "leave"): "closed",
    ("decided", "hide"): "decided",
    ("decided", "restore"): "closed",
    ("decided", "remove"): "closed",
    ("decided", "redact"): "decided",
    ("decided", "warn"): "decided",
    ("decided", "mend"): "second_look",
    ("second_look", "leave"): "closed",
    ("second_look", "hide"): "decided",
    ("second_look", "restore"): "closed",
    ("second_look", "remove"): "closed",
    ("second_look", "redact"): "second_look",
    ("second_look", "warn"): "second_look",
}


def next_state(state: str, action: str, is_asked: bool = True) -> str | None:
    """Where a case goes with a measure; None where it cannot be taken.

    ``is_asked``: somebody waits for a decision about the words (a flag, a hold, a mend): then a measure about
    the person or the thread leaves the case where it is.
    """
    if KINDS[action].about != "words" and state in ("open", "decided", "second_look"):
        return "closed" if state == "open" and not is_asked else state
    return STATES.get((state, action))
