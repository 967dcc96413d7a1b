"""The ``civicforum`` command as an operator runs it: a process that knows nothing but what it is given.

It begins as a copy of this one, in which everything is loaded: Python anew takes two seconds each time. What
must hold from the first import on is asked of ``running.COMMAND``.
"""

import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping
from typing import BinaryIO, NoReturn

from civicforum.cli import main


def run_command(environ: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """What ``civicforum <arguments>`` says and how it ends, with these settings and nothing to read from."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = os.fork()
        if process == 0:
            _become(environ, arguments, out, err)
        _process, status = os.waitpid(process, 0)
        told = [_read(file) for file in (out, err)]
    return subprocess.CompletedProcess(arguments, os.waitstatus_to_exitcode(status), *told)


def _become(environ: Mapping[str, str], arguments: tuple[str, ...], out: BinaryIO, err: BinaryIO) -> NoReturn:
    code = 1
    try:
        os.dup2(out.fileno(), 1)
        os.dup2(err.fileno(), 2)
        with open(os.devnull) as sys.stdin, open(1, "w") as sys.stdout, open(2, "w") as sys.stderr:
            os.environ.clear()
            os.environ.update(environ)
            sys.argv = ["civicforum", *arguments]
            code = _run()
    finally:
        # Neither the tests that come next nor what they would clear away.
        os._exit(code)


def _run() -> int:
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - as Python itself ends a program
        traceback.print_exc()
        return 1
    return 0


def _read(file: BinaryIO) -> str:
    file.seek(0)
    return file.read().decode()
