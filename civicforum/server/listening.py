"""The listening socket: one for each address, shared by all processes that serve there."""

import errno
import socket
import time

from civicforum.errors import CommandError

BACKLOG = 4096


def listen(host: str, port: int, patience_seconds: float = 0) -> socket.socket:
    """A listening socket; CommandError with a sentence if the address stays taken.

    ``patience_seconds``: wait so long for processes that are just leaving.
    """
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            return _bind(host, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise CommandError(
                    f"Cannot listen on {host}:{port} ({error.strerror}). Choose another port."
                ) from error
        time.sleep(0.1)


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


def inherit(number: int) -> socket.socket:
    """The listening socket that the supervisor has opened, by the number of its file."""
    listener = socket.socket(fileno=number)
    listener.setblocking(False)
    return listener
