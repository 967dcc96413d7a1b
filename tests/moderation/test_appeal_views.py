"""Statements and second looks on the page, by mail and over the API: for whom they are, in their language."""

from datetime import UTC, date, datetime, timedelta
from mailbox import deliver, link_in, mails_to, words

import pytest
from browser import forms_of, press, submit
from factories import make_file, make_post, make_user, save
from moderation.looks import HIDE, age, ask, hide, make_volunteers, name_independent, refuse_flag, seated

from civicforum.accounts.models import SYSTEM, User
from civicforum.db import db, now, transaction
from civicforum.errors import Invalid
from civicforum.moderation import actions, queries, tasks
from civicforum.moderation.actions import Deed
from civicforum.moderation.models import Appeal, Case, Measure
from civicforum.moderation.redress import last_day
from civicforum.moderation.statements import statement_of
from civicforum.pages.actions import change_site

WHY = "The words are about wolves."
FIELDS = {
    *("case_id", "measure_id", "measure", "done", "scope", "starts_at", "until", "facts", "reason"),
    *("rule", "origin", "is_automated_detection", "is_automated_decision", "redress", "less"),
}


def changed(row, **facts) -> None:
    with transaction():
        kept = db.session.get_one(type(row), row.id)
        for name, value in facts.items():
            setattr(kept, name, value)


# --- the statement of reasons ---


def test_every_field_of_article_17_is_told_by_page_mail_and_api(app, place, sign_in, token_for, client):
    case = hide(place)
    told = client.get(f"/api/v1/cases/{case.id}/statement", headers=token_for(place.author)).json
    assert set(told) == FIELDS
    assert (told["measure"], told["origin"], told["until"]) == ("hide", "own initiative", None)
    assert (told["is_automated_detection"], told["is_automated_decision"]) == (False, False)
    assert told["rule"] == {
        "number": 2,
        "title": "Speak about what people do",
        "text": "Not about what they are.",
        "version": 1,
    }
    assert told["redress"]["url"].endswith(f"/cases/{case.id}/appeal?measure={case.measures[0].id}")
    page = sign_in(place.author).get(f"/posts/{place.post.id}/reasons").text
    (mail,) = mails_to(app, place.author.email)
    for text in (page, words(mail)):
        for part in (told["scope"], told["reason"], told["rule"]["title"], told["redress"]["out_of_court"]):
            assert part in text
        assert all(part in text for part in ("The playground", "version 1".capitalize(), "by hand"))
        assert f"/cases/{case.id}/appeal" in text


@pytest.mark.parametrize(
    ("facts", "origin", "detection"),
    [
        ({"source": "flag"}, "flag", False),
        ({"source": "hold"}, "automatic", True),
        ({"source": "moderator"}, "own initiative", False),
    ],
)
def test_where_it_came_from_is_told(app, place, facts, origin, detection):
    case = hide(place)
    changed(case, **facts)
    with app.test_request_context():
        told = statement_of(case.measures[0])
        assert (told.origin, told.is_automated_detection) == (origin, detection)
        assert told.how_found.endswith(".")


def test_an_automatic_measure_says_so_and_a_limit_says_until_when(app, place):
    case = hide(place)
    changed(case.measures[0], action="mute", is_automated=True, until=now() + timedelta(hours=24))
    with app.test_request_context():
        told = statement_of(case.measures[0])
        assert (told.is_automated_decision, told.origin) == (True, "automatic")
        assert "by itself" in told.who_decided
        assert told.how_long.startswith("Until ")


def test_the_statement_speaks_the_readers_language(app, place, sign_in):
    changed(place.author, locale="es")
    case = hide(place)
    page = sign_in(place.author).get(f"/posts/{place.post.id}/reasons").text
    (mail,) = mails_to(app, place.author.email)
    for text in (page, words(mail)):
        assert "segunda revisión" in text
        assert "second look" not in text
    assert case.id


