"""Who looks at what, notes among moderators, and what a page is told meanwhile."""

from datetime import timedelta

import pytest
from browser import forms_of
from factories import join, make_post, make_project, make_user
from sqlalchemy import func, select

from civicforum.accounts.actions import revoke_role
from civicforum.accounts.models import SYSTEM, Guest
from civicforum.db import db, now, transaction
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound
from civicforum.live import registry
from civicforum.live.changes import channel_revision, channel_versions
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.models import MAX_INTERNAL_NOTE, QueueClaim, QueueNote
from civicforum.moderation.telling import CHANNEL
from civicforum.partnerships.actions import remove_member

LEAVE, APPROVE = Deed("leave", None, "It is fair."), Deed("approve", None, "")


@pytest.fixture
def case(place):
    actions.flag_post(place.flagger, place.post.id, 2, "")
    return queries.find_case_about("post", place.post.id)


@pytest.fixture
def other(place):
    return make_user("moderator", name="Ana Other")


def claims() -> int:
    return db.session.scalar(select(func.count(QueueClaim.id)))


# --- claims ---


def test_a_claim_is_shown_and_ends_by_itself(place, case, other):
    claim = actions.claim_item(place.moderator, "case", case.id)
    assert claim.ends_at - claim.created_at == timedelta(minutes=30)
    assert queries.list_queue(other)[0].claim.user == place.moderator
    with transaction():
        db.session.get_one(QueueClaim, claim.id).ends_at = now()
    assert queries.list_queue(other)[0].claim is None
    again = actions.claim_item(other, "case", case.id)
    assert (again.id, again.user_id, again.taken_from_id) == (claim.id, other.id, None)


def test_saying_it_again_begins_anew(place, case):
    first = actions.claim_item(place.moderator, "case", case.id)
    began, ends = first.created_at, first.ends_at
    again = actions.claim_item(place.moderator, "case", case.id)
    assert (again.id, again.created_at, again.ends_at > ends) == (first.id, began, True)


def test_taking_over_is_said_and_told(place, case, other):
    actions.claim_item(place.moderator, "case", case.id)
    with pytest.raises(Conflict, match="Ruth Amadi has been looking at it since"):
        actions.claim_item(other, "case", case.id)
    taken = actions.claim_item(other, "case", case.id, takes_over=True)
    assert (taken.user, taken.taken_from) == (other, place.moderator)
    actions.release_item(place.moderator, "case", case.id)
    assert claims() == 1
    actions.release_item(other, "case", case.id)
    actions.release_item(other, "case", case.id)
    assert claims() == 0


def test_a_claim_keeps_nobody_from_deciding_and_ends_with_it(place, case, other):
    _post, hold = place.hold()
    for kind, row in (("case", case), ("hold", hold)):
        actions.claim_item(place.moderator, kind, row.id)
    actions.decide_case(other, case.id, LEAVE, case.version)
    actions.decide_hold(other, hold.id, APPROVE)
    assert claims() == 0
    for kind, row in (("case", case), ("hold", hold)):
        with pytest.raises(Conflict, match="decided already"):
            actions.claim_item(place.moderator, kind, row.id)


def test_a_claim_changes_nothing_that_another_decides_on(place, case, other):
    version = case.version
    actions.claim_item(place.moderator, "case", case.id)
    assert actions.decide_case(other, case.id, LEAVE, version).state == "closed"


# --- who may ---


@pytest.mark.parametrize("deed", ["claim", "release", "note"])
@pytest.mark.parametrize("kind", ["case", "hold"])
def test_only_moderators_of_the_place_without_a_part_in_it(place, case, deed, kind):
    _post, hold = place.hold()
    id_ = case.id if kind == "case" else hold.id

    def act(person) -> None:
        if deed == "note":
            actions.add_note(person, kind, id_, "Known.")
        elif deed == "claim":
            actions.claim_item(person, kind, id_)
        else:
            actions.release_item(person, kind, id_)

    tied, elsewhere, here = make_user("moderator"), make_user(), make_user()
    make_post(place.thread, tied)
    join(make_project(), elsewhere, "moderator")
    join(place.project, here, "moderator")
    for person, refusal in [
        (make_user(), NotFound),
        (elsewhere, NotFound),
        (Guest(), NotFound),
        (tied, NotAllowed),
    ]:
        with pytest.raises(refusal):
            act(person)
    act(here)


