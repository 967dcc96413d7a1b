"""The replay of a real conversation, short: every watcher ends with the same posts in the same order."""

import re
import subprocess
import sys

import pytest

from civicforum import paths


@pytest.mark.parametrize("most", [120])
def test_every_watcher_ends_with_the_same_posts(shared, most):
    comments = shared / "data" / "polis" / "american-assembly.bowling-green" / "comments.csv"
    done = subprocess.run(
        [sys.executable, "-m", "bench.replay", comments, "--most", str(most), "--watchers", "40"],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        timeout=170,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    sentence = r"(\d+) posts .* (\d+) watchers, (\d+) of whose connections were cut: (\d+) faults"
    said = re.search(sentence, done.stdout)
    assert said, done.stdout
    posts, watchers, breaks, faults = map(int, said.groups())
    assert (posts, watchers, faults) == (most, 40, 0)
    assert breaks > 5
