"""A reason to begin with, as somebody words it."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Wording:
    """``translations``: its words by language; a ``rule`` of None fits every rule."""

    label: str
    words: str
    rule: int | None = None
    translations: dict[str, str] = field(default_factory=dict)
