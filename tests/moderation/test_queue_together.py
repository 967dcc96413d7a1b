"""Several things decided alike: each a measure of its own; what was refused is named, the rest is done."""

from datetime import timedelta

import pytest
from browser import forms_of
from factories import join, make_post, make_project, make_thread, make_user
from sqlalchemy import select

from civicforum.agreement.wording import RuleWording, Wording
from civicforum.db import db, now
from civicforum.discussions.models import Post
from civicforum.errors import Invalid
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Chosen, Deed
from civicforum.moderation.models import LogEntry, Measure
from civicforum.rulemaking import actions as rulemaking

HIDE = Deed("hide", 2, "It says what people are.")
LEAVE = Deed("leave", None, "It is fair.")


def flag(post):
    actions.flag_post(make_user(), post.id, 2, "")
    return queries.find_case_about("post", post.id)


def said_elsewhere(place, words: str):
    """A comment in another thread, by somebody with a name."""
    thread = make_thread(make_project(), make_user(), title="Elm Street")
    return make_post(thread, make_user(name="Erin Elm"), words)


def chosen(case) -> Chosen:
    return Chosen("case", case.id, case.version)


def state_of(post) -> str:
    return db.session.get_one(Post, post.id).state


def test_each_is_a_measure_of_its_own_with_its_own_line(place):
    posts = [place.post, said_elsewhere(place, "Animals, all of them.")]
    cases = [flag(post) for post in posts]
    assert actions.decide_each(place.moderator, [chosen(case) for case in cases], HIDE) == []
    assert [state_of(post) for post in posts] == ["hidden", "hidden"]
    assert len(db.session.scalars(select(Measure)).all()) == 2
    assert [line.case_id for line in db.session.scalars(select(LogEntry))] == [case.id for case in cases]


def test_a_rule_of_the_town_is_not_cited_where_others_hold(place):
    project = make_project(own := make_user())
    rules = tuple(RuleWording(f"Own rule {number}", "Text.") for number in (1, 2))
    rulemaking.write_own_agreement(own, project.id, Wording("Ours.", rules))
    post = make_post(make_thread(project, make_user()), make_user(), "Sharp.")
    case = flag(post)
    (refused,) = actions.decide_each(place.moderator, [chosen(case)], HIDE)
    assert refused.why == "Its project has rules of its own: decide it on its own page."
    assert actions.decide_each(place.moderator, [chosen(case)], LEAVE) == []
    assert {rule.reason for rule in queries.lane_rules("en", project)} == {"Text."}


def test_what_is_refused_leaves_the_others_done(place):
    tied_thread = said_elsewhere(place, "Sharp.")
    make_post(tied_thread.thread, place.moderator)
    decided, fine, tied = flag(said_elsewhere(place, "One.")), flag(place.post), flag(tied_thread)
    was = chosen(decided)
    actions.decide_case(make_user("moderator"), decided.id, LEAVE, decided.version)
    held, hold = place.hold()
    wanted = [
        was,
        chosen(tied),
        Chosen("hold", hold.id),
        Chosen("case", 999, 1),
        Chosen("hold", 999),
        chosen(fine),
    ]
    refused = actions.decide_each(place.moderator, wanted, HIDE)
    assert [(each.chosen, each.why[:30]) for each in refused] == [
        (was, "Another moderator acted meanwh"),
        (chosen(tied), "You wrote in this thread, so s"),
        (wanted[2], "It waits to be published: publ"),
        (wanted[3], "It is not there any more."),
        (wanted[4], "It waits to be published: publ"),
    ]
    assert (state_of(place.post), state_of(held)) == ("hidden", "pending")


def test_what_waits_is_published_or_declined_and_nothing_else_is(place):
    held = [place.hold(f"{number}: holdme.") for number in range(3)]
    case = flag(place.post)
    publish = [Chosen("hold", held[0][1].id), chosen(case)]
    refused = actions.decide_each(place.moderator, publish, Deed("approve", None, ""))
    assert [each.why for each in refused] == [
        "It is no comment that waits to be published: hide it, or leave it."
    ]
    actions.decide_each(place.moderator, [Chosen("hold", held[1][1].id)], Deed("decline", 2, "No."))
    assert [state_of(post) for post, _hold in held] == ["visible", "declined", "pending"]


@pytest.mark.parametrize(
    "deed", [Deed("hide", None, "Why."), Deed("decline", 2, ""), Deed("leave", None, " ")]
)
def test_nothing_is_done_without_a_rule_and_a_reason(place, deed):
    case = flag(place.post)
    with pytest.raises(Invalid):
        actions.decide_each(place.moderator, [chosen(case)], deed)
    assert queries.find_case_about("post", place.post.id).version == case.version


# --- from the page, without scripts ---


def send(client, items, deed: str, **fields):
    form = next(f for f in forms_of(client.get("/moderation")) if "/together" in f["action"])
    token = form["fields"]["csrf_token"]
    return client.post(form["action"], data={"csrf_token": token, "items": items, "deed": deed, **fields})


