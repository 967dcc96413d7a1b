"""`make bench`: what it costs, as ratios within this run.

1. The replay of a real conversation before 200 watchers, where ../shared is beside the checkout; otherwise of
   an invented one of the same length.
2. Opening, paging, catching up and replying in a thread with 100 posts against one with 100,000: the ratio
   should stay near 1 (``python -m bench.thread`` alone).
3. A search in them: the same (``python -m bench.search`` alone).
4. The public record with 100 lines against one with 100,000 (``python -m bench.log`` alone).
5. The moderators' queue with 10 open cases against 10,000 (``python -m bench.queue`` alone).
"""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402 - gevent patches the standard library first
from pathlib import Path  # noqa: E402

from bench.log import log_costs  # noqa: E402
from bench.queue import queue_costs  # noqa: E402
from bench.replay import Comment, read_comments, replay, sentence  # noqa: E402
from bench.search import search_costs  # noqa: E402
from bench.thread import thread_costs  # noqa: E402

SHARED = Path(__file__).resolve().parents[2] / "shared"
COMMENTS = SHARED / "data" / "polis" / "american-assembly.bowling-green" / "comments.csv"


def comments() -> list[Comment]:
    """The real conversation, or an invented one of 896 comments by 403 people."""
    if COMMENTS.exists():
        return read_comments(COMMENTS)
    print("../shared is not here: the replay uses invented words.")
    words = "Words that say something. "
    return [Comment(str(n % 403), f"Comment {n}. {words * (n % 7)}") for n in range(896)]


def main() -> int:
    result = replay(comments(), watchers=200)
    print(sentence(result))
    costs = thread_costs() + search_costs() + log_costs() + queue_costs()
    for cost in costs:
        print(cost.sentence())
    is_well = not result.faults and all(cost.is_well for cost in costs)
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
