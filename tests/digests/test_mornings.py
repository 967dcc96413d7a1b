from datetime import UTC, date, datetime

import pytest

from civicforum.digests.mornings import is_morning, next_morning

DETROIT = "America/Detroit"


def utc(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "zone", "morning"),
    [
        (utc(2026, 1, 10, 11), DETROIT, utc(2026, 1, 10, 12)),  # six there: today at seven
        (utc(2026, 1, 10, 12), DETROIT, utc(2026, 1, 11, 12)),  # seven there: tomorrow
        (utc(2026, 3, 7, 13), DETROIT, utc(2026, 3, 8, 11)),  # the clocks go forward in that night
        (utc(2026, 10, 31, 12), DETROIT, utc(2026, 11, 1, 12)),  # and back in that one
        (utc(2026, 1, 10, 11), "Pacific/Auckland", utc(2026, 1, 10, 18)),
        (utc(2026, 1, 10, 11), "UTC", utc(2026, 1, 11, 7)),
    ],
)
def test_the_next_morning_is_at_seven_by_the_persons_own_clock(at, zone, morning):
    assert next_morning(at, zone, "daily", 0, None) == morning


def test_every_second_day_leaves_one_out():
    assert next_morning(utc(2026, 1, 10, 8), "UTC", "every_second_day", 0, date(2026, 1, 10)).day == 12
    assert next_morning(utc(2026, 1, 10, 8), "UTC", "every_second_day", 0, None).day == 11
    assert next_morning(utc(2026, 1, 20, 8), "UTC", "every_second_day", 0, date(2026, 1, 10)).day == 21


@pytest.mark.parametrize("weekday", range(7))
def test_once_a_week_is_on_the_day_that_was_chosen(weekday):
    at = utc(2026, 1, 10, 8)
    found = next_morning(at, "UTC", "weekly", weekday, date(2026, 1, 10))
    assert (found.weekday(), found > at, (found - at).days < 7) == (weekday, True, True)


@pytest.mark.parametrize(("hour", "is_one"), [(6, False), (7, True), (11, True), (12, False), (23, False)])
def test_what_was_held_up_until_noon_waits(hour, is_one):
    assert is_morning(utc(2026, 1, 10, hour, 30), "UTC") == is_one
