"""So many at once; one too many gets a sentence at once."""

import json

import gevent
import gevent.event
import pytest
from werkzeug.test import Client

from civicforum.capacity import REQUESTS_AT_ONCE, sockets_for
from civicforum.server.gate import Gate


class Town:
    """A Flask application's place behind the gate; who comes in with a coat stays for a while."""

    def __init__(self, app) -> None:
        self.test_request_context = app.test_request_context
        self.sockets = 0
        self.is_over = gevent.event.Event()
        self.gate = Gate(self, lambda: self.sockets, most_sockets=10)

    def wsgi_app(self, environ, start_response):
        if "HTTP_COAT" in environ:
            self.is_over.wait()
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"in"]


@pytest.fixture
def town(app):
    return Town(app)


def asked_while_full(town, path: str, others: list[str], **headers: str):
    """The answer to ``path`` while all the others are inside."""
    town.is_over.clear()
    staying = [gevent.spawn(Client(town.gate).get, other, headers={"Coat": "on"}) for other in others]
    gevent.sleep(0)
    answer = Client(town.gate).get(path, headers=headers)
    town.is_over.set()
    gevent.joinall(staying)
    return answer


def test_the_last_who_fits_comes_in(town):
    assert asked_while_full(town, "/", ["/"] * (REQUESTS_AT_ONCE - 1)).text == "in"


def test_one_too_many_gets_a_sentence_and_may_come_back(town):
    answer = asked_while_full(town, "/", ["/"] * REQUESTS_AT_ONCE)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "<h1>Busy just now</h1><p>More people came at once than fit." in answer.text
    assert Client(town.gate).get("/").text == "in"


def test_the_sentence_speaks_spanish(town):
    headers = {"Accept-Language": "fr-CH, es;q=0.9, en;q=0.8"}
    answer = asked_while_full(town, "/", ["/"] * REQUESTS_AT_ONCE, **headers)
    assert '<html lang="es">' in answer.text
    assert "Busy" not in answer.text


def test_the_api_gets_a_problem(town):
    answer = asked_while_full(town, "/api/v1/me", ["/"] * REQUESTS_AT_ONCE)
    assert answer.content_type == "application/problem+json"
    assert json.loads(answer.text)["status"] == 503


def test_a_full_process_is_alive(town):
    assert asked_while_full(town, "/healthz", ["/"] * REQUESTS_AT_ONCE).text == "in"


def test_watchers_do_not_keep_a_page_from_loading(town):
    assert asked_while_full(town, "/", ["/socket.io/?sid=x"] * 20).text == "in"
    assert asked_while_full(town, "/socket.io/?sid=x", ["/socket.io/?sid=x"] * 20).status_code == 503


def test_requests_do_not_keep_watchers_out(town):
    answer = asked_while_full(town, "/socket.io/?EIO=4", ["/"] * REQUESTS_AT_ONCE)
    assert answer.text == "in"


def test_one_watcher_too_many_is_refused_and_those_inside_go_on(town):
    town.sockets = 10
    assert Client(town.gate).get("/socket.io/?EIO=4").status_code == 503
    assert Client(town.gate).get("/socket.io/?EIO=4&sid=x").text == "in"


@pytest.mark.parametrize(("files", "sockets"), [(1024, 262), (20_000, 5_000), (256, 10)])
def test_watchers_are_as_many_as_files_allow(files, sockets):
    assert sockets_for(files) == sockets
