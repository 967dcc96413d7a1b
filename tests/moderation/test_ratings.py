"""How talk was led: asked once of who took part, told from five answers on, and nobody is named."""

from datetime import timedelta

import pytest
from browser import submit
from factories import (
    join,
    make_post,
    make_project,
    make_rsvp,
    make_thread,
    make_town_hall,
    make_user,
    save,
)

from civicforum.accounts.models import SYSTEM, Guest
from civicforum.db import db, now, transaction
from civicforum.discussions.models import Thread
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound
from civicforum.moderation import actions, policies, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.models import Rating
from civicforum.townhalls.models import CheckIn
from civicforum.townhalls.queries import find_person_answer

ASKED = "How was this led?"
TOLD = "How those who took part found that this was led"


@pytest.fixture
def talk(place):
    """A closed thread in which six residents spoke, and a meeting of yesterday to which they said yes."""
    place.people = [make_user(name=f"Resident {n}") for n in range(6)]
    for person in place.people:
        make_post(place.thread, person)
    close(place.thread)
    place.hall = make_town_hall(place.project, starts_at=now() - timedelta(days=1), thread_id=None)
    for person in place.people:
        make_rsvp(place.hall, person)
    return place


def close(thread, **facts):
    with transaction():
        row = db.session.get_one(Thread, thread.id)
        for name, value in (facts or {"status": "closed"}).items():
            setattr(row, name, value)


def places(talk):
    return [("thread", talk.thread.id), ("townhall", talk.hall.id)]


def found(viewer, kind, object_id):
    return queries.found_in_place(queries.get_place(viewer, kind, object_id))


# --- who is asked, and when ---


def test_who_took_part_is_asked_once_it_is_over_and_others_are_not(talk, client, sign_in):
    addresses = [f"/threads/{talk.thread.id}/{talk.thread.slug}", f"/town-halls/{talk.hall.id}"]
    ana, stranger = sign_in(talk.people[0]), sign_in(make_user())
    for address in addresses:
        assert ASKED in ana.get(address).text
        for browser in (client, stranger, sign_in(talk.moderator)):
            assert ASKED not in browser.get(address).text
    close(talk.thread, status="open")
    assert ASKED not in ana.get(addresses[0]).text


def test_an_answer_or_no_answer_and_it_is_not_asked_again(talk, sign_in):
    ana = sign_in(talk.people[0])
    here, there = f"/threads/{talk.thread.id}/facilitation", f"/town-halls/{talk.hall.id}/facilitation"
    sent = submit(ana, here, fair="4", heard="2", words="Slower, please.")
    assert "Your answer counts" in sent.text
    page = ana.get(f"/threads/{talk.thread.id}/{talk.thread.slug}").text
    assert (ASKED in page, "Change what you said" in page) == (False, True)
    assert "Slower, please." in ana.get(here).text
    ana.post(f"{there}/away", data={"csrf_token": token(ana)})
    assert ASKED not in ana.get(f"/town-halls/{talk.hall.id}").text
    ben = sign_in(talk.people[1])
    ben.post(f"{here}/away", data={"csrf_token": token(ben)})
    assert [row.fair for row in db.session.query(Rating).order_by(Rating.id)] == [4, None, None]


def token(browser) -> str:
    return browser.get("/agreement").text.partition('name="csrf-token" content="')[2].partition('"')[0]


def test_another_answer_replaces_the_first_and_putting_away_does_not(talk):
    ana = talk.people[0]
    for kind, object_id in places(talk):
        actions.rate(ana, kind, object_id, 1, 1, "Bad.")
        actions.rate(ana, kind, object_id, 5, 4)
        actions.put_rating_away(ana, kind, object_id)
        own = queries.find_rating(ana, queries.get_place(ana, kind, object_id))
        assert (own.fair, own.heard, own.words) == (5, 4, "")
    assert db.session.query(Rating).count() == 2


@pytest.mark.parametrize("role", ["organizer", "moderator"])
def test_who_led_it_does_not_rate_it(talk, role):
    person = talk.people[0]
    join(talk.project, person, role)
    person = db.session.merge(person)
    db.session.expire(person)
    for kind, object_id in places(talk):
        with pytest.raises(NotAllowed):
            actions.rate(person, kind, object_id, 5, 5)


