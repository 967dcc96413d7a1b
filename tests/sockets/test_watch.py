"""Watching over Socket.IO: with the real client, against the real server."""

import time

import factories
import pytest
from running import Refused


@pytest.fixture
def ana(server):
    return server.make_user()


@pytest.fixture
def thread(server, ana):
    return server.start_thread(server.make_project(), ana)


def test_a_guest_who_watches_is_told_of_a_new_post_within_a_second(server, listener, ana, thread):
    guest = listener()
    ack = guest.watch(thread["channel"])
    assert ack["ok"] is True
    assert (ack["stream"], ack["revision"], ack["items"], ack["more"], ack["reset"]) == (
        thread["stream"],
        thread["revision"],
        [],
        False,
        False,
    )
    began = time.monotonic()
    post = server.post(thread, ana, "The **second** words.")
    update = guest.wait_for(lambda: guest.told["update"])[0]
    assert time.monotonic() - began < 1
    assert (update["channel"], update["previous"], update["revision"]) == (
        thread["channel"],
        thread["revision"],
        thread["revision"] + 1,
    )
    items = {item["type"]: item for item in update["items"]}
    assert sorted(items) == ["post", "thread"]
    assert items["thread"]["post_count"] == 2
    told = dict(items["post"])
    fragment = told.pop("fragment")
    assert told.pop("type") == "post"
    assert told == server.call("GET", f"/posts/{post['id']}").json()
    assert fragment.startswith(f'<article class="post" id="post-2" data-post-id="{post["id"]}"')
    assert "<strong>second</strong>" in fragment


def test_watching_with_after_catches_up_on_each_object_once(server, listener, ana, thread):
    first = server.post(thread, ana, "One.")
    second = server.post(thread, ana, "Two.")
    server.call("PATCH", f"/posts/{first['id']}", ana, {"body": "One, mended.", "revision": 1})
    ack = listener().watch(thread["channel"], after=thread["revision"], stream=thread["stream"])
    assert [(i["type"], i.get("seq"), i.get("body")) for i in ack["items"]] == [
        ("post", 3, "Two."),
        ("thread", None, None),
        ("post", 2, "One, mended."),
    ]
    assert second["seq"] == 3
    assert (ack["more"], ack["reset"], ack["revision"]) == (False, False, thread["revision"] + 3)


def test_another_stream_or_a_revision_ahead_is_a_reset(listener, thread):
    guest = listener()
    for wrong in ({"after": 0, "stream": "another"}, {"after": thread["revision"] + 1}):
        ack = guest.watch(thread["channel"], **wrong)
        assert (ack["ok"], ack["reset"], ack["items"]) == (True, True, [])


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        "thread:1",
        {},
        {"channel": None},
        {"channel": 7},
        {"channel": ["thread:1"]},
        {"channel": "thread:"},
        {"channel": "thread:01"},
        {"channel": "thread:-1"},
        {"channel": "thread:1 "},
        {"channel": "thread:99999999999999999999"},
        {"channel": "x" * 5000},
        {"channel": "__proto__:1"},
        {"channel": "thread:999999"},
        {"channel": "thread:1", "after": "7"},
        {"channel": "thread:1", "after": True},
        {"channel": "thread:1", "after": -1},
        {"channel": "thread:1", "after": 2**63},
        {"channel": "thread:1", "after": 1.5},
        {"channel": "thread:1", "stream": 5},
        {"channel": "thread:1", "stream": "x" * 65},
    ],
)
def test_what_is_no_question_is_refused_and_the_connection_goes_on(listener, thread, payload):
    guest = listener()
    ack = guest.send("watch", payload)
    assert ack["ok"] is False
    assert ack["error"]["status"] in (404, 422)
    assert isinstance(ack["error"]["title"], str)
    assert guest.watch(thread["channel"])["ok"] is True


@pytest.mark.parametrize("name", ["connect", "disconnect", "update", "gone", "__proto__", "constructor"])
def test_events_that_no_client_may_send_do_nothing(listener, thread, name):
    guest = listener()
    guest.client.emit(name, {"channel": thread["channel"]})
    assert guest.watch(thread["channel"])["ok"] is True
    assert guest.told["update"] == []


@pytest.mark.parametrize("auth", [{"token": "wrong"}, {"token": ""}, {"token": 7}, {"token": ["x"]}])
def test_a_bad_token_is_refused_as_unauthorized(listener, auth):
    with pytest.raises(Refused) as refused:
        listener(auth=auth)
    assert refused.value.args[0] == [{"message": "unauthorized"}]


def test_a_thread_of_a_closed_project_is_there_for_its_members_alone(server, listener, ana):
    project = server.make_project(visibility="members")
    server.join(project, ana)
    stranger = server.make_user()
    hidden = server.start_thread(project, ana, "CANARY")
    missing = listener(stranger).watch("thread:987654")
    for outsider in (listener(), listener(stranger)):
        assert outsider.watch(hidden["channel"]) == missing
    assert listener(ana).watch(hidden["channel"])["ok"] is True


