"""The forms of measures: nothing is asked that a measure lacks, everything works without JavaScript."""

import pytest
from browser import submit
from factories import make_post, make_user
from sqlalchemy import select

from civicforum.agreement.models import Limit
from civicforum.db import db, transaction
from civicforum.discussions.models import Post, Thread
from civicforum.errors import Conflict, Invalid, NotAllowed
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.models import Measure, ReasonTemplate
from civicforum.moderation.wording import Wording


@pytest.fixture
def moderator(place, sign_in):
    return sign_in(place.moderator)


def measure(post, action: str) -> str:
    return f"/moderation/posts/{post.id}/measures/{action}"


def test_a_comment_leads_to_every_measure_its_moderator_may_take(place, moderator, sign_in):
    page = moderator.get(f"/moderation/posts/{place.post.id}").text
    offered = ("request_edit", "warn", "redact", "remove", "mute", "silence", "suspend", "slow", "lock")
    assert [action for action in offered if f'/measures/{action}"' not in page] == []
    actions.moderate(place.moderator, "post", place.post.id, Deed("request_edit", 2, "Other words."))
    assert '/measures/request_edit"' not in moderator.get(f"/moderation/posts/{place.post.id}").text


def test_a_reason_is_chosen_and_added_to(place, moderator):
    answer = submit(
        moderator, measure(place.post, "mute"), rule="2", hours="72", template="about-people", reason="Truly."
    )
    assert answer.request.path == f"/moderation/posts/{place.post.id}"
    row = db.session.scalars(select(Measure)).one()
    assert row.reason.startswith("It is about what people are")
    assert row.reason.endswith("\n\nTruly.")
    assert (row.limit.kind, row.limit.place) == ("mute", place.thread.channel)
    assert "End it early" in answer.text


def test_a_reason_that_goes_with_another_rule_is_not_taken(place, moderator):
    answer = submit(
        moderator, measure(place.post, "mute"), rule="4", hours="72", template="about-people", reason="Truly."
    )
    assert answer.status_code == 422
    assert "That reason goes with rule 2. Choose that rule, or another reason." in answer.text
    assert 'value="about-people" selected' in answer.text or 'selected value="about-people"' in answer.text
    assert "Truly." in answer.text
    assert db.session.scalars(select(Measure)).all() == []


def test_a_reason_is_needed_and_what_was_typed_stays(place, moderator):
    answer = submit(moderator, measure(place.post, "redact"), rule="2", passages="animals")
    assert answer.status_code == 422
    assert "Choose a reason, or say why in your own words." in answer.text
    assert ">\r\nanimals</textarea>" in answer.text or ">animals</textarea>" in answer.text.replace(
        "\r\n", ""
    )
    submit(moderator, measure(place.post, "redact"), rule="2", passages="animals\n\npeople", reason="Names.")
    assert db.session.get_one(Post, place.post.id).body == "These ██ are ██."


def test_two_moderators_never_both_act_from_a_form(place, moderator):
    actions.flag_post(place.flagger, place.post.id, 2, "Look.")
    page = moderator.get(measure(place.post, "warn")).text
    case = queries.find_case_about("post", place.post.id)
    actions.decide_case(make_user("moderator"), case.id, Deed("leave", None, "Fine."), 1)
    fields = {"rule": "2", "reason": "Because.", "version": "1"}
    assert 'name="version"' in page
    answer = submit(moderator, measure(place.post, "warn"), **fields)
    assert answer.status_code == 409


@pytest.mark.parametrize("action", ["hide", "leave", "fly", "restore"])
def test_what_has_another_form_or_none_is_not_found(place, moderator, action):
    assert moderator.get(measure(place.post, action)).status_code == 404
    assert moderator.get(f"/threads/{place.thread.id}/calm/{action}").status_code == 404
    assert moderator.get(f"/moderation/people/{place.author.handle}/measures/{action}").status_code == 404


def test_only_moderators_find_the_forms(place, sign_in):
    browser = sign_in(make_user("organizer"))
    for path in (
        measure(place.post, "mute"),
        f"/threads/{place.thread.id}/calm/slow",
        f"/moderation/people/{place.author.handle}/measures/warn",
        "/moderation/templates",
        "/moderation/templates/bad-hour",
    ):
        assert browser.get(path).status_code == 404, path


