"""What a page says of itself in its head, as short plain text.

The tags of the head are cut out by walking it once, so that no page can be slow; nh3 (a browser's parser,
which takes half a minute over a hundred thousand nested boxes) reads those few alone and tidies them.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

import nh3

from civicforum.links.fetching import Page
from civicforum.links.models import MAX_DESCRIPTION_CHARACTERS, MAX_SITE_CHARACTERS, MAX_TITLE_CHARACTERS
from civicforum.text import clean_text

# The letters of the web. Python knows more codings, some of which take long, or are no letters at all.
_CHARSETS = frozenset(
    {"utf-8", "ascii", "iso8859-1", "iso8859-2", "iso8859-15", "cp1250", "cp1251", "cp1252", "cp1254"}
    | {"koi8-r", "shift_jis", "euc_jp", "euc_kr", "gb2312", "gbk", "gb18030", "big5"}
)
_SAID_INSIDE = re.compile(rb"<meta[^>]{0,200}?charset=[\"']?([\w-]{1,30})", re.IGNORECASE)
# A head has some dozen tags of a few hundred letters; whatever is beyond is not read.
_MOST_TAGS, _MOST_LETTERS = 400, 2000
_OPENING = re.compile(r"<(!--|(?:script|style|noscript|title|meta|body|/head)\b)", re.IGNORECASE)
_META_TAG = re.compile(r"<meta(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
_TITLE_TAG = re.compile(r"<title[^>]*>[^<]*", re.IGNORECASE)
_META = {"meta": {"name", "property", "content"}}
_PIECE = re.compile(r'<title>([^<]*)</title>|<meta((?: [a-z]+="[^"]*")+)>')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')


@dataclass(frozen=True)
class Said:
    """What a page says of itself. A page without a title says nothing."""

    title: str
    description: str = ""
    site_name: str = ""


def read(page: Page) -> Said | None:
    """The page's title, description and site, or None if it has no title."""
    found = _pieces(_decoded(page))
    title = _line(found.get("og:title") or found.get("title", ""), MAX_TITLE_CHARACTERS)
    if not title:
        return None
    return Said(
        title,
        _line(found.get("og:description") or found.get("description", ""), MAX_DESCRIPTION_CHARACTERS),
        _line(found.get("og:site_name", ""), MAX_SITE_CHARACTERS),
    )


def _decoded(page: Page) -> str:
    inside = _SAID_INSIDE.search(page.body[:2048])
    name = page.charset or (inside[1].decode("ascii") if inside else "utf-8")
    try:
        name = codecs.lookup(name).name
    except (LookupError, ValueError):
        name = "utf-8"
    return page.body.decode(name if name in _CHARSETS else "utf-8", errors="replace")


def _pieces(html: str) -> dict[str, str]:
    """What is named in the page's head; what comes first counts."""
    tags = "".join(_tags_of_head(html))
    tidy = nh3.clean(tags, tags={"title", "meta"}, attributes=_META, link_rel=None)
    found: dict[str, str] = {}
    for title, attributes in _PIECE.findall(tidy):
        said = dict(_ATTRIBUTE.findall(attributes))
        name = (said.get("property") or said.get("name") or "").lower() if attributes else "title"
        found.setdefault(name, unescape(said.get("content", "") if attributes else title))
    return found


def _tags_of_head(html: str) -> Iterator[str]:
    """Titles and meta tags up to the body, each closed; none from comments and programs."""
    after = 0
    for _tag in range(_MOST_TAGS):
        opening = _OPENING.search(html, after)
        if opening is None:
            return
        name, at = opening[1].lower(), opening.start()
        if name in ("body", "/head"):
            return
        if name in ("title", "meta"):
            pattern = _TITLE_TAG if name == "title" else _META_TAG
            tag = pattern.match(html[at : at + _MOST_LETTERS])
            if tag is not None:
                yield f"{tag[0]}</title>" if name == "title" else tag[0]
            after = at + (tag.end() if tag else len(name))
        else:
            after = html.find("-->" if name == "!--" else f"</{opening[1]}", at + len(name))
            if after < 0:
                return


def _line(text: str, most: int) -> str:
    """One line of plain text of at most ``most`` characters."""
    line = " ".join(clean_text(text[: most * 10]).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
