"""The nginx that we ship, in front of real servers: TLS, WebSockets, real addresses, polling."""

import json
import re
import shutil
import ssl
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
import socketio
import websocket
from running import Server, free_port

from civicforum import paths

SHIPPED = paths.ROOT / "deploy" / "nginx"
NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
AROUND = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/conf.d/*.conf;
}}
"""


@dataclass
class Proxy:
    """A running nginx with the shipped files: only names, ports and paths are changed."""

    folder: Path
    port: int
    http_port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def certificate(self) -> str:
        return str(self.folder / "fullchain.pem")

    def start(self, upstream: str, ports: dict[str, int]) -> None:
        (self.folder / "conf.d").mkdir()
        main = (SHIPPED / "civicforum.conf").read_text()
        own_words = {
            "forum.example.org;": "localhost;",
            "/etc/ssl/forum.example.org": str(self.folder),
            "listen 80;": f"listen 127.0.0.1:{self.http_port};",
            "listen 443 ssl;": f"listen 127.0.0.1:{self.port} ssl;",
        }
        for shipped, own in own_words.items():
            assert shipped in main
            main = main.replace(shipped, own)
        backs = (SHIPPED / upstream).read_text()
        for shipped, port in ports.items():
            assert shipped in backs
            backs = backs.replace(shipped, f"127.0.0.1:{port};")
        (self.folder / "conf.d" / "civicforum.conf").write_text(main)
        (self.folder / "conf.d" / "upstream.conf").write_text(backs)
        (self.folder / "nginx.conf").write_text(AROUND.format(folder=self.folder))
        self.process = subprocess.Popen([NGINX, "-p", self.folder, "-c", self.folder / "nginx.conf"])
        self._await()

    def _await(self) -> None:
        for _ in range(200):
            assert self.process is not None
            assert self.process.poll() is None, (self.folder / "nginx.log").read_text()
            try:
                requests.get(self.url, verify=self.certificate, timeout=20)
            except requests.ConnectionError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError((self.folder / "nginx.log").read_text())

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=20)

    def session(self) -> requests.Session:
        """A browser that trusts the certificate."""
        session = requests.Session()
        session.verify, session.trust_env = self.certificate, False
        return session

    def watch(self, channel: str, origin: str) -> dict:
        """The ack of a watch, through a WebSocket that comes from a page of ``origin``."""
        line = websocket.create_connection(
            f"wss://localhost:{self.port}/socket.io/?EIO=4&transport=websocket",
            origin=origin,
            timeout=20,
            sslopt={"ca_certs": self.certificate, "cert_reqs": ssl.CERT_REQUIRED},
        )
        try:
            line.send("40")
            line.send("420" + json.dumps(["watch", {"channel": channel}]))
            while not (frame := line.recv()).startswith("430"):
                pass
            return json.loads(frame[3:])[0]
        finally:
            line.shutdown()


@pytest.fixture
def proxy(tmp_path):
    """An nginx that is not started yet, with a certificate of its own making."""
    if NGINX is None:
        pytest.skip("nginx is not installed (apt-get install nginx-light): its checks are left out")
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: the checks of nginx need a certificate of their own making")
    folder = tmp_path / "nginx"
    folder.mkdir()
    made = Proxy(folder, free_port(), free_port())
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-nodes", "-days", "2"),
            *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", folder / "privkey.pem", "-out", made.certificate),
        ],
        check=True,
        capture_output=True,
    )
    yield made
    made.stop()


def settings(proxy, postgres_url, redis_server, **more) -> dict[str, str]:
    return {
        "CIVICFORUM_DATABASE_URL": postgres_url,
        "CIVICFORUM_REDIS_URL": redis_server.url,
        "CIVICFORUM_BASE_URL": proxy.url,
        "CIVICFORUM_TRUSTED_PROXIES": "1",
        "CIVICFORUM_LIMITS": "normal",
        **more,
    }


@pytest.fixture
def town(tmp_path, proxy, postgres_url, redis_server):
    """Two processes behind the shipped nginx."""
    folder = tmp_path / "server"
    folder.mkdir()
    server = Server(folder, free_port(), settings(proxy, postgres_url, redis_server), workers=2).start()
    proxy.start("upstream.conf", {"127.0.0.1:8000;": server.port})
    yield server
    server.stop()


def sign_in(proxy, session, person, password=None, **headers) -> requests.Response:
    page = session.get(f"{proxy.url}/sign-in", timeout=20)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert token is not None, page.text[:500]
    sent = {"csrf_token": token[1], "email": person.email, "password": password or person.password}
    headers = {"Referer": f"{proxy.url}/sign-in", **headers}
    return session.post(f"{proxy.url}/sign-in", data=sent, headers=headers, timeout=60, allow_redirects=False)


def test_through_nginx_people_read_sign_in_and_watch(town, proxy):
    host = town.make_user("organizer")
    thread = town.start_thread(town.make_project(host), host)
    with proxy.session() as browser:
        page = browser.get(f"{proxy.url}/threads/{thread['id']}", timeout=20)
        assert (page.status_code, page.url) == (200, f"{proxy.url}/threads/{thread['id']}/the-bus-stop")
        assert f"connect-src 'self' wss://localhost:{proxy.port}" in page.headers["Content-Security-Policy"]
        answer = sign_in(proxy, browser, host)
        assert (answer.status_code, answer.headers["Location"][:1]) == (302, "/")
        (cookie,) = [c for c in browser.cookies if c.name == "__Host-session"]
        assert (cookie.secure, cookie.path, cookie.has_nonstandard_attr("HttpOnly")) == (True, "/", True)
        assert browser.get(f"{proxy.url}/inbox", timeout=20, allow_redirects=False).status_code == 200
    assert proxy.watch(thread["channel"], proxy.url)["revision"] == thread["revision"]
    with pytest.raises(websocket.WebSocketBadStatusException):
        proxy.watch(thread["channel"], "https://evil.example")


def test_plain_http_leads_to_tls_and_metrics_are_not_for_visitors(town, proxy):
    plain = requests.get(f"http://localhost:{proxy.http_port}/agreement", timeout=20, allow_redirects=False)
    assert (plain.status_code, plain.headers["Location"][:8]) == (308, "https://")
    assert requests.get(f"{proxy.url}/metrics", verify=proxy.certificate, timeout=20).status_code == 404
    assert requests.get(f"{town.base_url}/metrics", timeout=20).status_code == 200


def test_a_visitor_cannot_choose_the_address_they_are_counted_by(town, proxy):
    ana = town.make_user()
    statuses = []
    with proxy.session() as browser:
        for n in range(11):
            forged = {"X-Forwarded-For": f"198.51.100.{n}", "X-Real-IP": f"198.51.100.{n}"}
            statuses.append(sign_in(proxy, browser, ana, "not the password", **forged).status_code)
    assert 429 not in statuses[:10]
    assert statuses[10] == 429


def test_a_refusal_for_lack_of_a_database_comes_through_with_when_to_try_again(
    town, proxy, postgres_url, postgres_cluster
):
    name = postgres_url.partition("?")[0].rpartition("/")[2]
    postgres_cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")
    answer = requests.get(f"{proxy.url}/sign-in", verify=proxy.certificate, timeout=60)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "5")


@pytest.fixture
def two_single_servers(tmp_path, proxy, postgres_url, redis_server):
    """Two servers of one process each behind nginx, which leads a visitor always to the same one."""
    servers = []
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        secret = {"CIVICFORUM_SECRET_KEY": "the same for both of them, of course!"}
        own = settings(proxy, postgres_url, redis_server, **secret)
        servers.append(Server(folder, free_port(), own).start())
    ports = {"127.0.0.1:8001;": servers[0].port, "127.0.0.1:8002;": servers[1].port}
    proxy.start("upstream-polling.conf", ports)
    yield servers
    for server in servers:
        server.stop()


def test_where_visitors_stick_to_a_server_they_may_poll(two_single_servers, proxy):
    first, second = two_single_servers
    host = first.make_user("organizer")
    thread = first.start_thread(first.make_project(host), host)
    told: list[dict] = []
    with proxy.session() as browser:
        client = socketio.Client(reconnection=False, http_session=browser)
        client.on("update", told.append)
        client.connect(proxy.url, transports=["polling"], wait_timeout=20)
        assert client.call("watch", {"channel": thread["channel"]}, timeout=20)["ok"] is True
        first.post(thread, host, "Said at the first.")
        second.post(thread, host, "Said at the second.")
        wanted = ["Said at the first.", "Said at the second."]
        deadline = time.monotonic() + 30
        while bodies(told) != wanted and time.monotonic() < deadline:
            time.sleep(0.1)
        assert bodies(told) == wanted
        client.disconnect()


def bodies(updates) -> list[str]:
    return [item["body"] for update in updates for item in update["items"] if item["type"] == "post"]
