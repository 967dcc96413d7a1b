"""The six rules that every town starts with, in every language we speak."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from civicforum.agreement.wording import RuleWording, Wording

_FILE = Path(__file__).with_name("shipped.toml")


@cache
def load_wording() -> Wording:
    """The shipped agreement."""
    return read_wording(tomllib.loads(_FILE.read_text(encoding="utf-8")))


def read_wording(table: dict[str, Any]) -> Wording:
    """An agreement from its TOML table."""
    return Wording(
        introduction=table["introduction"].strip(),
        rules=tuple(_read_rule(rule) for rule in table["rules"]),
        translations=table.get("translations", {}),
    )


def _read_rule(table: dict[str, Any]) -> RuleWording:
    return RuleWording(
        title=table["title"].strip(),
        text=table["text"].strip(),
        translations=table.get("translations", {}),
    )