def test_a_thread_is_calmed_in_three_taps(place, moderator):
    page = moderator.get(f"/threads/{place.thread.id}/{place.thread.slug}").text
    assert f'href="/threads/{place.thread.id}/calm/slow"' in page
    # Everything is filled in: the third tap is the button.
    actions.word_template(place.moderator, Wording("Hot", "It went fast.", 2), "bad-hour")
    answer = submit(moderator, f"/threads/{place.thread.id}/calm/slow", minutes="5")
    assert answer.status_code == 200
    assert "This thread is slow." in answer.text
    limit = db.session.scalars(select(Limit)).one()
    assert (limit.minutes, limit.rule_number) == (5, 2)
    assert "This holds already" in moderator.get(f"/threads/{place.thread.id}/calm/slow").text


def test_without_its_rule_a_heated_hour_asks_for_one(place, moderator):
    answer = submit(moderator, f"/threads/{place.thread.id}/calm/lock", hours="1")
    assert answer.status_code == 422
    assert "Choose a rule." in answer.text


def test_who_has_a_part_in_it_is_told_why_and_who_decides(place, sign_in):
    tied = make_user("moderator")
    make_post(place.thread, tied)
    browser = sign_in(tied)
    page = browser.get(f"/moderation/posts/{place.post.id}").text
    assert "You wrote in this thread, so somebody else decides it." in page
    assert "1 other moderator can decide it." in page
    assert "/measures/" not in page
    assert "somebody else decides" in browser.get(measure(place.post, "mute")).text
    answer = browser.post(f"/threads/{place.thread.id}/calm/lock", data={"rule": "2", "reason": "x"})
    assert answer.status_code in (400, 403)
    make_post(place.thread, place.moderator)
    assert "Ask an administrator to name somebody" in browser.get(f"/moderation/posts/{place.post.id}").text


def test_a_person_is_warned_from_a_form_of_their_own(place, moderator):
    path = f"/moderation/people/{place.author.handle}/measures/warn"
    assert submit(moderator, path, rule="2", reason="Several times.").request.path == (
        f"/people/{place.author.handle}"
    )
    own = f"/moderation/people/{place.moderator.handle}/measures/warn"
    assert "somebody else decides" in moderator.get(own).text


def test_a_limit_is_ended_early_from_a_form(place, moderator):
    case = actions.moderate(place.moderator, "post", place.post.id, Deed("mute", 2, "Because."))
    path = f"/moderation/measures/{case.measures[0].id}/lift"
    assert submit(moderator, path, reason="").status_code == 422
    assert submit(moderator, path, reason="It is calm.").request.path == "/moderation"
    assert not db.session.scalars(select(Limit)).one().is_in_force()
    warned = actions.moderate(place.moderator, "post", place.post.id, Deed("warn", 2, "Because."))
    assert moderator.get(f"/moderation/measures/{warned.measures[0].id}/lift").status_code == 404


def test_the_record_shows_its_words_once_somebody_said_why(place, moderator, sign_in):
    record = f"/moderation/posts/{place.post.id}/record"
    assert moderator.get(record).status_code == 404
    actions.moderate(place.moderator, "post", place.post.id, Deed("remove", 2, "The law."))
    page = moderator.get(f"/moderation/posts/{place.post.id}").text
    assert "animals" not in page
    assert record in page
    assert "animals" not in moderator.get(record).text
    assert "animals" not in submit(moderator, record, reason="").text
    assert "animals" in submit(moderator, record, reason="The police asked.").text
    assert moderator.get(measure(place.post, "redact")).status_code == 404
    assert sign_in(make_user("administrator")).get(record).status_code == 404


def test_a_muted_person_reads_why_in_the_composers_place(place, sign_in):
    actions.moderate(place.moderator, "post", place.post.id, Deed("mute", 2, "Because."))
    browser = sign_in(place.author)
    page = browser.get(f"/threads/{place.thread.id}/{place.thread.slug}").text
    assert "You cannot write in this thread until" in page
    assert 'id="reply"' not in page
    assert "You cannot write in this thread" in browser.get(f"/threads/{place.thread.id}/own").text


