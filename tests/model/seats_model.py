"""A hall and its queue in plain Python: what the answers to a meeting should come to.

Nothing here knows the house. A party that has seats is ``going``; one that waits is ``waitlisted`` and has a
number in the queue; whoever comes later never sits down earlier, unless the party before can never fit.
"""

from dataclasses import dataclass, field

LARGEST_PARTY = 20
KEEPS_A_WAY = ("going", "maybe", "waitlisted")


class Refused(Exception):
    """It cannot be done, and nothing has changed."""


@dataclass
class Party:
    state: str
    mode: str
    size: int
    number: int = 0  # in the order of asking for seats


@dataclass
class Hall:
    """``capacity`` maps each way to come to its seats, None: no limit."""

    capacity: dict[str, int | None]
    modes: tuple[str, ...] = ("in_person", "online")
    is_cancelled: bool = False
    parties: dict[str, Party] = field(default_factory=dict)
    numbers: int = 0
    seated: list[str] = field(default_factory=list)  # by the last deed, though they did not ask just then

    # --- what people do ---

    def answer(self, who: str, answer: str, mode: str, size: int) -> None:
        self.check_open()
        self._check(answer, mode, size)
        party = self.parties.get(who) or Party("none", mode, size)
        if answer != "going":
            party.state, party.mode, party.size = answer, mode, size
        elif party.state == "going":
            self._take_other_seats(party, mode, size)
        elif party.state == "waitlisted" and party.mode == mode and size <= party.size:
            party.size = size  # a smaller wish keeps its place
        else:
            self.numbers += 1
            party.state, party.mode, party.size, party.number = "waitlisted", mode, size, self.numbers
        self.parties[who] = party
        self._move_up(asking=who)

    def cancel(self, who: str) -> None:
        party = self.parties.get(who)
        if party is None or party.state == "unconfirmed":
            raise Refused
        self._give_back(party)

    def ask_by_mail(self, who: str, mode: str, size: int) -> None:
        self.check_open()
        self._check("going", mode, size)
        party = self.parties.setdefault(who, Party("unconfirmed", mode, size))
        if party.state in ("unconfirmed", "cancelled"):
            party.state, party.mode, party.size = "unconfirmed", mode, size
        self.seated = []

    def confirm(self, who: str) -> None:
        """The button behind the link in the mail; pressing it twice is once."""
        self.check_open()
        party = self.parties[who]
        self.seated = []
        if party.state == "unconfirmed":
            self.answer(who, "going", party.mode, party.size)

    def cancel_by_mail(self, who: str) -> None:
        self._give_back(self.parties[who])

    # --- what organizers do ---

    def set_capacity(self, mode: str, seats: int | None) -> None:
        self._check_running()
        self.capacity[mode] = seats
        self._move_up()

    def set_modes(self, modes: tuple[str, ...]) -> None:
        self._check_running()
        lost = set(self.modes) - set(modes)
        if any(party.mode in lost and party.state in KEEPS_A_WAY for party in self.parties.values()):
            raise Refused
        self.modes = modes
        self._move_up()

    def call_off(self) -> None:
        self.is_cancelled = True
        self.seated = []

    # --- how it is ---

    def place(self, who: str) -> int | None:
        party = self.parties[who]
        if party.state != "waitlisted":
            return None
        return 1 + [name for name, _party in self._queue(party.mode)].index(who)

    def taken(self, mode: str) -> int:
        return sum(p.size for p in self.parties.values() if p.state == "going" and p.mode == mode)

    def free(self, mode: str) -> int | None:
        seats = self.capacity[mode]
        return None if seats is None else max(0, seats - self.taken(mode))

    # --- inside ---

    def check_open(self) -> None:
        if self.is_cancelled:
            raise Refused

    _check_running = check_open

    def _check(self, answer: str, mode: str, size: int) -> None:
        if mode not in self.modes:
            raise Refused
        seats = self.capacity[mode]
        most = LARGEST_PARTY if seats is None or answer != "going" else min(LARGEST_PARTY, max(1, seats))
        if not 1 <= size <= most:
            raise Refused

    def _take_other_seats(self, party: Party, mode: str, size: int) -> None:
        more = size - (party.size if party.mode == mode else 0)
        free = self.free(mode)
        if more > 0 and (self._queue(mode) or (free is not None and more > free)):
            raise Refused
        party.mode, party.size = mode, size

    def _give_back(self, party: Party) -> None:
        self.seated = []
        if party.state != "cancelled":
            party.state = "cancelled"
            self._move_up()

    def _queue(self, mode: str) -> list[tuple[str, Party]]:
        waiting = [(n, p) for n, p in self.parties.items() if p.state == "waitlisted" and p.mode == mode]
        return sorted(waiting, key=lambda pair: pair[1].number)

    def _move_up(self, asking: str | None = None) -> None:
        self.seated = []
        if self.is_cancelled:
            return
        for mode in ("in_person", "online"):
            for who, party in self._queue(mode):
                seats = self.capacity[mode]
                if seats is not None and party.size > seats:
                    continue  # it can never fit, so nobody waits behind it
                free = self.free(mode)
                if free is not None and party.size > free:
                    break
                party.state = "going"
                if who != asking:
                    self.seated.append(who)
