"""What changed since: each object once, no revision split, and a reset for another history."""

import contextlib

import pytest
from races import at_once
from sqlalchemy import delete, select

from civicforum.db import db, transaction
from civicforum.live import changes
from civicforum.live.changes import changes_since, open_channel, renew_stream, shrink_audience, touch
from civicforum.live.models import Stream

NAME = "thread:7"


@pytest.fixture
def channel(app) -> str:
    with transaction():
        open_channel(NAME)
    return NAME


def commit(*ids: int) -> None:
    with transaction():
        for object_id in ids:
            touch(NAME, "post", object_id)


def test_a_commit_raises_the_revision_by_one_whatever_it_touches(channel):
    commit(1, 2, 3, 2)
    commit(3)
    found = changes_since(NAME, 0)
    assert (found.revision, found.has_more, found.is_reset) == (2, False, False)
    assert found.objects == (("post", 1), ("post", 2), ("post", 3))


def test_what_is_rolled_back_is_never_told(channel):
    with contextlib.suppress(ZeroDivisionError), transaction():
        touch(NAME, "post", 1)
        raise ZeroDivisionError
    assert (changes_since(NAME, 0).revision, changes_since(NAME, 0).objects) == (0, ())


@pytest.mark.parametrize("sizes", [[1] * 12, [3, 1, 4, 1, 5], [7, 7], [2, 9, 1], [5, 5, 5]])
def test_reading_in_parts_splits_no_revision_and_loses_nothing(channel, sizes):
    ends, next_id = [], 1
    for size in sizes:
        commit(*range(next_id, next_id + size))
        next_id += size
        ends.append(next_id - 1)
    seen, after = [], 0
    for _part in range(50):
        found = changes_since(NAME, after, limit=4)
        seen += [object_id for _kind, object_id in found.objects]
        assert seen[-1] in ends
        assert found.revision == ends.index(seen[-1]) + 1
        after = found.revision
        if not found.has_more:
            break
    assert seen == list(range(1, next_id))


def test_from_now_on_is_nothing_yet(channel):
    commit(1)
    assert (changes_since(NAME).objects, changes_since(NAME).revision) == ((), 1)
    assert changes_since(NAME, 1).objects == ()


def test_another_stream_and_a_revision_ahead_are_a_reset(channel):
    commit(1)
    stream = changes_since(NAME).stream
    assert changes_since(NAME, 0, stream).is_reset is False
    assert changes_since(NAME, 2, stream).is_reset is True
    renew_stream()
    assert changes_since(NAME, 1, stream).is_reset is True


def test_a_shrunk_audience_raises_both_versions(channel):
    with transaction():
        shrink_audience([NAME])
    assert changes.channel_versions([NAME]) == {NAME: (1, 1)}


def test_a_database_without_a_history_gets_one_and_only_one(town):
    with town.app_context():
        with transaction():
            db.session.execute(delete(Stream))
        assert changes.current_stream() == ""
    at_once(town, [changes.begin_stream] * 6)
    with town.app_context():
        (name,) = db.session.scalars(select(Stream.name))
        changes.begin_stream()
        assert (changes.current_stream(), name != "") == (name, True)


def test_a_restored_database_begins_a_new_history_whether_or_not_it_had_one(app):
    first = renew_stream()
    second = renew_stream()
    with transaction():
        db.session.execute(delete(Stream))
    third = renew_stream()
    assert changes.current_stream() == third
    assert len({first, second, third}) == 3


def test_a_channel_that_many_touch_first_at_once_counts_every_one(town):
    with town.app_context():
        before = changes_since(NAME).revision
    at_once(town, [lambda n=n: commit(n) for n in range(8)])
    with town.app_context():
        found = changes_since(NAME, before)
        assert (found.revision, len(found.objects)) == (before + 8, 8)
