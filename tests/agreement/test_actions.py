from datetime import timedelta

import pytest
from factories import make_agreement, make_user
from sqlalchemy import select

from civicforum.accounts.models import SYSTEM, Guest
from civicforum.agreement import actions, queries
from civicforum.agreement.models import AgreementVersion, Hold, Standing
from civicforum.agreement.wording import RuleWording, Wording
from civicforum.db import db, transaction
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound

RULES = (
    RuleWording("Be kind", "To all."),
    RuleWording("Be brief", "Or not.", {"es": {"title": "Sea breve"}}),
)


def test_the_shipped_rules_are_installed_once(app):
    first = actions.install_shipped(SYSTEM)
    assert (first.number, [rule.number for rule in first.rules]) == (1, [1, 2, 3, 4, 5, 6])
    assert actions.install_shipped(SYSTEM).id == first.id


def test_every_shipped_rule_is_in_both_languages(app):
    for rule in actions.install_shipped(SYSTEM).rules:
        assert rule.title_in("es") != rule.title
        assert rule.text_in("es") != rule.text
        assert len(rule.title) <= 120
    assert queries.current_agreement().introduction_in("es").startswith("Estas seis reglas")


def test_a_change_is_a_new_version_and_the_old_one_stays(app):
    make_agreement()
    actions.publish_agreement(SYSTEM, Wording("New times.", RULES, {"es": {"introduction": "Nuevos."}}))
    assert [version.number for version in queries.list_agreements()] == [2, 1]
    assert queries.get_rule(1).title == "Be kind"
    assert queries.get_agreement(1).rules[0].title == "Say what you saw"
    assert queries.current_agreement().rules[1].title_in("es") == "Sea breve"


def test_two_who_publish_do_not_overwrite_each_other(app):
    make_agreement()
    actions.publish_agreement(SYSTEM, Wording("First.", RULES), based_on=1)
    with pytest.raises(Conflict):
        actions.publish_agreement(SYSTEM, Wording("Second.", RULES), based_on=1)


@pytest.mark.parametrize(
    ("introduction", "rules", "field"),
    [(" ", RULES, "introduction"), ("x", (), "rules"), ("x", (RuleWording("t", " "),), "rules")],
)
def test_an_agreement_without_words_is_refused(app, introduction, rules, field):
    with pytest.raises(Invalid) as refused:
        actions.publish_agreement(SYSTEM, Wording(introduction, rules))
    assert list(refused.value.errors) == [field]
    assert db.session.scalars(select(AgreementVersion)).all() == []


@pytest.mark.parametrize("roles", [(), ("moderator",), ("administrator",)])
def test_nobody_publishes_by_themselves(app, roles):
    with pytest.raises(NotAllowed):
        actions.publish_agreement(make_user(*roles), Wording("x", RULES))


def test_what_somebody_accepted_is_kept(app):
    version, ana = make_agreement(), make_user()
    assert not queries.has_accepted(ana, version)
    actions.accept_agreement(ana, 1)
    assert queries.has_accepted(ana, version)


def test_only_the_version_that_holds_is_accepted(app):
    make_agreement()
    actions.publish_agreement(SYSTEM, Wording("New.", RULES))
    with pytest.raises(Conflict):
        actions.accept_agreement(make_user(), 1)
    with pytest.raises(NotAllowed):
        actions.accept_agreement(Guest(), 2)


def test_words_are_listed_once_in_their_plain_form(app):
    moderator = make_user("moderator")
    actions.list_word(moderator, "  Estúpido ", "hold")
    actions.list_word(moderator, "estupido", "mask")
    assert [(word.word, word.action) for word in queries.list_words(moderator)] == [("estupido", "mask")]


@pytest.mark.parametrize(("word", "action", "field"), [("x", "hold", "word"), ("trash", "burn", "action")])
def test_a_word_is_listed_for_something(app, word, action, field):
    with pytest.raises(Invalid) as refused:
        actions.list_word(make_user("moderator"), word, action)
    assert list(refused.value.errors) == [field]


def test_the_list_is_kept_by_moderators_alone(app):
    word = actions.list_word(SYSTEM, "trash", "hold")
    for actor in (Guest(), make_user(), make_user("administrator")):
        with pytest.raises(NotAllowed):
            actions.list_word(actor, "scum", "hold")
        with pytest.raises(NotAllowed):
            actions.unlist_word(actor, word.id)
        with pytest.raises(NotFound):
            queries.list_words(actor)


LINKS = "https://a.example https://b.example https://c.example"


