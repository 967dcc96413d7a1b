"""How many connections come from one address: a hall shares one, a flood does, too."""

from collections import Counter

from civicforum.capacity import SOCKETS_PER_ADDRESS


class Crowd:
    def __init__(self, most: int | None = SOCKETS_PER_ADDRESS) -> None:
        """``most``: connections of one address at once; None: no limit."""
        self.most = most
        self._address_of: dict[str, str] = {}
        self._counts: Counter[str] = Counter()

    def is_full(self, address: str) -> bool:
        return self.most is not None and self._counts[address] >= self.most

    def enter(self, sid: str, address: str) -> None:
        self._address_of[sid] = address
        self._counts[address] += 1

    def leave(self, sid: str) -> None:
        address = self._address_of.pop(sid, None)
        if address is None:
            return
        self._counts[address] -= 1
        if not self._counts[address]:
            del self._counts[address]
