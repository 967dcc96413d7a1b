"""The words of an agreement before it is published."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class RuleWording:
    """One rule. ``translations`` maps a language to its ``title`` and ``text``."""

    title: str
    text: str
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    no_mediation: bool = False


@dataclass(frozen=True)
class Wording:
    """A whole agreement. ``translations`` maps a language to its ``introduction``."""

    introduction: str
    rules: tuple[RuleWording, ...]
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
