"""What the public record costs with 100 lines, and with 100,000 (``python -m bench.log [LINES]``).

The same questions are asked of two towns by turns: pages, narrowed pages, the report as it was kept.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import insert

from bench.costs import REQUESTS, Cost, counting
from civicforum.accounts.models import SYSTEM
from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.db import db, now, transaction
from civicforum.moderation.chain import GENESIS, row_hash
from civicforum.moderation.log import FORMAT, HEAD_ID
from civicforum.moderation.models import LogEntry, LogHead
from civicforum.moderation.tasks import close_days
from civicforum.partnerships.actions import create_project
from civicforum.schema import upgrade_database

SHORT_LINES, LONG_LINES = 100, 100_000
BATCH = 1000
MINUTES_BETWEEN = 1
# The newest lines; those of one action, of this month, of a project; the heads; the report.
ASKED = (
    "/moderation/log",
    "/moderation/log?action=hide",
    "/moderation/log?month={month}",
    "/moderation/log?action=hide&month={month}",
    "/moderation/log?project=1&action=hide",
    "/api/v1/moderation/log",
    "/moderation/log/heads",
    "/moderation/report",
)
# Even the short record fills a page with what was hidden.
ACTIONS = ("hide", "hide", "hide", "leave", "overturned")


def log_costs(long_lines: int = LONG_LINES) -> list[Cost]:
    """Every question of ``ASKED``, in both towns, by turns."""
    with ExitStack() as stack:
        towns = [stack.enter_context(_town(lines)) for lines in (SHORT_LINES, long_lines)]
        return [_cost(asked, towns, long_lines) for asked in ASKED]


@contextmanager
def _town(lines: int) -> Iterator[Flask]:
    with tempfile.TemporaryDirectory(prefix="civicforum-bench-") as folder:
        app = create_app(load_settings({"CIVICFORUM_DATA_DIR": folder, "CIVICFORUM_LIMITS": "off"}))
        upgrade_database(app)
        with app.test_request_context():
            create_project(SYSTEM, "Bench", "To measure.")
            fill_log(lines)
            close_days()
            db.session.remove()
        yield app
        with app.app_context():
            db.engine.dispose()


def fill_log(lines: int) -> None:
    """Write so many lines down in bulk, the latest now: as if each had been a measure."""
    begins_at, previous = now() - timedelta(minutes=MINUTES_BETWEEN * lines), GENESIS
    for first in range(1, lines + 1, BATCH):
        rows = []
        for number in range(first, min(first + BATCH, lines + 1)):
            facts = _facts(number, begins_at + timedelta(minutes=MINUTES_BETWEEN * number))
            code = row_hash(previous, facts)
            rows.append({**facts, "previous": previous, "hash": code})
            previous = code
        with transaction():
            db.session.execute(insert(LogEntry), rows)
    with transaction():
        db.session.merge(LogHead(id=HEAD_ID, count=lines, hash=previous))


def _facts(number: int, at: Any) -> dict[str, Any]:
    action = ACTIONS[number % len(ACTIONS)]
    is_answer = action == "overturned"
    return {
        "number": number,
        "at": at.isoformat(timespec="seconds"),
        "action": action,
        "target": f"post:{number}",
        "place": f"thread:{number % 97}",
        "rule": "" if is_answer else f"{number % 5 + 1} A rule",
        "actor_role": "moderator",
        "case_id": number // 3 + 1,
        "format": FORMAT,
        "scope": "post",
        "until": None,
        "outcome": action if is_answer else None,
        "about": number - 1 if is_answer else None,
        "automatic": number % 11 == 0,
        "source": "flag",
        "hours": number % 40 + 1,
        "project_id": 1,
    }


def _cost(asked: str, towns: list[Flask], long_lines: int) -> Cost:
    seconds: list[list[float]] = [[], []]
    statements = [0, 0]
    for _ in range(REQUESTS):
        for place, app in enumerate(towns):
            with counting(app) as count:
                address = asked.format(month=f"{now():%Y-%m}")
                started = time.perf_counter()
                answer = app.test_client().get(address)
                seconds[place].append(time.perf_counter() - started)
            if answer.status_code != 200:
                raise RuntimeError(f"{address} answered {answer.status_code}.")
            statements[place] = count[0]
    short, long = (statistics.median(taken) for taken in seconds)
    return Cost(asked, (short, long), (statements[0], statements[1]), long_lines, "lines of the record")


def main() -> int:
    costs = log_costs(int(sys.argv[1]) if len(sys.argv) > 1 else LONG_LINES)
    for cost in costs:
        print(cost.sentence())
    return 0 if all(cost.is_well for cost in costs) else 1


if __name__ == "__main__":
    sys.exit(main())
