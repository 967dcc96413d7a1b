"""The replay of a real conversation: every comment through the API, in time's order, before many watchers.

    python -m bench.replay COMMENTS.csv --watchers 200

The data are the team's (Polis open data, CC BY 4.0, The Computational Democracy Project); they are not part
of this project.
"""

from gevent import monkey

monkey.patch_all()

import argparse  # noqa: E402 - gevent patches the standard library first
import csv  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import re  # noqa: E402
import signal  # noqa: E402
import socket  # noqa: E402
import statistics  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from contextlib import contextmanager  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
import requests  # noqa: E402

from bench.watcher import Watcher  # noqa: E402

CUT_EVERY = 5  # one watcher in so many loses its connection on the way
SETTLE_SECONDS = 30


@dataclass(frozen=True)
class Comment:
    author: str
    body: str


@dataclass(frozen=True)
class Result:
    """``lags``: seconds from the answer to the poster until each whole watcher had it."""

    posts: int
    watchers: int
    breaks: int
    seconds: float
    lags: list[float]
    faults: list[str]


def read_comments(path: Path, most: int | None = None) -> list[Comment]:
    """The comments in the order in which they were made; ``most`` takes only the first so many."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (int(row["timestamp"]), int(row["comment-id"])))
    return [Comment(row["author-id"], row["comment-body"]) for row in rows][:most]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A server of its own on a fresh database; its address."""
    port = free_port()
    process = subprocess.Popen(
        [_command(), "serve", "--port", str(port)], env=_environment(folder), stdout=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CIVICFORUM_")}
    database = os.environ.get("CIVICFORUM_DATABASE_URL")
    chosen = {"CIVICFORUM_DATABASE_URL": database} if database else {}
    return {**kept, **chosen, "CIVICFORUM_DATA_DIR": str(folder), "CIVICFORUM_LIMITS": "off"}


def _command() -> str:
    return str(Path(sys.executable).with_name("civicforum"))


def _wait_for(address: str) -> None:
    for _ in range(150):
        try:
            requests.get(f"{address}/healthz", timeout=2)
        except requests.RequestException:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The server did not start.")


def run(folder: Path, *arguments: str) -> str:
    """A ``civicforum`` command on this database; what it printed."""
    done = subprocess.run(
        [_command(), *arguments], env=_environment(folder), check=True, capture_output=True, text=True
    )
    return done.stdout


def make_people(folder: Path, authors: list[str]) -> dict[str, str]:
    """An account for each author; their API tokens."""
    sheet = folder / "people.csv"
    with sheet.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["email", "name", "role"])
        writer.writerow(["host@example.org", "Host of the replay", "organizer"])
        writer.writerows([f"a{author}@example.org", f"Author {author}", ""] for author in authors)
    printed = run(folder, "user", "import", str(sheet), "--tokens")
    pairs = re.findall(r"(\S+@example\.org)\W+(\S+)", printed)
    return {email.split("@")[0].removeprefix("a"): token for email, token in pairs}


class Poster:
    """Posts as many people over one kept-alive connection."""

    def __init__(self, address: str, tokens: dict[str, str]) -> None:
        self.address, self.tokens, self.session = address, tokens, requests.Session()

    def post(self, author: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.session.post(
            f"{self.address}/api/v1{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.tokens[author]}"},
            timeout=60,
        )
        if answer.status_code != 201:
            raise RuntimeError(f"{path} answered {answer.status_code}: {answer.text[:300]}")
        return json.loads(answer.text)  # type: ignore[no-any-return]  # JSON


def replay(comments: list[Comment], watchers: int, tell: Any = print) -> Result:
    """Post every comment while ``watchers`` follow; some of them are cut off and come back."""
    with tempfile.TemporaryDirectory(prefix="civicforum-replay-") as name:
        folder = Path(name)
        run(folder, "db", "upgrade")
        tokens = make_people(folder, sorted({comment.author for comment in comments}))
        with served(folder) as address:
            return _replay(Poster(address, tokens), comments, watchers, tell)


