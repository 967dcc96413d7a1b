"""Settings, read once from the environment and checked at the start. Nothing else reads it."""

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from civicforum.errors import SettingsError

PREFIX = "CIVICFORUM_"
KNOWN = {
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "BASE_URL",
    "MAIL_URL",
    "MAIL_FROM",
    "REPLY_ADDRESS",
    "LOG_WITNESS",
    "DATA_DIR",
    "TRUSTED_PROXIES",
    "TIMEZONE",
    "FILES_URL",
    "LIMITS",
    "SOCKET_PING_SECONDS",
    "HIDE_AT_SCORE",
    "MEDIATION_KEEP_DAYS",
    "VOTE_DAYS",
    "VOTE_QUORUM",
}
MINIMUM_SECRET_LENGTH = 32


@dataclass(frozen=True)
class Settings:
    """Everything that differs from one installation to the next."""

    data_dir: Path
    database_url: str
    redis_url: str | None
    secret_key: str
    base_url: str
    mail_url: str | None
    mail_from: str
    reply_address: str | None
    trusted_proxies: int
    timezone: str
    limits: str
    socket_ping_seconds: int
    files_url: str | None = None
    log_witness: str | None = None
    hide_at_score: float | None = 8.33
    mediation_keep_days: int = 30
    vote_days: int = 14
    vote_quorum: int = 5

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def is_public(self) -> bool:
        """Whether people from elsewhere reach it: then nothing may be guessed or left open."""
        return not is_loopback(self.base_url)


def load_settings(environ: Mapping[str, str] | None = None, base_url: str | None = None) -> Settings:
    """Read and check the settings; ``base_url`` is the address being served, unless one is set.

    Raises SettingsError with a sentence that names the variable and the mend.
    """
    values = _own(os.environ if environ is None else environ)
    data_dir = _data_dir(values.get("DATA_DIR"))
    address = _base_url(values.get("BASE_URL") or base_url or "http://127.0.0.1:8000")
    return Settings(
        data_dir=data_dir,
        database_url=_database_url(values.get("DATABASE_URL"), data_dir),
        redis_url=_url(values, "REDIS_URL", ("redis", "rediss", "unix")),
        secret_key=_secret_key(values.get("SECRET_KEY"), data_dir, address),
        base_url=address,
        mail_url=_url(values, "MAIL_URL", ("smtp", "smtps")),
        mail_from=values.get("MAIL_FROM") or f"CivicForum <civicforum@{urlsplit(address).hostname}>",
        reply_address=_reply_address(values.get("REPLY_ADDRESS")),
        trusted_proxies=_whole_number(values, "TRUSTED_PROXIES", 0, 0, 10),
        timezone=_timezone(values.get("TIMEZONE", "UTC")),
        limits=_limits(values.get("LIMITS", "normal"), address),
        socket_ping_seconds=_whole_number(values, "SOCKET_PING_SECONDS", 25, 1, 300),
        files_url=_files_url(values),
        hide_at_score=_hide_at_score(values.get("HIDE_AT_SCORE", "8.33")),
        log_witness=_log_witness(values.get("LOG_WITNESS")),
        mediation_keep_days=_whole_number(values, "MEDIATION_KEEP_DAYS", 30, 1, 365),
        vote_days=_whole_number(values, "VOTE_DAYS", 14, 3, 90),
        vote_quorum=_whole_number(values, "VOTE_QUORUM", 5, 1, 10_000),
    )


def environment() -> dict[str, str]:
    """All of it, for a process that we start."""
    return dict(os.environ)


def is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _own(environ: Mapping[str, str]) -> dict[str, str]:
    return {
        name.removeprefix(PREFIX): value.strip()
        for name, value in environ.items()
        if name.startswith(PREFIX) and name.removeprefix(PREFIX) in KNOWN and value.strip()
    }


def _wrong(name: str, sentence: str) -> SettingsError:
    return SettingsError(f"{PREFIX}{name} {sentence}")


