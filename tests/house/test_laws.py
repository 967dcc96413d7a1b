"""The laws of the house that no linter can see."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import civicforum
from civicforum import paths

PACKAGE = Path(civicforum.__file__).parent
TEMPLATES = sorted(paths.TEMPLATES.rglob("*.*"))
SOURCES = sorted(PACKAGE.rglob("*.py"))


def test_rooms_import_only_downwards():
    result = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout


def transactional_functions():
    for module in [m for name, m in sys.modules.items() if name.startswith("civicforum.")]:
        for function in list(vars(module).values()):
            if inspect.isfunction(function) and getattr(function, "is_transactional", False):
                yield function


def test_every_action_says_who_acts(session_app):
    functions = set(transactional_functions())
    assert len(functions) > 20
    strangers = [f.__qualname__ for f in functions if next(iter(inspect.signature(f).parameters)) != "actor"]
    assert strangers == []


def test_every_public_action_has_a_docstring(session_app):
    assert [f.__qualname__ for f in transactional_functions() if not f.__doc__] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(paths.TEMPLATES)))
def test_templates_hold_no_inline_script_or_style(path):
    text = path.read_text()
    inline = re.findall(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", text)
    # A mail cannot load a sheet: its one layout carries its own, and css-inline spreads it.
    assert path.match("mail/layout.html") or inline == []


def test_nothing_is_pickled():
    users = [
        str(p)
        for p in SOURCES
        if re.search(r"^\s*(import|from) (pickle|marshal|shelve|dill)", p.read_text(), re.M)
    ]
    assert users == []


def test_one_place_alone_asks_pages_elsewhere():
    """An address that somebody typed is asked there, behind its walls, or not at all."""
    fetchers = (
        r"urllib\.request|urllib3|urlopen|HTTPS?Connection|^\s*(import|from) (requests|httpx|aiohttp|pycurl)"
    )
    found = [p.relative_to(PACKAGE).as_posix() for p in SOURCES if re.search(fetchers, p.read_text(), re.M)]
    assert found == ["links/fetching.py"]


def test_only_the_settings_read_the_environment():
    readers = [p.relative_to(PACKAGE).as_posix() for p in SOURCES if "os.environ" in p.read_text()]
    assert readers == ["config.py"]


def test_the_clock_is_asked_in_one_place():
    askers = [
        p.relative_to(PACKAGE).as_posix()
        for p in SOURCES
        if re.search(r"datetime\.(utc)?now\(", p.read_text())
    ]
    assert askers == ["clock.py"]


def wanted_words() -> set:
    """Every message in code and templates, as Babel finds it."""
    methods = [("**.py", "python"), ("**.html", "jinja2"), ("**.md", "jinja2"), ("**.txt", "jinja2")]
    options = {"**": {"silent": "false"}}
    keywords = {
        "_": None,
        "gettext": None,
        "lazy_gettext": None,
        "_l": None,
        "ngettext": (1, 2),
        "lazy_ngettext": (1, 2),
        "pgettext": ((1, "c"), 2),
    }
    found = set()
    for folder in (PACKAGE, paths.TEMPLATES):
        for _file, _line, message, _comments, _context in extract_from_dir(
            str(folder), methods, options, keywords=keywords
        ):
            found.add(message if isinstance(message, str) else tuple(message))
    return {m for m in found if m and m != ("",)}


def test_spanish_is_complete():
    with (paths.TRANSLATIONS / "es" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale="es")
    translated = {m.id: m for m in catalogue if m.id and not m.fuzzy}
    missing = [w for w in wanted_words() if not _has(translated.get(w))]
    assert missing == []


def _has(message) -> bool:
    if message is None:
        return False
    return all(message.string) if isinstance(message.string, tuple) else bool(message.string)


def test_spanish_keeps_every_placeholder():
    with (paths.TRANSLATIONS / "es" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale="es")
    names = re.compile(r"%\((\w+)\)[a-z]")
    wrong = []
    for message in catalogue:
        ids = message.id if isinstance(message.id, (list, tuple)) else (message.id,)
        strings = message.string if isinstance(message.string, (list, tuple)) else (message.string,)
        wanted = set(names.findall(" ".join(ids)))
        if message.id and not all(set(names.findall(s)) <= wanted for s in strings):
            wrong.append(message.id)
        if message.id and len(ids) == 1 and set(names.findall(strings[0])) != wanted:
            wrong.append(message.id)
    assert wrong == []


def test_a_percent_sign_in_words_is_written_twice():
    """A template fills every message in, with nothing if need be: '% sent' would be read as a field there."""
    with (paths.TRANSLATIONS / "es" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale="es")
    field = re.compile(r"%(%|\(\w+\)[sd])")
    words = [w for m in catalogue for w in (m.id, m.string) if m.id]
    flat = [line for w in words for line in (w if isinstance(w, (list, tuple)) else (w,))]
    assert [line for line in flat if "%" in field.sub("", line)] == []
