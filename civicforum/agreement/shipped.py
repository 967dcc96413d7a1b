"""The six rules that every town starts with, in every language we speak."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from civicforum.agreement.wording import RuleWording, Wording

_FILE = Path(__file__).with_name("shipped.toml")
_FIRST_LANGUAGE = "en"
# The words before the two examples of a rule: what is fine, and what is not.
_EXAMPLES = {"en": ("Fine:", "Not fine:"), "es": ("Bien:", "No está bien:")}


@cache
def load_wording() -> Wording:
    """The shipped agreement."""
    return read_wording(tomllib.loads(_FILE.read_text(encoding="utf-8")))


def read_wording(table: dict[str, Any]) -> Wording:
    """An agreement from its TOML table: ``introduction`` and ``rule``, each by language."""
    introductions: dict[str, str] = table["introduction"]
    return Wording(
        introduction=introductions[_FIRST_LANGUAGE].strip(),
        rules=tuple(_read_rule(rule) for rule in table["rule"]),
        translations={
            language: {"introduction": words.strip()}
            for language, words in introductions.items()
            if language != _FIRST_LANGUAGE
        },
    )


def _read_rule(table: dict[str, Any]) -> RuleWording:
    told = {language: _told(language, table[language]) for language in _EXAMPLES if language in table}
    first = told.pop(_FIRST_LANGUAGE)
    return RuleWording(first["title"], first["text"], told, bool(table.get("no_mediation")))


def _told(language: str, words: dict[str, str]) -> dict[str, str]:
    """Title and text of a rule in one language; the examples stand under the text."""
    examples = zip(_EXAMPLES[language], ("fine", "not_fine"), strict=True)
    lines = [f"{label} {words[key].strip()}" for label, key in examples if words.get(key)]
    return {
        # Titles are cited inside sentences.
        "title": words["title"].strip().rstrip("."),
        "text": "\n\n".join([words["text"].strip(), *lines]),
    }
