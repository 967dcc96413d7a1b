"""What the words of the public record mean to a reader. A word that is not here is shown as it stands."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _

from civicforum.agreement.models import Rule
from civicforum.moderation.models import LogEntry

ACTIONS = {
    "hide": _("Hidden"),
    "restore": _("Shown again"),
    "leave": _("Left as it was"),
    "decline": _("Not published"),
    "approve": _("Published"),
    "remove": _("Removed because the law asks for it"),
    "request_edit": _("The author was asked to change it"),
    "redact": _("Personal details taken out"),
    "lock": _("A thread was locked"),
    "slow": _("A thread was slowed down"),
    "delay": _("Comments in a thread shown 30 seconds later"),
    "warn": _("Somebody was warned"),
    "mute": _("Somebody may not write in a thread for a time"),
    "silence": _("Somebody may not write for a time"),
    "suspend": _("An account was suspended for a time"),
    "take_name": _("A name was taken back"),
    "clear_profile": _("A profile was cleared"),
    "lift": _("A limit was ended early"),
    "read_removed": _("Somebody read what was removed, and said why"),
    "move": _("A thread was moved to another project"),
    "split": _("Comments were moved to another thread"),
    "merge": _("Two threads were joined"),
    "make_room": _("Room made for others"),
    "end_room": _("Room made no longer"),
    "gate_newcomers": _("Newcomers’ comments read first"),
    "gate_everybody": _("All comments read first"),
    "end_gate": _("Comments shown at once again"),
    "mediation": _("Two people began to talk with a mediator"),
    "appealed": _("A second look was asked for"),
    "withdrawn": _("A second look was withdrawn"),
    "upheld": _("After an appeal: it stays as decided"),
    "overturned": _("After an appeal: it was undone"),
    "varied": _("After an appeal: it was changed"),
}
ROLES = {
    "moderator": _("a moderator"),
    "project moderator": _("a moderator of the project"),
    "organizer": _("an organizer"),
    "automatic": _("an automatic check"),
    "mediator": _("a mediator"),
    "author": _("its author"),
    "flagger": _("somebody who flagged it"),
    "independent person": _("the town’s independent person"),
    "three residents": _("three residents, drawn by lot"),
}
SCOPES = {
    "post": _("this comment"),
    "thread": _("one thread"),
    "project": _("one project"),
    "site": _("the whole site"),
}
SOURCES = {
    "flag": _("Somebody flagged it"),
    "moderator": _("A moderator saw it"),
    "automatic": _("An automatic check found it"),
    "hold": _("It was held before it was published"),
    "list": _("A listed word was in it"),
    "unknown": _("Not noted at that time"),
}
OUTCOMES = {
    "upheld": _("It stayed as decided"),
    "overturned": _("It was undone"),
    "varied": _("It was changed"),
}


def rules_in(locale: str, rules: Iterable[Rule]) -> dict[str, str]:
    """The rules as lines of the log cite them, and how they read in this language."""
    return {f"{rule.number} {rule.title}": f"{rule.number}. {rule.title_in(locale)}" for rule in rules}


def scope_of(line: LogEntry) -> str:
    """Where the measure holds, by its kind."""
    kind = (line.scope or "").partition(":")[0]
    return SCOPES.get(kind, kind)


# --- the queue ---

QUEUE_KINDS = {
    "post": _("Comments"),
    "thread": _("Threads"),
    "person": _("People"),
    "held": _("Waiting to be published"),
}
WHYS = {
    "flag": _("Somebody flagged it"),
    "score": _("Hidden by flags"),
    "second_look": _("Mended by its author"),
    "listed": _("Shown, with a listed word"),
    "moderator": _("A moderator saw it"),
    "list": _("Held: a listed word"),
    "links": _("Held: many links"),
    "thread": _("Held: the thread is read first"),
    "newcomer": _("Held: a newcomer’s first comments"),
}
WHOSE = {
    "mine": _("You"),
    "nobody": _("Nobody"),
    "others": _("Another moderator"),
}
