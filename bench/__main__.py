"""`make bench`: what it costs, as ratios within this run.

1. The replay of a real conversation before 200 watchers, where ../shared is beside the checkout; otherwise of
   an invented one of the same length.
2. A page of a thread with 100 posts against one with many: the ratio should stay near 1.
3. A search in a thread with 100 posts against one with 100,000: the same (``python -m bench.search`` alone).
"""

from gevent import monkey

monkey.patch_all()

import statistics  # noqa: E402 - gevent patches the standard library first
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402

import requests  # noqa: E402

from bench.replay import Comment, Poster, make_people, read_comments, replay, run, sentence, served  # noqa: E402
from bench.search import search_costs  # noqa: E402

SHARED = Path(__file__).resolve().parents[2] / "shared"
COMMENTS = SHARED / "data" / "polis" / "american-assembly.bowling-green" / "comments.csv"
SHORT_POSTS, LONG_POSTS = 100, 1000
REQUESTS = 40
HIGHEST_RATIO = 1.3


def comments() -> list[Comment]:
    """The real conversation, or an invented one of 896 comments by 403 people."""
    if COMMENTS.exists():
        return read_comments(COMMENTS)
    print("../shared is not here: the replay uses invented words.")
    words = "Words that say something. "
    return [Comment(str(n % 403), f"Comment {n}. {words * (n % 7)}") for n in range(896)]


def page_seconds(address: str) -> float:
    """The median time of a page, in seconds, over one kept-alive connection."""
    session, taken = requests.Session(), []
    for _ in range(REQUESTS):
        started = time.perf_counter()
        session.get(address, timeout=60).raise_for_status()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def thread_ratio() -> float:
    """What the first page of a long thread costs, as a multiple of that of a short one."""
    with tempfile.TemporaryDirectory(prefix="civicforum-bench-") as name:
        folder = Path(name)
        run(folder, "db", "upgrade")
        tokens = make_people(folder, ["1"])
        with served(folder) as address:
            poster = Poster(address, tokens)
            poster.post("host", "/projects", {"slug": "bench", "title": "Bench", "vision": "To measure."})
            threads = [_thread(poster, posts) for posts in (SHORT_POSTS, LONG_POSTS)]
            short, long = (page_seconds(f"{address}/threads/{thread}?from=51") for thread in threads)
    return long / short


def _thread(poster: Poster, posts: int) -> int:
    thread = poster.post("1", "/projects/bench/threads", {"title": f"{posts} posts", "body": "The first."})
    for number in range(2, posts + 1):
        poster.post("1", f"/threads/{thread['id']}/posts", {"body": f"Words of comment {number}."})
    return int(thread["id"])


def main() -> int:
    result = replay(comments(), watchers=200)
    print(sentence(result))
    ratio = thread_ratio()
    print(f"A page of a thread with {LONG_POSTS} posts costs {ratio:.2f} times one with {SHORT_POSTS}.")
    costs = search_costs()
    for cost in costs:
        print(cost.sentence())
    is_well = not result.faults and ratio <= HIGHEST_RATIO and all(cost.is_well for cost in costs)
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
