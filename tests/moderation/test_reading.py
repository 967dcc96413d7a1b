"""Reading the public record: narrowed, page by page, and the whole of it as a file."""

import json
import re
from datetime import UTC, date, datetime

from factories import join, make_post, make_project, make_thread, make_user
from record_lines import HIDE, write
from sqlalchemy import text

from civicforum.db import db, transaction
from civicforum.moderation import actions, queries
from civicforum.moderation.queries import LogFilter


def test_it_is_narrowed_by_action_rule_month_and_project(record, place, client):
    write(action="hide", rule="1 Say what you saw", at="2026-12-01T00:00:00+00:00")

    def numbers(**wanted):
        return [line.number for line in queries.list_log(None, 50, LogFilter(**wanted)).items]

    assert numbers(action="hide") == [7, 1]
    assert numbers(rule="1 Say what you saw") == [7]
    assert numbers(month=date(2026, 11, 1)) == [6, 5, 4, 3, 2, 1]
    assert numbers(month=date(2026, 12, 1)) == [7]
    assert numbers(month=date(2026, 10, 1)) == []
    assert numbers(project_id=place.project.id) == [5, 4, 3, 2, 1]
    assert numbers(project_id=place.project.id, action="hide", month=date(2026, 11, 1)) == [1]
    page = client.get(f"/moderation/log?action=hide&month=2026-11&project={place.project.id}").text
    assert ('id="line-1"' in page, 'id="line-2"' in page) == (True, False)
    assert "No line fits" in client.get("/moderation/log?action=merge").text
    assert 'id="line-2"' in client.get("/moderation/log?action=burn").text


def test_narrowed_pages_go_on_within_what_was_asked_for(place, client):
    for n in range(104):
        write(action="lock" if n % 2 else "slow")
    first = client.get("/moderation/log?action=lock").text
    following = re.search(r'href="(/moderation/log\?[^"]*cursor=[^"]+)"', first)[1].replace("&amp;", "&")
    assert re.findall(r'id="line-(\d+)"', client.get(following).text) == ["4", "2"]


def test_a_rule_reads_in_the_readers_language(record, client):
    with transaction():
        rule = queries.rules_ever()[1]
        rule.translations = {"es": {"title": "Hable de lo que se hace"}}
    for address in ("/moderation/log", "/moderation/report"):
        page = client.get(address, headers={"Accept-Language": "es"}).text
        assert "2. Hable de lo que se hace" in page
        assert f">{rule.title}<" not in page


def test_months_go_back_to_the_first_line(record):
    assert queries.log_months() == [date(2026, 11, 1)]
    record.move_to(datetime(2027, 1, 2, tzinfo=UTC))
    assert queries.log_months() == [date(2027, 1, 1), date(2026, 12, 1), date(2026, 11, 1)]


def test_no_closed_project_is_offered_or_told_of(place, client, sign_in):
    write(action="move", target="thread")
    closed, own = make_project(visibility="members", title="zqclosed"), make_user()
    join(closed, own, "moderator")
    actions.moderate(own, "post", make_post(make_thread(closed), make_user()).id, HIDE)
    for browser in (client, sign_in(own)):
        page = browser.get(f"/moderation/log?project={closed.id}").text
        assert ("zqclosed" in page, "in a project for members" in page) == (False, True)


def test_the_page_costs_the_same_with_many_lines(place, client, count_queries):
    write(target=f"thread:{place.thread.id}", place=f"thread:{place.thread.id}")

    def cost():
        with count_queries() as count:
            client.get("/moderation/log")
        return count.total

    few = cost()
    for _ in range(30):
        write(target=f"thread:{place.thread.id}", place=f"thread:{place.thread.id}")
    assert cost() == few


# --- the whole of it as a file ---


def test_the_whole_record_is_a_file_that_goes_on_where_one_was(record, client, monkeypatch):
    monkeypatch.setattr("civicforum.moderation.queries.log.EXPORT_LINES", 2)
    api = client.get("/api/v1/moderation/log").json["items"][::-1]
    told = client.get("/moderation/log.jsonl")
    assert told.mimetype == "application/jsonl"
    assert [json.loads(line) for line in told.text.splitlines()] == api
    rest = client.get("/moderation/log.jsonl?after=4").text.splitlines()
    assert [json.loads(line) for line in rest] == api[4:]
    assert client.get("/moderation/log.jsonl?after=99").text == ""


def test_a_record_cut_short_is_exported_as_far_as_it_goes(record, client):
    with transaction():
        db.session.execute(text("DELETE FROM log_entry WHERE number > 4"))
    assert len(client.get("/moderation/log.jsonl").text.splitlines()) == 4


def test_the_table_has_a_row_for_each_line_and_no_formula(record, client):
    write(rule="=1+1")
    table = client.get("/moderation/log.csv").text.splitlines()
    assert table[0].split(",")[:3] == ["number", "at", "action"]
    assert len(table) == 8
    assert ",'=1+1," in table[-1]