def test_a_measure_without_a_comment_has_a_page_and_a_mail(app, place, sign_in, token_for, client):
    case = hide(place)
    changed(case, target_type="person", target_id=place.author.id, project_id=None)
    changed(case.measures[0], action="warn")
    denise = sign_in(place.author)
    page = denise.get(f"/cases/{case.id}/reasons").text
    assert all(part in page for part in ("You were warned.", HIDE.reason, "Ask for a second look"))
    (mail,) = mails_to(app, place.author.email)
    assert (mail["Subject"], link_in(mail)) == ("A warning, and why", f"/cases/{case.id}/reasons")
    asked = submit(denise, f"/cases/{case.id}/appeal", text="I was joking.")
    assert "I was joking." in asked.text
    for person in (sign_in(make_user()), client):
        assert person.get(f"/cases/{case.id}/reasons").status_code == 404


def test_each_measure_of_a_case_has_its_statement_and_its_second_look(place, sign_in, client, token_for):
    case = hide(place)
    first = case.measures[0].id
    second = save(Measure(case_id=case.id, action="warn", reason="Once more.", actor_id=place.moderator.id))
    denise, headers = sign_in(place.author), token_for(place.author)
    page = denise.get(f"/posts/{place.post.id}/reasons").text
    assert all(part in page for part in ("Once more.", f"/cases/{case.id}/reasons?measure={first}"))
    assert HIDE.reason in denise.get(f"/cases/{case.id}/reasons?measure={first}").text
    told = client.get(f"/api/v1/cases/{case.id}/statement?measure={first}", headers=headers).json
    assert (told["measure"], told["measure_id"]) == ("hide", first)
    assert queries.get_told(place.moderator, case.id, first)[1].id == first
    for number in (first, second.id):
        submit(denise, f"/cases/{case.id}/appeal?measure={number}", text=f"About {number}.")
    assert [row.measure_id for row in queries.list_own_appeals(place.author)] == [second.id, first]


def test_who_left_a_closed_project_still_reads_why(place, sign_in):
    case = hide(place)
    changed(place.project, visibility="members")
    denise = sign_in(place.author)
    assert denise.get(f"/posts/{place.post.id}/reasons").status_code == 404
    assert HIDE.reason in denise.get(f"/cases/{case.id}/reasons").text


def test_a_case_leads_to_its_comment(place, sign_in):
    case = hide(place)
    answer = sign_in(place.author).get(f"/cases/{case.id}/reasons")
    assert (answer.status_code, answer.location) == (302, f"/posts/{place.post.id}/reasons")


def test_a_hidden_comment_is_mended_with_one_form_right_there(place, sign_in):
    hide(place)
    page = sign_in(place.author).get(f"/posts/{place.post.id}/reasons")
    assert page.text.index('id="mend"') < page.text.index('id="statement"')
    (form,) = [form for form in forms_of(page) if "body" in form["names"]]
    assert form["fields"]["body"].strip() == "These people are animals."


# --- asking ---


def test_an_author_asks_in_a_form_that_keeps_the_words(place, sign_in):
    case = hide(place)
    denise, url = sign_in(place.author), f"/cases/{case.id}/appeal"
    assert submit(denise, url, text="").status_code == 422
    long = submit(denise, url, text="wolves " * 300)
    assert (long.status_code, "wolves wolves" in long.text) == (422, True)
    done = submit(denise, url, text="I spoke of wolves.")
    assert all(part in done.text for part in ("Thank you.", "I spoke of wolves.", "To be decided by"))
    assert denise.get(url).location == "/appeals/1"
    assert "You asked for a second look" in denise.get(f"/posts/{place.post.id}/reasons").text
    assert "I spoke of wolves." in denise.get("/appeals").text


def test_the_lot_is_offered_where_there_are_three(app, place, sign_in, client):
    case = hide(place)
    denise, url = sign_in(place.author), f"/cases/{case.id}/appeal"
    assert "drawn by lot" not in denise.get(url).text.split("<form", 2)[-1]
    make_volunteers(3)
    submit(denise, url, text="I spoke of wolves.", way="panel")
    mails = [mail["Subject"] for mail in deliver(app)]
    assert mails.count("You were drawn to decide a second look") == 3
    lot = client.get("/appeals/1/lot")
    assert (lot.status_code, "Number 1" in lot.text, "wolves" in lot.text) == (200, True, False)


