"""Heads of requests that a proxy could read in one way and we in another: what smuggling is made of."""

import re
from email.errors import (
    FirstHeaderLineIsContinuationDefect,
    MisplacedEnvelopeHeaderDefect,
    MissingHeaderBodySeparatorDefect,
)
from email.message import Message
from typing import Any

ONCE = ("Host", "Content-Length", "Transfer-Encoding", "Content-Type", "Authorization")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
# Where one of these is found, lines after it were not read as headers.
_BROKEN = (
    FirstHeaderLineIsContinuationDefect,
    MisplacedEnvelopeHeaderDefect,
    MissingHeaderBodySeparatorDefect,
)


class WholeLines:
    """A request's head, line by line; ValueError for one that some would read as two."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def readline(self, most: int = -1) -> bytes:
        line: bytes = self.stream.readline(most)
        if b"\r" in line.removesuffix(b"\r\n"):
            raise ValueError("a carriage return within a line")
        return line


def fault_in(headers: Message) -> str:
    """What is wrong with a request's headers, in a few words; empty if nothing."""
    if any(isinstance(defect, _BROKEN) for defect in headers.defects):
        return "a line that is no header"
    if any(_CONTROL.search(value) for value in headers.values()):
        return "a control character, or a folded line"
    if any(len(headers.get_all(name, [])) > 1 for name in ONCE):
        return "a header that may stand there once"
    return _fault_in_framing(headers)


def _fault_in_framing(headers: Message) -> str:
    length, coding = headers.get("Content-Length"), headers.get("Transfer-Encoding")
    if length is not None and not (length.isascii() and length.isdigit()):
        return "a length that is no number"
    if coding is not None and (length is not None or coding.lower() != "chunked"):
        return "a body framed in two ways"
    return ""
