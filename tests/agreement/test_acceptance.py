from datetime import timedelta
from email.message import EmailMessage
from mailbox import words

import pytest
import time_machine
from browser import forms_of
from factories import make_agreement, make_post, make_project, make_thread, make_user, save
from sqlalchemy import select
from votes import OTHER

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, Guest, User
from civicforum.agreement import actions, queries
from civicforum.agreement.models import Acceptance
from civicforum.db import db, now, transaction
from civicforum.discussions import actions as discussions
from civicforum.discussions.asking import prepare_poll
from civicforum.discussions.letters.receiving import receive
from civicforum.discussions.models import Post
from civicforum.discussions.queries import find_poll
from civicforum.errors import Conflict, NotAccepted, NotFound
from civicforum.moderation import actions as moderation

LATER = timedelta(days=1)


@pytest.fixture
def ana(app):
    """Somebody who accepted the first rules, as everybody does who signs up."""
    make_agreement()
    ana = make_user(name="Ana", email="ana@example.org")
    actions.accept_agreement(ana, 1)
    return ana


@pytest.fixture
def thread(ana):
    thread = make_thread(make_project(), title="The square")
    make_post(thread, make_user(), "A question.")
    return thread


@pytest.fixture
def changed(thread):
    return actions.publish_agreement(SYSTEM, OTHER, way="vote", reason="Bring cake")


def accepted(user) -> list[tuple[int | None, int]]:
    rows = db.session.scalars(select(Acceptance).where(Acceptance.user_id == user.id).order_by(Acceptance.id))
    return [(row.version.project_id, row.version.number) for row in rows]


def said_by(user) -> list[str]:
    return list(db.session.scalars(select(Post.body).where(Post.author_id == user.id)))


def test_every_version_that_somebody_accepted_is_kept(ana, changed):
    project = make_project()
    own = actions.publish_agreement(SYSTEM, OTHER, project_id=project.id)
    for _time in range(2):
        actions.accept_agreement(ana, 2)
    assert not queries.has_accepted(ana, own)
    actions.accept_agreement(ana, 1, project.id)
    assert accepted(ana) == [(None, 1), (None, 2), (project.id, 1)]
    assert queries.standing_of(ana).accepted_version == 2
    assert queries.last_accepted(ana, None) is changed
    assert queries.last_accepted(Guest(), None) is None


def test_a_new_person_has_accepted_what_they_signed(ana):
    new = save(User(email="n@example.org", name="N", name_skeleton="n", handle="n"))
    with transaction():
        actions.greet(new, has_accepted_agreement=True)
    assert accepted(new) == [(None, 1)]


def test_where_there_are_no_rules_of_its_own_there_is_nothing_to_accept(ana):
    with pytest.raises(NotFound):
        actions.accept_agreement(ana, 1, make_project().id)


def test_whoever_speaks_has_accepted_the_rules_that_hold(ana, thread, changed):
    with pytest.raises(NotAccepted) as asked:
        discussions.post_reply(ana, thread.id, "Words.")
    assert asked.value.extra["agreement"]["version"] == 2
    with pytest.raises(NotAccepted):
        discussions.start_thread(ana, thread.project_id, "Title", "Words.")
    actions.accept_agreement(ana, 2)
    assert discussions.post_reply(ana, thread.id, "Words.").is_visible


def test_who_came_since_or_never_accepted_the_first_is_asked_nothing(ana, thread):
    old = make_user()
    assert discussions.post_reply(old, thread.id, "Words.").is_visible
    with time_machine.travel(now() + LATER, tick=False):
        actions.publish_agreement(SYSTEM, OTHER)
        new = make_user()
        assert discussions.post_reply(new, thread.id, "Words.").is_visible
        with pytest.raises(NotAccepted):
            discussions.post_reply(old, thread.id, "More words.")
        assert queries.version_to_accept(Guest(), thread.project_id) is None
        assert queries.version_to_accept(SYSTEM, None) is None


