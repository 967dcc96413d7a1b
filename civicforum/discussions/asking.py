"""A poll on its way into a post: its question and options, checked and masked before any lock is taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from civicforum.agreement.queries import mask_words
from civicforum.db import now
from civicforum.discussions.models import HIGHEST_SCORE, POLL_KINDS, POLL_RESULTS, SENSES, Poll
from civicforum.errors import Invalid
from civicforum.text import clean_text

MAX_QUESTION_CHARACTERS = 255
MAX_OPTION_CHARACTERS = 140
MAX_OUTCOME_CHARACTERS = 500
FEWEST_OPTIONS, MOST_OPTIONS = 2, 12
SHORTEST, LONGEST = timedelta(minutes=10), timedelta(days=91)
USUAL_DAYS = 7


@dataclass(frozen=True)
class Asked:
    """A poll, ready to be kept."""

    kind: str
    question: str
    options: tuple[str, ...]
    closes_at: datetime
    results: str = "after_vote"

    @property
    def text(self) -> str:
        """All of its words, for the lists of words."""
        return "\n".join((self.question, *self.options))


def prepare_poll(
    kind: str, question: str, options: Sequence[str], closes_at: datetime | None, results: str = "after_vote"
) -> Asked:
    """The poll as it may be asked. Raises Invalid, by the form's fields, for what will not do."""
    errors: dict[str, list[str]] = {}
    line = _one_line(question)
    if kind not in POLL_KINDS:
        errors["poll_kind"] = [_("Please choose one of these.")]
    if results not in POLL_RESULTS:
        errors["poll_results"] = [_("Please choose one of these.")]
    if not line:
        errors["poll_question"] = [_("Please write what you ask.")]
    elif len(line) > MAX_QUESTION_CHARACTERS:
        errors["poll_question"] = [
            _("A question has at most %(max)s characters.", max=MAX_QUESTION_CHARACTERS)
        ]
    lines = SENSES if kind == "sense" else tuple(filter(None, map(_one_line, options)))
    if problem := _problem_of(lines):
        errors["poll_options"] = [problem]
    if closes_at is None or not SHORTEST <= closes_at - now() <= LONGEST:
        errors["poll_closes_on"] = [_("Choose a day from today on, within three months.")]
    if errors or closes_at is None:
        raise Invalid(errors=errors)
    if kind != "sense":
        lines = tuple(mask_words(text)[:MAX_OPTION_CHARACTERS] for text in lines)
    return Asked(kind, mask_words(line)[:MAX_QUESTION_CHARACTERS], lines, closes_at, results)


def with_poll(body: str, asked: Asked | None) -> str:
    """All that a post says, its poll included: for the lists of words."""
    return body if asked is None else f"{body}\n{asked.text}"


def _one_line(text: str) -> str:
    return " ".join(clean_text(text).split())


def _problem_of(options: Sequence[str]) -> str | None:
    if not FEWEST_OPTIONS <= len(options) <= MOST_OPTIONS:
        return _(
            "Write %(fewest)s to %(most)s answers, each on its own line.",
            fewest=FEWEST_OPTIONS,
            most=MOST_OPTIONS,
        )
    if max(map(len, options)) > MAX_OPTION_CHARACTERS:
        return _("An answer has at most %(max)s characters.", max=MAX_OPTION_CHARACTERS)
    if len({text.casefold() for text in options}) < len(options):
        return _("Two answers are the same.")
    return None


def check_choices(poll: Poll, choices: Mapping[int, int]) -> None:
    """Raise Invalid unless ``choices`` (a value for each option that was chosen) is a vote in this poll."""
    if not choices:
        raise _wrong(_("Please choose an answer first."))
    if not choices.keys() <= {option.id for option in poll.options}:
        raise _wrong(_("One of these answers is not in this poll (any more). Look at it again."))
    highest = HIGHEST_SCORE if poll.kind == "score" else 1
    lowest = 0 if poll.kind == "score" else 1
    if not all(lowest <= value <= highest for value in choices.values()):
        raise _wrong(_("A score is a whole number from 0 to %(highest)s.", highest=HIGHEST_SCORE))
    if poll.kind in ("single", "sense") and len(choices) > 1:
        raise _wrong(_("Please choose one answer only."))


def _wrong(sentence: str) -> Invalid:
    return Invalid(errors={"choices": [sentence]})


def prepare_outcome(words: str) -> str:
    """What happens next, in one clean line. Raises Invalid for what is blank or too long."""
    line = _one_line(words)
    if not line:
        raise Invalid(errors={"words": [_("Please write what happens next.")]})
    if len(line) > MAX_OUTCOME_CHARACTERS:
        raise Invalid(errors={"words": [_("Use at most %(max)s characters.", max=MAX_OUTCOME_CHARACTERS)]})
    return mask_words(line)[:MAX_OUTCOME_CHARACTERS]
