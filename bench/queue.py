"""What the moderators' queue costs with 10 open cases, and with 10,000 (``python -m bench.queue [CASES]``).

The same questions are asked of two towns by turns. Even the short queue fills a page.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from bench.costs import REQUESTS, Cost, counting
from bench.large_thread import fill_thread
from bench.thread import make_people, signed_in
from civicforum.accounts.models import SYSTEM, RoleGrant
from civicforum.agreement.actions import install_shipped
from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.db import db, now, transaction
from civicforum.discussions.actions import start_thread
from civicforum.discussions.models import Post
from civicforum.moderation.models import Case
from civicforum.partnerships.actions import create_project
from civicforum.schema import upgrade_database

FEW_CASES, MANY_CASES = 10, 10_000
THREADS = 20
# All of it; one kind; what nobody looks at; what a page reads when something changed.
ASKED = ("/moderation", "/moderation?about=post", "/moderation?whose=nobody", "/moderation/news?shown=case-1")


def queue_costs(many: int = MANY_CASES) -> list[Cost]:
    """Every question of ``ASKED``, in both towns, by turns."""
    with ExitStack() as stack:
        towns = [stack.enter_context(_town(cases)) for cases in (FEW_CASES, many)]
        return [_cost(asked, towns, many) for asked in ASKED]


@contextmanager
def _town(cases: int) -> Iterator[tuple[Flask, FlaskClient]]:
    with tempfile.TemporaryDirectory(prefix="civicforum-bench-") as folder:
        app = create_app(load_settings({"CIVICFORUM_DATA_DIR": folder, "CIVICFORUM_LIMITS": "off"}))
        upgrade_database(app)
        with app.test_request_context():
            install_shipped(SYSTEM)
            authors = make_people()
            with transaction():
                db.session.add(RoleGrant(user_id=authors[0], role="moderator"))
            project_id = create_project(SYSTEM, "Bench", "To measure.").id
            for place in range(THREADS):
                thread_id = start_thread(SYSTEM, project_id, f"Thread {place}", "The first.").id
                fill_thread(thread_id, max(1, cases // THREADS + 1), authors[1:])
            open_cases(project_id, cases)
            db.session.remove()
        yield app, signed_in(app, 0)
        with app.app_context():
            db.engine.dispose()


def open_cases(project_id: int, cases: int) -> None:
    """A case about each of so many comments, a second after the one before: as if a moderator had."""
    written = select(Post.id, Post.author_id).where(Post.author_id.is_not(None)).order_by(Post.id)
    posts = db.session.execute(written.limit(cases)).all()
    begins_at = now() - timedelta(seconds=cases)
    with transaction():
        for place, post in enumerate(posts):
            at = begins_at + timedelta(seconds=place)
            about = {"target_type": "post", "target_id": post.id, "target_author_id": post.author_id}
            db.session.add(Case(**about, project_id=project_id, source="moderator", created_at=at))
    if len(posts) != cases:
        raise RuntimeError(f"There are {len(posts)} comments for {cases} cases.")


def _cost(asked: str, towns: list[tuple[Flask, FlaskClient]], many: int) -> Cost:
    seconds: list[list[float]] = [[], []]
    statements = [0, 0]
    for _ in range(REQUESTS):
        for place, (app, browser) in enumerate(towns):
            with counting(app) as count:
                started = time.perf_counter()
                answer = browser.get(asked)
                seconds[place].append(time.perf_counter() - started)
            if answer.status_code != 200:
                raise RuntimeError(f"{asked} answered {answer.status_code}.")
            statements[place] = count[0]
    short, long = (statistics.median(taken) for taken in seconds)
    costs = (statements[0], statements[1])
    return Cost(asked, (short, long), costs, many, "open cases", FEW_CASES)


def main() -> int:
    costs = queue_costs(int(sys.argv[1]) if len(sys.argv) > 1 else MANY_CASES)
    for cost in costs:
        print(cost.sentence(), flush=True)
    return 0 if all(cost.is_well for cost in costs) else 1


if __name__ == "__main__":
    sys.exit(main())
