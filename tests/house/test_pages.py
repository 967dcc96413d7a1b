"""Every page of the demo community, as every role: links that lead somewhere, title equal to h1, valid
HTML, and nothing that axe would call a barrier, on a desktop and on a phone."""

import html
import json
import re
import subprocess
from pathlib import Path

import pytest
import requests
from browser import forms_of
from crawl import Visit, crawl
from running import COMMAND, Server, free_port

from civicforum import paths

VNU = paths.ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
# Axe would fetch and read every style sheet once more, for a rule of its experiments that is not run.
AXE = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}}
PASSWORD = "civic-demo-2026"
ROLES = {
    "guest": None,
    "resident": "denise.walker@example.org",
    "organizer": "maria.delgado@example.org",
    "partner": "elias.thorne@example.org",
    "moderator": "ruth.amadi@example.org",
    "steward": "otis.greer@example.org",
    "administrator": "ines@example.org",
}

# Who reads in Spanish: between them they come to nearly every door.
IN_SPANISH = {"resident", "moderator"}


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """The demo community, served."""
    folder = tmp_path_factory.mktemp("town")
    server = Server(folder, free_port())
    subprocess.run(
        [COMMAND, "demo"],
        env={**server.environment, "PATH": "/usr/bin:/bin"},
        check=True,
        capture_output=True,
    )
    yield server.start()
    server.stop()


@pytest.fixture(scope="module")
def sessions(town) -> dict[str, requests.Session]:
    """A signed-in HTTP session for each role."""
    found = {role: sign_in(town.base_url, email) for role, email in ROLES.items()}
    for role in IN_SPANISH:
        read_spanish(town.base_url, found[role])
    return found


def read_spanish(base_url: str, session: requests.Session) -> None:
    page = session.get(f"{base_url}/language/es", timeout=30)
    (form,) = [form for form in forms_of(page) if form["id"] == "language"]
    session.post(f"{base_url}/language/es", data=form["fields"].to_dict(), timeout=30)


def sign_in(base_url: str, email: str | None) -> requests.Session:
    session = requests.Session()
    if email:
        page = session.get(f"{base_url}/sign-in", timeout=30)
        (form,) = [form for form in forms_of(page) if form["id"] == "sign-in"]
        fields = {**form["fields"].to_dict(), "email": email, "password": PASSWORD}
        answer = session.post(f"{base_url}/sign-in", data=fields, timeout=30)
        assert answer.status_code == 200
        assert 'name="csrf-token"' in answer.text
    return session


@pytest.fixture(scope="module")
def visits(town, sessions) -> dict[str, Visit]:
    with town.database():
        adapter = town._app.url_map.bind("localhost")
    return {role: crawl(town.base_url, session, adapter) for role, session in sessions.items()}


@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_in_its_readers_language(visits, role):
    language = "es" if role in IN_SPANISH else "en"
    others = [
        address
        for name, (address, page) in visits[role].pages.items()
        # The page that offers another language speaks that one.
        if f'<html lang="{language}"' not in page and name != "pages.set_language"
    ]
    assert others == []


@pytest.mark.parametrize("role", ROLES)
def test_every_link_leads_somewhere(visits, role):
    assert visits[role].broken == [], "\n".join(visits[role].broken)
    assert len(visits[role].pages) > 15


@pytest.mark.parametrize("role", ROLES)
def test_every_title_is_the_heading(visits, role):
    wrong = {}
    for name, (address, page) in visits[role].pages.items():
        title = words(re.search(r"<title>(.*?)</title>", page, re.S)).rpartition(" · ")[0]
        headings = re.findall(r"<h1[^>]*>.*?</h1>", page, re.S)
        if len(headings) != 1 or words(re.search(r"(.*)", headings[0], re.S)) != title:
            wrong[name] = (address, title, headings)
    assert wrong == {}


def words(match: re.Match | None) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", match[1] if match else "")).split())


def test_every_page_is_valid_html(visits, tmp_path):
    addresses = {}
    for role, visit in visits.items():
        for name, (address, page) in visit.pages.items():
            file = tmp_path / f"{role}-{re.sub(r'[^a-z_.]', '-', name)}.html"
            file.write_text(page)
            addresses[file.name] = address
    done = subprocess.run(
        ["java", "-jar", VNU, "--errors-only", "--format", "json", "--exit-zero-always", tmp_path],
        capture_output=True,
        text=True,
        check=True,
    )
    found = {
        f"{addresses[Path(m['url']).name]}: {m['message']} [{m.get('extract', '')[:120]}]"
        for m in json.loads(done.stderr)["messages"]
    }
    assert sorted(found) == [], "\n".join(sorted(found))


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_no_barrier(town, sessions, visits, browser, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    axe, found, checked = Axe(), {}, set()
    for role, visit in visits.items():
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
        )
        context.add_cookies(
            [{"name": c.name, "value": c.value, "url": town.base_url} for c in sessions[role].cookies]
        )
        page = context.new_page()
        for name, (address, _html) in visit.pages.items():
            if name in checked:
                continue
            checked.add(name)
            page.goto(town.base_url + address)
            for violation in axe.run(page, options=AXE).response["violations"]:
                nodes = [node["html"][:150] for node in violation["nodes"][:3]]
                found.setdefault(violation["id"], []).append((role, address, nodes))
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.setdefault("scrolls sideways", []).append((role, address))
        context.close()
    assert found == {}, "\n".join(f"{rule}: {where}" for rule, where in found.items())
    assert len(checked) > 30
