"""Rate limits: named buckets, one limiter for every door, keyed by account and by address.

Counted before the action, in memory or in Redis; refusing costs no transaction.
"""

import logging
import time
from collections.abc import Callable
from functools import wraps
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import redis
from flask import Flask, current_app, request
from flask_babel import gettext as _
from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from civicforum.errors import TooMany
from civicforum.web.viewer import viewer

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 1.0
AWAY_SECONDS = 5.0
# What a person may do, in the words of the limits library. Generous for people, tight for machines.
BUCKETS: dict[str, str] = {
    "request": "1200/minute",  # any request, by address: a whole library may share one
    "write": "60/minute; 1000/hour",  # any deed, by person
    "post": "10/minute; 100/hour",  # comments and threads
    "read": "120/minute",  # what was seen, as somebody scrolls
    "sign-in": "60/5minute",  # wrong attempts from one address: a whole hall may share one
    "sign-in-account": "10/15minute",  # attempts on one account from one address
    "mail-out": "5/hour",  # mails that somebody can have sent to one address
    "sign-up": "200/hour",  # new accounts from one address: a whole hall may share one
    "mail-link": "300/hour",  # links by mail asked for from one address
    "set-up": "20/hour",  # codes tried
    "upload": "20/minute; 200/day",  # pictures and papers
    "rsvp": "30/minute",
    "door": "600/minute",  # a table with several helpers, and what was scanned without a connection
    "flag": "20/day",
    "mediation": "5/day",  # people asked to talk something over
    "search": "60/minute",
    "suggest": "240/minute",  # a search for each pause while somebody types
    "page": "10/minute",  # pages elsewhere that comments link to: mails wait meanwhile
    "page-host": "4/minute",  # and of those, pages of one site
    "token": "20/hour",
    "watch": "300/minute",  # questions of one socket
    "watch-address": "6000/minute",  # and of all sockets of one address, when a hall reconnects
}
# Buckets of doors in which looking itself is what costs.
SEARCHES = ("search", "suggest")


class Limiter:
    """Counts in Redis where there is one, for all processes; in this process's memory while Redis is away."""

    def __init__(self, redis_url: str | None, is_off: bool) -> None:
        self.is_off = is_off
        self._here = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = _shared_limiter(redis_url) if redis_url else None
        self._away_until = 0.0
        self._items: dict[str, list[RateLimitItem]] = {
            name: parse_many(limits) for name, limits in BUCKETS.items()
        }

    def refuse_if_spent(self, bucket: str, *who: str) -> None:
        """TooMany if ``who`` has used up the bucket; counts nothing."""
        for item in [] if self.is_off else self._items[bucket]:
            if not self._ask("test", item, bucket, *who):
                self._refuse(item, bucket, *who)

    def check(self, bucket: str, *who: str) -> None:
        """Count one deed of ``who`` in ``bucket``; TooMany if that was too many."""
        if self.is_off:
            return
        for item in self._items[bucket]:
            if not self._ask("hit", item, bucket, *who):
                self._refuse(item, bucket, *who)

    def _refuse(self, item: RateLimitItem, bucket: str, *who: str) -> None:
        stats = self._ask("get_window_stats", item, bucket, *who)
        raise TooMany(_sentence(), retry_after=max(1, int(stats.reset_time - time.time()) + 1))

    def _ask(self, question: str, *arguments: Any) -> Any:
        """Ask Redis; one that does not answer is left alone for a while, so that nobody waits in vain."""
        if self._shared is not None and time.monotonic() >= self._away_until:
            try:
                return getattr(self._shared, question)(*arguments)
            except (redis.RedisError, OSError) as error:
                self._away_until = time.monotonic() + AWAY_SECONDS
                log.warning("Redis does not count (%s); limits are counted here meanwhile.", error)
        return getattr(self._here, question)(*arguments)


def _shared_limiter(redis_url: str) -> SlidingWindowCounterRateLimiter:
    # The library's own name for a socket file differs from Redis' client's.
    url = f"redis+{redis_url}" if redis_url.startswith("unix://") else redis_url
    patience = {"socket_timeout": TIMEOUT_SECONDS, "socket_connect_timeout": TIMEOUT_SECONDS}
    return SlidingWindowCounterRateLimiter(storage_from_string(url, **patience))


def _sentence() -> str:
    return _("That was a lot at once. Nothing is lost: wait a moment and try again.")


def init_app(app: Flask, redis_url: str | None, is_off: bool) -> None:
    app.extensions["limiter"] = Limiter(redis_url, is_off)


def are_limits_off() -> bool:
    """Whether this is a load test: nobody is too fast for it, newcomers neither."""
    return bool(current_app.extensions["limiter"].is_off)


def check_limit(bucket: str, *who: str) -> None:
    """Count a deed by ``who`` (default: the viewer, by account or else by address)."""
    current_app.extensions["limiter"].check(bucket, *(who or (person_key(),)))


def refuse_if_spent(bucket: str, *who: str) -> None:
    """TooMany if the bucket is used up already; for doors that count only what failed."""
    current_app.extensions["limiter"].refuse_if_spent(bucket, *who)


def limited(bucket: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A door whose use counts in ``bucket``; looking (GET) does not count, except where it searches."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def run(*args: Any, **kwargs: Any) -> Any:
            if request.method not in ("GET", "HEAD", "OPTIONS") or bucket in SEARCHES:
                check_limit(bucket)
            return view(*args, **kwargs)

        return run

    return decorate


def person_key() -> str:
    """The account, or for guests the address."""
    person = viewer()
    return f"user:{person.id}" if person.is_authenticated else f"address:{address()}"


def count_mail(email: str) -> None:
    """Count a mail that somebody has sent to an address: by who asks and by who would get it.

    The same for every address, whether it has an account or not. ``email`` is in the form in which it is
    kept, so that no other spelling of it is another bucket.
    """
    check_limit("mail-link", f"address:{address()}")
    check_limit("mail-out", f"email:{email}")


def address() -> str:
    """Where the request comes from: an IPv4 address, or the IPv6 network that one subscriber has whole."""
    return network_of(request.remote_addr or "unknown")


def network_of(remote: str) -> str:
    """``2001:db8:1:2::`` for each of the 2 to the 64th addresses that begin with it."""
    try:
        ip = ip_address(remote.partition("%")[0])
    except ValueError:
        return remote
    if isinstance(ip, IPv4Address):
        return str(ip)
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ip) if ip.is_loopback else str(IPv6Address(int(ip) >> 64 << 64))
