"""One key hides a comment in a live thread, by the same due process; one slip is taken back as well."""

import re
from datetime import timedelta

import pytest
import time_machine
from factories import join, make_organization, make_post, make_project, make_thread, make_user
from sqlalchemy import select

from civicforum import jobs
from civicforum.agreement.models import Hold
from civicforum.agreement.queries import find_hold
from civicforum.db import db, now, transaction
from civicforum.discussions import actions as discussions
from civicforum.discussions.actions import edit_post, post_reply
from civicforum.errors import Conflict, NotAllowed, NotFound
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.models import LogEntry, Measure
from civicforum.moderation.wording import Wording
from civicforum.notifications.models import Notification

HIDE = Deed("hide", 2, "It is about what people are.")


def told(user):
    return list(db.session.scalars(select(Notification.reason).where(Notification.user_id == user.id)))


def lines():
    return list(db.session.scalars(select(LogEntry.action).order_by(LogEntry.number)))


def send(browser, url, accept="application/json", **fields):
    """As the script of a page sends it, with the page's token."""
    token = re.search(r'name="csrf-token" content="([^"]+)"', browser.get("/").text)[1]
    return browser.post(url, data=fields, headers={"Accept": accept, "X-CSRF-Token": token})


def delay(place):
    actions.moderate(place.moderator, "thread", place.thread.id, Deed("delay", 2, "It is hot."))


def test_one_key_hides_with_the_reason_of_its_rule(place, sign_in, app):
    url = f"/moderation/posts/{place.post.id}/hide-now"
    answer = send(sign_in(place.moderator), url, rule="2", revision="1")
    assert (answer.status_code, answer.json["words"]) == (200, "Hidden.")
    measure = db.session.scalars(select(Measure)).one()
    assert measure.reason.startswith("It is about what people are")
    assert (place.post.state, place.post.rule_number, lines()) == ("hidden", 2, ["hide"])
    assert told(place.author) == ["post_hide"]
    page = sign_in(place.author).get(f"/posts/{place.post.id}/reasons").text
    assert "It is about what people are" in page


def test_a_rule_without_a_template_gives_its_own_words(place):
    for key in ("about-people", "breaks-no-rule"):
        actions.word_template(place.moderator, Wording("x", "Ours.", 1), key)
    rule = queries.find_lane_rule(2, "en", place.thread.project)
    assert rule.reason == next(each.text for each in queries.list_rules() if each.number == 2)
    assert [rule.number for rule in queries.lane_rules("en", place.thread.project)] == [
        r.number for r in queries.list_rules()
    ]


def test_an_unknown_rule_does_nothing(place, sign_in):
    url, browser = f"/moderation/posts/{place.post.id}/hide-now", sign_in(place.moderator)
    answers = [send(browser, url, rule=rule).status_code for rule in ("", "0", "99", "x", "-1", "9" * 30)]
    assert (set(answers), place.post.state) == ({422}, "visible")


def test_the_second_moderator_hears_who_was_quicker(place, sign_in):
    first, url = make_user("moderator", name="Ana Ruiz"), f"/moderation/posts/{place.post.id}/hide-now"
    assert actions.hide_now(first, place.post.id, HIDE, 1).action == "hide"
    answer = send(sign_in(place.moderator), url, rule="2", revision="1")
    assert (answer.status_code, answer.json["detail"]) == (409, "Ana Ruiz hid it already.")
    # Her own second press changes nothing.
    assert actions.hide_now(first, place.post.id, HIDE, 1).actor_id == first.id
    assert lines() == ["hide"]


def test_what_the_house_hid_is_told_without_a_name(place):
    with transaction():
        actions.hide_now(place.moderator, place.post.id, HIDE).actor = None
    with pytest.raises(Conflict, match="It is hidden already"):
        actions.hide_now(make_user("moderator"), place.post.id, HIDE)


def test_only_what_was_read_is_hidden(place):
    edit_post(place.author, place.post.id, "These people are late.", 1)
    with pytest.raises(Conflict):
        actions.hide_now(place.moderator, place.post.id, HIDE, 1)
    discussions.withdraw_post(place.author, place.post.id)
    with pytest.raises(Conflict):
        actions.hide_now(place.moderator, place.post.id, HIDE)
    assert lines() == []


