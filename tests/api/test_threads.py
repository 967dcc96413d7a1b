"""Threads over the API: as interface.md has it."""

import pytest
from factories import join, make_post, make_project, make_thread, make_token, make_user

from civicforum.accounts.models import SYSTEM
from civicforum.agreement.actions import list_word
from civicforum.discussions import actions, queries

THREAD = ["archived_at", "author", "channel", "closed_at", "conclusion", "continued_in", "created_at", "gate",
          "id", "is_open", "is_pinned", "kind", "last_post_at", "limits", "make_room", "max_posts",
          "merged_into", "post_count", "project", "revision", "slug", "status", "stream", "tags", "title",
          "version"]  # fmt: skip
POST = ["attachments", "author", "body", "created_at", "edited_at", "held_until", "html", "id", "links",
        "moved_to", "poll", "reactions", "redacted_at", "reply_to", "revision", "rule", "seq", "state",
        "thread_id", "voice"]  # fmt: skip


@pytest.fixture
def ana(app):
    return make_user(name="Ana Ruiz")


@pytest.fixture
def thread(ana):
    return actions.start_thread(ana, make_project().id, "The bus stop", "The first words.")


def test_a_thread_is_started_and_listed(client, token_for, ana):
    project = make_project()
    path = f"/api/v1/projects/{project.slug}/threads"
    made = client.post(path, json={"title": "A new lamp?", "body": "It is **dark**."}, headers=token_for(ana))
    assert made.status_code == 201
    thread = made.json
    assert sorted(thread) == THREAD
    assert (thread["title"], thread["status"], thread["post_count"], thread["project"]) == (
        "A new lamp?",
        "open",
        1,
        project.slug,
    )
    assert thread["channel"] == f"thread:{thread['id']}"
    assert client.get(path).json == {"items": [thread], "next": None}
    assert client.get(f"/api/v1/threads/{thread['id']}").json == thread
    (post,) = client.get(f"/api/v1/threads/{thread['id']}/posts").json["items"]
    assert sorted(post) == POST
    assert (post["seq"], post["body"], post["html"]) == (
        1,
        "It is **dark**.",
        "<p>It is <strong>dark</strong>.</p>\n",
    )
    assert post["author"] == {"handle": ana.handle, "name": "Ana Ruiz", "hats": []}
    assert post["reactions"] == {"support": 0, "thanks": 0, "concern": 0}
    assert post["voice"]["state"] == "received"
    assert post["created_at"].endswith("+00:00")


def test_a_reply_is_201_and_what_is_held_202_without_a_place(client, token_for, thread):
    ben = make_user()
    path = f"/api/v1/threads/{thread.id}/posts"
    first = queries.list_posts(SYSTEM, thread)[0]
    made = client.post(path, json={"body": "Yes.", "reply_to": first.id}, headers=token_for(ben))
    assert (made.status_code, made.json["seq"], made.json["reply_to"]) == (201, 2, first.id)
    list_word(SYSTEM, "badger", "hold")
    held = client.post(path, json={"body": "CANARY badger."}, headers=token_for(ben))
    assert (held.status_code, held.json["state"], held.json["seq"]) == (202, "pending", None)
    assert held.json["body"] == "CANARY badger."
    assert "CANARY" not in client.get(path).text
    assert client.get(f"/api/v1/posts/{held.json['id']}").status_code == 404
    assert client.get(f"/api/v1/threads/{thread.id}").json["post_count"] == 2


def test_a_retry_with_the_same_key_is_one_post_and_the_same_answer(client, token_for, thread):
    headers = token_for(make_user()) | {"Idempotency-Key": "k-1"}
    path = f"/api/v1/threads/{thread.id}/posts"
    answers = [client.post(path, json={"body": "Once."}, headers=headers) for _retry in range(3)]
    assert [(a.status_code, a.json) for a in answers] == [(201, answers[0].json)] * 3
    assert queries.get_thread(SYSTEM, thread.id).last_seq == 2
    other = client.post(path, json={"body": "Another."}, headers=headers)
    assert other.status_code == 422
    # The same key of another person is another key.
    theirs = client.post(
        path, json={"body": "Mine."}, headers=token_for(make_user()) | {"Idempotency-Key": "k-1"}
    )
    assert (theirs.status_code, theirs.json["seq"]) == (201, 3)


