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


def posts_until_refused(limiter: Limiter) -> int:
    for n in range(30):
        try:
            limiter.check("post", "user:1")
        except TooMany:
            return n
    return 30


def test_two_processes_count_together(app, redis_server):
    limiters = [Limiter(redis_server.url, is_off=False) for _ in range(2)]
    assert posts_until_refused(limiters[0]) == 10
    assert posts_until_refused(limiters[1]) == 0


def test_without_redis_limits_are_counted_here_and_nothing_breaks(app, redis_server):
    limiter = Limiter(redis_server.url, is_off=False)
    limiter.check("post", "user:1")
    redis_server.kill()
    assert posts_until_refused(limiter) == 10
    with pytest.raises(TooMany):
        limiter.refuse_if_spent("post", "user:1")


def test_when_redis_is_back_it_counts_again(app, redis_server, monkeypatch):
    monkeypatch.setattr("civicforum.web.limits.AWAY_SECONDS", 0)
    limiter = Limiter(redis_server.url, is_off=False)
    redis_server.kill()
    limiter.check("post", "user:1")
    redis_server.start()
    assert posts_until_refused(limiter) == 10


def test_redis_may_be_a_file(app, tmp_path):
    Limiter(f"unix://{tmp_path}/redis.sock", is_off=False).check("post", "user:1")
