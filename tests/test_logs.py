"""Nobody writes a line of their own into the log."""

import io
import json
import logging

import pytest

from civicforum.logs import OneLine


@pytest.fixture
def log():
    """A logger and what it wrote."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(OneLine())
    logger = logging.Logger("civicforum.test")
    logger.addHandler(handler)
    return logger, written


@pytest.mark.parametrize(
    "words",
    ["a\r\n2026 ERROR forged", "\x1b[2J\x1b[31mred", "a\u2028b\x85c", "\ud800", "\0\x07\x9b", '"},{"a":"'],
)
def test_whatever_is_in_it_a_record_is_one_line(log, words):
    logger, written = log
    logger.warning("Somebody sent %s.", words)
    assert written.getvalue().isascii()
    assert written.getvalue().splitlines() == [written.getvalue()[:-1]]
    told = json.loads(written.getvalue())
    assert (told["message"], told["level"], told["from"]) == (
        f"Somebody sent {words}.",
        "warning",
        "civicforum.test",
    )


def test_a_traceback_is_in_its_records_line(log):
    logger, written = log
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logger.exception("It failed.")
    assert written.getvalue().count("\n") == 1
    assert "two\nlines" in json.loads(written.getvalue())["traceback"]


def test_a_server_writes_nothing_that_was_sent_to_it_as_a_line(server):
    mark = len(server.log())
    for path in (
        "/%0d%0aforged",
        "/socket.io/?EIO=4&transport=%0aforged",
        "/socket.io/?EIO=%1b[2J&sid=%0aforged",
    ):
        server_answer = server.call("GET", f"/..{path}", **{"User-Agent": "forged", "Referer": "forged"})
        assert server_answer.status_code in (400, 404)
    written = server.log()[mark:]
    assert [line for line in written.splitlines() if line.startswith("forged")] == []
    assert all(json.loads(line)["level"] for line in written.splitlines())
