"""A real SMTP server on loopback: the fixture ``smtp`` lets the app send through it, and keeps what came."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from running import free_port

from civicforum.mail import SmtpTransport


class SmtpInbox:
    """Its mind: keeps what comes, refuses ``gone`` for good and ``full`` for now."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []

    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(content, policy=policy.default) for content in self.kept]

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
def smtp(app: Flask) -> Iterator[SmtpInbox]:
    inbox = SmtpInbox()
    port = free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    before = app.extensions["mail"]["transport"]
    app.extensions["mail"]["transport"] = SmtpTransport(f"smtp://127.0.0.1:{port}")
    yield inbox
    app.extensions["mail"]["transport"] = before
    controller.stop()