def test_it_is_refused_before_the_end_and_to_who_took_no_part(talk):
    stranger = make_user()
    for kind, object_id in places(talk):
        with pytest.raises(Conflict, match="took part"):
            actions.rate(stranger, kind, object_id, 5, 5)
    close(talk.thread, status="open")
    with pytest.raises(Conflict, match="once it is over"):
        actions.put_rating_away(talk.people[0], "thread", talk.thread.id)
    later = make_town_hall(talk.project)
    make_rsvp(later, talk.people[0])
    with pytest.raises(Conflict, match="once it is over"):
        actions.rate(talk.people[0], "townhall", later.id, 5, 5)
    with pytest.raises(NotFound):
        actions.rate(talk.people[0], "post", 1, 5, 5)


def test_a_thread_put_away_is_over_too(talk):
    close(talk.thread, status="open", archived_at=now())
    assert actions.rate(talk.people[0], "thread", talk.thread.id, 5, 5).fair == 5


def test_whose_words_were_hidden_took_part_and_whose_were_never_published_did_not(talk):
    actions.moderate(talk.moderator, "post", talk.post.id, Deed("hide", 2, "It is about people."))
    assert actions.rate(talk.author, "thread", talk.thread.id, 1, 1).fair == 1
    waiting = make_user()
    make_post(talk.thread, waiting, state="pending", seq=None)
    with pytest.raises(Conflict):
        actions.rate(waiting, "thread", talk.thread.id, 1, 1)


def test_where_the_door_was_kept_only_who_came_took_part(talk):
    came, stayed = talk.people[:2]
    rsvp = find_person_answer(talk.hall.id, came)
    save(CheckIn(town_hall_id=talk.hall.id, rsvp_id=rsvp.id, nonce="n"))
    assert actions.rate(came, "townhall", talk.hall.id, 5, 5).heard == 5
    with pytest.raises(Conflict):
        actions.rate(stayed, "townhall", talk.hall.id, 5, 5)


@pytest.mark.parametrize(
    ("fair", "heard", "words", "fields"),
    [(0, 6, "", ["fair", "heard"]), (5, 5, "x" * 1001, ["words"])],
)
def test_what_is_not_on_the_scale_is_refused(talk, fair, heard, words, fields):
    with pytest.raises(Invalid) as refused:
        actions.rate(talk.people[0], "thread", talk.thread.id, fair, heard, words)
    assert list(refused.value.errors) == fields
    assert db.session.query(Rating).count() == 0


def test_an_unfinished_form_says_what_is_missing(talk, sign_in):
    sent = submit(sign_in(talk.people[0]), f"/threads/{talk.thread.id}/facilitation", fair="3")
    assert (sent.status_code, "Choose a number from 1 to 5." in sent.text) == (422, True)


def test_who_may_rate_as_a_table(talk):
    closed = make_project(visibility="members")
    resident, organizer = talk.people[0], make_user("organizer")
    for user, project, may, leads in [
        (resident, talk.project, True, False),
        (resident, closed, False, False),
        (talk.moderator, talk.project, False, True),
        (organizer, talk.project, False, True),
        (Guest(), talk.project, False, False),
        (SYSTEM, talk.project, False, True),
    ]:
        assert (policies.can_rate(user, project), policies.facilitates(user, project)) == (may, leads)


# --- what is told ---


def test_below_five_nothing_is_told_and_from_five_on_the_distribution(talk, client, sign_in):
    for kind, object_id in places(talk):
        for n, person in enumerate(talk.people[:5]):
            assert found(Guest(), kind, object_id) is None
            actions.rate(person, kind, object_id, n + 1, 5, f"Words {5 - n}")
        told = found(Guest(), kind, object_id)
        assert (told.answers, told.fair, told.heard) == (5, (1, 1, 1, 1, 1), (0, 0, 0, 0, 5))
    for address in (f"/threads/{talk.thread.id}", f"/town-halls/{talk.hall.id}"):
        page = client.get(f"{address}/facilitation").text
        assert "2 of 5 people found that the talk was led fairly" in page
        assert "Words 1" not in page
        assert TOLD in client.get(address, follow_redirects=True).text
        led = sign_in(talk.moderator).get(f"{address}/facilitation").text
        shown = [led.index(f"Words {n}") for n in range(1, 6)]
        assert shown == sorted(shown)
        assert "Resident 1" not in led


