"""Nobody but the three finds a trace of a room: by page, channel, search, inbox, mail, record or list."""

import json
from mailbox import deliver, words

import pytest
from factories import join, make_user, save
from mediation.odds import SECRET, state
from sqlalchemy import select, update

from civicforum.accounts.models import Guest, RoleGrant
from civicforum.db import db, now, transaction
from civicforum.errors import NotAllowed, NotFound
from civicforum.jobs import Job
from civicforum.live import registry
from civicforum.mediation import actions
from civicforum.mediation.models import Mediation
from civicforum.moderation import actions as moderation
from civicforum.moderation.actions import Deed
from civicforum.moderation.queries import list_deciders
from civicforum.notifications.actions import notify
from civicforum.partnerships.models import Seat
from civicforum.search.models import SearchEntry
from civicforum.web.models import IdempotencyKey

POSTS = ("", "/accept", "/decline", "/leave", "/longer", "/agree", "/keep", "/follow-up", "/agreement")
GETS = ("", "/state", "/agreement")


def everybody_else(odds) -> dict[str, object]:
    """One of each kind that has nothing to do with it, however mighty elsewhere."""
    project_moderator = make_user(name="Milo Here")
    join(odds.project, project_moderator, "moderator")
    colleague = make_user(name="Carl Colleague")
    save(Seat(organization_id=odds.mo.seats_at[0].organization_id, user_id=colleague.id))
    return {
        "guest": None,
        "resident": make_user(name="Rita Resident"),
        "moderator": odds.moderator,
        "moderator here": project_moderator,
        "administrator": make_user("administrator", name="Ada Admin"),
        "organizer": make_user("organizer", name="Otto Organizer"),
        "steward": make_user("steward", name="Stella Steward"),
        "another mediator": make_user("mediator", name="Max Mediator"),
        "colleague": colleague,
        "everything": make_user("administrator", "moderator", "organizer", "mediator", name="Eve All"),
    }


@pytest.fixture
def room(odds) -> int:
    id_ = odds.begin()
    actions.say(odds.ana, id_, f"It hurt, @{odds.moderator.handle}. {SECRET}")
    actions.write_agreement(odds.ben, id_, actions.Draft(f"Quiet after ten. {SECRET}", 30))
    return id_


def test_no_role_finds_a_trace(app, odds, room, sign_in):
    people = everybody_else(odds)
    everyone_is_told(room, [person for person in people.values() if person])
    channel = f"mediation:{room}"
    doors = [f"/mediation/{room}{part}" for part in GETS] + [f"/api/v1/channels/{channel}/changes?after=0"]
    places = ["/mediation", "/inbox", f"/search?q={SECRET}", f"/api/v1/search?q={SECRET}", "/moderation"]
    places += ["/moderation/log", "/api/v1/moderation/log", f"/moderation/posts/{odds.post.id}", "/settings"]
    places += [f"/threads/{odds.thread.id}", f"/people/{odds.ana.handle}", "/api/v1/cases", "/", "/heard"]
    for role, person in people.items():
        client = sign_in(person) if person else app.test_client()
        with pytest.raises(NotFound):
            registry.check_watch(person or Guest(), channel)
        for door in doors:
            answer = client.get(door)
            expected = {302, 401, 404} if person is None else {404}
            assert answer.status_code in expected, (role, door)
        for door in places:
            told = client.get(door, follow_redirects=True).text.replace(f"q={SECRET}", "")
            assert f"{SECRET}." not in told, (role, door)
            assert f"/mediation/{room}" not in told, (role, door)


def everyone_is_told(room: int, people: list) -> None:
    """Even with a row in their inbox by mistake."""
    with transaction():
        for reason in ("mediation_offer", "mediation_message", "mediation_not"):
            notify([person.id for person in people], reason, "mediation", room)


def test_nobody_else_does_anything_in_a_room(app, odds, room, sign_in):
    for role, person in everybody_else(odds).items():
        if person is None:
            continue
        client = sign_in(person)
        token = token_of(client)
        for part in POSTS:
            answer = client.post(f"/mediation/{room}{part}", data={"csrf_token": token, "body": "Me, too."})
            assert answer.status_code == 404, (role, part)
    assert state(room) == "in_session"


