"""One mail: a Markdown template, rendered as text and as HTML, handed to SMTP or to a folder.

Rooms enqueue a job of ids; its task (``<room>/tasks.py``) reads the present state, asks the policy again and
calls ``send``. A template ``<room>/mail/<name>.md`` begins with its subject, then an empty line, then the
words; a link to a page of ours that the template writes alone in its paragraph becomes a button in HTML and
``label: address`` in text. What people wrote goes through ``typed``, so that it stays what it looks like.
"""

import re
import smtplib
import socket
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import css_inline
from flask import Flask, current_app, render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from jinja2 import Environment

from civicforum.config import is_loopback
from civicforum.jobs import GiveUp
from civicforum.text import excerpt_of_html, render_markdown

SMTP_TIMEOUT_SECONDS = 20
# Rules are written into each element; those for dark screens stay a sheet, since an element cannot hold them.
_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)
_LINK = re.compile(r"(?<!\\)\[((?:\\.|[^\]\\\n])+)\]\((\S+?)\)")
_STRONG = re.compile(r"(?<!\\)\*\*((?:\\.|[^*\\\s])(?:\\.|[^*\\\n])*)\*\*")
# A value with one of these could begin a link, or loud words: ``typed`` puts a backslash before it, but not
# in a whole address, which everybody sees for what it is.
_MARK = re.compile(r"((?:https?://|www\.)[^\s<>\[\]\"`\\]+)|([\\`*_\[\]<>~#!|&@])", re.IGNORECASE)
_UNMARKED = re.compile(r"\\([\\`*_\[\]<>~#!|&@])")
_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
_SUBTITLE = re.compile(r"^## ", re.MULTILINE)
# A paragraph of one link, as a template writes it. Nobody else can: ``typed`` takes the brackets of what
# people wrote.
_BUTTON = re.compile(r"(?<=\n\n)(\[(?:\\.|[^\]\\\n])+\]\(\S+\))(?=\n\n|\Z)")


@dataclass(frozen=True)
class Attachment:
    name: str
    content: bytes
    subtype: str  # below text/, e.g. "calendar"


class Transport(Protocol):
    def deliver(self, message: EmailMessage) -> None: ...


class FolderTransport:
    """Writes each mail as one .eml file; the default, and what tests read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def deliver(self, message: EmailMessage) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = sha256(message["Message-ID"].encode()).hexdigest()[:32]
        draft = self.folder / f".{name}"
        draft.write_bytes(message.as_bytes())
        draft.rename(self.folder / f"{name}.eml")


class SmtpTransport:
    def __init__(self, url: str) -> None:
        self.url = urlsplit(url)

    def deliver(self, message: EmailMessage) -> None:
        try:
            with self._connect() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            if all(code >= 500 for code, _reason in error.recipients.values()):
                raise GiveUp(f"The address was refused: {error}") from error
            raise

    def greet(self) -> None:
        """Connect and sign in, and send nothing. Raises what ``deliver`` would."""
        with self._connect() as server:
            server.noop()

    def _connect(self) -> smtplib.SMTP:
        """A connection that is TLS with a checked certificate, or at least holds no password."""
        host, port = self.url.hostname or "localhost", self.url.port or 0
        tls = ssl.create_default_context()
        if self.url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SMTP_TIMEOUT_SECONDS, context=tls)
        else:
            server = smtplib.SMTP(host, port, timeout=SMTP_TIMEOUT_SECONDS)
            server.ehlo()
            self._start_tls(server, tls)
        if self.url.username:
            server.login(unquote(self.url.username), unquote(self.url.password or ""))
        return server

    def _start_tls(self, server: smtplib.SMTP, tls: ssl.SSLContext) -> None:
        """Begin TLS where the server offers it. Without it no password is sent beyond this machine."""
        if server.has_extn("starttls"):
            server.starttls(context=tls)
            server.ehlo()
        elif self.url.username and not is_loopback(self.url.geturl()):
            server.close()
            raise smtplib.SMTPNotSupportedError("The mail server offers no TLS: the password was not sent.")


def init_app(app: Flask, mail_url: str | None, data_dir: Path) -> None:
    transport = SmtpTransport(mail_url) if mail_url else FolderTransport(data_dir / "mail")
    app.extensions["mail"] = {"transport": transport, "templates": _mail_templates(app)}


def _mail_templates(app: Flask) -> Environment:
    """The app's templates without HTML escaping; a value never brings its own line breaks."""
    app.jinja_env.filters.update(typed=typed, excerpt_of_html=excerpt_of_html)
    return app.jinja_env.overlay(autoescape=False, finalize=_one_line)


