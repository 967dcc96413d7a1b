"""The log, set up in one place: one JSON line for each entry on stderr, words on a terminal.

Everybody else uses ``logging`` and adds facts by ``extra={...}``. What an entry may hold: routes, numbers,
ids of rows. What never gets in: tokens, cookies, passwords, addresses of mail or network, query strings,
bodies; nobody writes them, and what an error's words may carry is crossed out here.
"""

import logging
import re
import sys
import threading
import time
from collections.abc import Callable, Mapping, MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.contextvars import bind_contextvars, clear_contextvars, merge_contextvars

Entry = MutableMapping[str, Any]

LONGEST_TRACEBACK = 7_000  # its end: a line of at most 8 KB is written at once, whole among other processes'
LONGEST_WORDS = 1_000
OURS = "civicforum"
REQUESTS = "civicforum.web.request_log"
MOST_A_MINUTE = 60
REFUSED = (
    "A socket was refused: it asked badly, or from a page at another address than CIVICFORUM_BASE_URL."
    " Further ones are not told."
)

log = logging.getLogger(__name__)

_CROSSED_OUT = (
    (re.compile(r"(?i)\b(authorization|cookie)\s*[:=][^\n]*"), r"\1: [secret]"),
    (re.compile(r"(?i)\bbearer\s+\S+"), "Bearer [secret]"),
    (re.compile(r"://[^/\s@]+@"), "://[secret]@"),
    (re.compile(r"[^\s@<>\"'()=,:]+@[^\s@<>\"'()=,:]+\.\w+"), "[address]"),
    # What PostgreSQL tells of a row: Key (email)=(…) already exists.
    (re.compile(r"(?s)Key \(([^)]*)\)=\(.*?\)"), r"Key (\1)=([value])"),
    (re.compile(r"(?s)Failing row contains \(.*\)"), "Failing row contains ([values])"),
    (re.compile(r"\b(?!127\.)\d{1,3}(?:\.\d{1,3}){3}\b"), "[ip]"),
    (re.compile(r"\b[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{0,4}){3,7}"), "[ip]"),
    # Long and mixed: a token, a key, a signed link.
    (
        re.compile(r"(?<![\w.-])(?=[\w.-]*\d)(?=[\w.-]*[A-Z])(?=[\w.-]*[a-z])[\w.-]{20,}"),
        "[secret]",
    ),
    (re.compile(r"\b[0-9a-fA-F]{32,}\b"), "[secret]"),
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to what is stderr at that moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)
        self.setFormatter(formatter(is_terminal=sys.stderr.isatty()))
        self.addFilter(Calm())

    @property
    def stream(self) -> TextIO:  # type: ignore[override]  # a property where the library has an attribute
        return sys.stderr


class Calm(logging.Filter):
    """Lets through so many warnings and errors a minute from one place; the next says how many more.

    What fails many times a second (a database that is gone) must not fill the disk. Requests are all told.
    """

    def __init__(self, ask_clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._ask_clock = ask_clock
        self._minutes: dict[tuple[str, int], tuple[int, int]] = {}  # place → (minute, entries in it)

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING or record.name == REQUESTS:
            return True
        place, minute = (record.name, record.lineno), int(self._ask_clock() // 60)
        last, count = self._minutes.get(place, (minute, 0))
        if last != minute:
            if count > MOST_A_MINUTE:
                record.left_out = count - MOST_A_MINUTE
            count = 0
        self._minutes[place] = (minute, count + 1)
        return count < MOST_A_MINUTE


def configure(level: int = logging.INFO) -> None:
    """Send every entry of this process, ours and the libraries', to stderr."""
    root = logging.getLogger()
    root.handlers[:] = [other for other in root.handlers if not isinstance(other, _Stderr)] + [_Stderr()]
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(level)
    # With a level of their own these two add no handler of their own.
    for name in ("socketio.server", "engineio.server"):
        library = logging.getLogger(name)
        library.setLevel(logging.ERROR)
        library.addFilter(_without_a_clients_words)
    logging.captureWarnings(True)
    sys.excepthook = _note_uncaught
    threading.excepthook = lambda gone: _note_uncaught(gone.exc_type, gone.exc_value, gone.exc_traceback)


def _without_a_clients_words(record: logging.LogRecord) -> bool:
    """The socket library repeats what a client sent: where it comes from, an id that it made up."""
    if not record.exc_info:
        record.msg, record.args = REFUSED, ()
    return True


def name_context(**facts: Any) -> None:
    """Put these facts (the request's id) into every entry of this greenlet, until ``forget_context``."""
    clear_contextvars()
    bind_contextvars(**facts)


def forget_context() -> None:
    clear_contextvars()


def _note_uncaught(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error or kind(), trace)
        return
    log.critical("Ended by an error that nobody expected.", exc_info=(kind, error or kind(), trace))


def formatter(is_terminal: bool) -> logging.Formatter:
    """How an entry looks: for a person at a terminal, or for a machine."""
    shown: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if is_terminal:
        shown += [_one_line_each, structlog.dev.ConsoleRenderer(event_key="message")]
    else:
        shown.append(structlog.processors.JSONRenderer())
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            merge_contextvars,
            structlog.stdlib.ExtraAdder(),
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            structlog.processors.format_exc_info,
            structlog.processors.EventRenamer("message"),
            _cross_out,
        ],
        processors=shown,
    )


def _cross_out(_logger: Any, _method: str, entry: Entry) -> Mapping[str, Any]:
    return {key: value if key == "time" else _crossed_out(key, value) for key, value in entry.items()}


def _crossed_out(key: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float) or key.startswith("_"):
        return value
    words = str(value)
    words = words[-LONGEST_TRACEBACK:] if key == "exception" else words[:LONGEST_WORDS]
    for pattern, instead in _CROSSED_OUT:
        words = pattern.sub(instead, words)
    return words


def _one_line_each(_logger: Any, _method: str, entry: Entry) -> Mapping[str, Any]:
    """A terminal obeys what it is shown: nothing but a traceback breaks a line or controls it."""
    return {
        key: _CONTROL.sub(lambda found: repr(found[0])[1:-1], value)
        if isinstance(value, str) and key != "exception"
        else value
        for key, value in entry.items()
    }