def test_several_are_left_with_one_reason(place, sign_in):
    cases = [flag(place.post), flag(said_elsewhere(place, "Sharp, and fair."))]
    mona = sign_in(place.moderator)
    items = [f"case-{case.id}-{case.version}" for case in cases]
    done = send(mona, items, "leave", reason="It is criticism.")
    assert done.location == "/moderation"
    page = mona.get("/moderation").text
    assert ("Done with all 2." in page, "Nothing waits" in page) == (True, True)


def test_a_template_gives_the_reason(place, sign_in):
    case = flag(place.post)
    mona = sign_in(place.moderator)
    send(mona, [f"case-{case.id}-1"], "hide", rule="2", template="about-people", reason="And so on.")
    measure = db.session.scalars(select(Measure)).one()
    assert measure.reason.endswith("\n\nAnd so on.")
    assert len(measure.reason) > 30


def test_who_is_second_keeps_what_was_typed_and_what_was_chosen(place, sign_in):
    cases = [flag(place.post), flag(said_elsewhere(place, "Sharp."))]
    items = [f"case-{case.id}-{case.version}" for case in cases]
    mona = sign_in(place.moderator)
    other = Deed("mute", 2, "Careful.", now() + timedelta(days=1))
    actions.decide_case(make_user("moderator"), cases[1].id, other, cases[1].version)
    answer = send(mona, items, "hide", rule="2", reason="My long reason.")
    assert answer.status_code == 409
    assert "1 was not done" in answer.text
    assert "Erin Elm: “Sharp.”" in answer.text
    assert "Another moderator acted meanwhile." in answer.text
    assert "My long reason." in answer.text
    assert f'value="case-{cases[1].id}-2"' in answer.text
    assert state_of(place.post) == "hidden"


def test_what_was_typed_is_kept_where_nothing_is_left_to_choose(place, sign_in):
    case = flag(place.post)
    actions.decide_case(make_user("moderator"), case.id, LEAVE, case.version)
    mona = sign_in(place.moderator)
    _post, hold = place.hold()
    form = next(f for f in forms_of(mona.get("/moderation")) if "/together" in f["action"])
    actions.decide_hold(make_user("moderator"), hold.id, Deed("approve", None, ""))
    sent = {"csrf_token": form["fields"]["csrf_token"], "items": f"case-{case.id}-1", "deed": "hide"}
    answer = mona.post("/moderation/together", data={**sent, "rule": "2", "reason": "My long reason."})
    assert answer.status_code == 409
    assert ("Nothing waits" in answer.text, "My long reason." in answer.text) == (True, True)


@pytest.mark.parametrize(
    ("items", "deed", "fields", "said"),
    [
        (["case"], "hide", {"rule": "2"}, "Choose a reason, or say why in your own words."),
        (["case"], "hide", {"reason": "Typed."}, "Name the rule that it breaks."),
        ([], "hide", {"rule": "2", "reason": "Typed."}, "Choose what this is about"),
        (["x-1-1", "case-x", "hold-²"], "leave", {"reason": "Typed."}, "Choose what this is about"),
        (["case"], "explode", {"rule": "2", "reason": "Typed."}, "Choose what this is about"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_lost(place, sign_in, items, deed, fields, said):
    case = flag(place.post)
    mona = sign_in(place.moderator)
    named = [f"case-{case.id}-{case.version}" if each == "case" else each for each in items]
    answer = send(mona, named, deed, **fields)
    assert (answer.status_code, state_of(place.post)) == (422, "visible")
    assert said in answer.text
    assert ("Typed." in answer.text) == ("reason" in fields)
    box = answer.text.split(f'value="case-{case.id}-1"')[1].split(">")[0]
    assert ("checked" in box) == (items == ["case"])


def test_all_that_waits_is_published_without_a_word(place, sign_in):
    held = [place.hold(f"{number}: holdme.") for number in range(2)]
    mona = sign_in(place.moderator)
    assert send(mona, [f"hold-{hold.id}-0" for _post, hold in held], "approve").status_code == 302
    assert {state_of(post) for post, _hold in held} == {"visible"}


def test_what_one_may_not_see_is_not_named(place, sign_in):
    hidden = said_elsewhere(place, "A secret of elsewhere.")
    case = flag(hidden)
    here = make_user()
    join(place.project, here, "moderator")
    flag(place.post)
    answer = send(sign_in(here), [f"case-{case.id}-1"], "leave", reason="Hm.")
    assert answer.status_code == 409
    assert "Something you chose" in answer.text
    assert ("A secret" in answer.text, "Erin Elm" in answer.text) == (False, False)


def test_who_moderates_nowhere_decides_nothing(place, sign_in):
    rita = sign_in(make_user())
    token = forms_of(rita.get("/settings"))[0]["fields"]["csrf_token"]
    assert rita.post("/moderation/together", data={"csrf_token": token}).status_code == 404
