"""Drawing lots so that everybody can draw them again.

The seed is the code (hash) that the public log ended with when the lot was drawn, a colon, the number of the
appeal, a colon, and a secret that the house kept since somebody asked, and tells with the lot. The code was
public before. Without the secret, whoever asks could compute for each second of the day whom the lot would
fall on, and ask in the best one. Each volunteer has a number; the order of the lot is that of the SHA-256, in
hexadecimal, of the seed, a colon, and the number:

    import hashlib
    seed = "<code of the log's line>:<number of the appeal>:<the secret>"
    print(sorted([3, 5, 8], key=lambda n: hashlib.sha256(f"{seed}:{n}".encode()).hexdigest()))

The first three are asked; whoever does not answer is followed by the next.
"""

from collections.abc import Iterable
from hashlib import sha256
from secrets import token_hex


def seed_of(head: str, appeal_id: int, secret: str | None) -> str:
    """``secret``: lots of the first days had none."""
    return ":".join((head, str(appeal_id), *([secret] if secret else [])))


def make_secret() -> str:
    return token_hex(32)


def in_order_of_lot(seed: str, numbers: Iterable[int]) -> list[int]:
    return sorted(numbers, key=lambda number: sha256(f"{seed}:{number}".encode()).hexdigest())
