"""Names of channels, and how what changed looks to everybody."""

import pytest
from factories import make_post, make_project, make_thread

from civicforum.accounts.models import Guest
from civicforum.errors import Invalid, NotFound
from civicforum.live import registry


@pytest.mark.parametrize("name", [None, 7, ["thread:7"], "thread:" + "7" * 40])
def test_what_is_no_name_is_refused(app, name):
    with pytest.raises(Invalid):
        registry.parse_channel(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "thread",
        "thread:",
        ":7",
        "boat:7",
        "thread:x",
        "thread:07",
        "thread:-7",
        "thread:٧",
        "thread:7 ",
        f"thread:{2**31}",
    ],
)
def test_a_channel_that_cannot_be_is_not_there(app, name):
    with pytest.raises(NotFound):
        registry.check_watch(Guest(), name)


def test_a_channel_is_watched_by_who_may_see_its_thread(app):
    thread = make_thread(make_project())
    registry.check_watch(Guest(), thread.channel)
    secret = make_thread(make_project(visibility="members"))
    with pytest.raises(NotFound):
        registry.check_watch(Guest(), secret.channel)


def test_what_is_gone_is_told_as_gone_and_in_its_place(app):
    thread = make_thread(make_project())
    post = make_post(thread, body="Hello.")
    with app.test_request_context():
        told = registry.render_items(thread.channel, [("post", 999), ("post", post.id)])
    assert told[0] == {"type": "post", "id": 999, "state": "gone"}
    assert (told[1]["id"], told[1]["state"], "Hello." in told[1]["html"]) == (post.id, "visible", True)