def test_a_slip_is_taken_back_in_the_log(place, sign_in):
    browser = sign_in(place.moderator)
    hidden = send(browser, f"/moderation/posts/{place.post.id}/hide-now", rule="2")
    assert send(browser, hidden.json["undo"]).status_code == 200
    assert (place.post.state, lines()) == ("visible", ["hide", "restore"])
    assert told(place.author) == ["post_hide", "post_restore"]
    # Once.
    assert send(browser, hidden.json["undo"]).status_code == 409


def test_nobody_undoes_for_another_or_over_another(place):
    measure = actions.hide_now(place.moderator, place.post.id, HIDE)
    other = make_user("moderator")
    with pytest.raises(NotFound):
        actions.undo_hide(other, measure.id)
    case = queries.find_case_about("post", place.post.id)
    actions.decide_case(other, case.id, Deed("remove", 2, "The law."), case.version)
    with pytest.raises(Conflict):
        actions.undo_hide(place.moderator, measure.id)
    for wrong in (10**6, db.session.scalars(select(Measure.id).where(Measure.action == "remove")).one()):
        with pytest.raises(NotFound):
            actions.undo_hide(other, wrong)
    assert place.post.state == "removed"


def test_what_is_no_slip_has_a_reason_of_its_own(place):
    with time_machine.travel(now(), tick=False) as clock:
        measure = actions.hide_now(place.moderator, place.post.id, HIDE)
        clock.shift(timedelta(minutes=11))
        with pytest.raises(Conflict):
            actions.undo_hide(place.moderator, measure.id)
    assert place.post.state == "hidden"


def test_what_waits_is_hidden_and_taken_back(place):
    delay(place)
    author = make_user()
    post = post_reply(author, place.thread.id, "Animals!")
    measure = actions.hide_now(place.moderator, post.id, HIDE, 1)
    assert (post.state, post.seq, measure.action) == ("declined", None, "decline")
    assert queries.find_case_about("post", post.id).source == "moderator"
    with pytest.raises(Conflict):
        actions.show_now(place.moderator, post.id)
    actions.undo_hide(place.moderator, measure.id)
    assert (post.state, post.seq) == ("visible", 2)
    assert lines() == ["delay", "decline", "restore"]
    assert told(author) == ["post_decline", "post_restore"]


def test_a_key_pressed_as_it_is_shown_hides_it_all_the_same(place, app):
    with time_machine.travel(now(), tick=False) as clock:
        delay(place)
        post = post_reply(make_user(), place.thread.id, "Animals!")
        clock.shift(timedelta(seconds=31))
        jobs.run_due(app)
        actions.hide_now(place.moderator, post.id, HIDE, post.revision)
        assert (post.state, post.seq) == ("hidden", 2)


def test_show_now(place, sign_in):
    delay(place)
    post = post_reply(make_user(), place.thread.id, "Fine.")
    browser = sign_in(place.moderator)
    for _ in range(2):
        answer = send(browser, f"/moderation/posts/{post.id}/show-now")
        assert (answer.status_code, answer.json) == (200, {"words": "It is shown."})
    assert (post.state, post.seq) == ("visible", 2)
    withdrawn = post_reply(place.author, place.thread.id, "No.")
    discussions.withdraw_post(place.author, withdrawn.id)
    with pytest.raises(Conflict):
        actions.show_now(place.moderator, withdrawn.id)


def test_who_has_a_part_in_it_has_no_lane(place, sign_in):
    delay(place)
    waiting = post_reply(make_user(), place.thread.id, "Words.")
    spoke, flagged = make_user("moderator"), make_user("moderator")
    make_post(place.thread, spoke)
    actions.flag_post(flagged, place.post.id, 2, "Look.")
    for who, post in ((spoke, place.post), (spoke, waiting), (flagged, place.post)):
        with pytest.raises(NotAllowed):
            actions.hide_now(who, post.id, HIDE)
    with pytest.raises(NotAllowed):
        actions.show_now(spoke, waiting.id)
    page = sign_in(spoke).get(f"/threads/{place.thread.id}", follow_redirects=True).text
    assert 'data-module="lane"' not in page
    assert queries.list_lane(spoke, place.thread) == []
    assert [post.id for post, _hold in queries.list_lane(flagged, place.thread)] == [waiting.id]


def test_the_own_organization_is_no_concern_of_its_moderator(place):
    delay(place)
    theirs = make_user("moderator")
    make_organization(theirs, slug="mission")
    post = post_reply(make_user(), place.thread.id, "The @mission is late.")
    assert queries.list_lane(theirs, place.thread) == []
    with pytest.raises(NotAllowed):
        actions.hide_now(theirs, post.id, HIDE)