def test_what_is_not_there_is_not_found(place):
    for kind, id_ in (("case", 999), ("hold", 999), ("thing", 1)):
        with pytest.raises(NotFound):
            actions.claim_item(place.moderator, kind, id_)
    hold = place.hold()[1]
    with transaction():
        hold.project_id, hold.kind = None, "question"
    with pytest.raises(NotFound):
        actions.add_note(place.moderator, "hold", hold.id, "Known.")


def test_the_house_looks_at_nothing(case):
    with pytest.raises(NotAllowed):
        actions.claim_item(SYSTEM, "case", case.id)


# --- notes ---


def test_notes_are_read_by_the_others_and_go_with_the_case(place, case, other, sign_in):
    actions.add_note(place.moderator, "case", case.id, "  She has <b>called</b> me.  ")
    page = sign_in(other).get("/moderation").text
    assert "She has &lt;b&gt;called&lt;/b&gt; me." in page
    tied = make_user("moderator")
    make_post(place.thread, tied)
    place.hold()
    actions.add_note(other, "hold", place.hold()[1].id, "Held before.")
    mona = sign_in(tied)
    for address in ("/moderation", f"/moderation/posts/{place.post.id}", f"/api/v1/cases/{case.id}"):
        told = mona.get(address).text
        assert ("called" in told, "Held before." in told) == (False, False)
    assert "called" in sign_in(other).get(f"/moderation/posts/{place.post.id}").text
    with transaction():
        db.session.delete(db.session.get_one(type(case), case.id))
    assert [note.text for note in db.session.scalars(select(QueueNote))] == ["Held before."]


def test_a_note_on_what_was_held_is_read_with_its_case(place, sign_in, other):
    post, hold = place.hold()
    actions.add_note(other, "hold", hold.id, "I know the street.")
    actions.decide_hold(place.moderator, hold.id, Deed("decline", 2, "No."))
    assert "I know the street." in sign_in(other).get(f"/moderation/posts/{post.id}").text


@pytest.mark.parametrize("text", ["", "   ", "x" * (MAX_INTERNAL_NOTE + 1)])
def test_a_note_has_words(place, case, text):
    with pytest.raises(Invalid):
        actions.add_note(place.moderator, "case", case.id, text)


def test_there_is_an_end_to_notes(place, case):
    with transaction():
        db.session.add_all([QueueNote(case_id=case.id, text="x") for _ in range(queries.MOST_NOTES)])
    with pytest.raises(Invalid, match="many notes"):
        actions.add_note(place.moderator, "case", case.id, "One more.")


# --- the doors ---


def press(client, url: str, action: str, **fields):
    """Send the form that leads to ``action``."""
    form = next(f for f in forms_of(client.get(url)) if f["action"].partition("?")[0] == action)
    return client.post(form["action"], data={**form["fields"].to_dict(), **fields})


def test_one_looks_at_it_and_lets_go_where_one_was(place, case, other, sign_in):
    mona, ana = sign_in(place.moderator), sign_in(other)
    item = f"/moderation/items/case-{case.id}".replace("case-", "case/")
    done = press(mona, "/moderation?about=post", f"{item}/claim")
    assert done.location == f"/moderation?about=post#case-{case.id}"
    assert "You look at it, until" in mona.get("/moderation").text
    assert "Ruth Amadi has been looking at it since" in ana.get("/moderation").text
    taken = press(ana, f"/moderation/posts/{place.post.id}", f"{item}/claim")
    assert taken.location == f"/moderation/posts/{place.post.id}"
    assert "instead of Ruth Amadi" in ana.get(taken.location).text
    assert "taken over from Ruth Amadi" in mona.get("/moderation").text
    assert press(ana, "/moderation?whose=mine", f"{item}/release").status_code == 302
    assert claims() == 0


def test_a_note_is_written_from_the_list(place, case, sign_in):
    mona, action = sign_in(place.moderator), f"/moderation/items/case/{case.id}/notes"
    assert press(mona, "/moderation", action, text=" ").status_code == 422
    assert "Please fill this in." in press(mona, "/moderation", action, text=" ").text
    assert press(mona, "/moderation", action, text="Known.").status_code == 302
    assert "Known." in mona.get("/moderation").text


def test_nobody_else_learns_that_there_is_something_to_note(place, case, client, sign_in):
    rita = sign_in(make_user())
    token = forms_of(rita.get("/settings"))[0]["fields"]["csrf_token"]
    for deed in ("claim", "release", "notes"):
        answer = rita.post(f"/moderation/items/case/{case.id}/{deed}", data={"csrf_token": token})
        assert answer.status_code == 404
    assert rita.get("/moderation/news?shown=case-1").status_code == 404
    elsewhere = make_user()
    join(make_project(), elsewhere, "moderator")
    moe = sign_in(elsewhere)
    token = forms_of(moe.get("/settings"))[0]["fields"]["csrf_token"]
    for kind in ("case", "hold"):
        answer = moe.post(f"/moderation/items/{kind}/{case.id}/notes", data={"csrf_token": token, "text": ""})
        assert answer.status_code == 404


