"""The check of one deed, told in words, so that a planted fault can be shown to be found."""

from contextlib import suppress

from flask import Flask
from model.counting import count_faults
from model.recipes import Recipe
from model.town import Town
from model.watching import Before, hearing

from civicforum import jobs
from civicforum.db import db, transaction
from civicforum.search import index


def how_it_is(app: Flask, town: Town) -> Before:
    """How everything is now; where nothing was prepared, that is as on the first day, which is read once."""
    if is_written_to(app):
        return Before(app)
    town.first_day = town.first_day or Before(app)
    return town.first_day.again()


def is_written_to(app: Flask) -> bool:
    """Whether anything was committed since the town was put back: SQLite's journal has it then."""
    journal = app.config["DATA_DIR"] / "civicforum.sqlite3-wal"
    return journal.exists() and journal.stat().st_size > 0


class Undone(Exception):
    """The deed is taken back at the very end, as if it had been refused there."""


def faults_of(app: Flask, town: Town, action: str, recipe: Recipe) -> list[str]:
    """What is told of a deed that is undone, and what is not told of the deed and of the work it asks for.

    Each fault names the action and how it happened.
    """
    deed = recipe(town)
    before = how_it_is(app, town)
    with hearing() as rung, suppress(Undone), transaction():
        deed()
        raise Undone
    found = [f"though it was undone: {fault}" for fault in before.told(rung)]
    with hearing() as rung:
        deed()
        jobs.run_due(app)
    found += before.faults(rung)
    db.session.rollback()
    found += index.faults() + count_faults()
    return [f"{action}, {recipe.__name__}: {fault}" for fault in found]