def typed(words: Any) -> str:
    """Somebody's words in a mail as they typed them: no mark becomes anything else."""
    return _MARK.sub(lambda found: found[1] or f"\\{found[2]}", str(words))


def _one_line(value: Any) -> Any:
    return "" if value is None else " ".join(str(value).split())


@dataclass(frozen=True)
class Because:
    """Why somebody gets a mail, and where they stop such mails (none for those about one's own deed) and
    choose what else they are mailed."""

    sentence: Any
    stop_url: str | None = None
    settings_url: str | None = None


def send(
    to: str,
    template: str,
    *,
    locale: str,
    key: str,
    because: Because,
    attachments: tuple[Attachment, ...] = (),
    reply_to: str | None = None,
    **context: Any,
) -> None:
    """Render ``template`` for one reader and deliver it. ``because`` stands under it, in their language.

    ``key`` names this mail for good (``townhall:7:reminder:48h:user:3``): a second copy after a crash carries
    the same Message-ID. Raises GiveUp where the address is refused for good.
    """
    with force_locale(locale):
        subject, words = _written(template, context)
        message = _message(to, subject, words, key, because)
    if because.stop_url:
        message["List-Unsubscribe"] = f"<{because.stop_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if reply_to:
        message["Reply-To"] = reply_to
    for attachment in attachments:
        message.add_attachment(
            attachment.content, maintype="text", subtype=attachment.subtype, filename=attachment.name
        )
    current_app.extensions["mail"]["transport"].deliver(message)


def _written(template: str, context: dict[str, Any]) -> tuple[str, str]:
    templates: Environment = current_app.extensions["mail"]["templates"]
    shared: dict[str, Any] = {}
    current_app.update_template_context(shared)
    text = templates.get_template(template).render({**shared, **context})
    subject, _gap, words = text.strip().partition("\n")
    return " ".join(subject.split()), re.sub(r"\n{3,}", "\n\n", words.strip())


def _message(to: str, subject: str, words: str, key: str, because: Because) -> EmailMessage:
    message = EmailMessage()
    message["From"] = current_app.config["MAIL_FROM"]
    message["To"] = _address(to)
    message["Subject"] = subject
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = f"<{sha256(key.encode()).hexdigest()[:40]}@{_host()}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{_plain(words)}\n\n{_foot(because)}\n")
    message.add_alternative(_html(subject, words, because), subtype="html")
    return message


def _plain(words: str) -> str:
    """The Markdown of a mail as one reads it where no HTML is shown."""
    words = _TITLE.sub(lambda title: f"{title[1]}\n{'=' * len(title[1])}", _SUBTITLE.sub("", words))
    return _UNMARKED.sub(r"\1", _STRONG.sub(r"\1", _LINK.sub(_plain_link, words)))


def _plain_link(link: re.Match[str]) -> str:
    """``label: address``; a label that ends a sentence needs no colon."""
    return f"{link[1]}{'' if link[1].endswith(('.', '!', '?', '…')) else ':'} {link[2]}"


def _foot(because: Because) -> str:
    """The reason under a text and the ways out. Not after ``-- ``: mail programs fold away what follows."""
    lines = ["* * *", _one_line(because.sentence)]
    if because.stop_url:
        lines.append(f"{_('Stop these mails')}: {because.stop_url}")
    if because.settings_url:
        lines.append(f"{_('Choose what is mailed')}: {because.settings_url}")
    return "\n".join(lines)


def _html(subject: str, words: str, because: Because) -> str:
    # The links stand at the odd places, as the pattern has one group.
    pieces = enumerate(_BUTTON.split(words))
    body = "".join(_button(piece) if at % 2 else render_markdown(piece) for at, piece in pieces)
    page = render_template("mail/layout.html", subject=subject, body=body, because=because)
    return _inliner.inline(page)


def _button(link: str) -> str:
    """A link of its own paragraph: a button, if it leads to a page of ours."""
    html = render_markdown(link)
    is_ours = f"]({current_app.config['BASE_URL']}/" in link
    return html.replace("<a ", '<a class="button" ') if is_ours else html


def _address(to: str) -> Address:
    name, address = parseaddr(to)
    user, _at, domain = address.rpartition("@")
    return Address(display_name=name, username=user, domain=domain)


def _host() -> str:
    return urlsplit(current_app.config["BASE_URL"]).hostname or socket.gethostname()
