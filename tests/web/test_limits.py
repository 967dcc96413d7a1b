"""Whom a limit counts as one."""

import pytest
from flask import Flask

from civicforum.errors import TooMany
from civicforum.web.limits import Limiter, count_mail, network_of


@pytest.mark.parametrize(
    ("remote", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb:cccc::2", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("::1", "::1"),
        ("unknown", "unknown"),
    ],
)
def test_one_subscriber_is_one_whatever_address_they_take(remote, counted):
    assert network_of(remote) == counted


def test_a_mailbox_is_counted_whoever_asks(app: Flask):
    kept = app.extensions["limiter"]
    app.extensions["limiter"] = Limiter(None, is_off=False)
    try:
        for n in range(5):
            with app.test_request_context(environ_base={"REMOTE_ADDR": f"192.0.2.{n}"}):
                count_mail("ana@example.org")
        with app.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.99"}), pytest.raises(TooMany):
            count_mail("ana@example.org")
    finally:
        app.extensions["limiter"] = kept
