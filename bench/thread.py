"""What reading and writing cost in a thread of 100 posts, and of 100,000 (``python -m bench.thread``).

403 people speak in both, as in the conversation of the replay.
"""

import re
import sys
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from bench.costs import LONG_POSTS, Ask, Cost, cost_of, two_threads
from civicforum.accounts.models import User
from civicforum.accounts.passwords import hash_password
from civicforum.db import db, now, transaction
from civicforum.discussions.actions import mark_seen
from civicforum.discussions.models import Thread
from civicforum.live.changes import channel_revision

PEOPLE = 403
PASSWORD = "only-of-the-bench"  # noqa: S105 - of a database that is thrown away
PAGE = 50


def make_people() -> list[int]:
    """As many as speak in the replay, and two who read: one who has read nearly all, one who never looked."""
    password = hash_password(PASSWORD)
    with transaction():
        people = [
            User(
                email=f"{number}@example.org",
                name=f"Person {number}",
                name_skeleton=f"person {number}",
                handle=f"person_{number}",
                email_confirmed_at=now(),
                password_hash=password,
            )
            for number in range(PEOPLE + 2)
        ]
        db.session.add_all(people)
    return [person.id for person in people[:PEOPLE]]


def signed_in(app: Flask, number: int) -> FlaskClient:
    browser = app.test_client()
    browser.post(
        "/sign-in",
        data={**_form(browser, "/sign-in"), "email": f"{number}@example.org", "password": PASSWORD},
    )
    return browser


def _form(browser: FlaskClient, path: str) -> dict[str, str]:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(path).text)
    return {"csrf_token": found[1] if found else ""}


class Reader:
    """Somebody with a browser, and what they do in a thread."""

    def __init__(self, app: Flask, number: int) -> None:
        self.app = app
        self.browser = signed_in(app, number)
        found = re.search(r'name="csrf-token" content="([^"]+)"', self.browser.get("/").text)
        if found is None:
            raise RuntimeError("The bench could not sign in.")
        self.headers = {"X-CSRF-Token": found[1]}

    def last_seq(self, thread_id: int) -> int:
        with self.app.app_context():
            return db.session.get_one(Thread, thread_id).last_seq

    def read_to(self, threads: list[int], left: int) -> None:
        """Have read all but the last few."""
        with self.app.app_context():
            user = db.session.query(User).filter_by(email=f"{PEOPLE}@example.org").one()
            for thread_id in threads:
                mark_seen(user, thread_id, [(1, db.session.get_one(Thread, thread_id).last_seq - left)])

    def open(self, thread_id: int) -> Any:
        return self.browser.get(f"/threads/{thread_id}", follow_redirects=True)

    def reply(self, thread_id: int) -> Any:
        return self.browser.post(
            f"/api/v1/threads/{thread_id}/posts", json={"body": "One more."}, headers=self.headers
        )

    def see(self, thread_id: int) -> Any:
        return self.browser.post(
            f"/api/v1/threads/{thread_id}/reading", json={"seen": [[1, 40]]}, headers=self.headers
        )


def thread_costs(database_url: str | None = None, long_posts: int = LONG_POSTS) -> list[Cost]:
    """Everything that one does in a thread, in both, by turns."""
    with two_threads(database_url, long_posts, make_people) as (app, threads):
        guest, reader, stranger = app.test_client(), Reader(app, PEOPLE), Reader(app, PEOPLE + 1)
        reader.read_to(threads, left=40)
        asked: dict[str, Ask] = {
            "Opening it as a guest": lambda id_: guest.get(f"/threads/{id_}", follow_redirects=True),
            "Opening it for the first time": stranger.open,
            "Opening it at what is new": reader.open,
            "A page in its middle": lambda id_: guest.get(
                f"/threads/{id_}?from={reader.last_seq(id_) // PAGE // 2 * PAGE + 1}", follow_redirects=True
            ),
            "Its last posts over the API": lambda id_: guest.get(
                f"/api/v1/threads/{id_}/posts?after={reader.last_seq(id_) - PAGE}"
            ),
            "Catching up with it": lambda id_: _catch_up(app, guest, id_),
            "Noting what was seen": stranger.see,
            "A reply": reader.reply,
            "The list that it stands in": lambda _id: reader.browser.get("/projects/bench/threads"),
        }
        return [cost_of(app, what, threads, ask) for what, ask in asked.items()]


def _catch_up(app: Flask, browser: FlaskClient, thread_id: int) -> Any:
    with app.app_context():
        revision = channel_revision(f"thread:{thread_id}")
    return browser.get(f"/api/v1/channels/thread:{thread_id}/changes?after={revision - 10}")


def main() -> int:
    costs = thread_costs()
    for cost in costs:
        print(cost.sentence(), flush=True)
    return 0 if all(cost.is_well for cost in costs) else 1


if __name__ == "__main__":
    sys.exit(main())