def test_too_late_is_said_and_no_form_is_offered(place, sign_in):
    case = hide(place)
    age(case.measures[0], days=187)
    page = sign_in(place.author).get(f"/posts/{place.post.id}/reasons").text
    assert ("could be asked for until" in page, f'href="/cases/{case.id}/appeal' in page) == (True, False)


def test_what_was_confirmed_may_be_contested_from_then_on(place):
    case = hide(place)
    actions.mend_post(place.author, place.post.id, "They are beasts.")
    actions.decide_case(place.moderator, case.id, Deed("leave", None, "The same."), case.version)
    age(case.measures[0], days=187)
    assert actions.appeal_measure(place.author, case.id, "Please.").state == "open"


def test_strangers_find_no_trace(place, sign_in, client):
    appeal = ask(place)
    for person in (sign_in(make_user()), client):
        for address in (f"/appeals/{appeal.id}", f"/cases/{appeal.case_id}/appeal", "/appeals/1/lot"):
            assert person.get(address).status_code == 404
    assert client.get("/appeals").location.startswith("/sign-in")
    assert client.get("/appeals/volunteer").location.startswith("/sign-in")


def test_a_flagger_contests_a_refusal_and_stays_unknown(place, sign_in):
    flagger, judge = make_user(name="Flo Flagger"), make_user("moderator")
    case = refuse_flag(place, flagger)
    flo = sign_in(flagger)
    assert f"/posts/{place.post.id}/flag/decision" in flo.get("/inbox").text
    page = flo.get(f"/posts/{place.post.id}/flag/decision", follow_redirects=True)
    assert "The comment stays as it is." in page.text
    submit(flo, f"/cases/{case.id}/appeal", text="It calls people animals.")
    shown = sign_in(judge).get("/appeals/1").text
    assert ("It calls people animals." in shown, "Flo Flagger" in shown) == (True, False)
    assert ('value="overturned"' in shown, 'value="varied"' in shown) == (True, False)
    actions.decide_appeal(judge, 1, "overturned", "It does.", 1)
    assert "These people are animals." not in flo.get("/appeals/1").text
    denise = sign_in(place.author)
    assert denise.get(f"/cases/{case.id}/reasons").location == f"/posts/{place.post.id}/reasons"
    for address in ("/appeals/1", f"/posts/{place.post.id}/flag/decision"):
        assert denise.get(address).status_code == 404


# --- deciding ---


def test_a_moderator_decides_on_the_page_and_the_author_is_told(app, place, sign_in):
    judge = make_user("moderator")
    ask(place)
    mona = sign_in(judge)
    assert "1 second look waits for you." in mona.get("/moderation").text
    assert "second look waits" not in sign_in(place.moderator).get("/moderation").text
    assert "I spoke of wolves." in mona.get("/appeals").text
    url = "/appeals/1"
    empty = submit(mona, url, reason="Wolves it is.")
    assert (empty.status_code, "Wolves it is." in empty.text) == (422, True)
    done = submit(mona, url, outcome="overturned", reason=WHY)
    assert "It is decided." in done.text
    denise = sign_in(place.author)
    assert "you were right" in denise.get("/inbox").text
    assert WHY in denise.get(url).text
    assert "took it back" in denise.get(f"/posts/{place.post.id}/reasons").text
    mail = mails_to(app, place.author.email)[-1]
    assert (mail["Subject"], WHY in words(mail)) == ("What became of your second look", True)
    assert (
        "These people are animals."
        in app.test_client().get(f"/threads/{place.thread.id}", follow_redirects=True).text
    )


def test_who_is_too_late_to_decide_keeps_the_words(place, sign_in):
    judge, appeal = make_user("moderator"), ask(place)
    mona = sign_in(judge)
    form = next(f for f in forms_of(mona.get("/appeals/1")) if f["action"].endswith("/decision"))
    actions.decide_appeal(make_user("moderator"), appeal.id, "upheld", "No.", 1)
    sent = {**form["fields"], "outcome": "overturned", "reason": "My careful words."}
    answer = mona.post("/appeals/1/decision", data=sent)
    assert (answer.status_code, "My careful words." in answer.text) == (409, True)


