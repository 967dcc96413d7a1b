"""The words of an agreement, apart from when it was published."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from civicforum.agreement.models import AgreementVersion


@dataclass(frozen=True)
class RuleWording:
    """One rule. ``translations`` maps a language to its ``title`` and ``text``."""

    title: str
    text: str
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    no_mediation: bool = False

    def title_in(self, locale: str) -> str:
        return self.translations.get(locale, {}).get("title") or self.title

    def text_in(self, locale: str) -> str:
        return self.translations.get(locale, {}).get("text") or self.text


@dataclass(frozen=True)
class Wording:
    """A whole agreement. ``translations`` maps a language to its ``introduction``."""

    introduction: str
    rules: tuple[RuleWording, ...]
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def introduction_in(self, locale: str) -> str:
        return self.translations.get(locale, {}).get("introduction") or self.introduction


def wording_of(version: AgreementVersion) -> Wording:
    """What a version says."""
    rules = (
        RuleWording(rule.title, rule.text, rule.translations, rule.no_mediation) for rule in version.rules
    )
    return Wording(version.introduction, tuple(rules), version.translations)


def pack(wording: Wording) -> dict[str, Any]:
    """The words as JSON, for what is proposed."""
    return {
        "introduction": wording.introduction,
        "translations": {locale: dict(words) for locale, words in wording.translations.items()},
        "rules": [
            {
                "title": rule.title,
                "text": rule.text,
                "translations": {locale: dict(words) for locale, words in rule.translations.items()},
                "no_mediation": rule.no_mediation,
            }
            for rule in wording.rules
        ],
    }


def unpack(packed: Mapping[str, Any]) -> Wording:
    """The words of ``pack``."""
    rules = tuple(RuleWording(**rule) for rule in packed["rules"])
    return Wording(packed["introduction"], rules, packed["translations"])
