"""The ``civicforum`` command: each command in a module of its own, imported when it is called.

``serve`` and ``worker`` patch the standard library with gevent first of all, so nothing of the application
may be imported here.
"""

import importlib
import logging
import sys
from typing import Any

import click

# command → (module, what it does)
COMMANDS = {
    "serve": ("server", "Serve CivicForum at an address."),
    "worker": ("server", "Send mails and do other waiting work, beside a server."),
    "db": ("database", "Bring the database to this version, or check it."),
    "demo": ("demo", "Load the demo community."),
    "user": ("people", "Make accounts and give roles."),
    "token": ("people", "Make a token for the API."),
    "mail": ("mail", "Take in answers by mail."),
    "import": ("transfers", "Bring in a calendar."),
    "backup": ("backups", "Write everything into one file."),
    "restore": ("backups", "Put back what a backup holds."),
    "search": ("search", "Make the search index anew."),
    "tidy-files": ("files", "Delete files that belong to nothing."),
    "verify-log": ("record", "Check the public moderation log."),
    "doctor": ("doctor", "Say what is well here and what is not."),
}
PATCHED = {"serve", "worker"}


class Commands(click.Group):
    def list_commands(self, _context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"civicforum.cli.{COMMANDS[name][0]}")
        command: click.Command = getattr(module, name.replace("-", "_") + "_command")
        return command

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_module, words) in COMMANDS.items()])


@click.group(cls=Commands)
def cli() -> None:
    """CivicForum: where a town talks with the partnerships that serve it."""


def main() -> Any:
    """The console script. A reason in one line on stderr and exit 1 for whatever cannot be done."""
    is_lasting = bool(PATCHED & set(sys.argv[1:2]))
    if is_lasting:
        from gevent import monkey

        monkey.patch_all()
    from sqlalchemy.exc import DBAPIError

    from civicforum import logs
    from civicforum.errors import CivicForumError

    # What a command did it says itself, on stdout.
    logs.configure(logging.INFO if is_lasting else logging.WARNING)
    try:
        return cli(standalone_mode=True)
    except CivicForumError as error:
        _end(str(error))
    except DBAPIError as error:
        _end(
            f"The database cannot be used: {error.orig}. Look at CIVICFORUM_DATABASE_URL and at"
            " CIVICFORUM_DATA_DIR; if the database is there and new, run civicforum db upgrade."
        )
    except OSError as error:
        _end(f"{error.strerror or error}: {error.filename}" if error.filename else str(error))


def _end(reason: str) -> None:
    click.echo(" ".join(reason.split()), err=True)
    sys.exit(1)
