"""What an inbox says of a vote that is over."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from civicforum.notifications.registry import Notice, register
from civicforum.rulemaking import queries


def describe(viewer: Any, reason: str, ids: Sequence[int]) -> Mapping[int, Notice]:
    return {
        id_: Notice(_words(reason, proposal.title), url_for("rulemaking.show_proposal", proposal_id=id_))
        for id_, proposal in queries.find_proposals(viewer, ids).items()
    }


def _words(reason: str, title: str) -> str:
    return {
        "rules_adopted": _("The rules changed by vote: %(title)s", title=title),
        "rules_fallen": _("The vote is over, and the rules stay as they were: %(title)s", title=title),
        "rules_withdrawn": _("A proposal that you voted on was taken back: %(title)s", title=title),
    }.get(reason, _("A vote ended, because the law changed the rules meanwhile: %(title)s", title=title))


register(queries.KIND, describe)
