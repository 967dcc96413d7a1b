"""``civicforum verify-log``."""

import json
from pathlib import Path

import click

from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.errors import CommandError
from civicforum.moderation.queries import missing_head, verify_log


@click.command("verify-log")
@click.option(
    "--heads",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Compare with heads that somebody kept, too: a heads.json of another day.",
)
def verify_log_command(heads: Path | None) -> None:
    """Check the public moderation log: every line, their order and their end, against all published heads."""
    app = create_app(load_settings())
    kept = read_heads(heads) if heads else []
    with app.app_context():
        count, broken = verify_log(kept)
        gap = missing_head()
    if broken is not None:
        raise CommandError(f"The log is broken: the first wrong row is {broken}.")
    if gap is not None:
        raise CommandError(f"The log holds, but the published head of {gap} is missing or was changed.")
    click.echo(f"{count} rows, each as it was written.")


def read_heads(path: Path) -> list[tuple[int, str]]:
    """The heads of a file as ``/moderation/log/heads.json`` gives it. CommandError for any other."""
    try:
        told = json.loads(path.read_text())
        return [(int(head["number"]), str(head["hash"])) for head in [*told["items"], told["now"]]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{path} is no list of heads: save /moderation/log/heads.json again.") from error
