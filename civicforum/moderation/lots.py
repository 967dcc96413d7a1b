"""Drawing lots so that everybody can draw them again.

The seed is the code (hash) that the public log ended with when the lot was drawn, a colon, and the number of
the appeal. It was public before, and nobody chooses it. Each volunteer has a number; the order of the lot is
that of the SHA-256, in hexadecimal, of the seed, a colon, and the number:

    import hashlib
    seed = "<code of the log's line>:<number of the appeal>"
    print(sorted([3, 5, 8], key=lambda n: hashlib.sha256(f"{seed}:{n}".encode()).hexdigest()))

The first three are asked; whoever does not answer is followed by the next.
"""

from collections.abc import Iterable
from hashlib import sha256


def seed_of(head: str, appeal_id: int) -> str:
    return f"{head}:{appeal_id}"


def in_order_of_lot(seed: str, numbers: Iterable[int]) -> list[int]:
    return sorted(numbers, key=lambda number: sha256(f"{seed}:{number}".encode()).hexdigest())
