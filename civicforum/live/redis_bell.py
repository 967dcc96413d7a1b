"""Doorbells between processes, through Redis: a name rings everywhere, no content ever travels.

Redis carries only which channel or person changed; what changed is read from the database, under its
policies. A bell that is lost (Redis gone, a message dropped) is healed by the pulse within seconds.
"""

import logging
import threading
from collections.abc import Callable

import redis

from civicforum.live import doorbell

log = logging.getLogger(__name__)

TOPIC = "civicforum:bells"
RETRY_SECONDS = 1.0
TIMEOUT_SECONDS = 2.0
WAITING_BELLS = 10_000  # at most so many names wait for a Redis that does not answer


class RedisBell:
    """Tells other processes what rang here, and rings here what rang there."""

    def __init__(self, url: str) -> None:
        self.redis = redis.Redis.from_url(
            url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS
        )
        self.ears = redis.Redis.from_url(
            url, socket_connect_timeout=TIMEOUT_SECONDS, health_check_interval=10
        )
        self._waiting: dict[str, None] = {}
        self._has_rung = threading.Event()

    def ring(self, name: str) -> None:
        """Note that ``name`` rang; it is sent from a thread of its own, so that no commit waits for Redis."""
        if len(self._waiting) < WAITING_BELLS:
            self._waiting[name] = None
            self._has_rung.set()

    def send_forever(self, is_stopping: Callable[[], bool]) -> None:
        """Publish what rang here, each name once however often it rang meanwhile."""
        while not is_stopping():
            self._has_rung.wait(1.0)
            self._has_rung.clear()
            while self._waiting and not is_stopping():
                name = next(iter(self._waiting))
                del self._waiting[name]
                try:
                    self.redis.publish(TOPIC, name)
                except redis.RedisError as error:
                    log.warning("Redis did not take a bell (%s); the pulse will tell.", error)
                    self._has_rung.wait(RETRY_SECONDS)

    def listen_forever(self, is_stopping: Callable[[], bool], ring_here: Callable[[str], None]) -> None:
        """Ring here what rang in any process; comes back by itself when Redis does."""
        while not is_stopping():
            try:
                with self.ears.pubsub(ignore_subscribe_messages=True) as subscription:
                    subscription.subscribe(TOPIC)
                    while not is_stopping():
                        message = subscription.get_message(timeout=1.0)
                        if message is not None:
                            ring_here(message["data"].decode("utf-8", "replace"))
            except (redis.RedisError, OSError) as error:
                log.warning("Redis does not answer (%s); live updates come by the pulse meanwhile.", error)
                threading.Event().wait(RETRY_SECONDS)


def connect(url: str, spawn: Callable[..., object], is_stopping: Callable[[], bool]) -> RedisBell:
    """Join this process's doorbell to those of the others."""
    bell = RedisBell(url)
    doorbell.tell_others(bell.ring)
    spawn(bell.send_forever, is_stopping)
    spawn(bell.listen_forever, is_stopping, doorbell.ring_from_elsewhere)
    return bell
