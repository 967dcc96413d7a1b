"""What something costs in a thread with 100 posts, and in one with 100,000, of the same database.

It asks the application itself, without a server between, so that statements can be counted.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import event

from bench.large_thread import fill_thread
from civicforum.accounts.models import SYSTEM
from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.db import db, transaction
from civicforum.discussions.actions import start_thread
from civicforum.discussions.models import Thread
from civicforum.partnerships.actions import create_project
from civicforum.schema import upgrade_database

SHORT_POSTS, LONG_POSTS = 100, 100_000
REQUESTS = 40
HIGHEST_RATIO = 1.3
Ask = Callable[[int], Any]


@dataclass(frozen=True)
class Cost:
    """What one question costs: in seconds, and in statements, in the short and in the long thread."""

    asked: str
    seconds: tuple[float, float]
    statements: tuple[int, int]
    long_posts: int = LONG_POSTS
    what: str = "posts"
    short_posts: int = SHORT_POSTS

    @property
    def ratio(self) -> float:
        return self.seconds[1] / self.seconds[0]

    @property
    def is_well(self) -> bool:
        return self.ratio <= HIGHEST_RATIO and self.statements[0] == self.statements[1]

    def sentence(self) -> str:
        short, long = (f"{seconds * 1000:.1f} ms" for seconds in self.seconds)
        return (
            f"{self.asked} costs {self.ratio:.2f} times as much in {self.long_posts:,} {self.what}"
            f" as in {self.short_posts} ({long}, {short};"
            f" {self.statements[1]} and {self.statements[0]} statements)."
        )


@contextmanager
def two_threads(
    database_url: str | None = None, long_posts: int = LONG_POSTS, people: Callable[[], list[int]] = list
) -> Iterator[tuple[Flask, list[int]]]:
    """The application, and the ids of a short and a long thread; ``people`` makes those who speak in them."""
    with tempfile.TemporaryDirectory(prefix="civicforum-bench-") as folder:
        environ = {"CIVICFORUM_DATA_DIR": folder, "CIVICFORUM_LIMITS": "off"}
        if database_url:
            environ["CIVICFORUM_DATABASE_URL"] = database_url
        app = create_app(load_settings(environ))
        upgrade_database(app)
        with app.app_context():
            project_id = create_project(SYSTEM, "Bench", "To measure.").id
            authors = people()
            threads = [_thread(project_id, posts, authors) for posts in (SHORT_POSTS, long_posts)]
            _analyze()
            db.session.remove()
        yield app, threads
        with app.app_context():
            db.engine.dispose()


def _analyze() -> None:
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()


def _thread(project_id: int, posts: int, authors: list[int]) -> int:
    thread_id = start_thread(SYSTEM, project_id, f"{posts} posts", "The first.").id
    fill_thread(thread_id, posts - 1, authors or [None])
    with transaction():
        # A thread of this length would have gone on in others by itself.
        db.session.get_one(Thread, thread_id).max_posts = 10 * LONG_POSTS
    return thread_id


def cost_of(app: Flask, asked: str, threads: list[int], ask: Ask, requests: int = REQUESTS) -> Cost:
    """Do it in both threads by turns; the median of each. RuntimeError where it is not answered well."""
    seconds: list[list[float]] = [[], []]
    statements = [0, 0]
    for _ in range(requests):
        for place, thread_id in enumerate(threads):
            with counting(app) as count:
                started = time.perf_counter()
                answer = ask(thread_id)
                seconds[place].append(time.perf_counter() - started)
            if answer.status_code not in (200, 201):
                raise RuntimeError(f"{asked} answered {answer.status_code}.")
            statements[place] = count[0]
    short, long = (statistics.median(taken) for taken in seconds)
    with app.app_context():
        posts = db.session.get_one(Thread, threads[1]).last_seq
    return Cost(asked, (short, long), (statements[0], statements[1]), posts)


@contextmanager
def counting(app: Flask) -> Iterator[list[int]]:
    """How many statements go to the database meanwhile, in a list of one number."""
    count = [0]

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        count[0] += not statement.startswith(("BEGIN", "ROLLBACK"))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield count
    finally:
        event.remove(engine, "before_cursor_execute", note)