def test_words_that_came_too_late_stay_in_the_box(place, sign_in):
    browser = sign_in(place.author)
    page = f"/threads/{place.thread.id}/{place.thread.slug}"
    browser.get(page)
    actions.moderate(place.moderator, "post", place.post.id, Deed("mute", 2, "Because."))
    token = browser.get("/settings").text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = browser.post(page, data={"csrf_token": token, "body": "My long words."})
    assert answer.status_code == 403
    assert "My long words." in answer.text
    assert "You cannot write in this thread until" in answer.text


def test_a_locked_and_a_slow_thread_say_so(place, client, sign_in):
    actions.moderate(place.moderator, "thread", place.thread.id, Deed("lock", 2, "Because."))
    page = client.get(f"/threads/{place.thread.id}/{place.thread.slug}").text
    assert "Nobody writes here until" in page
    assert "rule 2" in page
    told = client.get(f"/api/v1/threads/{place.thread.id}").json
    assert (told["is_open"], [limit["kind"] for limit in told["limits"]]) == (False, ["lock"])


# --- reasons to begin with ---


def test_moderators_of_the_site_word_the_reasons(place, moderator):
    path = "/moderation/templates"
    submit(moderator, path, label="Too loud", rule="", words="It is too loud.", words_es="Muy alto.")
    row = db.session.scalars(select(ReasonTemplate)).one()
    assert (row.label, row.rule_number, row.words_in("es")) == ("Too loud", None, "Muy alto.")
    page = submit(moderator, f"{path}/about-people", words="It is about them.")
    assert "It is about them." in page.text
    assert "It is about them." in [each.words for each in queries.list_templates("en")]
    assert submit(moderator, f"{path}/about-people", words="").status_code == 422


def test_a_shipped_reason_is_there_in_spanish(place):
    found = {each.key: each.words for each in queries.list_templates("es")}
    assert found["threat"].startswith("Amenaza a alguien")


def test_a_reason_that_was_dropped_is_offered_no_longer(place, moderator):
    actions.drop_template(place.moderator, "threat")
    actions.drop_template(place.moderator, "threat")
    assert "threat" not in [each.key for each in queries.list_templates("en")]
    assert moderator.get("/moderation/templates/threat").status_code == 404
    actions.word_template(place.moderator, Wording("A threat", "It threatens."), "threat")
    assert "threat" in [each.key for each in queries.list_templates("en")]


@pytest.mark.parametrize(
    ("wording", "field"),
    [
        (Wording("", "Words."), "label"),
        (Wording("x" * 81, "Words."), "label"),
        (Wording("Rude", " "), "words"),
        (Wording("Rude", "Words.", 99), "rule"),
    ],
)
def test_a_reason_that_will_not_do_is_refused(place, wording, field):
    with pytest.raises(Invalid) as refused:
        actions.word_template(place.moderator, wording)
    assert list(refused.value.errors) == [field]


def test_reasons_are_for_moderators_of_the_site_and_not_without_number(place, monkeypatch):
    for deed in (
        lambda: actions.word_template(place.author, Wording("Rude", "Words.")),
        lambda: actions.drop_template(place.author, "threat"),
    ):
        with pytest.raises(NotAllowed):
            deed()
    with transaction():
        for number in range(60):
            db.session.add(ReasonTemplate(key=f"k{number}", label="x", words="y", translations={}))
    with pytest.raises(Conflict):
        actions.word_template(place.moderator, Wording("Rude", "Words."))
    assert db.session.get(Thread, place.thread.id) is not None


def test_a_change_and_a_new_thread_that_came_too_late_stay_in_their_boxes(place, sign_in):
    actions.moderate(place.moderator, "post", place.post.id, Deed("silence", 2, "Because."))
    browser = sign_in(place.author)
    edited = submit(browser, f"/posts/{place.post.id}/edit", body="My other words.")
    begun = submit(
        browser, f"/projects/{place.project.slug}/threads/new", title="Then here", body="My new words."
    )
    for page, words in ((edited, "My other words."), (begun, "My new words.")):
        assert words in page.text
        assert "You cannot write in this project until" in page.text