def test_who_acted_reads_it_says_one_thing_and_has_no_form_to_decide(place, sign_in):
    ask(place)
    ruth = sign_in(place.moderator)
    page = ruth.get("/appeals/1")
    actions_ = {form["action"] for form in forms_of(page)}
    assert ("/appeals/1/messages" in actions_, "/appeals/1/decision" in actions_) == (True, False)
    submit(ruth, "/appeals/1", text="I read it otherwise.")
    denise = sign_in(place.author)
    assert "I read it otherwise." in denise.get("/appeals/1").text
    press(denise, "/appeals/1", "/appeals/1/withdraw")
    assert "withdrawn by whoever asked" in ruth.get("/appeals/1").text


def test_the_independent_person_is_mailed_signs_up_and_decides(app, place, sign_in):
    named = name_independent("other@example.org")
    changed(named, email="somebody@example.org")
    ask(place)
    (mail,) = mails_to(app, "other@example.org")
    assert ("Somebody asks for a second look" in mail["Subject"], link_in(mail)) == (True, "/appeals/1")
    judge = sign_in(make_user(email="other@example.org"))
    done = submit(judge, "/appeals/1", outcome="upheld", reason=WHY)
    assert "It is decided." in done.text


def test_a_resident_who_was_drawn_answers_on_the_page(place, sign_in):
    make_volunteers(3)
    appeal = ask(place, by_lot=True)
    actions.draw_panel(SYSTEM, appeal.id)
    first, second, third = seated(appeal)
    one = sign_in(first)
    assert "You were drawn to decide" in one.get("/appeals").text
    submit(one, "/appeals/1", vote="overturned", reason=WHY)
    assert "You have answered." in one.get("/appeals/1").text
    submit(sign_in(second), "/appeals/1", vote="overturned", reason="Yes.")
    page = sign_in(place.author).get("/appeals/1").text
    assert (WHY in page, "Resident 2" in page, first.name in page) == (True, True, False)
    assert sign_in(third).get("/appeals").text.count("You were drawn") == 0


def test_who_was_drawn_reads_the_words_and_what_pictures_show_but_not_what_was_taken_back(place, sign_in):
    make_file(place.author, place.post, alt_text="A wolf on the road.")
    make_volunteers(3)
    appeal = ask(place, by_lot=True)
    actions.draw_panel(SYSTEM, appeal.id)
    juror = sign_in(seated(appeal)[0])
    page = juror.get("/appeals/1").text
    assert all(part in page for part in ("These people are animals.", "A wolf on the road."))
    changed(place.post, state="withdrawn")
    assert "These people are animals." not in juror.get("/appeals/1").text


def test_a_resident_offers_and_steps_back(sign_in, app):
    rita = sign_in(make_user())
    assert "Your number is 1." in press(rita, "/appeals/volunteer", "/appeals/volunteer").text
    assert "You are not drawn any more." in press(rita, "/appeals/volunteer", "/appeals/volunteer").text


def test_somebody_drawn_says_no(place, sign_in):
    make_volunteers(3)
    appeal = ask(place, by_lot=True)
    actions.draw_panel(SYSTEM, appeal.id)
    first = seated(appeal)[0]
    done = press(sign_in(first), "/appeals/1", "/appeals/1/leave")
    assert "The next of the lot is asked." in done.text


# --- over the API ---


