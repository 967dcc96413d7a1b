"""The pages, walked without JavaScript by the people they are for."""

import pytest
from browser import forms_of, submit
from factories import make_post, make_project, make_thread, make_user
from mediation.odds import age, state, tend
from sqlalchemy import select

from civicforum.accounts.models import SYSTEM
from civicforum.agreement.actions import install_shipped
from civicforum.agreement.models import AgreementVersion, Rule
from civicforum.db import db, transaction
from civicforum.discussions.models import Post
from civicforum.mediation import actions
from civicforum.mediation.models import Mediation, Message
from civicforum.moderation import actions as moderation


def press(client, page: str, label: str):
    """Press the button that says ``label``."""
    markup = client.get(page).text
    at = markup.index(f">{label}</button>")
    action = markup[:at].rpartition('action="')[2].partition('"')[0]
    (form,) = [form for form in forms_of(client.get(page)) if form["action"] == action]
    return client.post(action, data=form["fields"], follow_redirects=True)


def test_two_people_talk_and_agree(odds, sign_in):
    ana, ben, mo = map(sign_in, (odds.ana, odds.ben, odds.mo))
    thread = ana.get(f"/threads/{odds.thread.id}/mediation").text
    assert "Ben Baker" in thread
    assert "Ana Adler" not in thread.partition("<main")[2]
    done = submit(ana, f"/posts/{odds.post.id}/mediation", days="7")
    room = done.request.path
    id_ = int(room.rpartition("/")[2])
    assert "You said yes" in done.text
    assert f'href="{room}"' in ben.get("/inbox").text
    offer = ben.get(room).text
    assert "Ana Adler" in offer
    assert "Mo Mediator" not in offer
    press(ben, room, "Yes, I would talk")
    assert "The room is open." in press(mo, room, "Yes, I would talk").text
    assert "Nobody has said anything yet" in ana.get(room).text
    said = submit(ana, room, "reply", body="It *hurt*.")
    assert "<em>hurt</em>" in said.text
    assert "<em>hurt</em>" in ben.get(room).text
    for client in (ana, ben, mo):
        press(client, room, "I would like more time")
    assert "It was prolonged" in ana.get(room).text
    submit(mo, f"{room}/agreement", body="Quiet after ten.", follow_up_days="14")
    press(ana, room, "I agree to these words")
    assert "The other side agrees to these words." in ben.get(room).text
    assert "One side agrees to these words." in mo.get(room).text
    assert "It is agreed." in press(ben, room, "I agree to these words").text
    press(ana, room, "I want to keep these words")
    press(ana, room, "Delete them for me")
    age(14)
    tend()
    submit(ana, room, answer="well")
    assert "The other side is asked, too." in ana.get(room).text
    assert "Both sides are asked how it went." in mo.get(room).text
    submit(ben, room, answer="partly")
    assert "This conversation is over." in mo.get(room).text
    assert state(id_) == "ended"


def test_every_state_has_its_sentence_in_the_list(odds, sign_in):
    ana, ben = sign_in(odds.ana), sign_in(odds.ben)
    assert "Nothing here" in ana.get("/mediation").text
    id_ = odds.offer()
    assert "You said yes." in ana.get("/mediation").text
    assert "You are asked whether you would." in ben.get("/mediation").text
    actions.accept_offer(odds.ben, id_)
    actions.accept_offer(odds.mo, id_)
    assert "The room is open until" in ana.get("/mediation").text
    odds.pass_days(7)
    assert "without an agreement this time" in ana.get(f"/mediation/{id_}").text
    assert "It is over." in ana.get("/mediation").text
    odds.pass_days(30)
    assert "How has it been since?" in ana.get("/mediation").text


def test_saying_no_and_leaving_are_one_button(odds, sign_in):
    id_ = odds.offer()
    assert "Nobody is told" in press(sign_in(odds.ben), f"/mediation/{id_}", "No, thank you").text
    assert (
        "Nobody is told"
        in press(sign_in(odds.ana), f"/mediation/{id_}", "I would rather not, after all").text
    )
    other = actions.ask_for_mediation(odds.moderator, odds.post.id).id
    for person in (odds.ben, odds.mo):
        actions.accept_offer(person, other)
    assert "You left." in press(sign_in(odds.ben), f"/mediation/{other}", "Leave this room").text
    assert state(other) == "ended"


def test_a_button_pressed_twice_says_it_once(odds, sign_in):
    id_ = odds.begin()
    ana = sign_in(odds.ana)
    (form,) = [f for f in forms_of(ana.get(f"/mediation/{id_}")) if f["id"] == "reply"]
    for _time in range(2):
        ana.post(f"/mediation/{id_}", data={**form["fields"].to_dict(), "body": "Once."})
    assert len(db.session.scalars(select(Message)).all()) == 1


def test_a_preview_says_nothing_and_blank_words_are_refused(odds, sign_in):
    id_ = odds.begin()
    ana = sign_in(odds.ana)
    shown = submit(ana, f"/mediation/{id_}", "reply", body="It *hurt*.", do="preview")
    assert "This is how it will look." in shown.text
    assert submit(ana, f"/mediation/{id_}", "reply", body=" ").status_code == 422
    assert db.session.scalars(select(Message)).all() == []