def test_posts_are_paged_by_seq(client, thread):
    for _n in range(6):
        make_post(thread)
    path = f"/api/v1/threads/{thread.id}/posts"
    part = client.get(f"{path}?after=2&limit=3").json
    assert ([p["seq"] for p in part["items"]], part["more"]) == ([3, 4, 5], True)
    part = client.get(f"{path}?after=5").json
    assert ([p["seq"] for p in part["items"]], part["more"]) == ([6, 7], False)
    for wrong in ("after=-1", "after=x", "limit=0", "limit=201", "after=9999999999999"):
        answer = client.get(f"{path}?{wrong}")
        assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"body": ""},
        {"body": "  "},
        {"body": None},
        {"body": 7},
        {"body": ["x"]},
        {"body": "x" * 32_001},
        {"body": "x", "reply_to": "1"},
        {"body": "x", "reply_to": True},
        {"body": "x", "reply_to": 1.5},
        {"body": "x", "reply_to": 987654},
        {"body": "x", "reply_to": 2**63},
        {"body": "x", "seq": 1},
        {"body": "x", "author_id": 1},
        {"body": "x", "state": "visible"},
        [],
        "x",
    ],
)
def test_what_is_no_post_is_422_by_field(client, token_for, thread, body):
    answer = client.post(f"/api/v1/threads/{thread.id}/posts", json=body, headers=token_for(make_user()))
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["errors"]
    assert queries.get_thread(SYSTEM, thread.id).last_seq == 1


def test_who_may_not_speak_is_refused_by_status(client, token_for, thread):
    path = f"/api/v1/threads/{thread.id}/posts"
    assert (
        client.post(path, json={"body": "x"}, headers={"Authorization": "Bearer nonsense"}).status_code == 401
    )
    reader = {"Authorization": f"Bearer {make_token(make_user(), scopes='read')}"}
    assert client.post(path, json={"body": "x"}, headers=reader).status_code == 403
    unconfirmed = token_for(make_user(email_confirmed_at=None))
    assert client.post(path, json={"body": "x"}, headers=unconfirmed).status_code == 403
    actions.close_thread(SYSTEM, thread.id, "It is settled.")
    assert client.post(path, json={"body": "x"}, headers=token_for(make_user())).status_code == 409


def test_what_one_may_not_know_is_404(client, token_for):
    member = make_user()
    project = make_project(visibility="members")
    join(project, member)
    thread = make_thread(project, title="CANARY")
    make_post(thread, body="CANARY")
    paths = [
        f"/api/v1/projects/{project.slug}/threads",
        f"/api/v1/threads/{thread.id}",
        f"/api/v1/threads/{thread.id}/posts",
        f"/api/v1/channels/{thread.channel}/changes?after=0",
    ]
    for headers in ({}, token_for(make_user()), token_for(make_user("moderator"))):
        for path in paths:
            answer = client.get(path, headers=headers)
            assert (answer.status_code, "CANARY" in answer.text) == (404, False)
        posted = client.post(f"/api/v1/threads/{thread.id}/posts", json={"body": "x"}, headers=headers)
        assert posted.status_code in (400, 401, 404)
    assert [client.get(path, headers=token_for(member)).status_code for path in paths] == [200] * 4


def test_changes_are_told_as_over_the_socket(client, thread):
    start = client.get(f"/api/v1/threads/{thread.id}").json
    ben = make_user()
    post = actions.post_reply(ben, thread.id, "Words.")
    actions.withdraw_post(ben, post.id)
    path = f"/api/v1/channels/{thread.channel}/changes"
    told = client.get(f"{path}?after={start['revision']}").json
    items = told.pop("items")
    assert told == {
        "channel": thread.channel,
        "stream": start["stream"],
        "revision": start["revision"] + 2,
        "more": False,
        "reset": False,
    }
    assert [(item["type"], item["id"]) for item in items] == [("thread", thread.id), ("post", post.id)]
    assert (items[1]["state"], items[1]["body"], items[1]["author"]) == ("withdrawn", None, None)
    assert items[1]["fragment"].startswith('<article class="post" id="post-2"')
    assert client.get(f"{path}?after=999").json["reset"] is True
    assert client.get(f"{path}?after=0&stream=another").json["reset"] is True
    for wrong in ("thread:x", "nonsense", "thread:987654", "person:1"):
        assert client.get(f"/api/v1/channels/{wrong}/changes").status_code == 404


# --- organized, moved, joined ---


@pytest.fixture
def organizer(app):
    return make_user(name="Olga")


@pytest.fixture
def project(organizer):
    return make_project(organizer)


