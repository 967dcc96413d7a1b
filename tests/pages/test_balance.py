"""The figures of voice balance equal what anybody computes from the export, by a program of their own."""

import csv
import io
import os
from collections import Counter, defaultdict
from datetime import datetime, timedelta

import pytest
from factories import (
    join,
    make_organization,
    make_post,
    make_project,
    make_thread,
    make_user,
)

from civicforum.accounts.models import Guest
from civicforum.db import now, transaction
from civicforum.discussions import actions
from civicforum.pages import queries

MOST = None if os.environ.get("HYPOTHESIS_PROFILE") == "deep" else 300
KNOWN = {
    300: {"people": 113, "effective_voices": 20.69, "top_three_posts": 94, "hat_posts": 26},
    896: {"people": 403, "effective_voices": 65.1, "top_three_posts": 142, "hat_posts": 30},
}


def table(client, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


def recomputed(rows: list[dict[str, str]]) -> dict[str, str]:
    """Every figure, from the lines of the export alone. Nothing of the program is used here."""
    spoken = Counter(row["author"] for row in rows)
    people, posts = len(spoken), len(rows)
    told = {"people": people, "posts": posts}
    names = ("effective_voices", "top_three_posts", "first_time_people", "first_time_answered",
             "hat_people", "hat_posts")  # fmt: skip
    if people < 5:
        return as_text({**told, **dict.fromkeys(names)})
    firsts = {(row["thread"], row["seq"]): row for row in rows if row["first_in_town"]}
    answered = set()
    for row in rows:
        first = firsts.get((row["thread"], row["reply_to_seq"]))
        if first is None or first["author"] == row["author"]:
            continue
        waited = datetime.fromisoformat(row["published_at"]) - datetime.fromisoformat(first["published_at"])
        if waited <= timedelta(hours=48):
            answered.add(first["author"])
    new = split(len(firsts), people)
    return as_text(
        {
            **told,
            "effective_voices": round(1 / sum((n / posts) ** 2 for n in spoken.values()), 2),
            "top_three_posts": sum(n for _who, n in spoken.most_common(3)),
            "first_time_people": new,
            "first_time_answered": split(len(answered), new) if new else None,
            "hat_people": len({row["author"] for row in rows if row["hat"]}),
            "hat_posts": sum(1 for row in rows if row["hat"]),
        }
    )


def split(part: int, whole: int) -> int | None:
    return part if part >= 5 and (part == whole or whole - part >= 5) else None


def as_text(figures: dict) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in figures.items()}


def check_everything(client, project) -> list[dict[str, str]]:
    """Table and API say of the project and of each thread what the export says; its rows."""
    posts = table(client, f"/projects/{project.slug}/posts.csv")
    total, *threads = table(client, f"/projects/{project.slug}/balance.csv")
    told = client.get(f"/api/v1/projects/{project.slug}/balance").json
    by_thread = defaultdict(list)
    for row in posts:
        by_thread[row["thread"]].append(row)
    assert figures(total) == recomputed(posts) == as_text(told["total"])
    for line, as_json in zip(threads, told["threads"], strict=True):
        own = recomputed(by_thread[line["thread"]])
        assert figures(line) == own
        assert as_text(figures(as_json)) == own
        assert as_text(client.get(f"/api/v1/threads/{line['thread']}/balance").json) == own
    return posts


def figures(line: dict) -> dict:
    return {name: value for name, value in line.items() if name not in ("thread", "title", "thread_id")}


def read_comments(path) -> list[tuple[str, str]]:
    """(author, words) in the order in which they were written."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (int(row["timestamp"]), int(row["comment-id"])))
    return [(row["author-id"], row["comment-body"]) for row in rows]


@pytest.fixture
def project(app):
    return make_project(make_user(name="Olga Organizer"), title="The square")


def test_a_small_town_is_recomputed_from_the_export(client, project):
    partner, regular = make_user(), make_user()
    organization = make_organization(partner)
    project = make_project(make_user(), organization, slug="recomputed")
    moderator = make_user("moderator")
    make_post(make_thread(make_project()), regular)
    busy, small, empty = (make_thread(project) for _ in range(3))
    began = now()
    new = [make_user() for _ in range(12)]
    firsts = [make_post(busy, person, published_at=began) for person in new]
    for n, first in enumerate(firsts[:6]):
        late = timedelta(hours=47 if n else 49)
        make_post(busy, regular, reply_to_id=first.id, published_at=began + late)
    for person, posts in ((regular, 7), (partner, 5), (moderator, 2), (new[0], 3), (new[1], 1)):
        for _n in range(posts):
            make_post(busy, person)
    make_post(small, new[2])
    make_post(small, partner)
    actions.withdraw_post(new[11], firsts[11].id)
    make_post(busy, new[10], state="hidden")
    posts = check_everything(client, project)
    assert len(posts) == 37
    assert {row["thread"] for row in posts} == {str(busy.id), str(small.id)}
    assert empty.last_seq == 0


def test_a_real_conversation_is_recomputed_from_the_export(client, shared, project):
    """Bowling Green, where one of them wrote a tenth of all: its beginning, or in `make deep` all of it."""
    path = shared / "data" / "polis" / "american-assembly.bowling-green" / "comments.csv"
    comments = read_comments(path)[:MOST]
    thread = make_thread(project)
    with transaction():
        people = {author: make_user() for author in sorted({author for author, _body in comments})}
        join(project, people["240"], "organizer")
        for author, body in comments:
            actions.post_reply(people[author], thread.id, body)
    assert len(check_everything(client, project)) == len(comments)
    told = client.get(f"/api/v1/threads/{thread.id}/balance").json
    known = KNOWN[len(comments)]
    assert {name: told[name] for name in known} == known


def test_what_was_put_away_was_said_and_counts(client, project):
    thread = make_thread(project, title="The old square")
    for _n in range(6):
        make_post(thread, make_user())
    with transaction():
        thread.archived_at = now()
    page = client.get(f"/projects/{project.slug}/balance").text
    assert "The old square" in page
    assert "put away" in page
    assert [row["thread"] for row in check_everything(client, project)] == [str(thread.id)] * 6


def test_a_long_export_is_whole_and_leaves_memory(client, project, monkeypatch):
    monkeypatch.setattr("civicforum.pages.views.balance.IN_MEMORY_BYTES", 100)
    monkeypatch.setattr("civicforum.discussions.queries.balance.ROWS_AT_ONCE", 2)
    thread = make_thread(project)
    for _n in range(7):
        make_post(thread, make_user())
    answer = client.get(f"/projects/{project.slug}/posts.csv")
    assert [row["seq"] for row in csv.DictReader(io.StringIO(answer.text))] == [*"1234567"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    with client.get(f"/projects/{project.slug}/posts.csv", buffered=False) as unread:
        assert next(unread.iter_encoded()).startswith(b"thread,seq")


def test_an_export_has_every_thread_however_many_pages_there_are(app, monkeypatch):
    project = make_project()
    threads = [make_thread(project) for _n in range(3)]
    monkeypatch.setattr("civicforum.pages.queries.balance.MAXIMUM_LIMIT", 2)
    weighed = queries.list_all_weighed(Guest(), project)
    assert {row.thread.id for row in weighed} == {thread.id for thread in threads}
