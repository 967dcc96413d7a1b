"""A bad network between clients and the server: it resets, cuts, stalls, delays, loses, repeats.

Each connection is either one HTTP request or a WebSocket. While the weather is bad, chance (seeded) decides
what becomes of it; in good weather everything passes.
"""

import asyncio
import contextlib
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable

CHUNK = 16_384
LONGEST_SECONDS = 60
# What may happen to one HTTP request, and how often in a hundred.
HTTP_FATES = {
    "pass": 53,
    "delay": 9,
    "reset": 7,
    "cut_request": 7,
    "lose_reply": 9,
    "cut_reply": 6,
    "late": 4,
    "twice": 4,
    "stall": 1,
}
# How the life of a WebSocket ends, and how often in a hundred.
SOCKET_FATES = {"pass": 10, "reset": 30, "cut_frame": 30, "stall_and_go_on": 15, "stall_and_reset": 15}
SOCKET_LIFE_SECONDS = 4.0
STALL_SECONDS = (1.0, 4.0)
LATE_SECONDS = (0.3, 4.0)
LONGEST_DELAY_SECONDS = 0.6


class Proxy:
    """Listens at ``port`` and passes on to ``upstream``; ``fates`` counts what it did."""

    def __init__(self, upstream: int, seed: int) -> None:
        self.upstream = upstream
        self.chance = random.Random(seed)
        self.is_bad = False
        self.fates: Counter[str] = Counter()
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._lines: set[asyncio.StreamWriter] = set()
        self._good_weather: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="proxy")

    def start(self) -> "Proxy":
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def set_weather(self, is_bad: bool) -> None:
        """Bad weather begins, or ends: what was stalled then flows on."""
        self._call(lambda: self._set_weather(is_bad))

    def _set_weather(self, is_bad: bool) -> None:
        assert self._good_weather is not None
        self.is_bad = is_bad
        (self._good_weather.clear if is_bad else self._good_weather.set)()

    def cut_all(self) -> None:
        """Reset every open connection at once, as a router that is switched off does."""
        self._call(lambda: [_reset(line) for line in list(self._lines)])

    def _call(self, deed: Callable[[], object]) -> None:
        done = threading.Event()
        self._loop.call_soon_threadsafe(lambda: (deed(), done.set()))
        done.wait(10)

    async def _listen(self) -> None:
        self._good_weather = asyncio.Event()
        self._good_weather.set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        """Take nobody any more, reset all there are, and let their tasks come to their own end."""
        self._server.close()
        self._set_weather(is_bad=False)
        others = {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}
        while others:
            for line in list(self._lines):
                _reset(line)
            _done, others = await asyncio.wait(others, timeout=0.2)

    # --- one connection ---

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lines.add(writer)
        try:
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), LONGEST_SECONDS)
            if b"upgrade: websocket" in head.lower():
                await self._serve_socket(head, reader, writer)
            else:
                await self._serve_request(head + await _body(head, reader), writer)
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            _reset(writer)
        finally:
            self._lines.discard(writer)
            writer.close()

    def choose(self, fates: dict[str, int]) -> str:
        """What becomes of the next thing, by chance; in good weather it passes."""
        fate = self.chance.choices(list(fates), list(fates.values()))[0] if self.is_bad else "pass"
        self.fates[fate] += 1
        return fate

    async def wait(self, span: tuple[float, float]) -> None:
        """Wait, but no longer than the bad weather lasts."""
        assert self._good_weather is not None
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._good_weather.wait(), self.chance.uniform(*span))

    # --- HTTP ---

    async def _serve_request(self, request: bytes, client: asyncio.StreamWriter) -> None:
        request = _closing(request)
        fate = self.choose(HTTP_FATES)
        if fate == "reset":
            return _reset(client)
        if fate == "late":
            _reset(client)
            await self.wait(LATE_SECONDS)
            await self._ask(request)
            return None
        if fate == "cut_request":
            await self._ask(request[: self.chance.randrange(1, len(request))], is_whole=False)
            return _reset(client)
        if fate == "delay":
            await self.wait((0, LONGEST_DELAY_SECONDS))
        if fate == "stall":
            await self.wait(STALL_SECONDS)
        answer = await self._ask(request)
        if fate == "lose_reply":
            return _reset(client)
        if fate == "cut_reply":
            client.write(answer[: self.chance.randrange(len(answer) or 1)])
            await client.drain()
            return _reset(client)
        client.write(answer)
        await client.drain()
        if fate == "twice":
            await self.wait(LATE_SECONDS)
            await self._ask(request)
        return None

    async def _ask(self, request: bytes, is_whole: bool = True) -> bytes:
        """The server's whole answer; nothing where it did not answer."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        except OSError:
            return b""
        self._lines.add(writer)
        try:
            writer.write(request)
            await writer.drain()
            if is_whole:
                return await asyncio.wait_for(reader.read(-1), LONGEST_SECONDS)
            _reset(writer)
            return b""
        except (TimeoutError, OSError):
            return b""
        finally:
            self._lines.discard(writer)
            writer.close()

    # --- WebSockets ---

    async def _serve_socket(
        self, head: bytes, reader: asyncio.StreamReader, client: asyncio.StreamWriter
    ) -> None:
        up_reader, server = await asyncio.open_connection("127.0.0.1", self.upstream)
        self._lines.add(server)
        server.write(head)
        line = _Line(self)
        pumps = [
            asyncio.ensure_future(line.pump(reader, server)),
            asyncio.ensure_future(line.pump(up_reader, client)),
            asyncio.ensure_future(line.live()),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            self._lines.discard(server)
            _reset(server)
            _reset(client)


class _Line:
    """One WebSocket's way through the proxy, and how it fares in bad weather."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self.is_cutting = False
        self.is_flowing = asyncio.Event()
        self.is_flowing.set()

    async def pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        chance = self.proxy.chance
        while True:
            chunk = await reader.read(CHUNK)
            if not chunk:
                return
            if self.proxy.is_bad and chance.random() < 0.2:
                await asyncio.sleep(chance.uniform(0, LONGEST_DELAY_SECONDS / 2))
            await self.is_flowing.wait()
            if self.is_cutting:
                writer.write(chunk[: chance.randrange(len(chunk))])
                await writer.drain()
                return
            writer.write(chunk)
            await writer.drain()

    async def live(self) -> None:
        """Live until chance ends it: never in good weather."""
        while True:
            await asyncio.sleep(self.proxy.chance.expovariate(1 / SOCKET_LIFE_SECONDS))
            fate = self.proxy.choose(SOCKET_FATES) if self.proxy.is_bad else "pass"
            if fate == "reset":
                return
            if fate == "cut_frame":
                self.is_cutting = True
                await self.proxy.wait(STALL_SECONDS)
                return
            if fate.startswith("stall"):
                self.is_flowing.clear()
                await self.proxy.wait(STALL_SECONDS)
                self.is_flowing.set()
                if fate == "stall_and_reset":
                    return


async def _body(head: bytes, reader: asyncio.StreamReader) -> bytes:
    for line in head.split(b"\r\n"):
        name, _colon, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return await reader.readexactly(int(value))
    return b""


def _closing(request: bytes) -> bytes:
    """The request, asking the server to close afterwards: so its end is the answer's end."""
    head, _blank, body = request.partition(b"\r\n\r\n")
    kept = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*kept, b"Connection: close"]) + b"\r\n\r\n" + body


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with a reset (RST), as a lost network does: the other side is not told politely."""
    raw = writer.get_extra_info("socket")
    if raw is not None and raw.fileno() != -1:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
