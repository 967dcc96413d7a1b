"""What flags weigh, and what stands against hiding by them: numbers alone."""

from datetime import UTC, datetime, timedelta

import pytest

from civicforum.moderation.scoring import (
    Flagger,
    Target,
    bonus,
    is_enough,
    most_within,
    obstacle,
    points,
    score,
    weight,
)

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=400)


def resident(number=0, **facts):
    """Somebody who has been here for long, flagging some minutes after the one before."""
    began_at = LONG_AGO + timedelta(days=10 * number)
    return Flagger(
        **{"account_began_at": began_at, "flagged_at": NOON + timedelta(minutes=5 * number), **facts}
    )


def residents(count, **facts):
    return [resident(number, **facts) for number in range(count)]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"is_newcomer": True}, 1),
        ({}, 2),
        ({"has_role": True, "is_newcomer": True}, 3),
        ({"right": 4, "wrong": 1}, 3),
        ({"right": 3, "wrong": 2}, 2),
        ({"right": 4}, 2),
        ({"is_moderator": True}, 6),
    ],
)
def test_points_follow_who_somebody_is(facts, expected):
    assert points(resident(**facts)) == expected


@pytest.mark.parametrize(
    ("right", "wrong", "expected"),
    [(5, 0, 0), (0, 5, 0), (6, 0, 6.46), (10, 0, 8.30), (8, 2, 2.77), (10, 10, -3.09), (0, 10, -8.30)],
)
def test_having_been_right_or_wrong_counts_after_five_flags(right, wrong, expected):
    assert round(bonus(right, wrong), 2) == expected


def test_a_flag_never_weighs_less_than_nothing():
    assert weight(resident(wrong=10)) == 0


@pytest.mark.parametrize(
    ("flaggers", "expected"),
    [
        (residents(5), True),
        (residents(4), False),
        (residents(3, has_role=True), True),
        ([resident(is_moderator=True), resident(1, has_role=True)], True),
        (residents(8, is_newcomer=True), False),
        ([resident(right=10)], False),  # 11.3, but one person alone
        ([resident(right=10), resident(1, is_newcomer=True)], False),  # or with a second account
        ([], False),
    ],
)
def test_so_much_is_enough(flaggers, expected):
    assert is_enough(flaggers) is expected


def test_nothing_stands_against_several_unlike_people():
    assert (score(residents(5)), obstacle(Target(), residents(5))) == (10, None)


@pytest.mark.parametrize(
    ("target", "named"),
    [
        (Target(is_by_staff=True), "staff"),
        (Target(is_about_power=True), "criticism"),
    ],
)
def test_a_count_never_judges_those_with_power_or_their_critics(target, named):
    assert obstacle(target, residents(20)) == named


@pytest.mark.parametrize(
    ("inside", "outside", "named"),
    [(5, 0, "organization"), (4, 1, "organization"), (4, 2, "organization"), (4, 3, None), (0, 5, None)],
)
def test_one_organizations_people_are_never_enough(inside, outside, named):
    colleagues = residents(inside, organizations=frozenset({7, 8}))
    others = [resident(number + 5) for number in range(outside)]
    assert obstacle(Target(), colleagues + others) == named


def newly(number, days_old=2.0, **facts):
    return resident(number, account_began_at=NOON - timedelta(days=days_old), **facts)


def test_accounts_that_began_together_and_lately_need_a_person():
    assert obstacle(Target(), [newly(n) for n in range(3)] + [resident(9), resident(8)]) == "new_accounts"
    assert obstacle(Target(), [newly(n) for n in range(2)] + [resident(9), resident(8)]) is None
    assert obstacle(Target(), [newly(n, days_old=1 + 5 * n) for n in range(5)]) is None
    assert obstacle(Target(), [newly(n, days_old=300) for n in range(5)]) is None
    assert obstacle(Target(), [newly(n) for n in range(2)]) is None


def test_flags_that_came_at_once_need_a_person():
    together = [resident(n, flagged_at=NOON + timedelta(seconds=20 * n)) for n in range(4)]
    later = [resident(5), resident(6), resident(7), resident(8)]
    assert obstacle(Target(), together) == "at_once"
    assert obstacle(Target(), together + later[:3]) == "at_once"
    assert obstacle(Target(), together + later) is None
    assert obstacle(Target(), together[:3]) is None


def test_the_most_moments_in_a_span_are_found_in_any_order():
    minutes = [NOON + timedelta(minutes=n) for n in (9, 0, 1, 8, 10, 30)]
    assert [most_within(minutes, timedelta(minutes=n)) for n in (0, 1, 2, 9, 60)] == [1, 2, 3, 4, 6]
    assert most_within([], timedelta(minutes=1)) == 0
