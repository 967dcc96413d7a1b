"""Whole numbers that a client wrote."""

LARGEST = 2**31 - 1  # what every column of ours holds


def whole_number(text: str | None) -> int | None:
    """The number from 0 that is written there in ASCII digits; None for anything else or a larger one."""
    if not text or len(text) > 10 or not (text.isascii() and text.isdigit()):
        return None
    number = int(text)
    return number if number <= LARGEST else None
