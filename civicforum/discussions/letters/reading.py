"""Reading one mail (RFC 5322), however it is written. Nothing in it raises."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from email.utils import parseaddr
from hashlib import sha256

from civicforum.discussions.letters.words import words_of_html, words_of_text
from civicforum.discussions.reply_tokens import TOKEN

# Pictures make mails large; they are not taken, so more is not read.
MAX_BYTES = 2_000_000
MAX_HEAD_BYTES = 100_000
MAX_FROM = 1_000
RECIPIENTS = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To")
# Written by machines, for whatever reason: an answer to one would be answered by the next.
MACHINE_HEADERS = ("List-Id", "List-Unsubscribe", "X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress")
_CHARSETS = re.compile(
    r"utf-8|us-ascii|ascii|iso-8859-(?:1|2|15)|windows-125[0-2]|koi8-r|gb2312|gb18030|big5|shift_jis"
)
MACHINE_NAMES = ("mailer-daemon", "postmaster", "no-reply", "noreply")


@dataclass(frozen=True)
class Letter:
    """``name`` is a hash that tells this mail from every other; ``token`` that of the address it came to."""

    name: str
    token: str | None
    sender: str
    words: str
    has_attachments: bool
    is_automatic: bool
    is_too_large: bool


def read_letter(content: bytes, reply_address: str, recipient: str = "") -> Letter:
    """Read it; of one that is too large, its head alone."""
    is_too_large = len(content) > MAX_BYTES
    message = message_from_bytes(content[:MAX_BYTES], policy=policy.compat32)
    words, has_attachments = ("", False) if is_too_large else _body(message)
    return Letter(
        name=sha256((_header(message, "Message-ID") or sha256(content).hexdigest()).encode()).hexdigest(),
        token=_token(message, reply_address, recipient),
        sender=_sender(message),
        words=words,
        has_attachments=has_attachments,
        is_automatic=_is_automatic(message),
        is_too_large=is_too_large,
    )


def token_of(content: bytes, reply_address: str, recipient: str = "") -> str | None:
    """The token of the address that a mail came to, by its head alone; None for a mail of machines, too."""
    head = content[:MAX_HEAD_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    message = message_from_bytes(head, policy=policy.compat32)
    return None if _is_automatic(message) else _token(message, reply_address, recipient)


def _header(message: Message, name: str) -> str:
    return str(message.get(name, "")).strip().encode("utf-8", "replace").decode()


def _token(message: Message, reply_address: str, recipient: str) -> str | None:
    """The first that fits: the mail server knows best to whom it was delivered."""
    name, _at, host = reply_address.partition("@")
    ours = rf"(?<![\w.+-]){re.escape(name)}\+({TOKEN})@{re.escape(host)}(?![\w.-])"
    told = [recipient, *(str(value) for header in RECIPIENTS for value in message.get_all(header, []))]
    found = re.search(ours, "\n".join(told), re.IGNORECASE)
    return found[1].lower() if found else None


def _sender(message: Message) -> str:
    """The one address it says it is from; empty if there are several, or none."""
    told = message.get_all("From", [])
    return parseaddr(str(told[0])[:MAX_FROM])[1] if len(told) == 1 else ""


def _is_automatic(message: Message) -> bool:
    """Bounces, absences, lists, and whatever else no person has just written (RFC 3834)."""
    submitted = _header(message, "Auto-Submitted").lower()
    name = parseaddr(_header(message, "From")[:MAX_FROM])[1].partition("@")[0].lower()
    return (
        submitted not in ("", "no")
        or _header(message, "Precedence").lower() in ("bulk", "list", "junk", "auto_reply")
        or _header(message, "Return-Path") == "<>"
        or message.get_content_type() in ("multipart/report", "message/delivery-status")
        or name in MACHINE_NAMES
        or any(header in message for header in MACHINE_HEADERS)
    )


def _body(message: Message) -> tuple[str, bool]:
    """The words that were added, and whether there was something beside them."""
    texts: dict[str, str] = {}
    has_attachments = False
    for part in _parts(message):
        kind = part.get_content_type()
        if part.get_content_disposition() == "attachment" or kind not in ("text/plain", "text/html"):
            # Pictures of a signature are shown inside the mail, by their Content-ID.
            has_attachments = has_attachments or "Content-ID" not in part
        else:
            # Only the first of each kind is read: each takes its time.
            if kind not in texts:
                texts[kind] = _text(part)
    plain = texts.get("text/plain", "").strip()
    return (plain if plain else texts.get("text/html", "")).strip(), has_attachments


def _parts(message: Message) -> Iterator[Message]:
    return (part for part in message.walk() if not part.is_multipart())


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset("utf-8").lower()
    # Python knows encodings that take minutes to read.
    text = content.decode(charset if _CHARSETS.fullmatch(charset) else "utf-8", "replace")
    if part.get_content_type() == "text/html":
        return words_of_html(text)
    is_flowed = str(part.get_param("format", "")).lower() == "flowed"
    return words_of_text(text, is_flowed, str(part.get_param("delsp", "")).lower() == "yes")
