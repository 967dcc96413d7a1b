"""What waits, in one list: pages, filters, counts, and what it costs."""

from datetime import timedelta

import pytest
from factories import join, make_post, make_project, make_thread, make_user

from civicforum.agreement.models import Hold
from civicforum.db import db, now, transaction
from civicforum.errors import Invalid, NotFound
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.models import Case, QueueClaim
from civicforum.moderation.queries import QueueFilter
from civicforum.web.pagination import encode_cursor

HIDE = Deed("hide", 2, "It says what people are.")


def flag(post) -> Case:
    actions.flag_post(make_user(), post.id, 2, "Look.")
    return queries.find_case_about("post", post.id)


def keys(viewer, wanted: QueueFilter = QueueFilter(), cursor=None, limit=10) -> list[str]:  # noqa: B008 - frozen
    return [item.key for item in queries.read_queue(viewer, wanted, cursor, limit).items]


def said(place, count: int = 1):
    return [make_post(place.thread, make_user(), f"Word {number}.") for number in range(count)]


def test_each_thing_stands_on_one_page_oldest_first(place):
    for post in said(place, 4):
        flag(post)
    for number in range(3):
        place.hold(f"Held {number}: holdme.")
    with transaction():  # all at once: then cases stand before holds, each by its number
        for case in db.session.query(Case):
            case.created_at = now().replace(microsecond=0) - timedelta(hours=1)
    seen, cursor = [], None
    while True:
        page = queries.read_queue(place.moderator, QueueFilter(), cursor, 2)
        seen += [item.key for item in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == keys(place.moderator, limit=50)
    assert [key.partition("-")[0] for key in seen] == ["case"] * 4 + ["hold"] * 3
    assert len(set(seen)) == 7


def test_a_page_can_begin_between_two_that_came_at_once(place):
    case, (_post, hold) = flag(place.post), place.hold()
    with transaction():
        db.session.get_one(Case, case.id).created_at = hold.created_at
    first = queries.read_queue(place.moderator, QueueFilter(), None, 1)
    assert [item.key for item in first.items] == [f"case-{case.id}"]
    assert keys(place.moderator, cursor=first.next) == [f"hold-{hold.id}"]
    behind_hold = encode_cursor([hold.created_at.isoformat(), 1, hold.id])
    assert keys(place.moderator, cursor=behind_hold) == []


@pytest.mark.parametrize("values", [["never", 0, 1], ["9999-12-31T23:59:59-14:00", 0, 1], [1, 0, 1]])
def test_a_damaged_address_of_a_page_is_told(place, values):
    with pytest.raises(Invalid):
        queries.read_queue(place.moderator, QueueFilter(), encode_cursor(values), 10)


def test_it_waits_from_when_it_was_mended(place):
    first, other = said(place, 2)
    case = actions.moderate(place.moderator, "post", first.id, HIDE)
    waiting = flag(other)
    assert keys(place.moderator) == [f"case-{waiting.id}"]
    actions.mend_post(first.writer, first.id, "Better.")
    assert keys(place.moderator) == [f"case-{waiting.id}", f"case-{case.id}"]


def test_threads_and_people_wait_beside_comments(place):
    elsewhere = make_thread(place.project, make_user(), title="The other")
    thread = actions.moderate(place.moderator, "thread", elsewhere.id)
    person = actions.moderate(place.moderator, "person", place.author.id)
    of_project = make_user()
    join(place.project, of_project, "moderator")
    assert keys(place.moderator) == [f"case-{thread.id}", f"case-{person.id}"]
    items = queries.list_queue(place.moderator)
    assert [(item.thread and item.thread.title, item.person) for item in items] == [
        ("The other", None),
        (None, place.author),
    ]
    assert keys(of_project) == [f"case-{thread.id}"]


def test_who_began_or_spoke_in_a_thread_does_not_judge_it(place):
    thread = make_thread(place.project, make_user(), title="The other")
    actions.moderate(place.moderator, "thread", thread.id)
    speaker = make_user("moderator")
    make_post(thread, speaker)
    assert keys(speaker) == []


def test_each_filter_narrows_and_is_counted(place):
    post = said(place)[0]
    other_project = make_project(title="Elm Street")
    elsewhere = make_post(make_thread(other_project, make_user()), make_user())
    mended = said(place)[0]
    actions.moderate(place.moderator, "post", mended.id, HIDE)
    actions.mend_post(mended.writer, mended.id, "Better.")
    cases = {"flag": flag(post), "moderator": actions.moderate(place.moderator, "post", elsewhere.id)}
    cases["second_look"] = queries.find_case_about("post", mended.id)
    thread = actions.moderate(place.moderator, "thread", make_thread(other_project, make_user()).id)
    _held, hold = place.hold()
    with transaction():
        db.session.get_one(Case, cases["flag"].id).awaits_person = True
    flagged = flag(said(place)[0])
    actions.claim_item(place.moderator, "case", flagged.id)
    actions.claim_item(make_user("moderator"), "hold", hold.id)
    expected = {
        QueueFilter(kind="thread"): [thread],
        QueueFilter(kind="held"): [hold],
        QueueFilter(why="score"): [cases["flag"]],
        QueueFilter(why="flag"): [flagged],
        QueueFilter(why="second_look"): [cases["second_look"]],
        QueueFilter(why="list"): [hold],
        QueueFilter(why="listed"): [],
        QueueFilter(whose="mine"): [flagged],
        QueueFilter(whose="others"): [hold],
        QueueFilter(project_id=other_project.id): [cases["moderator"], thread],
        QueueFilter(thread_id=thread.target_id): [thread],
        QueueFilter(thread_id=place.thread.id, kind="held"): [hold],
    }
    found = {wanted: keys(place.moderator, wanted) for wanted in expected}
    assert found == {wanted: [key_of(each) for each in rows] for wanted, rows in expected.items()}
    counts = queries.count_waiting(place.moderator)
    assert (counts.total, counts.is_capped, counts.crowded) == (6, False, None)
    assert counts.kinds == {"post": 4, "thread": 1, "held": 1}
    assert counts.whys == {"score": 1, "flag": 1, "moderator": 2, "second_look": 1, "list": 1}
    assert counts.whose == {"mine": 1, "nobody": 4, "others": 1}
    assert counts.projects == {place.project.id: 4, other_project.id: 2}


def key_of(row) -> str:
    return f"case-{row.id}" if isinstance(row, Case) else f"hold-{row.id}"


def test_counts_say_where_they_end(place, monkeypatch, sign_in):
    monkeypatch.setattr(queries.counts, "MOST_COUNTED", 5)
    for post in said(place, 6):
        flag(post)
    counts = queries.count_waiting(place.moderator)
    assert (counts.total, counts.is_capped, queries.count_queue(place.moderator)) == (5, True, 5)
    page = sign_in(place.moderator).get("/moderation").text
    assert "To look at · 5 or more" in page
    assert "More waits than anybody reads one by one." in page
    assert f"/moderation?thread={place.thread.id}" in page


def test_who_moderates_nowhere_is_told_of_nothing(place):
    flag(place.post)
    counts = queries.count_waiting(make_user())
    assert (counts.total, queries.count_queue(make_user())) == (0, 0)
    with pytest.raises(NotFound):
        queries.read_queue(make_user(), QueueFilter(), None, 10)


@pytest.mark.parametrize(
    "address", ["?about=held", "?about=what", "?project=x&show=7&thread=-1", "?why=flag"]
)
def test_an_address_asks_for_some_of_it_or_is_ignored(place, sign_in, address):
    flag(place.post)
    page = sign_in(place.moderator).get(f"/moderation{address}").text
    assert ("These people are animals." in page) == (address != "?about=held")
    assert ("Nothing of that waits" in page) == (address == "?about=held")


def test_what_waits_elsewhere_is_not_offered(place, sign_in):
    closed = make_project(title="Closed doors", visibility="members")
    page = sign_in(place.moderator).get(f"/moderation?project={closed.id}").text
    assert "Closed doors" not in page


def test_more_stands_on_the_next_page(place, sign_in):
    for post in said(place, 11):
        flag(post)
    mona = sign_in(place.moderator)
    first = mona.get("/moderation").text
    assert ("Word 9." in first, "Word 10." in first) == (True, False)
    link = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "Word 10." in mona.get(link).text
    assert "Word 10." in mona.get("/moderation?show=25").text
    behind = encode_cursor([(now() + timedelta(days=1)).isoformat(), 0, 1])
    assert "That was the end of the list" in mona.get(f"/moderation?cursor={behind}").text


def test_the_page_costs_the_same_with_one_and_thirty(place, sign_in, count_queries):
    mona = sign_in(place.moderator)
    mute = Deed("mute", 2, "Stop.", now() + timedelta(days=1))

    def wait(post) -> None:
        case = flag(post)
        actions.decide_case(place.moderator, case.id, mute, case.version)
        actions.claim_item(place.moderator, "case", case.id)
        actions.add_note(place.moderator, "case", case.id, "Known.")

    def cost() -> int:
        with count_queries() as count:
            assert mona.get("/moderation?show=50").status_code == 200
        return count.total

    wait(said(place)[0])
    actions.moderate(place.moderator, "thread", make_thread(place.project, make_user()).id)
    actions.moderate(place.moderator, "person", make_user().id)
    place.hold()
    few = cost()
    for post in said(place, 30):
        wait(post)
        place.hold("Again: holdme.")
    assert cost() == few


def test_an_old_claim_counts_for_nothing(place):
    case = flag(place.post)
    actions.claim_item(place.moderator, "case", case.id)
    with transaction():
        db.session.query(QueueClaim).one().ends_at = now()
    assert keys(place.moderator, QueueFilter(whose="nobody")) == [f"case-{case.id}"]
    assert queries.list_queue(place.moderator)[0].claim is None


def test_what_is_held_and_gone_is_left_out(place):
    _post, hold = place.hold()
    with transaction():
        db.session.get_one(Hold, hold.id).object_id = 999
    assert keys(place.moderator) == []
