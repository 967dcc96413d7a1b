"""The quarterly report: each figure is what anybody counts from the record, and tells of no few people."""

import csv
import io
import json
import math
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from factories import make_post, make_thread, make_user, save

from civicforum.accounts.models import SYSTEM
from civicforum.agreement.queries import find_hold
from civicforum.db import transaction
from civicforum.discussions.actions import post_reply
from civicforum.errors import NotFound
from civicforum.moderation import actions, queries, tasks
from civicforum.moderation.actions import Deed
from civicforum.moderation.figures import percent, spread
from civicforum.moderation.log import record_line
from civicforum.moderation.models import Rating
from civicforum.moderation.quarters import Quarter, quarter_of, read_quarter

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
Q4 = Quarter(2026, 4)
HIDE = Deed("hide", 2, "It is about people.")


@pytest.fixture
def noon(app):
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def busy(noon, place):
    """A quarter with cases of three kinds, appeals, an automatic measure, held comments, flags and ratings;
    and one case of the next quarter."""
    flaggers = [make_user() for _ in range(6)]
    cases = []
    for n, flagger in enumerate(flaggers):
        post = make_post(place.thread, place.author)
        actions.flag_post(flagger, post.id, 2, "")
        case = queries.find_case_about("post", post.id)
        with time_machine.travel(NOON + timedelta(hours=3 * n, minutes=5), tick=False):
            deed = Deed("leave", None, "It is fair.") if n == 5 else HIDE
            actions.decide_case(place.moderator, case.id, deed, case.version)
        cases.append(case)
    for _ in range(2):
        post = make_post(place.thread, place.author)
        cases.append(actions.moderate(place.moderator, "post", post.id, Deed("hide", 1, "No.")))
    answer(cases[0], "upheld", "upheld", "overturned")
    answer(cases[1], "varied", "upheld")
    with transaction():
        record_line(
            action="hide", target="post", place="site", rule="1 x", actor_role="automatic", case_id=None
        )
    hold_comments(place, 6)
    rate(place, 11)
    noon.move_to(datetime(2027, 1, 1, 0, 5, tzinfo=UTC))
    actions.moderate(place.moderator, "post", make_post(place.thread, place.author).id, HIDE)
    return place


def answer(case, *outcomes):
    for outcome in outcomes:
        with transaction():
            record_line(
                action=outcome, target="post", place="site", rule="", actor_role="panel", case_id=case.id
            )


def hold_comments(place, authors):
    """One held comment of each of so many people; the first is declined."""
    for n in range(authors):
        post = post_reply(make_user(), place.thread.id, f"Wait {n}: holdme.")
        deed = Deed("approve", None, "") if n else Deed("decline", 2, "No.")
        with time_machine.travel(NOON + timedelta(hours=n + 1), tick=False):
            actions.decide_hold(place.moderator, find_hold("post", post.id).id, deed)


def rate(place, people, thread=None):
    for n in range(people):
        save(
            Rating(
                kind="thread", object_id=(thread or place.thread).id, project_id=place.project.id,
                user_id=make_user().id, fair=n % 5 + 1, heard=5, words="",
            )
        )  # fmt: skip


def exported(client, quarter=Q4):
    """The report's JSON, and the lines of the record that it was counted from."""
    told = client.get(f"/moderation/report/{quarter.name}.json").json
    lines = [json.loads(line) for line in client.get("/moderation/log.jsonl").text.splitlines()]
    begin, end = told["from"][:10], told["until"][:10]
    inside = [line for line in lines if begin <= line["at"] < end and line["number"] <= told["lines_up_to"]]
    return told, lines, inside