def _data_dir(value: str | None) -> Path:
    path = Path(value or "data").expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _wrong(
            "DATA_DIR", f"is {path}, which cannot be made ({error.strerror}). Name a folder to write in."
        ) from error
    if not os.access(path, os.W_OK):
        raise _wrong("DATA_DIR", f"is {path}, which cannot be written to. Name another folder.")
    return path


def _database_url(value: str | None, data_dir: Path) -> str:
    if value is None:
        return f"sqlite:///{data_dir / 'civicforum.sqlite3'}"
    if value.startswith("sqlite:///"):
        return value
    for scheme in ("postgresql+psycopg://", "postgresql://", "postgres://"):
        if value.startswith(scheme):
            return "postgresql+psycopg://" + value.removeprefix(scheme)
    raise _wrong(
        "DATABASE_URL",
        "is of a kind that is not known here. Use sqlite:///PATH or postgresql://USER@HOST/NAME.",
    )


def _url(values: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str | None:
    value = values.get(name)
    if value is not None and urlsplit(value).scheme not in schemes:
        raise _wrong(name, f"must begin with {schemes[0]}://, or be left out.")
    return value


def _files_url(values: Mapping[str, str]) -> str | None:
    value = _url(values, "FILES_URL", ("s3",))
    parts = urlsplit(value or "")
    if value and not (parts.hostname and parts.username and parts.password and parts.path.strip("/")):
        raise _wrong("FILES_URL", "must be like s3://KEY:SECRET@HOST/BUCKET?region=REGION, or be left out.")
    return value


def _reply_address(value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"[\w.-]+@[\w-]+(\.[\w-]+)*", value, re.ASCII):
        raise _wrong("REPLY_ADDRESS", "must be an address such as reply@forum.example.org, without a plus.")
    return value


def _log_witness(value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"[^@\s,<>]+@[\w-]+(\.[\w-]+)+", value, re.ASCII):
        raise _wrong("LOG_WITNESS", "must be one mail address of somebody outside, or be left out.")
    return value


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise _wrong("BASE_URL", "must be an address such as https://forum.example.org.")
    if parts.path.strip("/"):
        raise _wrong("BASE_URL", "must have no path: CivicForum is served at the root of its address.")
    return value.rstrip("/")


def _secret_key(value: str | None, data_dir: Path, base_url: str) -> str:
    if value is not None:
        if len(value) < MINIMUM_SECRET_LENGTH:
            raise _wrong(
                "SECRET_KEY", f"is shorter than {MINIMUM_SECRET_LENGTH} characters. Use a long random one."
            )
        return value
    if not is_loopback(base_url):
        raise _wrong(
            "SECRET_KEY",
            "is not set, and this address is public. Set it to a long random text, and keep it.",
        )
    return _kept_secret(data_dir / "secret_key")


def _kept_secret(path: Path) -> str:
    """The secret of this data directory, made on the first run.

    It is linked into place whole, so that of two processes that start at once both read one secret.
    """
    if not path.exists():
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    secret = path.read_text().strip()
    if len(secret) < MINIMUM_SECRET_LENGTH:
        raise _wrong("SECRET_KEY", f"in {path} is damaged. Remove that file to get a new one.")
    return secret


def _whole_number(values: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    value = values.get(name, str(default))
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise _wrong(name, f"must be a whole number from {low} to {high}.")
    return int(value)


def _hide_at_score(value: str) -> float | None:
    """What flags must weigh to hide a comment by themselves: two people at least, so 2 is the least."""
    if value == "never":
        return None
    if not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", value, re.ASCII) or not 2 <= float(value) <= 100:
        raise _wrong("HIDE_AT_SCORE", "must be a number from 2 to 100, such as 8.33, or never.")
    return float(value)


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise _wrong("TIMEZONE", "is not a time zone. Use a name such as America/New_York.") from error
    return value


def _limits(value: str, base_url: str) -> str:
    if value not in ("normal", "off"):
        raise _wrong("LIMITS", "must be normal or off.")
    if value == "off" and not is_loopback(base_url):
        raise _wrong("LIMITS", "may be off only where CIVICFORUM_BASE_URL is a loopback address.")
    return value
