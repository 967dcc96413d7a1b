"""What would change, rule by rule, in one language."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

from civicforum.agreement.wording import RuleWording, Wording
from civicforum.discussions.history import Change, word_diff

Numbered = tuple[int, RuleWording]


@dataclass(frozen=True)
class RuleChange:
    """One rule, and what becomes of it. ``was`` is its number before, ``number`` its number after.

    ``no_mediation`` says what it is from now on, where that changes.
    """

    kind: Literal["same", "changed", "added", "removed"]
    was: int | None
    number: int | None
    title: Sequence[Change]
    text: Sequence[Change]
    no_mediation: bool | None = None


@dataclass(frozen=True)
class Comparison:
    """The whole way from one wording to another. ``introduction`` is None where it stays."""

    introduction: Sequence[Change] | None
    rules: Sequence[RuleChange]

    @property
    def changed(self) -> Sequence[RuleChange]:
        return [rule for rule in self.rules if rule.kind != "same"]

    @property
    def is_same(self) -> bool:
        return self.introduction is None and not self.changed


def compare(before: Wording, after: Wording, locale: str) -> Comparison:
    """How ``before`` becomes ``after``, as it reads in this language."""
    old, new = before.introduction_in(locale), after.introduction_in(locale)
    pairs = _pairs(list(enumerate(before.rules, 1)), list(enumerate(after.rules, 1)), locale)
    return Comparison(
        introduction=word_diff(old, new) if old != new else None,
        rules=[_compared(was, becomes, locale) for was, becomes in pairs],
    )


def _pairs(
    before: list[Numbered], after: list[Numbered], locale: str
) -> Iterator[tuple[Numbered | None, Numbered | None]]:
    """Which rule became which: those of one title, and between them those at the same place."""
    old, new = ([rule.title_in(locale) for _number, rule in side] for side in (before, after))
    for _kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield from zip_longest(before[a:b], after[c:d])


def _compared(was: Numbered | None, becomes: Numbered | None, locale: str) -> RuleChange:
    old, new = was[1] if was else None, becomes[1] if becomes else None
    said = [_words(old, locale), _words(new, locale)]
    is_other = old is not None and new is not None and old.no_mediation != new.no_mediation
    kind: Literal["same", "changed", "added", "removed"] = "same"
    if old is None:
        kind = "added"
    elif new is None:
        kind = "removed"
    elif said[0] != said[1] or is_other:
        kind = "changed"
    return RuleChange(
        kind=kind,
        was=was[0] if was else None,
        number=becomes[0] if becomes else None,
        title=word_diff(said[0][0], said[1][0]),
        text=_text_diff(said[0][1], said[1][1]),
        no_mediation=new.no_mediation if new is not None and (is_other or _is_new(old, new)) else None,
    )


def _text_diff(old: str, new: str) -> Sequence[Change]:
    """Paragraph by paragraph where there are as many: what is added at the end of one stays in it."""
    before, after = old.split("\n\n"), new.split("\n\n")
    if len(before) != len(after):
        return word_diff(old, new)
    found = [word_diff(a, b) for a, b in zip(before, after, strict=True)]
    return [change for each in found for change in (*each, Change("same", "\n\n"))][:-1]


def _is_new(old: RuleWording | None, new: RuleWording) -> bool:
    """A rule that comes, and is one about which nobody is asked to sit down."""
    return old is None and new.no_mediation


def _words(rule: RuleWording | None, locale: str) -> tuple[str, str]:
    return (rule.title_in(locale), rule.text_in(locale)) if rule is not None else ("", "")