def test_every_figure_of_the_record_is_counted_again_from_the_export(busy, client):
    told, lines, inside = exported(client)
    outcomes = Counter(line["action"] for line in inside if line["outcome"])
    measures = [line for line in inside if not line["outcome"]]
    assert (told["measures"], told["automated"]) == (len(measures), sum(x["automatic"] for x in measures))
    assert told["automated"] == 1
    assert {row["action"]: row["lines"] for row in told["by_action"]} == Counter(
        x["action"] for x in measures
    )
    ruled = {(x["rule"], x["case_id"]) for x in measures if x["rule"] and x["case_id"]}
    assert {row["rule"]: row["cases"] for row in told["by_rule"]} == Counter(rule for rule, _case in ruled)
    sources = {x["case_id"]: x["source"] for x in inside if x["case_id"]}
    assert {row["source"]: row["cases"] for row in told["by_source"]} == Counter(sources.values())
    assert told["appeals"] == {"received": 0, "decided": 5, **outcomes, "upheld_percent": 60}
    firsts = {x["case_id"]: x for x in reversed(lines) if x["case_id"]}
    hours = sorted(x["hours"] for x in firsts.values() if x in inside)
    assert told["hours_to_decision"] == {
        "count": len(hours),
        "half_within": hours[math.ceil(len(hours) / 2) - 1],
        "nine_in_ten_within": hours[math.ceil(0.9 * len(hours)) - 1],
    }
    assert len(hours) == 9
    assert told["code_there"] == lines[told["lines_up_to"] - 1]["hash"]


def test_flags_holds_and_ratings_are_as_the_tables_say(busy, client):
    told, _lines, _inside = exported(client)
    assert told["flags"] == {"raised": 6, "agreed": 5, "disagreed": 1, "agreed_percent": 83}
    assert told["holds"] == {
        "published": 5, "declined": 1, "count": 6, "half_within": 3, "nine_in_ten_within": 6,
    }  # fmt: skip
    assert told["facilitation"] == {"answers": 10, "fair": [2, 2, 2, 2, 2], "heard": [0, 0, 0, 0, 10]}


def test_the_next_quarter_counts_its_own(busy, client):
    told, _lines, inside = exported(client, Q4.next)
    assert (told["measures"], len(inside), told["hours_to_decision"]["half_within"]) == (1, 1, None)
    assert told["flags"]["raised"] == told["holds"]["count"] == 0


def test_of_few_people_nothing_is_told(noon, place, client):
    for flagger in [make_user() for _ in range(4)]:
        actions.flag_post(flagger, place.post.id, 2, "")
    hold_comments(place, 4)
    rate(place, 4)
    told = client.get("/moderation/report/2026-Q4.json").json
    assert set(told["flags"].values()) == set(told["holds"].values()) == {None}
    assert told["facilitation"] is None
    page = client.get("/moderation/report").text
    assert "Fewer than five people flagged something" in page
    assert "was of fewer than five people" in page
    assert "Fewer than five people answered" in page


def test_a_few_answers_are_not_found_out_by_subtraction(noon, place, client):
    rate(place, 5)
    rate(place, 1, make_thread(place.project))
    assert client.get("/moderation/report/2026-Q4.json").json["facilitation"]["answers"] == 5


def test_the_page_says_each_figure_as_a_sentence_a_picture_and_a_table(busy, client):
    page = client.get("/moderation/report/2026-Q4").text
    for sentence in (
        "of 2026",
        "for half of the 9 cases",
        "Appeals decided: 5. Stayed as decided: 3; undone: 1; changed: 1.",
        "Measures taken by an automatic check: 1 of 10.",
        "6 flags were raised; moderators agreed with 5.",
        "6 comments waited for a moderator before they were published; 5 were published.",
        "4 of 10 people found that the talk was led fairly",
    ):
        assert sentence in page, sentence
    assert page.count('<svg class="bar"') == page.count("</table>") - page.count("<meter") == 9
    assert page.count("<meter") == 2
    assert 'href="/moderation/report/2027-Q1"' in page
    assert 'href="/moderation/report/2026-Q4"' in client.get("/moderation/report").text


def test_a_quiet_quarter_says_so(noon, place, client):
    page = client.get("/moderation/report").text
    for sentence in ("Nothing to count yet", "No appeal was decided", "Nobody flagged", "Nothing waited"):
        assert sentence in page, sentence


