"""The guided set-up and the site's settings."""

from mailbox import mails_to

import pytest
from browser import press, submit
from factories import make_town_hall, make_user

from civicforum.accounts.models import SYSTEM
from civicforum.partnerships.queries import get_project
from civicforum.web.site import get_site

DOORS = (
    "/set-up/next",
    "/set-up/partner",
    "/set-up/project",
    "/set-up/meeting",
    "/set-up/poster",
    "/site-settings",
)


@pytest.mark.parametrize("path", DOORS)
def test_only_administrators_set_up(client, sign_in, path):
    assert client.get(path).location.startswith("/sign-in?next=")
    assert sign_in(make_user("organizer")).get(path).status_code == 403


def test_a_town_goes_from_partner_to_poster(sign_in):
    browser = sign_in(make_user("administrator"))
    page = submit(browser, "/set-up/next", name="Rescue Mission", kind="nonprofit")
    assert page.request.path == "/set-up/project"
    assert "Step 3 of 5" in page.text
    page = submit(browser, "/set-up/next", title="Warm evenings", vision="Nobody outside in winter.")
    assert page.request.path == "/set-up/meeting"
    project = get_project(SYSTEM, "warm-evenings")
    assert [(p.organization.name, p.role) for p in project.partners] == [("Rescue Mission", "lead")]
    assert "/projects/warm-evenings/" in page.text or "warm-evenings" in page.text
    make_town_hall(project, title="Coffee hour")
    page = browser.get("/set-up/next", follow_redirects=True)
    assert page.request.path == "/set-up/poster"
    assert "Step 5 of 5" in page.text
    assert "Coffee hour" in page.text


def test_a_step_keeps_what_was_typed(sign_in):
    browser = sign_in(make_user("administrator"))
    page = submit(browser, "/set-up/project", title="Warm evenings", vision="")
    assert 'value="Warm evenings"' in page.text
    assert "Please fill this in." in page.text


def test_the_sites_settings_are_changed(sign_in):
    browser = sign_in(make_user("administrator"))
    page = submit(
        browser,
        "/site-settings",
        form_id="site",
        name="Tarrow Bend",
        contact_phone="555-0142",
        timezone="America/New_York",
        answer_days="10",
    )
    assert "Call 555-0142" in page.text
    site = get_site()
    assert (site.name, site.timezone, site.answer_days) == ("Tarrow Bend", "America/New_York", 10)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("timezone", "Mars/Olympus"),
        ("answer_days", "0"),
        ("independent_email", "nobody"),
    ],
)
def test_wrong_settings_are_refused(sign_in, field, value):
    browser = sign_in(make_user("administrator"))
    page = submit(browser, "/site-settings", form_id="site", sentence="Kept", **{field: value})
    assert "This was not sent yet" in page.text
    assert 'value="Kept"' in page.text
    assert get_site().sentence == ""


def test_a_test_mail_comes_to_whoever_asks(app, sign_in):
    administrator = make_user("administrator")
    press(sign_in(administrator), "/site-settings", "/site-settings/test-mail")
    assert len(mails_to(app, administrator.email)) == 1
