"""Mail: text and HTML of one template, one line a header, a stable name, refusals that are final."""

import smtplib
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from running import free_port

from civicforum import mail
from civicforum.jobs import GiveUp
from civicforum.mail import SmtpTransport


@pytest.fixture
def context(app):
    """As a task has it: inside a request, with a template of our own."""
    from jinja2 import DictLoader

    templates = app.extensions["mail"]["templates"]
    before = templates.loader
    templates.loader = DictLoader(
        {"t.md": "About {{ title }}\n\nHello {{ title }},\n\n[Look here]({{ url }})\n\n*Yours*"}
    )
    with app.test_request_context(base_url=app.config["BASE_URL"]):
        yield
    templates.loader = before


def send(to="Ana <ana@example.org>", title="buses", **more):
    mail.send(to, "t.md", locale="en", key="test:1", title=title, url="http://127.0.0.1/x", **more)


def delivered(app):
    folder = app.config["DATA_DIR"] / "mail"
    return [message_from_bytes(f.read_bytes(), policy=policy.default) for f in folder.glob("*.eml")]


def test_a_mail_is_good_as_text_and_as_html(app, context):
    send()
    (message,) = delivered(app)
    assert (message["Subject"], message["To"]) == ("About buses", "Ana <ana@example.org>")
    text = message.get_body(("plain",)).get_content()
    assert "Look here: http://127.0.0.1/x" in text
    page = message.get_body(("html",)).get_content()
    assert 'href="http://127.0.0.1/x"' in page
    assert "<style" not in page


def test_the_same_mail_has_the_same_name(app, context):
    send()
    send()
    assert len(delivered(app)) == 1


def test_a_value_brings_no_header_and_no_markup(app, context):
    send(title="x\r\nBcc: all@example.org\r\n\r\n<script>alert(1)</script>")
    (message,) = delivered(app)
    assert message["Bcc"] is None
    assert "\n" not in message["Subject"]
    assert "<script" not in message.get_body(("html",)).get_content()


def test_one_click_unsubscribe_is_in_the_headers(app, context):
    send(unsubscribe_url="http://127.0.0.1/u")
    (message,) = delivered(app)
    assert message["List-Unsubscribe"] == "<http://127.0.0.1/u>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


class Inbox:
    """A real SMTP server's mind: keeps what comes, refuses ``gone`` for good and ``full`` for now."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - aiosmtpd's name
        if address.startswith("gone"):
            return "550 no such person"
        if address.startswith("full"):
            return "451 try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        self.kept.append(envelope.content)
        return "250 OK"


@pytest.fixture
def smtp(app, context):
    inbox = Inbox()
    port = free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    before = app.extensions["mail"]["transport"]
    app.extensions["mail"]["transport"] = SmtpTransport(f"smtp://127.0.0.1:{port}")
    yield inbox
    app.extensions["mail"]["transport"] = before
    controller.stop()


def test_smtp_delivers(smtp):
    send()
    (content,) = smtp.kept
    assert b"Subject: About buses" in content


def test_a_refusal_for_good_gives_up(smtp):
    with pytest.raises(GiveUp):
        send(to="gone@example.org")


def test_a_refusal_for_now_is_tried_again(smtp):
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(to="full@example.org")
