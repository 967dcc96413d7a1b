"""Text that people write: Markdown to safe HTML, plain text, excerpts, slugs, clean characters.

Two walls stand between a post and a page: markdown-it never lets raw HTML through, and nh3 keeps
only the few tags below, whatever the first wall let slip.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from html import escape, unescape
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.normalize_url import normalizeLink
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

MAX_POST_CHARACTERS = 32_000
MAX_MENTIONS = 10
MAX_SLUG_CHARACTERS = 80

# One name in an address, in a mention and on the sign-up form: 3 to 30 characters.
HANDLE = r"[a-z0-9][a-z0-9_-]{1,28}[a-z0-9]"

# Deeper quotes and lists than this are left out of the page: nobody can read them on a phone.
MAX_NESTING = 40

# At every mark the parser looks back over the earlier marks of the paragraph. Nobody writes this
# many in one paragraph; such a one is shown as it was typed.
MAX_MARKS = 2_000

# Unicode's own measure of a text that can be normalized as it streams by (UAX 15, D4).
MAX_STACKED_MARKS = 30

LINK_REL = "nofollow ugc noopener"
ALLOWED_TAGS = {
    "p", "br", "hr", "strong", "em", "del", "ul", "ol", "li", "blockquote", "code", "pre", "a",
    "h3", "h4",
}  # fmt: skip
# Without '*', nh3 would let 'title' and 'lang' pass everywhere.
ALLOWED_ATTRIBUTES: dict[str, set[str]] = {"a": {"href"}, "ol": {"start"}, "*": set()}
ALLOWED_SCHEMES = {"http", "https", "mailto"}

# An address that the page may lead to: elsewhere over http, a mail, a place of our own.
_SAFE_ADDRESS = re.compile(r"(?:https?://|mailto:|/(?![/\\])|#)", re.IGNORECASE)

# Addresses become links by patterns of our own: linkify-it-py takes 20 seconds over 'www.http'
# many times. Each repetition here is bounded or begins where nothing before it could have begun.
_FULL_ADDRESS = re.compile(r"://[^\s<>\[\]\"`]{1,2000}")
_SCHEME_AT_END = re.compile(r"(?<![\w.+-])https?\Z", re.IGNORECASE)
_CLOSING_MARKS = ".,;:!?'*_~)"

# 'I agree.So do I' must not become a link to Somalia, so a bare name is a link only under endings
# that are no words.
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_BARE_HOST = rf"(?:{_LABEL}\.){{1,6}}(?:com|org|net|edu|gov|mil|int|coop|eu|uk)(?![\w-]|\.\w)"
_BARE_ADDRESS = re.compile(
    rf"(?<![\w@.:/+-])(?:(?P<mail>[\w.+-]{{1,64}}@(?:{_LABEL}\.){{1,6}}[a-z]{{2,24}}(?![\w-]))"
    rf"|(?:www\.(?:{_LABEL}\.){{1,6}}[a-z]{{2,24}}(?![\w-])|{_BARE_HOST})"
    r"(?:[/?#][^\s<>\[\]\"`]{0,2000})?)",
    re.IGNORECASE,
)

_MENTION = re.compile(rf"@((?ai:{HANDLE}))(?![\w@])")
_BEFORE_MENTION = re.compile(r"[\w/@]")
_MARK = re.compile(r"[\[\]*_~`<!&\\@]")
_MENTION_REL = re.compile(rf'(<a href="/people/{HANDLE}") rel="[^"]*">')

_BLOCK_TAG = re.compile(r"</?(?:p|br|hr|ul|ol|li|blockquote|pre|h3|h4)\b[^>]*>")
_ANY_TAG = re.compile(r"<[^>]*>")

_BIDI_OVERRIDES = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
_LINE_ENDINGS = re.compile("\r\n|[\r\u0085\u2028\u2029]")

# Letters that Unicode does not take apart into an ASCII letter and a mark.
_LATIN_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"}
)


def render_markdown(source: str) -> str:
    """Turn what somebody wrote into HTML that is safe on our pages.

    Takes any text; nothing in it raises. Headings become h3 and h4 and pictures become links,
    because a post may neither break the page's outline nor load anything from elsewhere.
    """
    html = _markdown.render(clean_text(source))
    # The second wall marks every link as the public's own; a link to a person is ours.
    return _MENTION_REL.sub(r"\1>", _sanitize(html))


def mentions(source: str) -> list[str]:
    """List the handles that a text calls on: in order, each once, at most ten, none from code."""
    found = (token.content for token in _inline_tokens(source) if token.type == "mention")
    return list(dict.fromkeys(handle.lower() for handle in found))[:MAX_MENTIONS]


def plain_text(source: str) -> str:
    """Say the same without marks, for mails, search and feeds; one line for each block."""
    blocks = (_block_text(token) for token in _markdown.parse(clean_text(source)))
    return "\n".join(text for block in blocks if (text := block.strip()))


def words_of_html(html: str) -> str:
    """The words of what ``render_markdown`` made, a line for each block: much quicker than parsing again.

    They are plain text, to be escaped wherever they are shown.
    """
    return unescape(_ANY_TAG.sub("", _BLOCK_TAG.sub("\n", html))).strip()


def excerpt_of_html(html: str, length: int = 160) -> str:
    """As ``excerpt``, of what ``render_markdown`` made of a text: much quicker than parsing it again."""
    return _cut(" ".join(words_of_html(html).split()), length)


def excerpt(source: str, length: int = 160) -> str:
    """Give the beginning in one line of at most ``length`` characters, cut between words."""
    return _cut(" ".join(plain_text(source).split()), length)


def _cut(line: str, length: int) -> str:
    if len(line) <= length:
        return line
    head = line[:length]
    whole_words = head.rpartition(" ")[0] or head[:-1]
    return whole_words.rstrip(" ,;:.-") + "…"


def opening(source: str, length: int) -> list[str]:
    """Give the beginning as lines without marks, at most ``length`` characters of them together."""
    lines: list[str] = []
    for line in filter(None, map(str.strip, plain_text(source).splitlines())):
        room = length - sum(map(len, lines))
        if len(line) > room:
            return [*lines, _cut(line, room) if room > 1 else "…"]
        lines.append(line)
    return lines


def slugify(title: str) -> str:
    """Make the readable part of an address: ASCII, at most 80 characters, never empty."""
    letters = unicodedata.normalize("NFKD", title.casefold().translate(_LATIN_LETTERS))
    words = re.findall(r"[a-z0-9]+", re.sub(r"['\u2019\u0300-\u036f]", "", letters))
    slug = "-".join(words)
    if len(slug) > MAX_SLUG_CHARACTERS:
        head = slug[: MAX_SLUG_CHARACTERS + 1]
        slug = head.rpartition("-")[0] or head[:MAX_SLUG_CHARACTERS]
    return slug or "untitled"


def clean_text(value: str) -> str:
    """Give the one form in which text is stored: NFC, LF, nothing invisible that misleads.

    Takes out NUL and the other control characters (not tab and newline), lone surrogates, which no
    database stores, noncharacters, which no feed may hold, and the controls that make text run backwards.
    Doing it twice changes nothing.
    """
    lines = _LINE_ENDINGS.sub("\n", value)
    wanted = "".join(filter(_is_wanted, lines))
    return unicodedata.normalize("NFC", "".join(_without_towers(wanted)))


def _is_wanted(character: str) -> bool:
    if character in "\n\t":
        return True
    code = ord(character)
    if unicodedata.category(character) in {"Cc", "Cs"} or code in _BIDI_OVERRIDES:
        return False
    return code & 0xFFFE != 0xFFFE and not 0xFDD0 <= code <= 0xFDEF


def _without_towers(text: str) -> Iterator[str]:
    """Leave out the marks that stand on a letter beyond what any language needs.

    Normalizing sorts them by insertion: a hundred thousand on one letter take half a minute, in which
    nobody else is served.
    """
    height = 0
    for character in text:
        height = height + 1 if unicodedata.combining(character) else 0
        if height <= MAX_STACKED_MARKS:
            yield character


def _sanitize(html: str) -> str:
    return nh3.clean(
        html,
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES,
        url_schemes=ALLOWED_SCHEMES,
        link_rel=LINK_REL,
    )


def _inline_tokens(source: str) -> Iterator[Token]:
    for block in _markdown.parse(clean_text(source)):
        yield from block.children or ()


def _block_text(block: Token) -> str:
    """Say the words of one block; the tokens that only open or close one have none."""
    return _words(block.children) if block.type == "inline" else block.content


def _words(tokens: Sequence[Token] | None) -> str:
    return "".join(_word(token) for token in tokens or ())


def _word(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return "\n"
    if token.type == "image":
        return _words(token.children)
    return f"@{token.content}" if token.type == "mention" else token.content


def _is_safe_address(url: str) -> bool:
    """Say whether a link may lead there; otherwise its Markdown stays visible as it was typed."""
    return _SAFE_ADDRESS.match(url) is not None


def _read_mention(state: StateInline, silent: bool) -> bool:
    """Read ``@handle`` at the parser's place: not inside a word, an address or another link."""
    if state.src[state.pos] != "@" or state.linkLevel:
        return False
    if state.pos and _BEFORE_MENTION.match(state.src[state.pos - 1]):
        return False
    found = _MENTION.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        state.push("mention", "", 0).content = found[1]
    state.pos = found.end()
    return True


