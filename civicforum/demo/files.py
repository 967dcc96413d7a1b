"""The files of this folder as they are written, with their days filled in."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from civicforum.demo.clock import Clock

FOLDER = Path(__file__).parent
Table = dict[str, Any]


@dataclass(frozen=True)
class Files:
    """One table for the town, and lists of them for all else; the head of each file says its fields."""

    clock: Clock
    town: Table
    organizations: list[Table]
    people: list[Table]
    projects: list[Table]
    threads: list[Table]
    townhalls: list[Table]


def read_files(loaded_at: datetime) -> Files:
    town = _read("town")
    clock = Clock(loaded_at, ZoneInfo(town["time_zone"]))
    return Files(
        clock=clock,
        town=clock.fill(town),
        organizations=clock.fill(_read("organizations")["organization"]),
        people=clock.fill(_read("people")["person"]),
        projects=clock.fill(_read("projects")["project"]),
        threads=clock.fill(_read("threads")["thread"]),
        townhalls=clock.fill(_read("townhalls")["townhall"]),
    )


def _read(name: str) -> Table:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