def test_asking_and_deciding_over_the_api(place, client, token_for):
    case, judge = hide(place), make_user("moderator")
    url = f"/api/v1/cases/{case.id}/appeal"
    made = client.post(url, json={"text": "I spoke of wolves."}, headers=token_for(place.author))
    assert (made.status_code, made.json["state"], made.json["version"]) == (201, "open", 1)
    assert client.post(url, json={"text": "Again."}, headers=token_for(place.author)).status_code == 409
    body = {"outcome": "overturned", "reason": WHY, "version": 1}
    answers = [
        client.post(f"{url}/decision", json=body, headers=token_for(person)).status_code
        for person in (place.author, place.moderator, make_user(), judge, judge)
    ]
    assert answers == [403, 403, 404, 201, 409]
    elsewhere = client.post(f"{url}/decision", json={**body, "appeal": 987654}, headers=token_for(judge))
    assert elsewhere.status_code == 404
    told = client.get(url, headers=token_for(place.author)).json
    assert (told["outcome"], told["reason"]) == ("overturned", WHY)


# --- mails that have nothing to say any more ---


def test_mails_ask_again_what_holds(app, place):
    name_independent()
    make_volunteers(3)
    appeal = ask(place, by_lot=True)
    actions.draw_panel(SYSTEM, appeal.id)
    seat = db.session.get_one(Appeal, appeal.id).seats[0]
    actions.withdraw_appeal(place.author, appeal.id)
    before = len(deliver(app))
    with app.test_request_context(base_url=app.config["BASE_URL"]):
        tasks.mail_drawn(seat.id)
        tasks.mail_asked(appeal.id)
        tasks.mail_outcome(appeal.id)
    assert len(deliver(app)) == before
    assert queries.find_person(None) is None


# --- the setting ---


def test_six_months_is_the_least(place):
    administrator = make_user("administrator")
    with pytest.raises(Invalid) as refused:
        change_site(administrator, appeal_months=5)
    assert list(refused.value.errors) == ["appeal_months"]
    change_site(administrator, appeal_months=12)
    case = hide(place)
    age(case.measures[0], days=360)
    assert actions.appeal_measure(place.author, case.id, "Please.").state == "open"


def test_the_last_day_is_one_of_the_town_and_never_too_early():
    late = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)  # still the evening before in Detroit
    assert last_day(late, 6, "America/Detroit") == date(2026, 9, 2)
    assert last_day(late, 1, "UTC") == date(2026, 9, 3)


def test_words_of_a_second_look_are_inert_on_the_page_and_in_the_mail(app, place, sign_in):
    evil = "<script>PWNED</script> [here](javascript:PWNED) **loud**"
    case = hide(place)
    appeal = actions.appeal_measure(place.author, case.id, evil)
    judge = make_user("moderator")
    actions.say_in_appeal(judge, appeal.id, evil)
    actions.decide_appeal(judge, appeal.id, "upheld", evil, 1)
    for address in ("/appeals", f"/appeals/{appeal.id}"):
        page = sign_in(place.author).get(address).text
        assert ("<script>PWNED" in page, "&lt;script&gt;PWNED" in page) == (False, True)
    html = mails_to(app, place.author.email)[-1].get_body(("html",)).get_content()
    assert not any(live in html for live in ("<script>PWNED", 'href="javascript', "<strong>loud"))


# --- as many as there are ---


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_costs_the_same_however_long(place, sign_in, count_queries, count):
    judge = make_user("moderator")
    for _number in range(count):
        post = make_post(place.thread, place.author, "And those.")
        case = actions.moderate(place.moderator, "post", post.id, HIDE)
        actions.appeal_measure(place.author, case.id, "Please.")
    for person in (judge, place.author):
        browser = sign_in(person)
        with count_queries() as n:
            page = browser.get("/appeals").text
        assert page.count("Second look no.") == count
        assert n.total <= 22


def test_the_inbox_tells_of_second_looks(place, sign_in):
    administrator = make_user("administrator")
    appeal = ask(place)
    assert "Please name an independent person." in sign_in(administrator).get("/inbox").text
    judge = make_user("moderator")
    actions.say_in_appeal(place.author, appeal.id, "More.")
    assert "Something was added" in sign_in(judge).get("/inbox").text
    assert "contests what you decided" in sign_in(place.moderator).get("/inbox").text
    changed(place.project, visibility="members")
    assert "Something was added" not in sign_in(judge).get("/inbox").text
    assert isinstance(db.session.get_one(Case, appeal.case_id).target_author, User)
