"""The pages of projects, partners, members, organizations and news, as a browser without JavaScript."""

from mailbox import link_in, mails_to

import pytest
from browser import forms_of, press, submit
from factories import join, make_organization, make_project, make_user

from civicforum.accounts.models import SYSTEM
from civicforum.partnerships import actions, queries


def test_a_project_is_founded_on_a_page(sign_in):
    browser = sign_in(make_user("organizer"))
    page = submit(
        browser,
        "/projects/new",
        title=" Warm   evenings ",
        vision="Nobody outside.",
        decides="You advise; the City decides by May 1.",
    )
    assert page.request.path == "/projects/warm-evenings"
    assert "You advise; the City decides by May 1." in page.text


def test_a_double_press_founds_one_project(sign_in):
    browser = sign_in(make_user("organizer"))
    fields = {"title": "Warm evenings", "vision": "v", "key": "one-press"}
    pages = [submit(browser, "/projects/new", **fields).request.path for _ in range(2)]
    assert pages == ["/projects/warm-evenings"] * 2


def test_a_refused_form_keeps_what_was_typed(sign_in):
    browser = sign_in(make_user("organizer"))
    page = submit(browser, "/projects/new", title="", vision="Nobody outside, ever.")
    assert page.status_code == 200
    assert "Nobody outside, ever." in page.text
    assert "Please fill this in." in page.text
    assert queries.list_projects(SYSTEM).items == []


@pytest.mark.parametrize(
    "path",
    ["/projects/new", "/organizations/new", "/projects/open/edit", "/projects/open/members"],
)
def test_forms_are_not_drawn_for_those_they_would_refuse(client, sign_in, path):
    make_project(slug="open")
    assert sign_in(make_user()).get(path).status_code == 403
    assert client.get(path).location.startswith("/sign-in?next=")


@pytest.mark.parametrize(
    "path", ["", "/partners", "/updates", "/edit", "/phases", "/members", "/partners/new"]
)
def test_a_closed_project_is_not_found_by_others(client, sign_in, path):
    make_project(slug="secret", visibility="members", title="Secret garden")
    for browser in (client, sign_in(make_user()), sign_in(make_user("moderator"))):
        page = browser.get(f"/projects/secret{path}")
        assert page.status_code == 404
        assert "Secret garden" not in page.text


def test_a_closed_project_is_read_by_its_members(sign_in):
    member = make_user()
    join(make_project(slug="secret", visibility="members", title="Secret garden"), member)
    browser = sign_in(member)
    for path in ("/projects", "/projects/secret", "/projects/secret/partners"):
        assert "Secret garden" in browser.get(path).text


def test_a_project_is_changed_on_a_page(sign_in):
    organizer = make_user()
    project = make_project(organizer, slug="here", title="Before", vision="v")
    page = submit(sign_in(organizer), "/projects/here/edit", title="After", level="decision")
    assert page.request.path == "/projects/here"
    changed = queries.get_project_by_id(SYSTEM, project.id)
    assert (changed.title, changed.level, changed.vision) == ("After", "decision", "v")


def test_an_edit_race_is_told_and_loses_nothing(sign_in):
    organizer = make_user()
    make_project(organizer, slug="here", title="Before", vision="v")
    page = submit(sign_in(organizer), "/projects/here/edit", title="After", revision="7")
    assert page.status_code == 409
    assert queries.get_project(SYSTEM, "here").title == "Before"


def test_phases_are_typed_in_rows(sign_in):
    organizer = make_user()
    make_project(organizer, slug="here")
    submit(
        sign_in(organizer),
        "/projects/here/phases",
        **{"phases-0-title": "Listen", "phases-0-starts_on": "2026-01-01"},
    )
    assert [p.title for p in queries.get_project(SYSTEM, "here").phases] == ["Listen"]
    page = submit(sign_in(organizer), "/projects/here/phases", **{"phases-1-title": "Decide"})
    assert "Give the day on which it starts." in page.text
    assert 'value="Decide"' in page.text


def test_a_partner_is_added_changed_and_let_go(sign_in):
    organizer = make_user()
    mission = make_organization(name="Rescue Mission")
    make_project(organizer, slug="here")
    browser = sign_in(organizer)
    page = submit(browser, "/projects/here/partners/new", organization=str(mission.id), brings="Beds")
    assert "Beds" in page.text
    partner = queries.get_project(SYSTEM, "here").partners[0]
    address = f"/projects/here/partners/{partner.id}"
    assert "Forty beds" in submit(browser, address, brings="Forty beds", role="host").text
    press(browser, address, f"{address}/remove")
    assert queries.get_project(SYSTEM, "here").partners == []