@pytest.mark.parametrize(
    ("newcomer", "text", "cause"),
    [
        (True, "These people are TRASH.", "list"),
        (False, "These people are TRASH.", "list"),
        (True, LINKS, "links"),
        (False, LINKS, None),
        (True, "https://a.example https://b.example", None),
        (True, "`https://a.example https://b.example https://c.example`", None),
        (True, "Words.", None),
        (True, "a scoundrel", None),
    ],
)
def test_only_what_a_list_or_many_links_caught_is_held(app, newcomer, text, cause):
    actions.list_word(SYSTEM, "trash", "hold")
    actions.list_word(SYSTEM, "scoundrel", "flag")
    assert queries.find_cause(make_user(newcomer=newcomer), text) == cause


def test_masked_words_are_masked_and_flagged_ones_found(app):
    actions.list_word(SYSTEM, "idiot", "mask")
    actions.list_word(SYSTEM, "scoundrel", "flag")
    assert queries.mask_words("An idiot and a scoundrel") == "An ••••• and a scoundrel"
    assert queries.find_listed("An idiot and a Scoundrel", "flag") == ["scoundrel"]


def hold(author, object_id=7, cause="list"):
    with transaction():
        return actions.hold_for_review(author, "post", object_id, None, cause)


def test_a_hold_is_due_in_a_day(app):
    row = hold(make_user())
    assert row.due_at - row.created_at == timedelta(hours=24)


def test_a_hold_is_decided_once(app):
    row, moderator = hold(make_user()), make_user("moderator")
    with transaction():
        actions.decide_hold(moderator, row.id, "approved")
    with pytest.raises(Conflict), transaction():
        actions.decide_hold(moderator, row.id, "declined", reason="x")
    db.session.refresh(row)
    assert row.decision == "approved"


def test_what_was_decided_and_then_edited_waits_again(app):
    author, row = make_user(), None
    row = hold(author)
    with transaction():
        actions.decide_hold(make_user("moderator"), row.id, "approved")
    again = hold(author, cause="links")
    assert (again.id, again.cause, again.decision) == (row.id, "links", None)


def test_a_hold_that_is_no_longer_needed_is_dropped_and_a_decision_is_not(app):
    waiting, decided = hold(make_user(), 7), hold(make_user(), 8)
    with transaction():
        actions.decide_hold(make_user("moderator"), decided.id, "approved")
        actions.drop_hold("post", 7)
        actions.drop_hold("post", 8)
    assert db.session.scalars(select(Hold.object_id)).all() == [8]
    assert waiting is not None


def test_a_newcomer_is_one_until_two_words_stood_or_a_meeting_or_a_voucher(app):
    spoke, came, known = (make_user(newcomer=True) for _ in range(3))
    assert all(map(queries.is_newcomer, (spoke, came, known)))
    with transaction():
        actions.count_stood(spoke.id)
        actions.count_stood(spoke.id)
        actions.count_attended(came.id)
        actions.count_stood(None)
    actions.vouch(make_user("steward"), known)
    assert not any(map(queries.is_newcomer, (spoke, came, known)))


def test_guests_are_newcomers_and_the_house_is_not(app):
    assert (queries.is_newcomer(Guest()), queries.is_newcomer(SYSTEM)) == (True, False)


def test_a_resident_vouches_for_nobody(app):
    with pytest.raises(NotAllowed):
        actions.vouch(make_user(), make_user(newcomer=True))


def test_the_first_voucher_is_kept(app):
    first, newcomer = make_user("steward"), make_user(newcomer=True)
    actions.vouch(first, newcomer)
    actions.vouch(make_user("moderator"), newcomer)
    assert queries.standing_of(newcomer).vouched_by_id == first.id


def test_whoever_is_welcomed_is_no_newcomer(app):
    user = actions.welcome(SYSTEM, "ana@example.org", "Ana Lopez", "partner")
    assert (queries.is_newcomer(user), user.is_confirmed, user.has_role("partner")) == (False, True, True)
    assert queries.standing_of(user).accepted_version is None


def test_where_there_is_no_agreement_nobody_accepts_one(app):
    with pytest.raises(NotFound):
        actions.accept_agreement(make_user(), 1)


def test_the_house_is_not_held_by_its_own_list(app):
    actions.list_word(SYSTEM, "badger", "hold")
    assert queries.find_cause(SYSTEM, "That badger.") is None
    assert queries.find_cause(make_user("administrator"), "That badger.") == "list"


def test_what_nobody_said_and_nobody_attended_counts_for_nobody(app):
    user = make_user(newcomer=True)
    with transaction():
        for user_id in (None, user.id):
            actions.count_stood(user_id)
            actions.count_attended(user_id)
    standing = queries.standing_of(user)
    assert (standing.words_that_stood, standing.meetings_attended) == (1, 1)
    assert [row.user_id for row in db.session.query(Standing)] == [user.id]
