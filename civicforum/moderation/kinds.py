"""Which measures there are, what each may be about, and where a case goes with it. Pure.

``STATES`` is the whole machine: what is not in it is a Conflict. A case is about words (a post), a thread, or
a person; a measure about a person or the thread may be taken in a case about words, and leaves the words to
be decided if somebody asked about them.
"""

from dataclasses import dataclass
from datetime import timedelta

TARGETS = ("post", "thread", "person")

# The ladder: each step is longer than the one before.
STEPS = (timedelta(hours=24), timedelta(hours=72), timedelta(days=7), timedelta(days=30))
SHORT_STEPS = (timedelta(hours=1), timedelta(hours=3), *STEPS)
LONGEST = STEPS[-1]


@dataclass(frozen=True)
class Kind:
    """``about``: words, thread, person, name. ``targets``: the cases it is taken in.

    ``lasts``: it has an end, which is not after ``longest``.
    """

    about: str
    targets: tuple[str, ...] = ("post",)
    needs_rule: bool = True
    lasts: bool = False
    is_for_site: bool = False  # moderators of the whole site alone
    longest: timedelta = LONGEST


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
    "delay": Kind("thread", ("post", "thread"), lasts=True, longest=STEPS[0]),
    "mute": Kind("person", lasts=True),
    "silence": Kind("person", lasts=True),
    "suspend": Kind("person", ("post", "person"), lasts=True, is_for_site=True),
    "take_name": Kind("name", ("person",), is_for_site=True),
    "clear_profile": Kind("name", ("person",), is_for_site=True),
}
CASE_ACTIONS = tuple(KINDS)
FOR_SITE = tuple(name for name, kind in KINDS.items() if kind.is_for_site)
# What is set on a whole thread.
CALMING = tuple(name for name, kind in KINDS.items() if kind.about == "thread")
# What its author is told of, with the statement of reasons; and what agrees with those who flagged.
LIMITS_A_PERSON = ("mute", "silence", "suspend")
TAKES_BACK = ("take_name", "clear_profile")
STATED = ("hide", "decline", "remove", "request_edit", "redact", "warn", *LIMITS_A_PERSON, *TAKES_BACK)
TOLD = (*STATED, "restore", "lift")
ANSWERS = ("hide", "decline", "remove", "request_edit", "redact", "warn", *TAKES_BACK)

# What of a person can be flagged, and with which measure it is taken back.
PARTS = {"name": "take_name", "profile": "clear_profile"}


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


def next_state_of_person(state: str, action: str, is_asked: bool) -> str:
    """Where a case about a person goes: their name or profile is the words of it.

    What was taken back waits for other words of theirs, at which a moderator looks once (``second_look``).
    """
    if action in TAKES_BACK:
        return "decided"
    is_aside = KINDS[action].about == "person" and is_asked
    return "closed" if action == "leave" or (state == "open" and not is_aside) else state