def test_strangers_find_no_lane(place, sign_in, client):
    delay(place)
    post = post_reply(make_user(), place.thread.id, "Words.")
    measure = actions.hide_now(place.moderator, place.post.id, HIDE)
    hidden, other = make_thread(make_project(visibility="members")), make_post(place.thread)
    for who in (make_user(), make_user("organizer")):
        browser = sign_in(who)
        assert browser.get(f"/threads/{place.thread.id}/lane").status_code == 404
        for url in (
            f"posts/{post.id}/hide-now",
            f"posts/{other.id}/hide-now",
            f"posts/{post.id}/show-now",
            f"measures/{measure.id}/undo",
        ):
            assert send(browser, f"/moderation/{url}", rule="2").status_code == 404, url
        page = browser.get(f"/threads/{place.thread.id}", follow_redirects=True).text
        assert "data-hide" not in page
        assert "/lane" not in page
    assert sign_in(place.moderator).get(f"/threads/{hidden.id}/lane").status_code == 404
    with pytest.raises(NotFound):
        actions.hide_now(make_user(), other.id, HIDE)
    with pytest.raises(NotFound):
        queries.list_lane(make_user(), place.thread)
    assert post.state == "pending"


def test_the_strip_shows_what_waits_and_is_a_pulse(place, sign_in):
    browser = sign_in(place.moderator)
    page = browser.get(f"/threads/{place.thread.id}", follow_redirects=True).text
    assert ('data-module="lane"' in page, "data-delayed" in page, "data-keys" in page) == (True, False, True)
    assert "It is about what people are" in page
    with time_machine.travel(now(), tick=False) as clock:
        delay(place)
        post = post_reply(make_user(name="Omar Haddad"), place.thread.id, "Zqwaits.")
        strip = browser.get(f"/threads/{place.thread.id}/lane").text
        assert ("Omar Haddad" in strip, "Zqwaits." in strip, "data-until" in strip) == (True, True, True)
        clock.shift(timedelta(seconds=31))
        assert "Zqwaits." not in browser.get(f"/threads/{place.thread.id}/lane").text
    assert post.is_visible


def test_the_strip_costs_the_same_for_one_and_for_thirty(place, sign_in, count_queries):
    delay(place)
    browser, counts = sign_in(place.moderator), []
    for many in (1, 29):
        for _ in range(many):
            post_reply(make_user(), place.thread.id, "Words.")
        browser.get(f"/threads/{place.thread.id}/lane")
        with count_queries() as count:
            browser.get(f"/threads/{place.thread.id}/lane")
        counts.append(len(count.statements))
    assert counts[0] == counts[1]


def test_who_turned_shortcuts_off_has_no_keys(place, sign_in):
    with transaction():
        place.moderator.has_shortcuts = False
    page = sign_in(place.moderator).get(f"/threads/{place.thread.id}", follow_redirects=True).text
    assert ("data-keys" in page, "j and k" in page, 'data-module="lane"' in page) == (False, False, True)


def test_without_a_script_two_taps_do_the_same(place, sign_in):
    browser = sign_in(place.moderator)
    page = browser.get(f"/threads/{place.thread.id}", follow_redirects=True).text
    assert f'href="/moderation/posts/{place.post.id}#hide" data-hide' in page
    form = browser.get(f"/moderation/posts/{place.post.id}").text
    assert "Hide it at once" in form
    url = f"/moderation/posts/{place.post.id}/hide-now"
    answer = browser.get(send(browser, url, "text/html", rule="2").location, follow_redirects=True)
    assert ("Hidden." in answer.text, place.post.state) == (True, "hidden")
    delay(place)
    post = post_reply(make_user(), place.thread.id, "Fine.")
    assert f"/moderation/posts/{post.id}/show-now" in browser.get(f"/threads/{place.thread.id}/lane").text


def test_a_moderator_of_a_closed_project_has_it_too(place):
    closed, own = make_project(visibility="members"), make_user()
    join(closed, own, "moderator")
    post = make_post(make_thread(closed), make_user())
    assert actions.hide_now(own, post.id, HIDE).action == "hide"
    assert find_hold("post", post.id) is None
    assert db.session.scalars(select(Hold)).all() == []