def _read_address(state: StateInline, silent: bool) -> bool:
    """Read ``https://…`` at its colon, so that the marks inside it stay part of the address."""
    scheme = _SCHEME_AT_END.search(state.pending, max(0, len(state.pending) - 6))
    if state.linkLevel or scheme is None:
        return False
    rest = _FULL_ADDRESS.match(state.src, state.pos, state.posMax)
    address = scheme[0] + _without_closing_marks(rest[0]) if rest else ""
    if len(address) <= len(scheme[0]) + len("://"):
        return False
    if not silent:
        state.pending = state.pending[: scheme.start()]
        _push_link(state, address)
    state.pos += len(address) - len(scheme[0])
    return True


def _push_link(state: StateInline, address: str) -> None:
    for token in _link(address, address):
        pushed = state.push(token.type, token.tag, token.nesting)
        pushed.attrs, pushed.content = token.attrs, token.content


def _link_bare_addresses(state: StateCore) -> None:
    """Link ``www.example.org``, ``example.org/page`` and ``name@example.org`` outside of links."""
    for block in state.tokens:
        if block.children:
            block.children = list(_with_bare_links(block.children))


def _with_bare_links(tokens: Sequence[Token]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        depth += token.nesting if token.tag == "a" else 0
        if token.type == "text" and not depth:
            yield from _split_at_addresses(token.content)
        else:
            yield token


def _split_at_addresses(text: str) -> Iterator[Token]:
    done = 0
    for found in _BARE_ADDRESS.finditer(text):
        address = _without_closing_marks(found[0])
        yield Token("text", "", 0, content=text[done : found.start()])
        yield from _link(("mailto:" if found["mail"] else "http://") + address, address)
        done = found.start() + len(address)
    yield Token("text", "", 0, content=text[done:])


def _without_closing_marks(address: str) -> str:
    """Leave off what closes the sentence; a closing bracket stays if it was opened inside."""
    while address and address[-1] in _CLOSING_MARKS:
        if address[-1] == ")" and address.count("(") >= address.count(")"):
            break
        address = address[:-1]
    return address


def _link(address: str, words: str) -> list[Token]:
    return [
        Token("link_open", "a", 1, attrs={"href": normalizeLink(address)}),
        Token("text", "", 0, content=words),
        Token("link_close", "a", -1),
    ]


def _draw_mention(_self: Any, tokens: Sequence[Token], at: int, *_options: Any) -> str:
    name = escape(tokens[at].content)
    return f'<a href="/people/{name.lower()}">@{name}</a>'


def _show_overfull_blocks_as_typed(state: StateCore) -> None:
    """Keep paragraphs that would take quadratic time away from the inline parser."""
    for block in state.tokens:
        if block.type == "inline" and _is_overfull(block.content):
            block.type = "text"


def _is_overfull(text: str) -> bool:
    return len(_MARK.findall(text)) > MAX_MARKS


def _end_quote(_state: StateBlock, _line: int, _end: int, silent: bool) -> bool:
    """End a quote at the first line without '>', asked by the quote's own rule (``silent``).

    CommonMark would add such a line to the quote: an answer typed right under what it answers
    would be put into the other's mouth. It would also look at all later lines for every quote.
    """
    return silent


def _use_house_tags(state: StateCore) -> None:
    """Demote headings, link pictures instead of loading them, and strike out with ``del``."""
    for block in state.tokens:
        if block.type in {"heading_open", "heading_close"}:
            block.tag = "h3" if block.tag == "h1" else "h4"
        if block.children:
            block.children = list(_without_pictures(block.children))


def _without_pictures(tokens: Sequence[Token]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        depth += token.nesting if token.tag == "a" else 0
        if token.tag == "s":
            token.tag = "del"
        if token.type != "image":
            yield token
        else:
            yield from _picture_as_link(token, is_in_link=depth > 0)


def _picture_as_link(image: Token, is_in_link: bool) -> list[Token]:
    """Put the picture's description in its place; a link cannot stand in a link."""
    address = str(image.attrGet("src") or "")
    words = _words(image.children) or address
    return [Token("text", "", 0, content=words)] if is_in_link else _link(address, words)


def _build_markdown() -> MarkdownIt:
    markdown = MarkdownIt(
        "commonmark",
        # People press Enter and mean it: a line's end is a line's end.
        {"html": False, "breaks": True, "maxNesting": MAX_NESTING},
    ).enable("strikethrough")
    markdown.validateLink = _is_safe_address  # type: ignore[method-assign]  # its documented hook
    markdown.block.ruler.before("blockquote", "end_quote", _end_quote, {"alt": ["blockquote"]})
    markdown.inline.ruler.push("mention", _read_mention)
    markdown.inline.ruler.push("address", _read_address)
    markdown.core.ruler.before("inline", "overfull", _show_overfull_blocks_as_typed)
    markdown.core.ruler.after("inline", "house_tags", _use_house_tags)
    markdown.core.ruler.push("bare_addresses", _link_bare_addresses)
    markdown.add_render_rule("mention", _draw_mention)
    return markdown


_markdown = _build_markdown()