def _replay(poster: Poster, comments: list[Comment], watchers: int, tell: Any) -> Result:
    poster.post(
        ["host", "example.org"][0],
        "/projects",
        {"slug": "replay", "title": "Replay", "vision": "As it was said.", "visibility": "public"},
    )
    first, *rest = comments
    thread = poster.post(first.author, "/projects/replay/threads", {"title": "Replay", "body": first.body})
    crowd = [Watcher(poster.address, f"thread:{thread['id']}", time.monotonic) for _ in range(watchers)]
    for watcher in crowd:
        watcher.revision, watcher.stream = 0, None
    gevent.joinall([gevent.spawn(watcher.connect) for watcher in crowd], raise_error=True)
    started, answered = time.monotonic(), {}
    for number, comment in enumerate(rest, 2):
        post = poster.post(comment.author, f"/threads/{thread['id']}/posts", {"body": comment.body})
        answered[post["id"]] = time.monotonic()
        if number % 10 == 0:
            _lose_some(crowd, number)
            gevent.sleep(0)
        if number % 100 == 0:
            tell(f"{number} of {len(comments)} posted")
    seconds = time.monotonic() - started
    _settle(crowd, len(comments))
    faults = _compare(crowd, comments)
    whole = [watcher for watcher in crowd if not watcher.breaks]
    lags = [
        watcher.heard_at[post] - at
        for watcher in whole
        for post, at in answered.items()
        if post in watcher.heard_at
    ]
    for watcher in crowd:
        watcher.close()
    return Result(len(comments), watchers, sum(w.breaks for w in crowd), seconds, lags, faults)


def _lose_some(crowd: list[Watcher], number: int) -> None:
    """Cut one of the unlucky fifth; it comes back a little later."""
    unlucky = crowd[::CUT_EVERY]
    watcher = unlucky[number // 10 % len(unlucky)]
    watcher.cut()


def _settle(crowd: list[Watcher], posts: int) -> None:
    deadline = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline and any(len(w.posts) < posts for w in crowd):
        gevent.sleep(0.1)


def _compare(crowd: list[Watcher], comments: list[Comment]) -> list[str]:
    """What is wrong with what the watchers hold; empty is right."""
    wanted = [comment.body.strip() for comment in comments]
    faults = []
    for number, watcher in enumerate(crowd):
        seqs = sorted(post["seq"] for post in watcher.posts.values())
        if seqs != list(range(1, len(comments) + 1)):
            faults.append(f"watcher {number} holds {len(seqs)} posts, not {len(comments)} in one row")
        elif [body.strip() for body in watcher.bodies_in_order()] != wanted:
            faults.append(f"watcher {number} holds other words or another order")
        if len(watcher.arrived) != len(set(watcher.arrived)):
            faults.append(f"watcher {number} saw a post twice")
    return faults


def sentence(result: Result) -> str:
    """The figures, said."""
    ordered = sorted(result.lags)
    late = ordered[int(len(ordered) * 0.99)] if ordered else 0.0
    middle = statistics.median(ordered) if ordered else 0.0
    return (
        f"{result.posts} posts in {result.seconds:.1f} s ({result.posts / result.seconds:.0f} a second) "
        f"before {result.watchers} watchers, {result.breaks} of whose connections were cut: "
        f"{len(result.faults)} faults; half were seen {middle * 1000:.0f} ms after the answer, "
        f"99 of 100 within {late * 1000:.0f} ms."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("comments", type=Path)
    parser.add_argument("--watchers", type=int, default=200)
    parser.add_argument("--most", type=int, default=None, help="only the first so many comments")
    given = parser.parse_args()
    result = replay(read_comments(given.comments, given.most), given.watchers)
    print(sentence(result))
    for fault in result.faults[:20]:
        print(fault)
    sys.exit(1 if result.faults else 0)


if __name__ == "__main__":
    main()
