"""A restore under a running server: nobody sees it half done, and what is acknowledged afterwards stands."""

import time

import pytest
from backups_running import Posters, posts_of, run

from civicforum.demo.loader import load_demo, plan_demo

# It starts a dozen processes, on a machine that may be busy.
pytestmark = pytest.mark.timeout(600)


def test_a_restore_under_a_running_server_is_whole_and_told(make_server, open_listener, tmp_path):
    server = make_server().start()
    with server.database():
        load_demo(plan_demo())  # so that it takes a while
    people = [server.make_user() for _ in range(4)]
    thread = server.start_thread(server.make_project(people[0]), people[0])
    for number in range(5):
        server.post(thread, people[0], f"Kept {number}.")
    kept = posts_of(server, thread)
    file = str(tmp_path / "town.zip")
    assert run(server, "backup", file).returncode == 0
    watcher = open_listener(server, people[0])
    stream = watcher.watch(f"thread:{thread['id']}")["stream"]

    with Posters(server, thread, people) as posters:
        posters.await_posts(20)
        began_at = time.monotonic()
        restored = run(server, "restore", "--yes", file)
        ended_at = time.monotonic()
        posters.await_posts(20)
    assert restored.returncode == 0, restored.stderr

    found = posts_of(server, thread)
    ids_and_words = {(post["id"], post["body"]) for post in found}
    assert found[: len(kept)] == kept
    assert [post["seq"] for post in found] == list(range(1, len(found) + 1))
    later = {(s.id, s.body) for s in posters.said if s.asked_at > ended_at}
    gone = {s.body for s in posters.said if s.acknowledged_at < began_at}
    assert len(later) >= 16
    assert later <= ids_and_words
    assert not gone & {post["body"] for post in found}
    # Whoever was refused meanwhile was told so, and by nobody's fault.
    assert set(posters.refusals) <= {503}, server.log()
    watcher.wait_for(lambda: watcher.told["update"] and watcher.told["update"][-1]["stream"] != stream, 20)
    last = found[-1]["id"]
    new = watcher.told["update"][-1]["stream"]
    told_since = [u for u in watcher.told["update"] if u["stream"] == new]
    # What came before the first word of the new stream, a watcher reads afresh.
    state = watcher.watch(f"thread:{thread['id']}", after=told_since[0]["previous"], stream=new)
    assert last in {item["id"] for item in state["items"] if item["type"] == "post"}
    assert run(server, "verify-log").returncode == 0
    assert "Traceback" not in server.log()
