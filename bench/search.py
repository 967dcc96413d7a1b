"""What a search costs in a thread with 100 posts, and in one with 100,000 (``python -m bench.search``)."""

import sys

from bench.costs import LONG_POSTS, Cost, cost_of, two_threads

# A word of every comment, its beginning while somebody types, a rare word, both, and one of nowhere.
ASKED = (
    "/search?q=bench",
    "/search/suggestions?q=benc",
    "/api/v1/search?q=needle",
    "/api/v1/search?q=bench+needle",
    "/search?q=nowhere",
)


def search_costs(database_url: str | None = None, long_posts: int = LONG_POSTS) -> list[Cost]:
    """Every question of ``ASKED``, in both threads, by turns."""
    with two_threads(database_url, long_posts) as (app, threads):
        client = app.test_client()
        return [
            cost_of(
                app, asked, threads, lambda thread_id, asked=asked: client.get(f"{asked}&thread={thread_id}")
            )
            for asked in ASKED
        ]


def main() -> int:
    costs = search_costs()
    for cost in costs:
        print(cost.sentence())
    return 0 if all(cost.is_well for cost in costs) else 1


if __name__ == "__main__":
    sys.exit(main())
