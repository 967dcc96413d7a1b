"""Clients that take their time: everybody else is served meanwhile."""

import time

import pytest
import requests
from raw_line import plug

pytestmark = pytest.mark.usefixtures("unharmed")


def slow_upload(server, path: str, *headers: str):
    """A request that has begun to send a body of a megabyte, and goes on a byte at a time."""
    line = plug(server)
    head = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", "Content-Length: 1000000", *headers]
    line.sendall(("\r\n".join(head) + "\r\n\r\n").encode() + b"x")
    return line


def test_twenty_slow_uploads_do_not_stop_a_page(server):
    ana = server.make_user()
    thread = server.start_thread(server.make_project(), ana)
    form = "Content-Type: application/x-www-form-urlencoded"
    pieces = "Content-Type: multipart/form-data; boundary=x"
    lines = [slow_upload(server, "/sign-in", kind) for kind in (form, pieces) for _ in range(6)]
    api = ("Content-Type: application/json", f"Authorization: Bearer {ana.token}")
    lines += [slow_upload(server, f"/api/v1/threads/{thread['id']}/posts", *api) for _ in range(8)]
    for n in range(5):
        for line in lines:
            line.sendall(b"x")
        assert requests.get(f"{server.base_url}/threads/{thread['id']}", timeout=20).status_code == 200
        assert server.post(thread, ana, f"Meanwhile {n}.")["seq"] == n + 2
        time.sleep(0.2)
    for line in lines:
        line.close()


def test_whoever_reads_slowly_keeps_nobody_waiting(server):
    """Pages asked for and never read; the kernel keeps some of them, the server the rest."""
    lines = []
    for _ in range(20):
        line = plug(server)
        request = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n"
        line.sendall(request.encode() * 20)
        lines.append(line)
    assert requests.get(f"{server.base_url}/readyz", timeout=20).status_code == 200
    for line in lines:
        line.close()
