"""How the rooms of due process fit together: a limit is lifted, and the own organization's critic."""

import pytest
from factories import make_organization, make_post, make_user
from moderation.looks import ask

from civicforum.agreement.limits.queries import limits_on
from civicforum.errors import NotAllowed
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Deed


def test_nobody_judges_the_critics_of_their_own_organization(place):
    judge, elsewhere = make_user("moderator"), make_user("moderator")
    make_organization(judge, name="Harbour", slug="harbour")
    make_organization(elsewhere, name="River", slug="river")
    make_post(place.thread, place.author, "The @river people are kind.")
    place.post = make_post(place.thread, place.author, "The @harbour people are animals.")
    appeal = ask(place)
    with pytest.raises(NotAllowed):
        actions.decide_appeal(judge, appeal.id, "upheld", "x", 1)
    assert queries.list_to_decide(judge) == []
    assert queries.list_deciders(appeal) == [elsewhere.id]


def test_a_limit_that_was_overturned_ends_at_once(place, sign_in):
    case = actions.moderate(place.moderator, "post", place.post.id, Deed("mute", 2, "Calm."))
    assert len(limits_on(place.author, [place.thread.channel])) == 1
    appeal = actions.appeal_measure(place.author, case.id, "No.")
    assert "for a while" in sign_in(place.author).get(f"/posts/{place.post.id}/reasons").text
    actions.decide_appeal(make_user("moderator"), appeal.id, "overturned", "x", 1)
    assert limits_on(place.author, [place.thread.channel]) == []
