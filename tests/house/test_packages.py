"""A wheel and an sdist that run: installed away from the checkout, a page loads with its looks and fonts."""

import re
import signal
import socket
import subprocess
import sys
import sysconfig
import tarfile
import time
import urllib.error
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

from civicforum import paths


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A folder with the wheel and the sdist of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, paths.ROOT],
        check=True,
        capture_output=True,
    )
    return folder


def only(folder: Path, pattern: str) -> Path:
    (found,) = folder.glob(pattern)
    return found


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_a_package_holds_what_runs_and_nothing_secret(built, kind):
    if kind == "wheel":
        with zipfile.ZipFile(only(built, "*.whl")) as archive:
            names = archive.namelist()
        wanted = [
            "civicforum/_bundle/templates/layout.html",
            "civicforum/_bundle/static/css/site.css",
            "civicforum/_bundle/static/vendor/socket.io.js",
            "civicforum/_bundle/migrations/env.py",
            "civicforum/translations/es/LC_MESSAGES/messages.po",
        ]
    else:
        with tarfile.open(only(built, "*.tar.gz")) as archive:
            names = [name.partition("/")[2] for name in archive.getnames()]
        wanted = ["templates/layout.html", "static/vendor/socket.io.js", "migrations/env.py", "LICENSE"]
    assert [name for name in wanted if name not in names] == []
    assert [n for n in names if re.search(r"secret_key|\.sqlite3|\.venv|node_modules|__pycache__", n)] == []


def test_an_installed_wheel_serves_a_page_with_its_looks(built, tmp_path):
    command = install(only(built, "*.whl"), tmp_path / "clean")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [command, "serve", "--port", str(port)],
        cwd=tmp_path,
        env={"CIVICFORUM_DATA_DIR": str(tmp_path / "data"), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.DEVNULL,
    )
    try:
        page = fetch(f"http://127.0.0.1:{port}/").decode()
        (sheet,) = re.findall(r'href="(/static/[^"]+/css/site\.css)"', page)
        assert "@layer" in fetch(f"http://127.0.0.1:{port}{sheet}").decode()
        font = re.findall(r'href="(/static/[^"]+\.woff2)"', page)[0]
        assert fetch(f"http://127.0.0.1:{port}{font}")[:4] == b"wOF2"
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def install(wheel: Path, folder: Path) -> Path:
    """The wheel alone in an environment of its own, beside the libraries that are installed here."""
    venv.create(folder, with_pip=False, symlinks=True)
    libraries = Path(sysconfig.get_path("purelib"))
    inside = only(folder, "lib/python3*/site-packages")
    # Lends the libraries, but not the checkout: a .pth file in a lent folder is not read.
    (inside / "lent.pth").write_text(f"{libraries}\n")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(inside)  # noqa: S202 - our own wheel, made a moment ago
    command = folder / "bin" / "civicforum"
    command.write_text(f"#!{folder}/bin/python\nfrom civicforum.cli import main\nmain()\n")
    command.chmod(0o755)
    return command


def fetch(url: str) -> bytes:
    """What is at ``url``, once the server answers."""
    for _ in range(200):
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own server
                return answer.read()
        except urllib.error.HTTPError:
            raise
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")
