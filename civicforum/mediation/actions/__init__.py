"""What people do with mediation, and what happens to it by the clock."""

from civicforum.mediation.actions.agreeing import (
    Draft,
    agree,
    answer_follow_up,
    keep_agreement,
    lift_limits,
    restore_mended,
    write_agreement,
)
from civicforum.mediation.actions.offering import (
    accept_offer,
    ask_for_mediation,
    decline_offer,
    leave,
    propose_mediation,
)
from civicforum.mediation.actions.talking import ask_for_longer, say
from civicforum.mediation.actions.tending import tend_mediation

__all__ = [
    "Draft",
    "accept_offer",
    "agree",
    "answer_follow_up",
    "ask_for_longer",
    "ask_for_mediation",
    "decline_offer",
    "keep_agreement",
    "leave",
    "lift_limits",
    "propose_mediation",
    "restore_mended",
    "say",
    "tend_mediation",
    "write_agreement",
]