def test_a_projects_own_rules_are_accepted_before_one_speaks_there(ana, thread):
    own = actions.publish_agreement(SYSTEM, OTHER, project_id=thread.project_id)
    for person in (ana, make_user()):
        with pytest.raises(NotAccepted):
            discussions.post_reply(person, thread.id, "Words.")
    elsewhere = make_thread(make_project())
    assert discussions.post_reply(ana, elsewhere.id, "Words.").is_visible
    actions.accept_agreement(ana, own.number, thread.project_id)
    assert discussions.post_reply(ana, thread.id, "Words.").is_visible


def test_reading_flagging_and_taking_back_never_need_it(ana, thread, sign_in):
    own = discussions.post_reply(ana, thread.id, "Mine.")
    hidden = discussions.post_reply(ana, thread.id, "Hidden.")
    actions.publish_agreement(SYSTEM, OTHER)
    case = moderation.moderate(
        make_user("moderator"), "post", hidden.id, moderation.Deed("hide", 1, "Because.")
    )
    discussions.withdraw_post(ana, own.id)
    other = db.session.scalar(select(Post).where(Post.thread_id == thread.id, Post.seq == 1))
    moderation.flag_post(ana, other.id, 1, "")
    moderation.appeal_measure(ana, case.id, "Please look again.")
    assert sign_in(ana).get(f"/threads/{thread.id}", follow_redirects=True).status_code == 200


def composer(browser, thread) -> dict:
    page = browser.get(f"/threads/{thread.id}/{thread.slug}")
    form = next(form for form in forms_of(page) if form["id"] == "reply")
    return form | {"page": page.text}


def test_one_tap_accepts_what_changed_and_sends(ana, thread, changed, sign_in):
    browser = sign_in(ana)
    form = composer(browser, thread)
    assert "Enough for all." in form["page"]
    assert {button.get("value") for button in form["buttons"]} >= {"accept"}
    sent = dict(form["fields"]) | {"body": "With cake.", "do": "accept"}
    assert browser.post(form["action"], data=sent).status_code == 302
    assert said_by(ana) == ["With cake."]
    assert accepted(ana) == [(None, 1), (None, 2)]
    assert "Enough for all." not in composer(browser, thread)["page"]


def test_what_was_typed_stays_where_the_rules_changed_meanwhile(ana, thread, sign_in):
    browser = sign_in(ana)
    form = composer(browser, thread)
    actions.publish_agreement(SYSTEM, OTHER)
    answer = browser.post(form["action"], data=dict(form["fields"]) | {"body": "My long words."})
    assert answer.status_code == 403
    assert "My long words.</textarea>" in answer.text
    assert "Enough for all." in answer.text
    stale = dict(form["fields"]) | {
        "body": "My long words.",
        "do": "accept",
        "accepts": str(queries.get_agreement(1).id),
    }
    assert "My long words.</textarea>" in browser.post(form["action"], data=stale).text
    assert said_by(ana) == []


def test_a_new_thread_is_begun_with_one_tap_too(ana, thread, changed, sign_in):
    browser, address = sign_in(ana), f"/projects/{thread.project.slug}/threads/new"
    page = browser.get(address)
    assert "Enough for all." in page.text
    fields = dict(next(f for f in forms_of(page) if "title" in f["names"])["fields"])
    sent = fields | {"title": "The cake", "body": "Who bakes it?"}
    assert "Who bakes it?</textarea>" in browser.post(address, data=sent).text
    assert browser.post(address, data=sent | {"do": "accept"}).status_code == 302
    assert said_by(ana) == ["Who bakes it?"]


def test_where_a_thread_is_full_the_words_stay_in_the_box_too(ana, thread, changed, sign_in):
    with transaction():
        full = db.session.merge(thread)
        full.status, full.max_posts = "closed", 1
    browser = sign_in(ana)
    page = browser.get(f"/threads/{thread.id}/{thread.slug}")
    form = next(form for form in forms_of(page) if form["id"] == "continue")
    sent = dict(form["fields"]) | {"body": "It goes on."}
    assert "It goes on.</textarea>" in browser.post(form["action"], data=sent).text
    assert browser.post(form["action"], data=sent | {"do": "accept"}).status_code == 302
    assert said_by(ana) == ["It goes on."]


