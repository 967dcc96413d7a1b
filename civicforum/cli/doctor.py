"""``civicforum doctor``: what is well here and what is not, each with its next step."""

import secrets
import shutil
from collections.abc import Callable, Iterator

import click
import redis
from flask import current_app

from civicforum import paths
from civicforum.app import create_app
from civicforum.cli.doctor_database import Finding, compare_clocks, database, jobs, record, schema, wal
from civicforum.config import Settings, load_settings
from civicforum.db import db
from civicforum.errors import CommandError
from civicforum.files.stores import store
from civicforum.files.tidying import missing_parts, stray_parts
from civicforum.mail import SmtpTransport

LITTLE_SPACE_BYTES = 500_000_000
REDIS_SECONDS = 3.0
Examine = Callable[[Settings], Iterator[Finding]]


@click.command("doctor")
def doctor_command() -> None:
    """Say what is well and what is not; exit 1 if anything needs a hand."""
    settings = load_settings()
    with create_app(settings).app_context():
        findings = _in_the_database(settings)
        for examine in (_redis, _mail, _files, _secret, _address):
            findings += _examined(examine, settings)
    for is_well, sentence in findings:
        click.echo(f"{'ok  ' if is_well else 'LOOK'}  {sentence}")
    ill = sum(not is_well for is_well, _ in findings)
    if ill:
        raise CommandError(f"Needs a hand: {ill} of {len(findings)}, those with LOOK.")


def _in_the_database(settings: Settings) -> list[Finding]:
    """One after the other: without a sound database of this version nothing in it can be read."""
    findings: list[Finding] = []
    for examine in (database, wal, schema):
        findings += _examined(examine, settings)
        if not all(is_well for is_well, _ in findings):
            return findings
    for examine in (record, jobs, _sent_files):
        findings += _examined(examine, settings)
    return findings


def _examined(examine: Examine, settings: Settings) -> list[Finding]:
    try:
        return list(examine(settings))
    except Exception as error:  # noqa: BLE001 - what cannot be examined is a finding, too
        db.session.rollback()
        why = " ".join(str(getattr(error, "orig", error)).split())
        what = examine.__name__.strip("_")
        next_step = NEXT_STEPS.get(what, "Ask again.")
        return [(False, f"The {what.replace('_', ' ')} cannot be examined: {why}. {next_step}")]


NEXT_STEPS = {
    "database": "See that it runs, and that CIVICFORUM_DATABASE_URL and CIVICFORUM_DATA_DIR are right.",
    "schema": "Run civicforum db upgrade.",
    "sent_files": "See that the data directory can be written to, or that CIVICFORUM_FILES_URL is right.",
}


def _redis(settings: Settings) -> Iterator[Finding]:
    if not settings.redis_url:
        return
    client = redis.Redis.from_url(
        settings.redis_url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS
    )
    try:
        seconds, microseconds = client.time()
    except (redis.RedisError, OSError):
        yield (
            False,
            "Redis does not answer: live updates come late and each process counts for itself. See that it"
            " runs, and that CIVICFORUM_REDIS_URL is right.",
        )
        return
    finally:
        client.close()
    yield True, "Redis answers."
    yield compare_clocks("Redis", seconds + microseconds / 1_000_000)


def _mail(settings: Settings) -> Iterator[Finding]:
    transport = current_app.extensions["mail"]["transport"]
    if not isinstance(transport, SmtpTransport):
        yield (
            not settings.is_public,
            f"Mail is written to {settings.data_dir / 'mail'}, not sent"
            + (": set CIVICFORUM_MAIL_URL." if settings.is_public else "."),
        )
        return
    try:
        transport.greet()
    except OSError as error:
        why = " ".join(str(error).split())
        yield False, f"The mail server does not take us ({why}): look at CIVICFORUM_MAIL_URL."
    else:
        yield True, "The mail server takes us."


def _files(settings: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(settings.data_dir).free
    has_room = free > LITTLE_SPACE_BYTES
    yield (
        has_room,
        f"{free // 1_000_000} MB are free in {settings.data_dir}"
        + ("." if has_room else ": make room, or nothing can be saved soon."),
    )
    vendor = paths.STATIC / "vendor"
    has_vendor = vendor.is_dir() and any(vendor.iterdir())
    yield (
        has_vendor,
        "The fonts and the live client are in place."
        if has_vendor
        else f"{vendor} is empty: run make demo once, or install the wheel.",
    )


def _sent_files(_settings: Settings) -> Iterator[Finding]:
    """Whether the store takes, gives and lets go; and whether it and the rows tell of the same files."""
    kept, name = store(), f"{secrets.token_hex(16)}.doctor"
    kept.put(name, b"well")
    is_well = kept.read(name) == b"well"
    kept.delete(name)
    yield is_well, f"Pictures and PDFs are kept in {kept.place}."
    missing, stray = len(missing_parts(kept)), len(stray_parts(kept))
    yield (
        not missing,
        "No picture and no PDF is missing."
        if not missing
        else f"{missing} parts of pictures and PDFs are not in {kept.place}: take them from a backup.",
    )
    yield (
        not stray,
        "No file is left without its words."
        if not stray
        else f"{stray} files in {kept.place} belong to nothing: run civicforum tidy-files.",
    )


def _secret(settings: Settings) -> Iterator[Finding]:
    """One made by ``secrets`` has dozens of different characters; a typed one seldom."""
    is_random = len(set(settings.secret_key)) >= 12
    yield (
        is_random,
        "The secret key is long and mixed."
        if is_random
        else "The secret key is easy to guess: set CIVICFORUM_SECRET_KEY to a long random text.",
    )
    file = settings.data_dir / "secret_key"
    is_private = not file.exists() or not file.stat().st_mode & 0o077
    yield (
        is_private,
        "Nobody else on this machine can read it."
        if is_private
        else f"Others on this machine can read the secret key: chmod 600 {file}.",
    )


def _address(settings: Settings) -> Iterator[Finding]:
    is_well = not settings.is_public or settings.base_url.startswith("https://")
    yield (
        is_well,
        f"People reach it at {settings.base_url}."
        + ("" if is_well else " Put it behind TLS and name https:// in CIVICFORUM_BASE_URL."),
    )
