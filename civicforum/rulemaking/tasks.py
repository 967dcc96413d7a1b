"""The clock's door: votes whose time is over are counted."""

from datetime import timedelta

from civicforum import jobs
from civicforum.accounts.models import SYSTEM
from civicforum.db import now
from civicforum.rulemaking import actions, queries

EVERY = timedelta(minutes=5)


@jobs.task_of_round("rulemaking.close_votes", EVERY)
def close_votes() -> None:
    """Each in a transaction of its own: one that fails does not hold up the others."""
    for proposal_id in queries.list_due(now()):
        actions.close_vote(SYSTEM, proposal_id)
