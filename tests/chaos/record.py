"""What clients saw and what they were promised, kept while it happens and examined afterwards."""

import itertools
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Deed:
    """One thing that somebody asked for: the same key however often it was sent.

    ``status`` and ``answer`` are those of the answer that arrived; None while there is none. Times are
    monotonic seconds.
    """

    kind: str
    person: str
    mark: str
    facts: dict[str, Any]
    began_at: float
    ended_at: float | None = None
    status: int | None = None
    answer: dict[str, Any] | None = None
    attempts: int = 0

    @property
    def is_acknowledged(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True)
class Frame:
    """What somebody was told in one piece: an update, an ack, or the body of an answer.

    ``asked_at`` is when a body was asked for (and when a frame came); ``revision`` that of the channel.
    """

    reader: str
    kind: str
    channel: str
    revision: int | None
    asked_at: float
    text: str


@dataclass
class Record:
    deeds: list[Deed] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    samples: list[dict[str, Any]] = field(default_factory=list)
    mails: list[tuple[str, str, str]] = field(default_factory=list)  # Message-ID, to, subject
    broken_answers: list[str] = field(default_factory=list)
    blows: Counter[str] = field(default_factory=Counter)
    left_out: dict[str, str] = field(default_factory=dict)  # blow → why it could not be struck here
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def begin(self, kind: str, person: str, mark: str, **facts: Any) -> Deed:
        deed = Deed(kind, person, mark, facts, time.monotonic())
        with self._lock:
            self.deeds.append(deed)
        return deed

    def next_mark(self, prefix: str) -> str:
        """A word that stands nowhere else: ``say17x``."""
        with self._lock:
            return f"{prefix}{next(self._numbers)}x"

    def acknowledged(self, *kinds: str) -> list[Deed]:
        return [deed for deed in self.deeds if deed.kind in kinds and deed.is_acknowledged]
