"""Black marks in place of passages: the same length for all, so that it tells nothing. Pure."""

from collections.abc import Iterable, Sequence

# Two characters: no longer than the shortest passage, so that a line never outgrows its column.
MARK = "██"


def holds(text: str, passages: Iterable[str]) -> bool:
    return any(passage in text for passage in passages)


def blacken(text: str, passages: Sequence[str]) -> str:
    """``text`` with a mark in place of each passage; longer ones first, as one may stand in another."""
    for passage in sorted(passages, key=len, reverse=True):
        text = text.replace(passage, MARK)
    return text


def blacken_quotes(text: str, passages: Sequence[str]) -> str:
    """The same, in lines that quote (``> …``) alone: what others say in their own words is theirs."""
    lines = [line for passage in passages for line in passage.splitlines() if line.strip()]
    return "".join(
        blacken(line, lines) if line.lstrip().startswith(">") else line
        for line in text.splitlines(keepends=True)
    )
