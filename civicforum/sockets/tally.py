"""How connections come and go: one entry in the log a minute, not one for each."""

import logging
import time
from collections import Counter
from collections.abc import Callable

from civicforum import metrics

log = logging.getLogger(__name__)

TELL_EVERY_SECONDS = 60.0
OUTCOMES = ("opened", "closed", "refused", "cut")


class Tally:
    def __init__(self, count_open: Callable[[], int]) -> None:
        """``count_open``: how many connections there are now."""
        self.count_open = count_open
        self._counts: Counter[str] = Counter()

    def count(self, outcome: str) -> None:
        """One more connection was ``opened``, ``closed``, ``refused`` or ``cut`` (and will be closed)."""
        self._counts[outcome] += 1
        metrics.CONNECTIONS.labels(outcome).inc()

    def tell_forever(self, is_stopping: Callable[[], bool]) -> None:
        while not is_stopping():
            time.sleep(TELL_EVERY_SECONDS)
            self.tell()

    def tell(self) -> None:
        """Say what came and went since the last time, if anything did."""
        counts, self._counts = self._counts, Counter()
        if counts:
            facts = {outcome: counts[outcome] for outcome in OUTCOMES}
            log.info("sockets", extra={**facts, "open": self.count_open()})
