"""A second look at a limit may leave less of it: shorter, or in a smaller place; never more."""

from datetime import timedelta
from mailbox import mails_to, words

import pytest
from browser import submit
from factories import make_thread, make_token, make_user
from moderation.looks import name_independent
from sqlalchemy import select

from civicforum.accounts.models import User
from civicforum.agreement.models import Limit
from civicforum.db import db, now
from civicforum.discussions.actions import post_reply
from civicforum.errors import Conflict, Invalid, NotAllowed
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Deed, Softer
from civicforum.moderation.models import LogEntry

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
WHY = "A week is much for one evening."


def contested(place, action="silence", time=WEEK, about="post"):
    """A limit that its person asks somebody else to look at: the measure and the second look."""
    target = place.post.id if about == "post" else place.author.id
    deed = Deed(action, 2, "It goes on and on.", until=now() + time)
    measure = actions.moderate(place.moderator, about, target, deed).measures[-1]
    return measure, actions.appeal_measure(place.author, measure.case_id, "Too long.", measure_id=measure.id)


def decide(appeal, softer, actor=None):
    judge = actor or make_user("moderator")
    return actions.decide_appeal(judge, appeal.id, "varied", WHY, appeal.version, softer)


def line():
    return db.session.scalars(select(LogEntry).order_by(LogEntry.number.desc()).limit(1)).one()


def test_a_limit_ends_sooner_and_the_log_tells_until_when(place):
    measure, appeal = contested(place)
    decide(appeal, Softer(DAY))
    limits = db.session.scalars(select(Limit).order_by(Limit.id)).all()
    assert [(limit.kind, limit.is_in_force()) for limit in limits] == [("silence", False), ("silence", True)]
    assert limits[1].until - now() <= DAY
    assert (measure.limit_id, measure.overturned_at) == (limits[1].id, None)
    assert (line().action, line().outcome) == ("varied", "varied")
    assert line().scope == f"project:{place.project.id}"
    assert line().until == limits[1].until.isoformat(timespec="seconds")
    assert (appeal.state, appeal.outcome, appeal.reason) == ("decided", "varied", WHY)


def test_a_silence_becomes_a_mute_and_elsewhere_one_speaks_again(place):
    elsewhere = make_thread(place.project)
    measure, appeal = contested(place)
    with pytest.raises(NotAllowed):
        post_reply(place.author, elsewhere.id, "May I?")
    decide(appeal, Softer(None, "mute"))
    assert post_reply(place.author, elsewhere.id, "I may.").is_visible
    with pytest.raises(NotAllowed):
        post_reply(place.author, place.thread.id, "And here?")
    assert (measure.limit.kind, measure.limit.place) == ("mute", place.thread.channel)


def test_a_suspension_becomes_a_silence_and_the_account_is_free(place):
    measure, appeal = contested(place, "suspend")
    assert db.session.get_one(User, place.author.id).is_suspended()
    decide(appeal, Softer(HOUR, "silence"))
    assert not db.session.get_one(User, place.author.id).is_suspended()
    assert (measure.limit.kind, measure.limit.place) == ("silence", f"project:{place.project.id}")


def test_a_suspension_of_a_person_is_made_shorter_and_has_no_smaller_place(place):
    judge = name_independent()
    _measure, appeal = contested(place, "suspend", about="person")
    with pytest.raises(Invalid) as refused:
        decide(appeal, Softer(None, "mute"), judge)
    assert list(refused.value.errors) == ["kind"]
    decide(appeal, Softer(HOUR), judge)
    until = db.session.get_one(User, place.author.id).suspended_until
    assert until is not None
    assert until - now() <= HOUR


@pytest.mark.parametrize(
    ("softer", "field"),
    [
        (Softer(), "lasts"),
        (Softer(WEEK * 2), "lasts"),
        (Softer(-HOUR), "lasts"),
        (Softer(HOUR, "suspend"), "kind"),
        (Softer(HOUR, "slow"), "kind"),
    ],
)
def test_it_is_never_more_nor_the_same(place, softer, field):
    measure, appeal = contested(place)
    with pytest.raises(Invalid) as refused:
        decide(appeal, softer)
    assert list(refused.value.errors) == [field]
    assert (appeal.state, measure.limit.is_in_force()) == ("open", True)


def test_what_is_over_is_not_varied(place):
    measure, appeal = contested(place)
    actions.lift_measure(make_user("moderator"), measure.id, "It is calm.")
    with pytest.raises(Conflict):
        decide(appeal, Softer(HOUR))


def test_another_limit_in_the_smaller_place_goes_on(place):
    deed = Deed("mute", 2, "Enough.", until=now() + WEEK * 2)
    other = actions.moderate(place.moderator, "post", place.post.id, deed).measures[-1]
    _measure, appeal = contested(place)
    decide(appeal, Softer(HOUR, "mute"))
    assert other.limit.is_in_force()


def test_who_acted_does_not_vary_it(place):
    _measure, appeal = contested(place)
    with pytest.raises(NotAllowed):
        decide(appeal, Softer(HOUR), place.moderator)


def test_what_is_left_is_lifted_and_undone_like_the_first(place):
    measure, appeal = contested(place)
    decide(appeal, Softer(DAY, "mute"))
    actions.lift_measure(make_user("moderator"), measure.id, "It is calm.")
    assert not measure.limit.is_in_force()
    assert queries.list_own_limits(place.author)[0].limit.kind == "mute"


def test_the_page_offers_what_is_less_and_everybody_is_told(app, place, sign_in):
    measure, appeal = contested(place, "suspend", DAY)
    judge = sign_in(make_user("moderator"))
    shown = judge.get(f"/appeals/{appeal.id}").text
    assert "3 hours" in shown
    assert "7 days" not in shown.split('id="decide"')[1]
    submit(
        judge,
        f"/appeals/{appeal.id}",
        outcome="varied",
        lasts="3",
        kind="mute",
        reason=WHY,
    )
    assert (measure.limit.kind, appeal.outcome) == ("mute", "varied")
    asker = sign_in(place.author)
    for address in (f"/appeals/{appeal.id}", f"/cases/{measure.case_id}/reasons?measure={measure.id}"):
        assert "It is less now. This discussion only." in asker.get(address, follow_redirects=True).text
    assert "changed in part" in asker.get("/inbox").text
    mail = mails_to(app, place.author.email)[-1]
    assert "It is less now. This discussion only." in words(mail)
    assert WHY in words(mail)


def test_over_the_api(client, place):
    measure, _appeal = contested(place)
    token = make_token(make_user("moderator"))
    answer = client.post(
        f"/api/v1/cases/{measure.case_id}/appeal/decision",
        json={"outcome": "varied", "reason": WHY, "version": 1, "hours": 24, "kind": "mute"},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert (answer.status_code, answer.json["outcome"]) == (201, "varied")
    assert measure.limit.kind == "mute"
    stated = client.get(
        f"/api/v1/cases/{measure.case_id}/statement?measure={measure.id}",
        headers={"Authorization": f"Bearer {make_token(place.author)}"},
    )
    assert stated.json["less"].startswith("It is less now. This discussion only.")
