"""What a search costs in a thread with 100 posts, and in one with 100,000, of the same database.

It asks the application itself, without a server between, so that statements can be counted.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import event

from bench.large_thread import fill_thread
from civicforum.accounts.models import SYSTEM
from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.db import db
from civicforum.discussions.actions import start_thread
from civicforum.partnerships.actions import create_project
from civicforum.schema import upgrade_database

SHORT_POSTS, LONG_POSTS = 100, 100_000
REQUESTS = 40
HIGHEST_RATIO = 1.3
# A word of every comment, its beginning while somebody types, a rare word, both, and one of nowhere.
ASKED = (
    "/search?q=bench",
    "/search/suggestions?q=benc",
    "/api/v1/search?q=needle",
    "/api/v1/search?q=bench+needle",
    "/search?q=nowhere",
)


@dataclass(frozen=True)
class Cost:
    """What one question costs: in seconds, and in statements, in the short and in the long thread."""

    asked: str
    seconds: tuple[float, float]
    statements: tuple[int, int]

    @property
    def ratio(self) -> float:
        return self.seconds[1] / self.seconds[0]

    @property
    def is_well(self) -> bool:
        return self.ratio <= HIGHEST_RATIO and self.statements[0] == self.statements[1]

    def sentence(self) -> str:
        short, long = (f"{seconds * 1000:.1f} ms" for seconds in self.seconds)
        return (
            f"{self.asked} costs {self.ratio:.2f} times as much in {LONG_POSTS:,} posts as in {SHORT_POSTS}"
            f" ({long}, {short}; {self.statements[1]} and {self.statements[0]} statements)."
        )


def search_costs(database_url: str | None = None, long_posts: int = LONG_POSTS) -> list[Cost]:
    """Every question of ``ASKED``, in both threads, by turns."""
    with tempfile.TemporaryDirectory(prefix="civicforum-bench-") as folder:
        environ = {"CIVICFORUM_DATA_DIR": folder, "CIVICFORUM_LIMITS": "off"}
        if database_url:
            environ["CIVICFORUM_DATABASE_URL"] = database_url
        app = create_app(load_settings(environ))
        upgrade_database(app)
        with app.app_context():
            project_id = create_project(SYSTEM, "Bench", "To measure.").id
            threads = [_thread(project_id, posts) for posts in (SHORT_POSTS, long_posts)]
            if db.engine.dialect.name == "postgresql":
                with db.engine.connect() as connection:
                    connection.exec_driver_sql("ANALYZE")
                    connection.commit()
            db.session.remove()
        costs = [_cost(app, asked, threads) for asked in ASKED]
        with app.app_context():
            db.engine.dispose()
    return costs


def _thread(project_id: int, posts: int) -> int:
    thread_id = start_thread(SYSTEM, project_id, f"{posts} posts", "The first.").id
    fill_thread(thread_id, posts - 1)
    return thread_id


def _cost(app: Flask, asked: str, threads: list[int]) -> Cost:
    client = app.test_client()
    seconds: list[list[float]] = [[], []]
    statements = [0, 0]
    for _ in range(REQUESTS):
        for place, thread_id in enumerate(threads):
            with _counting(app) as count:
                started = time.perf_counter()
                answer = client.get(f"{asked}&thread={thread_id}")
                seconds[place].append(time.perf_counter() - started)
            if answer.status_code != 200:
                raise RuntimeError(f"{asked} answered {answer.status_code}.")
            statements[place] = count[0]
    short, long = (statistics.median(taken) for taken in seconds)
    return Cost(asked, (short, long), (statements[0], statements[1]))


@contextmanager
def _counting(app: Flask) -> Iterator[list[int]]:
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


def main() -> int:
    costs = search_costs()
    for cost in costs:
        print(cost.sentence())
    return 0 if all(cost.is_well for cost in costs) else 1


if __name__ == "__main__":
    sys.exit(main())
