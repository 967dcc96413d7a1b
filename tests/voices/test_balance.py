"""How evenly a conversation is spread: by hand, and for any numbers at all."""

import math
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicforum.voices.balance import Balance, is_loud, speaks_most, weigh

each = st.lists(st.integers(1, 500), min_size=1, max_size=40)


def test_nobody_is_no_voice():
    assert weigh([]) == weigh([0, 0]) == Balance()
    assert Balance().effective == 0.0


@pytest.mark.parametrize(
    ("posts", "effective", "top"),
    [
        ([4], 1, 4),
        ([1, 1], 2, 2),
        ([3, 3, 3, 3], 4, 9),
        # Shares 1/2, 1/4, 1/4: one through 4/16 + 1/16 + 1/16.
        ([2, 1, 1], 8 / 3, 4),
        # Shares 0.6, 0.1 four times: one through 0.36 + 0.04.
        ([6, 1, 1, 1, 1], 2.5, 8),
    ],
)
def test_effective_voices_by_hand(posts, effective, top):
    balance = weigh(posts)
    assert math.isclose(balance.effective, effective)
    assert (balance.people, balance.posts, balance.top_posts) == (len(posts), sum(posts), top)
    assert balance.other_posts == sum(posts) - top


@given(each)
def test_effective_voices_lie_between_one_and_the_people(posts):
    assert 1 - 1e-9 <= weigh(posts).effective <= len(posts) + 1e-9


@given(st.integers(1, 200), st.integers(1, 50))
def test_who_all_speak_equally_often_are_as_many_as_they_are(people, times):
    assert math.isclose(weigh([times] * people).effective, people)


@given(each.flatmap(lambda posts: st.tuples(st.just(posts), st.permutations(posts))))
def test_the_order_of_people_is_nothing(pair):
    assert weigh(pair[0]) == weigh(pair[1])


def test_every_order_of_four_is_the_same():
    assert len({weigh(order) for order in permutations([7, 2, 2, 1])}) == 1


# --- what is told ---


@pytest.mark.parametrize(("people", "is_told"), [(0, False), (4, False), (5, True)])
def test_fewer_than_five_people_are_too_few_to_tell(people, is_told):
    assert weigh([1] * people).is_told is is_told


@pytest.mark.parametrize(
    ("people", "first", "welcomed", "told"),
    [
        (4, 4, 4, (None, None)),
        (12, 4, 4, (None, None)),  # fewer than five
        (12, 8, 8, (None, None)),  # all but fewer than five
        (12, 0, 0, (None, None)),
        (5, 5, 5, (5, 5)),  # all of them: nobody is left over
        (12, 7, 7, (7, 7)),
        (12, 7, 4, (7, None)),
        (12, 7, 6, (7, None)),
        (30, 12, 6, (12, 6)),
    ],
)
def test_no_part_of_fewer_than_five_is_told_nor_what_is_left_of_it(people, first, welcomed, told):
    balance = Balance(people=people, posts=people, squares=people, first_time=first, welcomed=welcomed)
    assert (balance.told_first_time, balance.told_welcomed) == told


# --- who is told so, and who gives room ---


@pytest.mark.parametrize(
    ("own", "posts", "people", "answer"),
    [
        (3, 8, 4, True),  # 37.5 %
        (7, 20, 4, True),  # 35 % exactly
        (6, 20, 4, False),
        (5, 7, 4, False),  # too few posts
        (8, 10, 3, False),  # too few people
    ],
)
def test_a_quiet_word_is_for_who_wrote_much_of_a_talk_of_several(own, posts, people, answer):
    assert is_loud(own, posts, people) is answer


@pytest.mark.parametrize(
    ("own", "posts", "people", "answer"),
    [
        (1, 1, 1, False),
        (9, 9, 1, False),  # alone, one takes nobody's room
        (2, 3, 3, False),  # fewer than three posts
        (3, 8, 4, False),  # exactly one and a half times an equal share
        (4, 8, 4, True),
        (3, 5, 3, True),
        (0, 50, 5, False),
    ],
)
def test_who_has_more_than_one_and_a_half_equal_shares_gives_room(own, posts, people, answer):
    assert speaks_most(own, posts, people) is answer


@given(each)
def test_not_everybody_has_to_give_room(posts):
    assert not all(speaks_most(own, sum(posts), len(posts)) for own in posts)
