"""What was mailed: runs the waiting jobs and reads the folder that mail goes to in tests."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from urllib.parse import urlsplit

from flask import Flask

from civicforum import jobs
from civicforum.db import db


def deliver(app: Flask) -> list[EmailMessage]:
    """Do the waiting work; every mail so far, in the order of being written."""
    db.session.rollback()
    jobs.run_due(app)
    folder = app.config["DATA_DIR"] / "mail"
    files = sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]


def mails_to(app: Flask, address: str) -> list[EmailMessage]:
    return [mail for mail in deliver(app) if address in str(mail["To"])]


def words(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return body.get_content()


def link_in(mail: EmailMessage) -> str:
    """The path of the first link."""
    found = re.search(r"https?://\S+", words(mail))
    assert found, words(mail)
    return urlsplit(found[0]).path