def test_why_one_votes_so_stays_until_the_rules_are_accepted(ana, thread, changed, sign_in):
    asked = prepare_poll("sense", "What first?", ("Bench", "Lamp"), now() + LATER)
    poll = find_poll(discussions.post_reply(make_user(), thread.id, "Please.", poll=asked).id)
    browser, address = sign_in(ana), f"/polls/{poll.id}/vote"
    form = next(form for form in forms_of(browser.get(address)) if form["action"] == address)
    sent = dict(form["fields"]) | {"choice": poll.options[0].id, "why": "It is dark."}
    page = browser.post(address, data=sent)
    assert "It is dark.</textarea>" in page.text
    form = next(form for form in forms_of(page) if form["action"] == address)
    assert browser.post(address, data=dict(form["fields"]) | {"do": "accept"}).status_code == 302
    assert said_by(ana) == ["It is dark."]


def test_a_client_is_told_which_version_and_accepts_it(ana, thread, changed, client, token_for):
    headers, url = token_for(ana), f"/api/v1/threads/{thread.id}/posts"
    refused = client.post(url, json={"body": "Words."}, headers=headers)
    assert (refused.status_code, refused.json["type"]) == (403, "/agreement#changed")
    told = refused.json["agreement"]
    assert (told["version"], client.get(told["url"]).status_code) == (2, 200)
    acceptance = f"/api/v1/agreement/versions/{told['version_id']}/acceptance"
    assert client.put(acceptance, headers=headers).status_code == 204
    assert client.post(url, json={"body": "Words."}, headers=headers).status_code == 201
    assert client.get("/api/v1/me", headers=headers).json["accepted_agreement"] == 2


def test_a_version_that_holds_no_more_is_not_accepted(ana, changed, client, token_for):
    first = queries.get_agreement(1).id
    answer = client.put(f"/api/v1/agreement/versions/{first}/acceptance", headers=token_for(ana))
    assert answer.status_code == 409
    with pytest.raises(Conflict):
        actions.accept_agreement(ana, 1)


def test_an_answer_by_mail_is_refused_with_a_word_and_a_way(app, ana, thread, changed, smtp, monkeypatch):
    monkeypatch.setitem(app.config, "REPLY_ADDRESS", "reply@forum.example")
    with app.test_request_context(base_url=app.config["BASE_URL"]):
        token = discussions.open_reply_address(SYSTEM, ana.id, thread.id)
        letter = EmailMessage()
        letter["From"], letter["To"] = "Ana <ana@example.org>", f"reply+{token}@forum.example"
        letter["Message-ID"] = "<1@x>"
        letter.set_content("I bring cake.")
        assert receive(letter.as_bytes()) == "refused"
        jobs.run_due(app)
    (mail,) = smtp.mails()
    told = words(mail)
    assert "The rules here changed" in told
    assert "I bring cake." in told
    assert f"/threads/{thread.id}/" in told
    assert said_by(ana) == []


def test_the_page_of_changes_shows_what_is_new_to_its_reader(ana, changed, sign_in, client):
    actions.publish_agreement(SYSTEM, type(OTHER)("Third.", OTHER.rules))
    third = queries.current_agreement().id
    address = f"/agreement/changes/{third}"
    assert "Bring" in sign_in(ana).get(address).text  # since the first, which Ana accepted
    assert "<ins>Bring" not in client.get(address).text  # since the second
    assert "first version" in client.get(f"/agreement/changes/{queries.get_agreement(1).id}").text
    assert client.get("/agreement/changes/999").status_code == 404


def test_it_is_accepted_on_the_page_of_changes_as_well(ana, changed, sign_in, client):
    browser, address = sign_in(ana), f"/agreement/changes/{changed.id}"
    form = next(form for form in forms_of(browser.get(address)) if form["id"] == "accept")
    answer = browser.post(f"{address}?next=/projects", data=form["fields"])
    assert answer.location.endswith("/projects")
    assert "You accepted this version." in browser.get(address).text
    assert "A newer version holds" in client.get(f"/agreement/changes/{queries.get_agreement(1).id}").text


def test_a_projects_own_rules_are_shown_beside_the_towns(ana, thread, sign_in):
    own = actions.publish_agreement(SYSTEM, OTHER, project_id=thread.project_id)
    page = sign_in(ana).get(f"/agreement/changes/{own.id}").text
    assert "beside the town’s" in page
    assert "Enough for all." in page
