"""A real web server of somebody else's on this machine, which counts who asks for what."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from civicforum.links.addresses import Reach

HOST = "page.example"
HTML = {"Content-Type": "text/html; charset=utf-8"}


class Elsewhere:
    """``answers`` maps a path to what is done there; ``asked`` are the requests with their headers."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.answers: dict[str, Callable[[Any], None]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    def url(self, path: str, host: str = HOST) -> str:
        return f"http://{host}:{self.port}{path}"

    def page(self, path: str, body: bytes, headers: dict[str, str] = HTML, status: int = 200) -> str:
        """Answer so at ``path``; its address."""
        self.answers[path] = lambda handler: say(handler, body, headers, status)
        return self.url(path)

    def redirect(self, path: str, to: str) -> str:
        return self.page(path, b"", {"Location": to}, 302)


def say(handler: Any, body: bytes, headers: dict[str, str], status: int = 200) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def at_home(host: str, _port: int, _seconds: float) -> list[str]:
    """Every name is this machine's; an address is itself."""
    return ["127.0.0.1"] if host.endswith(".example") else [host]


def this_machine(**facts: Any) -> Reach:
    """As far as to 127.0.0.1, on any port. In the program no setting says so."""
    return Reach(
        **{
            "is_allowed": lambda address: str(address) == "127.0.0.1",
            "is_port_allowed": lambda _port: True,
            "resolve": at_home,
            **facts,
        }
    )


@contextmanager
def serving() -> Iterator[Elsewhere]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            there.asked.append((self.path, dict(self.headers)))
            try:
                there.answers[self.path](self)
            except OSError:
                """Whoever asked has gone."""

        def log_message(self, *_line: Any) -> None:
            """Quietly."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    there = Elsewhere(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield there
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
