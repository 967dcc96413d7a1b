"""What somebody added in a mail: without what it answers, without a signature, without a mail's line ends.

The library knows the mail programs' ways of quoting. It would take seconds over some mails and lose what
stands below "Thanks,": so it is given bounded text, and signatures are told here, by what is certain.
"""

import re
from html import unescape

import nh3
from mailparser_reply import EmailReplyParser

MAX_CHARACTERS = 40_000
MAX_LINE = 2_000
_parser = EmailReplyParser(languages=["en", "es"])

# "On Monday, Ana wrote:", in up to three lines. The library misses most of the Spanish ones.
_ATTRIBUTION = re.compile(
    r"^(?:> ?)*(?:On|El)\b[^\n]{1,200}(?:\n[^\n]{1,200}){0,2}?(?:wrote|escribió):\s*$", re.MULTILINE
)
_ORIGINAL = re.compile(
    r"^-{3,} ?(?:Original Message|Mensaje original|Forwarded message|Mensaje reenviado) ?-{3,}\s*$",
    re.MULTILINE | re.IGNORECASE,
)
_SIGNATURE = re.compile(
    r"^(?:--|(?:Sent from|Enviado desde) (?:my|mi) [^\n]{1,60}|"
    r"(?:Get|Obtener|Sent from|Enviado desde) Outlook\b[^\n]{0,100})[ ]*$",
    re.MULTILINE | re.IGNORECASE,
)
_QUOTED = re.compile(r"^>.*\n?", re.MULTILINE)
# A line that a mail program broke at its edge, and the line that goes on with it.
_BROKEN = re.compile(r"(?<=[^\n]{60})\n(?=[^\W\d_])")
_BLOCK_END = re.compile(r"</(?:p|div|li|h[1-6]|tr|blockquote)>|<br ?/?>")
_KEPT = {"p", "div", "li", "br", "tr", "h1", "h2", "h3", "h4", "h5", "h6"}
_DROPPED = {"script", "style", "title", "head", "blockquote"}


def words_of_text(text: str, is_flowed: bool = False, drops_space: bool = False) -> str:
    text = _squeezed(text)
    if is_flowed:
        text = re.sub(r"(?<=[^\n-]) \n(?=[^\s>])", "" if drops_space else " ", text)
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    added = _without_quotes(lines) or _QUOTED.sub("", _ATTRIBUTION.sub("", lines))
    return _BROKEN.sub(" ", _before(_SIGNATURE, added).strip())


def words_of_html(html: str) -> str:
    """The same of a mail that is written in HTML alone; what is quoted in it goes with its element."""
    kept = nh3.clean(html[: MAX_CHARACTERS * 10], tags=_KEPT, clean_content_tags=_DROPPED, attributes={})
    flat = re.sub(r"\s+", " ", kept)
    text = nh3.clean(_BLOCK_END.sub("\n", flat), tags=set())
    return words_of_text("\n".join(line.strip() for line in unescape(text).split("\n")))


def _squeezed(text: str) -> str:
    """Without what takes long to look through: walls of one mark, or of nothing."""
    text = text[: MAX_CHARACTERS * 4].replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    text = re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", " \n", re.sub(r"[ \t]{2,}", " ", text)))
    text = re.sub(r"(?:\n ?){3,}", "\n\n", text)
    return re.sub(r"([^\w\s])\1{80,}", lambda wall: wall[1] * 80, text)[:MAX_CHARACTERS]


def _without_quotes(text: str) -> str:
    """What stands above the first quoted mail; quotes between the lines stay, they are answered there."""
    above = _before(_ORIGINAL, _before(_ATTRIBUTION, text))
    lines = _latest(above).split("\n")
    while lines and (not lines[-1].strip() or lines[-1].startswith(">")):
        lines.pop()
    return "\n".join(lines).strip()


def _latest(text: str) -> str:
    """As the library finds it; over a very long line it would sit for long, and mails have none."""
    is_readable = text.strip() and max(map(len, text.split("\n"))) <= MAX_LINE
    return (_parser.parse_reply(text) or "") if is_readable else text


def _before(mark: re.Pattern[str], text: str) -> str:
    found = mark.search(text)
    return text[: found.start()] if found else text
