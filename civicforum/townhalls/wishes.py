"""What somebody asks for when they answer: plain words, before anything is counted."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class NeedWish:
    """An access need by its kind, with a note such as 'two children, 4 and 7'."""

    kind: str
    note: str = ""


@dataclass(frozen=True)
class Wish:
    """An answer as it was given. ``needs`` None leaves what was asked for before as it is."""

    answer: str
    mode: str
    party_size: int = 1
    needs: Sequence[NeedWish] | None = None