def test_a_partners_own_people_say_what_it_brings(sign_in):
    person = make_user()
    project = make_project(None, make_organization(person), make_organization(), slug="here")
    own, other = (f"/projects/here/partners/{p.id}" for p in project.partners)
    assert "Two mediators" in submit(sign_in(person), own, brings="Two mediators").text
    assert sign_in(person).get(other).status_code == 404


def test_somebody_is_invited_by_mail_and_joins(app, sign_in):
    organizer, guest = make_user(), make_user(email="new@example.org")
    make_project(organizer, slug="here", title="Warm evenings", visibility="members")
    page = submit(sign_in(organizer), "/projects/here/members", email="new@example.org", role="steward")
    assert "new@example.org" in page.text
    link = link_in(mails_to(app, "new@example.org")[0])
    stranger = sign_in(make_user())
    assert "Warm evenings" not in stranger.get(link).text
    browser = sign_in(guest)
    assert "Warm evenings" in browser.get(link).text
    page = press(browser, link, link)
    assert page.request.path == "/projects/here"
    assert browser.get(link).status_code == 404


def test_looking_at_an_invitation_changes_nothing(app, client, sign_in):
    organizer = make_user()
    project = make_project(organizer)
    actions.invite(organizer, project, "new@example.org")
    link = link_in(mails_to(app, "new@example.org")[0])
    for _ in range(2):
        page = client.get(link)
        assert page.status_code == 200
        assert page.headers["Referrer-Policy"] == "no-referrer"
    assert queries.get_invitation(link.removeprefix("/invitations/")).accepted_at is None


def test_a_member_gets_a_role_and_loses_it(sign_in):
    organizer, member = make_user(), make_user()
    project = make_project(organizer, slug="here")
    own = join(project, member)
    browser = sign_in(organizer)
    submit(browser, "/projects/here/members", user_id=str(member.id), role="moderator")
    roles = queries.member_ids(project.id, "moderator")
    assert roles == [member.id]
    press(browser, "/projects/here/members", f"/projects/here/members/{own.id}/remove")
    assert queries.member_ids(project.id, "member") == []


def test_news_are_published_changed_and_taken_back(sign_in):
    organizer = make_user()
    make_project(organizer, slug="here")
    browser = sign_in(organizer)
    page = submit(browser, "/projects/here/updates/new", title="We start", body="On **Monday**.")
    assert "<strong>Monday</strong>" in page.text
    address = page.request.path
    assert "Tuesday" in submit(browser, f"{address}/edit", body="On Tuesday.").text
    assert "We start" in browser.get("/projects/here/updates").text
    press(browser, address, f"{address}/withdraw")
    assert browser.get(address).status_code == 404
    assert "We start" not in browser.get("/projects/here/updates").text


def test_news_belong_to_their_project(client):
    organizer = make_user()
    project, other = make_project(organizer), make_project(slug="other")
    update = actions.publish_update(organizer, project, "We start", "b")
    assert client.get(f"/projects/other/updates/{update.id}").status_code == 404
    assert other.slug == "other"


def test_an_organization_is_added_and_changed(sign_in):
    administrator, person = make_user("administrator"), make_user(handle="maria", name="Maria")
    browser = sign_in(administrator)
    page = submit(browser, "/organizations/new", name="Rescue Mission", kind="nonprofit")
    assert page.request.path == "/organizations/rescue-mission"
    submit(browser, "/organizations/rescue-mission/edit", handle="@maria")
    assert "Maria" in browser.get("/organizations/rescue-mission").text
    page = submit(browser, "/organizations/rescue-mission/edit", handle="@nobody")
    assert "Nobody here has this name." in page.text
    page = submit(sign_in(person), "/organizations/rescue-mission/edit", about="Beds since 1947.")
    assert "Beds since 1947." in page.text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example"])
def test_an_organization_links_only_to_the_web(sign_in, url):
    browser = sign_in(make_user("administrator"))
    [form] = [f for f in forms_of(browser.get("/organizations/new")) if "kind" in f["names"]]
    page = browser.post("/organizations/new", data={**form["fields"], "name": "Mission", "url": url})
    assert "An address on the web begins with https://" in page.text


@pytest.mark.parametrize("path", ["/projects", "/organizations"])
def test_lists_cost_the_same_however_long(client, count_queries, path):
    def cost(number):
        for _ in range(number):
            make_project(None, make_organization())
        with count_queries() as n:
            assert client.get(path).status_code == 200
        return n.total

    client.get(path)
    assert cost(1) == cost(15)


def test_an_empty_town_says_what_to_do(client):
    assert "No project is going on at present" in client.get("/projects").text
    assert "No project has ended yet" in client.get("/projects?ended=1").text
    assert "No organization stands here yet" in client.get("/organizations").text