# --- live ---


def test_moderators_hear_that_something_changed_and_nothing_of_what(place, other):
    def changes(deed) -> bool:
        before = channel_revision(CHANNEL)
        deed()
        db.session.rollback()
        return channel_revision(CHANNEL) > before

    assert changes(lambda: actions.flag_post(place.flagger, place.post.id, 2, "Secret."))
    case = queries.find_case_about("post", place.post.id)
    assert changes(lambda: place.hold())
    assert changes(lambda: actions.claim_item(other, "case", case.id))
    assert changes(lambda: actions.add_note(other, "case", case.id, "Secret."))
    assert changes(lambda: actions.decide_case(other, case.id, LEAVE, case.version))
    assert registry.render_items(CHANNEL, [("queue", 1)]) == [{"type": "queue", "id": 1, "state": "changed"}]


def test_moderators_watch_and_nobody_else(place):
    registry.check_watch(place.moderator, CHANNEL)
    of_project = make_user()
    join(place.project, of_project, "moderator")
    registry.check_watch(of_project, CHANNEL)
    for person, name in [(make_user(), CHANNEL), (Guest(), CHANNEL), (place.moderator, "queue:2")]:
        with pytest.raises(NotFound):
            registry.check_watch(person, name)


def test_who_loses_the_role_is_asked_again(place):
    of_project = make_user()
    join(place.project, of_project, "moderator")
    versions = [audience()]
    revoke_role(make_user("administrator"), place.moderator, "moderator")
    versions.append(audience())
    remove_member(make_user("administrator"), of_project.memberships[0])
    versions.append(audience())
    assert versions[0] < versions[1] < versions[2]


def audience() -> int:
    db.session.rollback()
    return channel_versions([CHANNEL]).get(CHANNEL, (0, 0))[1]


def test_a_page_is_told_what_became_of_what_it_shows(place, case, other, sign_in):
    posts = [make_post(place.thread, make_user()) for _ in range(3)]
    cases = [actions.moderate(place.moderator, "post", post.id) for post in posts]
    holds = [place.hold(f"{number}: holdme.")[1] for number in range(3)]
    since = now().isoformat()
    actions.claim_item(other, "case", case.id)
    actions.claim_item(other, "hold", holds[0].id)
    actions.decide_case(other, cases[0].id, LEAVE, 1)
    actions.decide_case(place.moderator, cases[1].id, LEAVE, 1)
    actions.decide_hold(other, holds[1].id, APPROVE)
    actions.decide_hold(other, holds[2].id, Deed("decline", 2, "No."))
    with transaction():  # its flag was taken back
        row = db.session.get_one(type(case), cases[2].id)
        row.state, row.closed_at = "closed", now()
    shown = [f"case-{row.id}" for row in (case, *cases)] + [f"hold-{row.id}" for row in holds]
    mona = sign_in(place.moderator)
    news = mona.get(
        "/moderation/news", query_string={"shown": ",".join([*shown, "case-999", "hold-999", "x-1"])}
    )
    told = {part.partition('"')[0]: part for part in news.text.split('data-news-of="')[1:]}
    assert [key for key, part in told.items() if "data-settled" not in part] == [shown[0], shown[4]]
    assert "Ana Other has been looking at it" in told[shown[0]]
    assert "Decided by Ana Other: Left as it was" in told[shown[1]]
    assert "You decided: Left as it was" in told[shown[2]]
    assert "It waits no more." in told[shown[3]]
    assert "Decided by Ana Other: Published" in told[shown[5]]
    assert "Decided by Ana Other: Not published" in told[shown[6]]
    assert "It waits no more." in told["hold-999"]
    assert "new:" not in news.text
    place.hold("Once more: holdme.")
    for moment, words in [(since, "1 new: show it"), ("x", ""), ("0001-01-01T00:00:00+00:00", "")]:
        page = mona.get("/moderation/news", query_string={"since": moment}).text
        assert ("new: show" in page) == bool(words)
        assert words in page


def test_a_wave_is_told_up_to_a_number(place, case, sign_in, monkeypatch):
    monkeypatch.setattr(queries, "MOST_COUNTED", 1)
    page = sign_in(place.moderator).get("/moderation/news?since=2020-01-01T00:00:00Z").text
    assert "1 or more are new: show them" in page
