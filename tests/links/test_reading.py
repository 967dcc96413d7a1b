"""What a page says of itself becomes a few short lines of plain text, whatever the page is."""

import time

import pytest

from civicforum.links.fetching import Page
from civicforum.links.reading import Said, read


def said(html: str | bytes, charset: str | None = "utf-8") -> Said | None:
    return read(Page(html.encode() if isinstance(html, str) else html, charset))


def test_a_page_says_its_title_a_sentence_and_its_site():
    page = """<!doctype html><html><head><title>Plain &amp; simple</title>
    <meta name="description" content="What it is about.">
    <META PROPERTY='og:site_name' CONTENT='The Lamp'></head><body>Words</body></html>"""
    assert said(page) == Said("Plain & simple", "What it is about.", "The Lamp")


def test_what_is_meant_for_cards_comes_first():
    page = """<title>Long | Site</title><meta property="og:title" content="Short">
    <meta name="description" content="a"><meta property="og:description" content="b">"""
    assert said(page) == Said("Short", "b")


NO_TITLE = ["", "Words alone", "<title> </title>", "<body><title>Late</title>", "\0" * 9]


@pytest.mark.parametrize("page", NO_TITLE)
def test_a_page_without_a_title_says_nothing(page):
    assert said(page) is None


def test_comments_and_programs_are_no_titles():
    page = """<!-- <title>a</title> --><script>"<title>b</title>"</script><style><title>c</title></style>
    <noscript><title>d</title></noscript><title>e</title>"""
    assert said(page) == Said("e")
    assert said("<!-- <title>never closed</title>") is None


def test_a_program_in_a_title_is_plain_text():
    page = """<title>Hi &lt;script&gt;alert(1)&lt;/script&gt;</title>
    <meta name="description" content='"><img src=x onerror=alert(1)>'>"""
    assert said(page) == Said("Hi <script>alert(1)</script>", '"><img src=x onerror=alert(1)>')


def test_what_misleads_is_taken_out_and_lines_are_one():
    assert said("<title>a\u202eb\n\n  c\0</title>").title.replace("\ufffd", "") == "ab c"


def test_long_texts_are_cut():
    page = f"<title>{'t' * 900}</title><meta name=description content='{'d' * 1500}'>"
    found = said(page)
    assert (len(found.title), len(found.description)) == (200, 300)
    assert found.title.endswith("t…")
    assert len(said("<title>" + "t" * 500_000).title) == 200


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        ("<title>Straße</title>".encode("cp1252"), "windows-1252"),
        ('<meta charset="iso-8859-1"><title>Straße</title>'.encode("latin-1"), None),
        ("<title>Straße</title>".encode(), None),
        ("<title>Straße</title>".encode(), "no-such-letters"),
        ("<title>Straße</title>".encode(), "punycode"),
        ("<title>Straße</title>".encode(), "zlib"),
    ],
)
def test_letters_are_read_as_they_are_meant(body, charset):
    assert said(body, charset).title == "Straße"


SLOW = [
    "<title>",
    "<meta ",
    "<!--",
    "<a<",
    "<div>",
    "<b><i>",
    "<meta a='",
    "<title ",
    "<script></script>",
    "&",
]


@pytest.mark.parametrize("piece", SLOW)
def test_no_page_takes_long(piece):
    page = (piece * (500_000 // len(piece))).encode()
    began_at = time.monotonic()
    said(page)
    assert time.monotonic() - began_at < 1