def test_long_talks_have_pages_and_the_same_few_queries(odds, sign_in, count_queries):
    id_ = odds.begin()
    ana = sign_in(odds.ana)
    actions.say(odds.ben, id_, "First.")
    ana.get(f"/mediation/{id_}")
    with count_queries() as few:
        ana.get(f"/mediation/{id_}")
    part = db.session.get_one(Mediation, id_).participants[1]
    with transaction():
        db.session.add_all(
            Message(mediation_id=id_, participant_id=part.id, body=str(n), html=f"<p>word {n}</p>")
            for n in range(120)
        )
    with count_queries() as many:
        latest = ana.get(f"/mediation/{id_}").text
    assert many.total == few.total
    assert "word 119" in latest
    assert "First." not in latest
    earlier = latest.partition("before=")[2].partition('"')[0]
    assert "First." in ana.get(f"/mediation/{id_}?before={earlier}").text


def test_a_long_list_of_talks_costs_the_same_few_queries(odds, sign_in, count_queries):
    ana = sign_in(odds.ana)
    odds.begin()
    ana.get("/mediation")
    with count_queries() as few:
        ana.get("/mediation")
    for number in range(6):
        thread = make_thread(make_project(title=f"Elsewhere {number}"))
        actions.ask_for_mediation(odds.ana, make_post(thread, make_user()).id)
    with count_queries() as many:
        page = ana.get("/mediation").text
    assert page.count("item-title") == 7
    assert many.total == few.total


def test_a_moderator_proposes_it_without_a_name_of_who_flagged(odds, sign_in):
    moderation.flag_post(make_user(name="Flo Flagger"), odds.post.id, 1, "It goes on and on.")
    moderation.flag_post(make_user(name="Fay Flagger"), odds.post.id, 1, "")
    ruth = sign_in(odds.moderator)
    page = f"/moderation/posts/{odds.post.id}"
    assert f"{page}/mediation" in ruth.get(page).text
    shown = ruth.get(f"{page}/mediation").text
    assert "It goes on and on." in shown
    assert "Flagger" not in shown
    assert submit(ruth, f"{page}/mediation", days="7").status_code == 422
    flag = shown.partition('value="flag:')[2].partition('"')[0]
    assert "you are not told" in submit(ruth, f"{page}/mediation", other=f"flag:{flag}").text
    assert "mediator" not in ruth.get("/moderation/log").text.partition("<main")[2]
    asked = db.session.scalars(select(Mediation)).one().participants[1].user
    told = sign_in(asked).get(f"/mediation/{db.session.scalars(select(Mediation)).one().id}").text
    assert "nobody knows that it was you" in told


def test_about_hate_the_page_says_why_there_is_no_form(odds, sign_in):
    with transaction():
        db.session.scalars(select(Rule).where(Rule.number == 2)).one().no_mediation = True
    moderation.flag_post(odds.ana, odds.post.id, 2, "Look.")
    shown = sign_in(odds.moderator).get(f"/moderation/posts/{odds.post.id}/mediation").text
    assert "Nobody is asked to sit down about that" in shown
    assert 'name="other"' not in shown


def test_where_nobody_else_spoke_nobody_can_be_proposed(odds, sign_in):
    alone = make_post(odds.thread, odds.ben, "Again.")
    with transaction():
        db.session.scalars(select(Post).where(Post.author_id == odds.ana.id)).one().state = "withdrawn"
    shown = sign_in(odds.moderator).get(f"/moderation/posts/{alone.id}/mediation").text
    assert "Nobody to ask" in shown


@pytest.mark.parametrize("door", ["posts/{post}/mediation", "mediation", "threads/{thread}/mediation"])
def test_guests_are_asked_to_sign_in(odds, client, door):
    answer = client.get("/" + door.format(post=odds.post.id, thread=odds.thread.id))
    assert (answer.status_code, "/sign-in" in answer.location) == (302, True)


def test_ones_own_words_and_hidden_ones_are_not_to_be_asked_about(odds, sign_in):
    assert sign_in(odds.ben).get(f"/posts/{odds.post.id}/mediation").status_code == 403
    hide = moderation.Deed("hide", 1, "It is not so.")
    moderation.moderate(odds.moderator, "post", odds.post.id, hide)
    assert sign_in(odds.moderator).get(f"/posts/{odds.post.id}/mediation").status_code == 404
    assert sign_in(odds.ana).get(f"/moderation/posts/{odds.post.id}/mediation").status_code == 404


def test_the_record_says_that_two_people_began_to_talk_and_no_more(odds, client):
    odds.begin()
    record = client.get("/moderation/log").text
    assert "Two people began to talk with a mediator" in record
    assert "in confidence" in record
    assert client.get("/api/v1/moderation/log").json["items"][0]["target"] == ""


def test_a_rule_keeps_its_mark_when_the_agreement_is_changed(app, sign_in):
    install_shipped(SYSTEM)
    marked = lambda: [  # noqa: E731 - asked twice
        rule.number for rule in newest().rules if rule.no_mediation
    ]
    assert marked() == [2, 3, 4]
    administrator = sign_in(make_user("administrator"))
    submit(administrator, "/agreement/correct", introduction="In other words.", reason="The law asks it.")
    assert (newest().number, marked()) == (2, [2, 3, 4])


def newest() -> AgreementVersion:
    db.session.rollback()
    return db.session.scalars(select(AgreementVersion).order_by(AgreementVersion.number.desc())).first()
