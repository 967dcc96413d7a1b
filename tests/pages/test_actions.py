"""What may be said of the site, by whom; and the language a reader chooses."""

import pytest
from factories import make_user

from civicforum.accounts.models import SYSTEM, Guest
from civicforum.errors import Invalid, NotAllowed
from civicforum.pages import actions
from civicforum.web.site import get_site


def test_the_site_changes_in_what_is_given_and_in_nothing_else(app):
    actions.change_site(SYSTEM, name="Tarrow Bend", timezone="America/Detroit")
    actions.change_site(make_user("administrator"), sentence="We listen.")
    site = get_site()
    assert (site.name, site.timezone, site.sentence) == ("Tarrow Bend", "America/Detroit", "We listen.")


def test_only_an_administrator_changes_the_site(app):
    for person in (Guest(), make_user(), make_user("organizer", "moderator", "steward")):
        with pytest.raises(NotAllowed):
            actions.change_site(person, name="Mine")
    assert get_site().name != "Mine"


def test_a_time_zone_that_there_is_not_is_refused(app):
    with pytest.raises(Invalid) as refused:
        actions.change_site(SYSTEM, name="Tarrow Bend", timezone="Mars/Sea")
    assert list(refused.value.errors) == ["timezone"]
    assert get_site().name != "Tarrow Bend"


def test_what_is_no_setting_cannot_be_set(app):
    with pytest.raises(TypeError, match="set_up_at"):
        actions.change_site(SYSTEM, set_up_at=None)


def test_a_language_is_remembered_for_who_has_an_account(app):
    user = make_user()
    actions.choose_language(user, "es")
    assert user.locale == "es"
    with pytest.raises(NotAllowed):
        actions.choose_language(Guest(), "es")
