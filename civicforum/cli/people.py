"""``civicforum user`` and ``civicforum token``: accounts and API tokens from the command line."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from flask.ctx import AppContext

from civicforum.accounts import actions, queries
from civicforum.accounts.models import SITE_ROLES, SYSTEM, Actor, User
from civicforum.accounts.passwords import hash_password
from civicforum.agreement.actions import welcome
from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.db import transactional
from civicforum.errors import CivicForumError, CommandError
from civicforum.schema import upgrade_database

ROLES = ("resident", *SITE_ROLES)
FIRST_ROW = ("email", "name", "role")


@click.group("user")
def user_command() -> None:
    """Make accounts and give roles."""


@user_command.command("create")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", default="resident", show_default=True, type=click.Choice(ROLES))
@click.option("--password", help="Leave it out to sign in by a mailed link.")
def create(email: str, name: str, role: str, password: str | None) -> None:
    """Make a confirmed account that is nobody's newcomer."""
    with _application():
        user = welcome(SYSTEM, email, name, role, hash_password(password) if password else None)
        click.echo(f"{user.email} has an account as @{user.handle} ({role}).")


@user_command.command("role")
@click.option("--email", required=True)
@click.option("--role", required=True, type=click.Choice(SITE_ROLES))
@click.option("--remove", is_flag=True, help="Take the role back instead of giving it.")
def role(email: str, role: str, remove: bool) -> None:
    """Give somebody a role in the whole site, or take it back."""
    with _application():
        user = _find(email)
        (actions.revoke_role if remove else actions.grant_role)(SYSTEM, user, role)
        click.echo(f"{user.email} is {'no longer ' if remove else ''}{role}.")


@user_command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--tokens", is_flag=True, help="Make an API token for each, and print it.")
def import_(file: Path, tokens: bool) -> None:
    """Make an account for each row of a CSV file: email, name, role. All of them or none."""
    with _application():
        for line in import_people(SYSTEM, list(_read(file)), tokens):
            click.echo(line)


@dataclass(frozen=True)
class _Row:
    number: int
    email: str
    name: str
    role: str


def _read(file: Path) -> Iterator[_Row]:
    """The rows of the file. Columns are email, name, role, unless its first row says another order."""
    try:
        yield from _rows(file)
    except (UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"{file} is no CSV file in UTF-8: {error}. Nothing was imported.") from error


def _rows(file: Path) -> Iterator[_Row]:
    with file.open(newline="", encoding="utf-8-sig") as lines:
        reader = csv.reader(lines)
        columns = list(FIRST_ROW)
        for cells in reader:
            values = [cell.strip() for cell in cells]
            if reader.line_num == 1 and "email" in [value.lower() for value in values]:
                columns = [value.lower() for value in values]
            elif any(values):
                yield _row(reader.line_num, dict(zip(columns, values, strict=False)))


def _row(number: int, cells: dict[str, str]) -> _Row:
    return _Row(number, cells.get("email", ""), cells.get("name", ""), cells.get("role") or "resident")


@transactional
def import_people(actor: Actor, rows: list[_Row], tokens: bool) -> list[str]:
    """Make all the accounts in one transaction; a line for each. CommandError names the first bad row."""
    return [_import(actor, row, tokens) for row in rows]


def _import(actor: Actor, row: _Row, tokens: bool) -> str:
    try:
        user = welcome(actor, row.email, row.name, row.role)
    except CivicForumError as error:
        raise CommandError(f"Line {row.number}: {error} Nothing was imported.") from error
    if not tokens:
        return user.email
    return f"{user.email} {actions.create_token(actor, user, 'import')}"


@click.group("token")
def token_command() -> None:
    """Make a token for the API."""


@token_command.command("create")
@click.option("--email", required=True)
@click.option("--name", default="command line", show_default=True)
def create_token(email: str, name: str) -> None:
    """Print a new token with everything that this person may do. It is shown this once."""
    with _application():
        click.echo(actions.create_token(SYSTEM, _find(email), name[:80]))


def _application() -> AppContext:
    app = create_app(load_settings())
    upgrade_database(app)
    return app.app_context()


def _find(email: str) -> User:
    user = queries.find_by_email(email)
    if user is None or user.erased_at is not None:
        raise CommandError(f"Nobody here has the address {email}.")
    return user
