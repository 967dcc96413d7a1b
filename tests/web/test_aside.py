"""Long computing in a thread, with gevent's patches as the server has them."""

import subprocess
import sys

PROGRAM = """
from gevent import monkey
monkey.patch_all()
import threading, time
import gevent
from flask import Flask
from flask_babel import Babel, get_locale
from civicforum.web.aside import aside

app = Flask("aside")
Babel(app, locale_selector=lambda: "es")
ticks = []
def tick():
    while True:
        ticks.append(time.monotonic())
        gevent.sleep(0.01)
gevent.spawn(tick)

def count(upto):
    total = 0
    for number in range(upto):
        total += number
    return total, str(get_locale())

def fail():
    raise ValueError("no")

with app.test_request_context():
    print(aside(count, 3_000_000) == (sum(range(3_000_000)), "es"))
    print(len(ticks) > 3)
    try:
        aside(fail)
    except ValueError as error:
        print(error)
"""


def test_others_go_on_meanwhile_and_errors_come_back_quietly():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["True", "True", "no"]
    assert done.stderr == ""
