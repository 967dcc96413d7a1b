"""``civicforum doctor``: what is well here and what is not, each with its mend."""

import shutil
from collections.abc import Callable, Iterator

import click
from flask import Flask
from sqlalchemy import func, select, text

from civicforum import paths
from civicforum.app import create_app
from civicforum.config import Settings, load_settings
from civicforum.db import db
from civicforum.errors import CommandError
from civicforum.jobs import Job, count_waiting
from civicforum.schema import differences

LITTLE_SPACE_BYTES = 500_000_000
MANY_WAITING = 100
Finding = tuple[bool, str]


@click.command("doctor")
def doctor_command() -> None:
    """Say what is well and what is not; exit 1 if anything needs a hand."""
    settings = load_settings()
    app = create_app(settings)
    findings: list[Finding] = []
    with app.app_context():
        for examine in (_database, _schema, _jobs, _mail, _files, _address):
            findings += _examined(examine, app, settings)
    for is_well, sentence in findings:
        click.echo(f"{'ok  ' if is_well else 'LOOK'}  {sentence}")
    ill = sum(not is_well for is_well, _ in findings)
    if ill:
        raise CommandError(f"Needs a hand: {ill} of {len(findings)}, those with LOOK.")


def _examined(
    examine: Callable[[Flask, Settings], Iterator[Finding]], app: Flask, settings: Settings
) -> list[Finding]:
    try:
        return list(examine(app, settings))
    except Exception as error:  # noqa: BLE001 - what cannot be examined is a finding, too
        return [
            (False, f"{examine.__name__.strip('_')} could not be examined: {' '.join(str(error).split())}")
        ]


def _database(_app: Flask, settings: Settings) -> Iterator[Finding]:
    db.session.execute(text("SELECT 1"))
    yield True, f"The database answers ({db.engine.dialect.name})."
    if settings.is_sqlite:
        result = db.session.scalar(text("PRAGMA quick_check"))
        yield result == "ok", f"SQLite's own check says: {result}."


def _schema(_app: Flask, _settings: Settings) -> Iterator[Finding]:
    found = differences()
    yield (
        not found,
        "The tables are those of this version."
        if not found
        else (f"The tables differ from this version in {len(found)} places: run civicforum db upgrade."),
    )


def _jobs(_app: Flask, _settings: Settings) -> Iterator[Finding]:
    waiting = count_waiting()
    yield waiting < MANY_WAITING, f"{waiting} jobs are due (mails, reminders)."
    failed = db.session.scalar(select(func.count()).select_from(Job).where(Job.failed_at.is_not(None)))
    yield not failed, f"{failed} jobs failed for good; see the table job."


def _mail(_app: Flask, settings: Settings) -> Iterator[Finding]:
    if settings.mail_url:
        yield True, "Mail goes out by SMTP."
    else:
        yield (
            not settings.is_public,
            (f"Mail is written to {settings.data_dir / 'mail'}, not sent: set CIVICFORUM_MAIL_URL."),
        )


def _files(_app: Flask, settings: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(settings.data_dir).free
    yield free > LITTLE_SPACE_BYTES, f"{free // 1_000_000} MB are free in {settings.data_dir}."
    vendor = paths.STATIC / "vendor"
    has_vendor = vendor.is_dir() and any(vendor.iterdir())
    yield (
        has_vendor,
        "The fonts and the live client are in place."
        if has_vendor
        else (f"{vendor} is empty: run make demo once, or install the wheel."),
    )


def _address(_app: Flask, settings: Settings) -> Iterator[Finding]:
    is_well = not settings.is_public or settings.base_url.startswith("https://")
    yield (
        is_well,
        f"People reach it at {settings.base_url}."
        + ("" if is_well else " Put it behind TLS and name https:// in CIVICFORUM_BASE_URL."),
    )