def test_words_of_few_are_not_shown_to_who_led_it(talk, sign_in):
    for person in talk.people[:4]:
        actions.rate(person, "thread", talk.thread.id, 1, 1, "Too fast.")
    page = sign_in(talk.moderator).get(f"/threads/{talk.thread.id}/facilitation").text
    assert ("Too fast." in page, "Fewer than five people" in page) == (False, True)


def test_a_project_tells_all_together_without_the_few(talk, client):
    assert "Nothing is told yet" in client.get(f"/projects/{talk.project.slug}/facilitation").text
    for person in talk.people[:5]:
        actions.rate(person, "thread", talk.thread.id, 5, 5)
    actions.rate(talk.people[0], "townhall", talk.hall.id, 1, 1)
    assert queries.found_in_project(talk.project).answers == 5
    for person in talk.people[1:5]:
        actions.rate(person, "townhall", talk.hall.id, 1, 1)
    assert queries.found_in_project(talk.project).answers == 10
    page = client.get(f"/projects/{talk.project.slug}/facilitation").text
    assert (talk.thread.title in page, talk.hall.title in page, "10 people felt heard" in page) == (True,) * 3
    close(talk.thread, status="pending")
    assert talk.thread.title not in client.get(f"/projects/{talk.project.slug}/facilitation").text


def test_a_thread_that_moves_takes_its_answers_along(talk):
    for person in talk.people[:5]:
        actions.rate(person, "thread", talk.thread.id, 5, 5)
    other = make_project()
    actions.move_thread(make_user("moderator"), talk.thread.id, other.id, "It belongs there.")
    assert queries.found_in_project(talk.project) is None
    assert queries.found_in_project(other).answers == 5


def test_the_api_takes_and_tells_the_same(talk, client, token_for):
    ana = token_for(talk.people[0])
    for address in (f"/api/v1/threads/{talk.thread.id}", f"/api/v1/town-halls/{talk.hall.id}"):
        door = f"{address}/facilitation"
        told = client.put(door, json={"fair": 4, "heard": 3, "words": "Hm."}, headers=ana)
        assert (told.status_code, told.json["own"]) == (200, {"fair": 4, "heard": 3, "words": "Hm."})
        assert (told.json["found"], client.get(door).json["own"]) == (None, None)
        assert client.put(door, json={"fair": "4", "heard": 3}, headers=ana).status_code == 422
    for person in talk.people[1:5]:
        actions.rate(person, "thread", talk.thread.id, 4, 4)
    told = client.get(f"/api/v1/projects/{talk.project.slug}/facilitation").json
    assert told["found"] == told["places"][0]["found"] == {
        "answers": 5, "fair": [0, 0, 0, 5, 0], "heard": [0, 0, 1, 4, 0],
    }  # fmt: skip


def test_a_closed_thread_costs_the_same_with_many_answers(talk, client, count_queries):
    def cost():
        with count_queries() as count:
            client.get(f"/threads/{talk.thread.id}/{talk.thread.slug}")
        return count.total

    few = cost()
    for n in range(30):
        save(
            Rating(
                kind="thread", object_id=talk.thread.id, project_id=talk.project.id,
                user_id=make_user().id, fair=n % 5 + 1, heard=1, words="",
            )
        )  # fmt: skip
    assert cost() == few


def test_a_closed_project_tells_nothing_of_it_to_strangers(talk, client):
    closed, member = make_project(visibility="members"), make_user()
    join(closed, member)
    thread = make_thread(closed)
    for door in (f"/threads/{thread.id}/facilitation", f"/projects/{closed.slug}/facilitation"):
        assert client.get(door).status_code == 404
        assert client.get(f"/api/v1{door}").status_code == 404
