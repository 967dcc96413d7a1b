"""What waits for one watcher, with a bound: the library's own queue has none.

Whoever reads too slowly, or never polls, is cut. They come back by themselves and catch up by revision, so
nothing is lost; meanwhile nobody else waits, and no memory grows.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

from gevent.queue import JoinableQueue

from civicforum.capacity import WAITING_BYTES, WAITING_PACKETS


class Outbox(JoinableQueue):
    """A queue of Engine.IO packets that never blocks and never grows without end.

    The first packet in it is not weighed: an answer of many comments is large, and is asked for by the one
    it is for.
    """

    def __init__(self, on_full: Callable[["Outbox"], None]) -> None:
        """``on_full`` is called once, when something did not fit; nothing is taken any more after that."""
        super().__init__()
        self.is_cut = False
        self._on_full = on_full
        self._sizes: deque[int] = deque()
        self._bytes = 0

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Take one packet; None, the library's mark for the end, always fits."""
        size = _size(item)
        if item is not None and (self.is_cut or self._is_full_for(size)):
            self._overflow()
            return
        self._sizes.append(size)
        self._bytes += size
        super().put(item, block, timeout)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        item = super().get(block, timeout)
        self._bytes -= self._sizes.popleft()
        return item

    def join(self, timeout: float | None = None) -> bool:
        """Nobody waits until a watcher has read everything."""
        return not self._sizes

    def throw_away(self) -> None:
        """Forget what waits."""
        while self.qsize():
            self.get(block=False)
            self.task_done()

    def count(self) -> int:
        return len(self._sizes)

    def _is_full_for(self, size: int) -> bool:
        if not self._sizes:
            return False
        behind_the_first = self._bytes - self._sizes[0]
        return len(self._sizes) >= WAITING_PACKETS or behind_the_first + size > WAITING_BYTES

    def _overflow(self) -> None:
        if not self.is_cut:
            self.is_cut = True
            self._on_full(self)


def _size(packet: Any) -> int:
    content = getattr(packet, "data", None)
    return len(content) if isinstance(content, (str, bytes)) else 0
