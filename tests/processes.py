"""Looking at processes from outside, as Linux tells of them."""

from pathlib import Path


def children_of(pid: int) -> set[int]:
    """The processes that this one has started, as Linux tells."""
    return {int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
