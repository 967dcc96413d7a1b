"""Faults on purpose: a town at work behind a bad network, whose processes are killed, and what must hold.

``make chaos`` runs it by hand; ``test_chaos.py`` is the short run, ``test_planted.py`` plants bugs to find.
"""
