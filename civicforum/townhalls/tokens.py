"""Signed words in an address: the link in a mail to one's own answer, and one's personal calendar.

Each purpose has a salt of its own, so that a token opens nothing else. Nothing is kept of them.
"""

from hashlib import sha256

from itsdangerous import BadSignature, URLSafeSerializer

from civicforum.errors import NotFound

ANSWER = "townhalls.answer"
CALENDAR = "townhalls.calendar"


def sign_answer(secret: str, rsvp_id: int) -> str:
    """The token that lets whoever has the mail confirm, change or cancel this answer."""
    return _sign(secret, ANSWER, [rsvp_id])


def read_answer(secret: str, token: str) -> int:
    """The answer's id. Raises NotFound for a token that is not ours."""
    return _read(secret, ANSWER, token, 1)[0]


def sign_calendar(secret: str, user_id: int, version: int) -> str:
    return _sign(secret, CALENDAR, [user_id, version])


def read_calendar(secret: str, token: str) -> tuple[int, int]:
    """(person's id, version of the address). Raises NotFound for a token that is not ours."""
    user_id, version = _read(secret, CALENDAR, token, 2)
    return user_id, version


def _sign(secret: str, purpose: str, numbers: list[int]) -> str:
    token = URLSafeSerializer(secret, salt=purpose, signer_kwargs=_signer()).dumps(numbers)
    return token if isinstance(token, str) else token.decode()


def _read(secret: str, purpose: str, token: str, length: int) -> list[int]:
    try:
        numbers = URLSafeSerializer(secret, salt=purpose, signer_kwargs=_signer()).loads(token[:200])
    except BadSignature as error:
        raise NotFound from error
    if not isinstance(numbers, list) or [type(n) for n in numbers] != [int] * length:
        raise NotFound
    return numbers


def _signer() -> dict[str, object]:

    return {"digest_method": sha256}