def test_who_is_removed_from_a_project_is_told_gone_and_nothing_later(server, listener, ana):
    from civicforum.accounts.models import SYSTEM
    from civicforum.accounts.queries import find_user
    from civicforum.partnerships import actions
    from civicforum.partnerships.queries import find_membership, get_project

    project = server.make_project(visibility="members")
    server.join(project, ana)
    ben = server.make_user()
    server.join(project, ben)
    thread = server.start_thread(project, ana)
    watcher = listener(ben)
    assert watcher.watch(thread["channel"])["ok"] is True
    with server.database():
        membership = find_membership(get_project(SYSTEM, project).id, ben.id, "member")
        actions.remove_member(SYSTEM, membership)
        assert find_user(ben.id) is not None
    assert watcher.wait_for(lambda: watcher.told["gone"]) == [{"channel": thread["channel"]}]
    server.post(thread, ana, "CANARY")
    time.sleep(1)
    assert watcher.items() == []
    assert watcher.watch(thread["channel"])["ok"] is False


def test_a_socket_is_cut_when_its_persons_sessions_end(server, listener, thread):
    from civicforum.accounts.models import User
    from civicforum.db import db, transaction

    ben = server.make_user()
    watcher = listener(ben)
    assert watcher.watch(thread["channel"])["ok"] is True
    with server.database(), transaction():
        db.session.get_one(User, ben.id).session_version += 1
    watcher.wait_for(lambda: watcher.is_cut)


def test_hidden_words_are_never_told_again(server, listener, ana, thread):
    moderator = server.make_user("moderator")
    watcher = listener()
    watcher.watch(thread["channel"])
    post = server.post(thread, ana, "CANARY of the yellow kind")
    watcher.wait_for(lambda: [i for i in watcher.items() if i.get("body")])
    case = server.call(
        "POST",
        "/cases",
        moderator,
        {
            "target": {"type": "post", "id": post["id"]},
            "action": "hide",
            "rule": 2,
            "reason": "It is unkind.",
        },
    )
    assert case.status_code == 201, case.text
    told = watcher.wait_for(lambda: [i for i in watcher.items() if i.get("state") == "hidden"])[-1]
    caught_up = listener().watch(thread["channel"], after=0, stream=thread["stream"])
    over_http = server.call("GET", f"/channels/{thread['channel']}/changes?after=0").json()
    for item in (told, *caught_up["items"], *over_http["items"]):
        if item.get("id") == post["id"] and item["type"] == "post":
            assert (item["body"], item["html"], item["author"]) == (None, None, None)
            assert item["rule"]["number"] == 2
        assert "CANARY" not in str(item)


def test_viewers_are_people_and_not_sockets(server, listener, ana, thread):
    first = listener(ana)
    assert first.watch(thread["channel"])["viewers"] == 1
    assert listener(ana).watch(thread["channel"])["viewers"] == 1
    assert listener().watch(thread["channel"])["viewers"] == 2
    told = first.wait_for(lambda: [v for v in first.told["viewers"] if v["count"] == 2])
    assert told[-1] == {"channel": thread["channel"], "count": 2}


def test_unwatching_ends_the_updates(server, listener, ana, thread):
    guest = listener()
    guest.watch(thread["channel"])
    assert guest.send("unwatch", {"channel": thread["channel"]}) == {"ok": True}
    server.post(thread, ana, "Nobody is told.")
    time.sleep(0.5)
    assert guest.told["update"] == []


def test_one_connection_watches_fifty_channels_and_no_more(server, listener, ana):
    project = server.make_project()
    with server.database():
        from civicforum.accounts.models import SYSTEM
        from civicforum.partnerships.queries import get_project

        row = get_project(SYSTEM, project)
        channels = [factories.make_thread(row).channel for _ in range(51)]
    guest = listener()
    assert [guest.watch(name)["ok"] for name in channels] == [True] * 50 + [False]


def test_the_old_state_and_the_updates_are_the_state_of_now(server, listener, ana, thread):
    """What clients saw, put together, is what the API tells: nothing lost, doubled or out of order."""
    watchers = [listener() for _ in range(3)]
    for watcher in watchers:
        watcher.watch(thread["channel"])
    posts = [server.post(thread, ana, f"Post {n}.") for n in range(12)]
    server.call("DELETE", f"/posts/{posts[3]['id']}", ana)
    server.call("PUT", f"/posts/{posts[5]['id']}/reactions/support", ana)
    server.call("PATCH", f"/posts/{posts[7]['id']}", ana, {"body": "Another.", "revision": 1})
    now = server.call("GET", f"/threads/{thread['id']}").json()
    fresh = server.call("GET", f"/threads/{thread['id']}/posts?after=1").json()["items"]
    for watcher in watchers:
        watcher.wait_for(lambda w=watcher: w.told["update"][-1]["revision"] == now["revision"])
        updates = watcher.told["update"]
        assert [u["previous"] for u in updates[1:]] == [u["revision"] for u in updates[:-1]]
        state = {}
        for item in watcher.items():
            if item["type"] == "post":
                state[item["seq"]] = {k: v for k, v in item.items() if k not in ("type", "fragment")}
        assert [state[seq] for seq in sorted(state)] == fresh


def test_a_foreign_origin_is_refused(server, listener):
    for origin in ("https://evil.example", "null", f"{server.base_url}.evil.example"):
        with pytest.raises(Refused):
            listener(headers={"Origin": origin})