def token_of(client) -> str:
    return client.get("/settings").text.partition('name="csrf-token" content="')[2].partition('"')[0]


def test_mails_say_that_there_is_something_and_nothing_else(app, odds, room):
    actions.say(odds.mo, room, f"Both of you. {SECRET}")
    mails = soon(app)
    assert {str(mail["To"]) for mail in mails} == {odds.ana.email, odds.ben.email}
    for mail in mails:
        whole = mail.as_string() + words(mail)
        names = {"Ana Adler", "Ben Baker", "Mo Mediator"} - {name_of(odds, mail)}
        assert not [word for word in (SECRET, "playground", "Lantern", *names) if word in whole]


def soon(app) -> list:
    """Every mail, when the few minutes are over in which somebody may look by themselves."""
    with transaction():
        db.session.execute(update(Job).values(run_at=now()))
    return deliver(app)


def name_of(odds, mail) -> str:
    return next(p.name for p in (odds.ana, odds.ben, odds.mo) if p.email == str(mail["To"]))


def test_who_has_not_looked_is_mailed_once(app, odds, room):
    first = len(soon(app))
    for number in range(3):
        actions.say(odds.ana, room, f"And {number}. {SECRET}")
    assert [str(mail["To"]) for mail in soon(app)[first:]] == [odds.ben.email]


def test_nothing_that_was_said_lies_anywhere_else(app, odds, room):
    rows = [*db.session.scalars(select(Job)), *db.session.scalars(select(IdempotencyKey))]
    assert SECRET not in json.dumps([str(vars(row)) for row in rows])
    assert not [row for row in db.session.scalars(select(SearchEntry)) if SECRET in str(vars(row))]


def test_the_pages_are_kept_in_no_cache(odds, room, sign_in):
    for part in ("", "/state", "/agreement"):
        assert sign_in(odds.ana).get(f"/mediation/{room}{part}").cache_control.no_store


def test_who_declined_looks_to_the_others_like_who_has_not_answered(odds, sign_in):
    id_ = odds.offer()
    actions.accept_offer(odds.mo, id_)
    before = [page(sign_in, person, id_) for person in (odds.ana, odds.mo)]
    actions.decline_offer(odds.ben, id_)
    assert [page(sign_in, person, id_) for person in (odds.ana, odds.mo)] == before
    assert sign_in(odds.ben).get(f"/mediation/{id_}").status_code == 404


def test_an_offer_that_nobody_was_asked_of_looks_like_any_other(odds, sign_in):
    id_ = odds.offer()
    usual = page(sign_in, odds.ana, id_)
    with transaction():
        for person in db.session.get_one(Mediation, id_).participants[1:]:
            person.state = "waiting"
    assert page(sign_in, odds.ana, id_) == usual


def page(sign_in, person, id_: int) -> str:
    text = sign_in(person).get(f"/mediation/{id_}").text
    return text.partition("<main")[2].partition("</main")[0].partition("csrf")[0]


def test_whoever_talks_it_over_does_not_judge_it(odds):
    """Not the mediator who is made a moderator meanwhile, nor a moderator who asked for the talk."""
    asker = make_user("moderator")
    actions.ask_for_mediation(asker, odds.post.id)
    odds.begin()
    save(RoleGrant(user_id=odds.mo.id, role="moderator"))
    for tied in (asker, odds.mo):
        with pytest.raises(NotAllowed, match="in confidence"):
            moderation.moderate(tied, "post", odds.post.id, Deed("hide", 2, "I know more."))
    case = moderation.moderate(odds.moderator, "post", odds.post.id, Deed("hide", 2, "It is rude."))
    appeal = moderation.appeal_measure(odds.ben, case.id, "No.")
    assert not {asker.id, odds.mo.id} & set(list_deciders(appeal))
    free = make_user("moderator")
    assert free.id in list_deciders(appeal)
