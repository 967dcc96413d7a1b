"""After signing in, people land on our pages and nowhere else."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicforum.web.redirects import safe_next

HERE = "https://forum.example.org/sign-in"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/threads/7/bus-stop?from=12#post-12",
        "/search?q=a+b&next=https://x.org",
        "/people/ana",
        "/search?q=%C3%A9%20x",
        "/search?q=é",
        "/a//b",
    ],
)
def test_our_own_paths_are_followed(path: str) -> None:
    assert safe_next(path) == path


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "threads/7",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        " /threads",
        "/threads ",
        "/threads\n",
        "/a\\b",
        "/a\r\nSet-Cookie: x=1",
        "/\x00",
        "/a\x85b",
        "/\u2028/evil.example",
        "/\ud800",
        "https:evil.example",
        "https://evil.example",
        "https:/evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "@evil.example",
        "/" + "a" * 2_000,
    ],
)
def test_everything_else_leads_home(value: str | None) -> None:
    assert safe_next(value) == "/"
    assert safe_next(value, "/inbox") == "/inbox"


@given(st.text(st.sampled_from("/\\\t\n :@.?#aé%\x00") | st.characters(), max_size=12))
def test_no_value_leads_to_another_site(value: str) -> None:
    # A browser drops tabs and line breaks and takes a backslash for a slash.
    path = safe_next(value).replace("\\", "/").translate({9: None, 10: None, 13: None})
    assert urlsplit(urljoin(HERE, path))[:2] == ("https", "forum.example.org")
