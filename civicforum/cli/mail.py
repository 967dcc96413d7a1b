"""``civicforum mail receive``: the hand-off from a mail server. Exit codes are those of sysexits.h."""

import logging
import sys

import click

from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.discussions.letters.reading import MAX_BYTES
from civicforum.discussions.letters.receiving import receive

EX_TEMPFAIL, EX_CONFIG = 75, 78
log = logging.getLogger(__name__)


@click.group("mail")
def mail_command() -> None:
    """Take in answers by mail."""


@mail_command.command("receive")
@click.option("--to", "recipient", default="", help="To whom the mail server delivers it.")
def receive_command(recipient: str) -> None:
    """Read one mail from standard input and publish what its person added.

    Exits with 0 when that is done, or refused by a mail to its person; with 75 when it may be tried again, as
    while the database is away; with 78 when CIVICFORUM_REPLY_ADDRESS is not set.
    """
    app = create_app(load_settings())
    if app.config["REPLY_ADDRESS"] is None:
        click.echo("CIVICFORUM_REPLY_ADDRESS is not set: answers by mail are off.", err=True)
        sys.exit(EX_CONFIG)
    content = sys.stdin.buffer.read(MAX_BYTES + 1)
    # What is left is read as well, so that the mail server does not meet a closed pipe.
    while sys.stdin.buffer.read(MAX_BYTES):
        pass
    try:
        with app.test_request_context(base_url=app.config["BASE_URL"]):
            click.echo(receive(content, recipient))
    except Exception as error:
        log.exception("A mail could not be taken in.")
        click.echo(f"Try again later: {type(error).__name__}.", err=True)
        sys.exit(EX_TEMPFAIL)
