"""A real server that is full: the next watcher is refused at the handshake, and pages load on."""

import shutil

import pytest
import requests
import websocket
from running import Listener, Server, free_port

from civicforum.capacity import REQUESTS_AT_ONCE, SPARE_FILES, sockets_for

FILES = SPARE_FILES + REQUESTS_AT_ONCE + 20


@pytest.fixture
def narrow(tmp_path):
    """A server that may open few files, and so takes few watchers."""
    if shutil.which("prlimit") is None:
        pytest.skip("prlimit is not here (apt-get install util-linux): no server can be kept small")
    around = ("prlimit", f"--nofile={FILES}:{FILES}")
    server = Server(tmp_path, free_port(), around=around).start()
    yield server
    server.stop()


def knock(server) -> websocket.WebSocket:
    address = server.base_url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
    return websocket.create_connection(address, timeout=20)


def test_one_watcher_too_many_is_refused_at_the_handshake_and_pages_load(narrow):
    inside = []
    for _ in range(sockets_for(FILES) - 1):
        inside.append(Listener())
        inside[-1].client.connect(narrow.base_url, transports=["websocket"], wait_timeout=20)
    last = knock(narrow)
    last.send("40")
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        knock(narrow)
    assert (refused.value.status_code, refused.value.resp_headers["retry-after"]) == (503, "5")
    assert requests.get(f"{narrow.base_url}/agreement", timeout=20).status_code == 200
    metrics = requests.get(f"{narrow.base_url}/metrics", timeout=20).text
    assert 'civicforum_refused_total{what="sockets"} 1.0' in metrics
    last.shutdown()

    def enters() -> bool:
        try:
            knock(narrow).shutdown()
        except websocket.WebSocketBadStatusException:
            return False
        return True

    inside[0].wait_for(enters, seconds=20)
    for one in inside:
        one.hang_up()
