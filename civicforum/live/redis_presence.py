"""How many people watch a channel across all processes, counted in Redis: people, not sockets.

Each process says every second who is here; whoever was not named for a few seconds is gone. Without Redis
each process counts for itself.
"""

import logging
import time
from collections.abc import Mapping, Set

import redis

log = logging.getLogger(__name__)

PREFIX = "civicforum:here:"
GONE_AFTER_SECONDS = 4.0
TIMEOUT_SECONDS = 1.0


class RedisPresence:
    def __init__(self, url: str) -> None:
        self.redis = redis.Redis.from_url(
            url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS
        )

    def count(self, here: Mapping[str, Set[str]]) -> dict[str, int]:
        """``here`` maps each channel to the keys of the people watching it in this process.

        Returns how many watch each of them everywhere; the local count where Redis does not answer.
        """
        try:
            return self._count(here)
        except (redis.RedisError, OSError) as error:
            log.warning("Redis does not count who is here (%s).", error)
            return {channel: len(people) for channel, people in here.items()}

    def _count(self, here: Mapping[str, Set[str]]) -> dict[str, int]:
        now = time.time()
        pipe = self.redis.pipeline(transaction=False)
        for channel, people in here.items():
            key = PREFIX + channel
            if people:
                pipe.zadd(key, dict.fromkeys(people, now))
            pipe.zremrangebyscore(key, "-inf", now - GONE_AFTER_SECONDS)
            pipe.expire(key, int(GONE_AFTER_SECONDS * 3))
            pipe.zcard(key)
        answers = pipe.execute()
        # The last answer of each channel's commands is its count.
        counts, place = {}, -1
        for channel, people in here.items():
            place += 4 if people else 3
            counts[channel] = int(answers[place])
        return counts