def test_a_thread_is_started_with_a_kind_and_found_by_its_tag(client, token_for, ana, organizer, project):
    actions.set_tags(organizer, project.id, ["Bus stops"])
    path = f"/api/v1/projects/{project.slug}/threads"
    body = {"title": "When?", "body": "Tell us.", "kind": "question", "tags": ["bus-stops"]}
    made = client.post(path, json=body, headers=token_for(ana)).json
    make_thread(project)
    assert (made["kind"], made["tags"]) == ("question", [{"name": "Bus stops", "slug": "bus-stops"}])
    for query in ("kind=question", "tag=bus-stops", "kind=question&tag=bus-stops&status=open"):
        assert client.get(f"{path}?{query}").json["items"] == [made]
    assert client.get(f"{path}?status=closed").json["items"] == []
    assert client.get(f"{path}?kind=rumour").status_code == 422


def test_a_thread_is_changed_and_closed_in_one_request(client, token_for, ana, organizer, project):
    thread = make_thread(project, ana)
    path = f"/api/v1/threads/{thread.id}"
    change = {"kind": "proposal", "is_pinned": True, "status": "closed", "conclusion": "*Two* lamps."}
    assert client.patch(path, json=change, headers=token_for(ana)).status_code == 403
    told = client.patch(path, json=change, headers=token_for(organizer)).json
    assert (told["kind"], told["is_pinned"], told["status"], told["is_open"]) == (
        "proposal",
        True,
        "closed",
        False,
    )
    assert told["conclusion"]["html"] == "<p><em>Two</em> lamps.</p>\n"
    assert told["conclusion"]["author"]["name"] == "Olga"
    assert told["closed_at"] is not None
    without = client.patch(path, json={"status": "closed"}, headers=token_for(organizer))
    assert (without.status_code, list(without.json["errors"])) == (422, ["conclusion"])
    opened = client.patch(path, json={"status": "open"}, headers=token_for(organizer)).json
    assert (opened["status"], opened["conclusion"]) == ("open", None)


def test_comments_are_taken_out_once_for_each_key_and_lead_on(client, token_for, organizer, project):
    thread = make_thread(project)
    post = make_post(thread, body="Elsewhere.")
    body = {"posts": [post.id], "title": "Another matter", "reason": "It is apart."}
    keyed = {**token_for(organizer), "Idempotency-Key": "split-1"}
    path = f"/api/v1/threads/{thread.id}"
    other = client.post(f"{path}/split", json=body, headers=keyed).json
    assert client.post(f"{path}/split", json=body, headers=keyed).json["id"] == other["id"]
    (grave,) = client.get(f"{path}/posts").json["items"]
    assert (grave["state"], grave["seq"], grave["body"], grave["author"]) == ("moved", 1, None, None)
    assert grave["moved_to"] == post.id
    moved = client.get(f"/api/v1/posts/{post.id}").json
    assert (moved["thread_id"], moved["seq"], moved["body"]) == (other["id"], 1, "Elsewhere.")
    neither = {"posts": [post.id], "reason": "It is apart."}
    assert client.post(f"{path}/split", json=neither, headers=token_for(organizer)).status_code == 422


def test_threads_are_joined_and_moved(client, token_for, organizer, project):
    one, two = make_thread(project), make_thread(project)
    make_post(one)
    elsewhere = make_project(organizer)
    headers = token_for(organizer)
    body = {"into": two.id, "reason": "They are the same."}
    joined = client.post(f"/api/v1/threads/{one.id}/merge", json=body, headers=headers).json
    assert (joined["id"], joined["post_count"]) == (two.id, 1)
    left = client.get(f"/api/v1/threads/{one.id}").json
    assert (left["status"], left["merged_into"]) == ("merged", two.id)
    body = {"project": elsewhere.slug, "reason": "It is theirs."}
    moved = client.post(f"/api/v1/threads/{two.id}/move", json=body, headers=headers).json
    assert moved["project"] == elsewhere.slug


def test_a_continuation_that_is_being_checked_is_told_to_nobody(client, ana, organizer, project):
    list_word(make_user("moderator"), "badger", "hold")
    thread = make_thread(project, max_posts=1)
    actions.post_reply(ana, thread.id, "The only words.")
    held = actions.continue_thread(ana, thread.id, "A badger.")
    path = f"/api/v1/threads/{thread.id}"
    assert client.get(path).json["continued_in"] is None
    actions.approve_post(SYSTEM, held.id)
    assert client.get(path).json["continued_in"] == held.thread_id
