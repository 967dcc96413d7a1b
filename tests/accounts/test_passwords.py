import subprocess
import sys
import time
from statistics import median

from civicforum.accounts.passwords import hash_password, needs_rehash, verify_password

OF_OLD = "$argon2id$v=19$m=1024,t=1,p=1$c29tZXNhbHRzb21l$kq8Ux1ZtY5rVhQvkLX3g3Y9w6l8B7sZqN4m9oVbYQ0E"


def test_the_right_password_verifies_and_a_wrong_one_does_not():
    kept = hash_password("three quiet otters")
    assert verify_password(kept, "three quiet otters")
    assert not verify_password(kept, "three quiet others")


def test_nobodys_password_is_never_right():
    assert not verify_password(None, "nobody's password")


def test_a_damaged_hash_is_wrong_and_raises_nothing():
    assert not verify_password("damaged", "anything")


def test_two_ways_of_typing_one_letter_are_one_password():
    assert verify_password(hash_password("café au lait, bitte"), "cafe\u0301 au lait, bitte")


def test_a_weaker_hash_is_renewed_and_todays_is_not():
    assert needs_rehash(OF_OLD)
    assert not needs_rehash(hash_password("three quiet otters"))


def test_an_unknown_address_takes_as_long_as_a_wrong_password():
    kept = hash_password("three quiet otters")
    known, unknown = [], []
    for _round in range(15):
        for hashed, times in ((kept, known), (None, unknown)):
            begun = time.perf_counter()
            verify_password(hashed, "wrong")
            times.append(time.perf_counter() - begun)
    assert 0.5 < median(known) / median(unknown) < 2


def test_under_gevent_hashing_does_not_hold_up_the_others():
    program = """
from gevent import monkey; monkey.patch_all()
import gevent
from civicforum.accounts.passwords import hash_password
ticks = []
def tick():
    while True:
        ticks.append(1); gevent.sleep(0.001)
ticker = gevent.spawn(tick)
gevent.joinall([gevent.spawn(hash_password, "three quiet otters") for _ in range(8)])
assert len(ticks) > 20, len(ticks)
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