def test_the_table_has_every_figure_of_the_json(busy, client):
    told = client.get("/moderation/report/2026-Q4.json").json
    rows = list(csv.reader(io.StringIO(client.get("/moderation/report/2026-Q4.csv").text)))
    assert rows[0] == ["figure", "of", "value"]
    cells = {(figure, of): value for figure, of, value in rows[1:]}
    assert cells["measures", ""] == str(told["measures"])
    assert cells["by_source", "flag"] == "6"
    assert cells["appeals", "upheld"] == "3"
    assert cells["facilitation", "fair 1"] == "2"
    assert {figure for figure, _of in cells} == set(told)


@pytest.mark.parametrize("name", ["2026-Q3", "2027-Q1", "2026-Q5", "9999-Q1", "2026-q4", "x", "２026-Q4"])
def test_what_was_not_has_no_report(noon, place, client, name):
    actions.moderate(place.moderator, "post", place.post.id, HIDE)
    for ending in ("", ".json", ".csv"):
        assert client.get(f"/moderation/report/{name}{ending}").status_code == 404


def test_reports_are_kept_once_a_day_and_for_good_when_the_quarter_is_over(noon, place):
    actions.moderate(place.moderator, "post", place.post.id, HIDE)
    tasks.close_days()
    assert queries.quarters_to_count() == []
    noon.shift(timedelta(days=1))
    actions.moderate(place.moderator, "post", make_post(place.thread, place.author).id, HIDE)
    assert queries.get_report(Q4).number == 1
    tasks.close_days()
    kept = queries.get_report(Q4)
    assert (kept.number, kept.figures["measures"], kept.is_running) == (2, 2, True)
    noon.move_to(datetime(2027, 2, 1, tzinfo=UTC))
    assert queries.quarters_to_count() == [Q4, Q4.next]
    tasks.close_days()
    noon.shift(timedelta(days=1))
    assert queries.quarters_to_count() == [Q4.next]
    assert (queries.get_report(Q4).is_running, queries.first_quarter()) == (False, Q4)


def test_an_older_count_does_not_replace_a_newer_one(place):
    actions.keep_report(SYSTEM, "2026-Q4", 7, "x", {"measures": 7})
    assert actions.keep_report(SYSTEM, "2026-Q4", 6, "y", {"measures": 6}).figures == {"measures": 7}


def test_a_kept_report_costs_the_same_however_long_the_record(noon, place, client, count_queries):
    def cost():
        tasks.close_days()
        with count_queries() as count:
            assert client.get("/moderation/report").status_code == 200
        return count.total

    actions.moderate(place.moderator, "post", place.post.id, HIDE)
    few = cost()
    for _ in range(10):
        actions.moderate(place.moderator, "post", make_post(place.thread, place.author).id, HIDE)
    noon.shift(timedelta(days=1))
    assert cost() == few


def test_quarters_follow_one_another():
    assert [quarter_of(datetime(2026, month, 1, tzinfo=UTC)).part for month in range(1, 13)] == [
        1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4,
    ]  # fmt: skip
    assert (Q4.next, Q4.previous, Quarter(2027, 1).previous) == (Quarter(2027, 1), Quarter(2026, 3), Q4)
    assert (read_quarter("2026-Q4"), read_quarter("2026-Q0"), Q4.ends_at.year) == (Q4, None, 2027)


def test_shares_and_spreads_are_told_from_five_on():
    assert spread([9, 1, 1, 2]) == {"count": 4, "half_within": None, "nine_in_ten_within": None}
    assert spread([5, 4, 3, 2, 1]) == {"count": 5, "half_within": 3, "nine_in_ten_within": 5}
    assert spread(range(1, 11)) == {"count": 10, "half_within": 5, "nine_in_ten_within": 9}
    assert (percent(3, 4), percent(3, 5)) == (None, 60)


def test_what_was_not_yet_cannot_be_asked(app):
    with pytest.raises(NotFound):
        queries.get_report(queries.latest_quarter().next)
