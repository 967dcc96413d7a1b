"""What is done with the words of a comment."""

from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.agreement.models import Rule
from civicforum.discussions import actions as discussions
from civicforum.errors import Conflict, require
from civicforum.moderation import policies
from civicforum.moderation.actions.deeds import Deed
from civicforum.moderation.actions.measures.scene import Scene


def change_words(actor: Actor, scene: Scene, deed: Deed, rule: Rule | None) -> None:
    """Hide, show, remove for law, ask for other words, black out; or leave everything as it is."""
    deeds = {
        "hide": _hide,
        "remove": _remove,
        "restore": _restore,
        "request_edit": _ask,
        "redact": _redact,
    }
    if deed.action in deeds:
        deeds[deed.action](actor, scene, deed, rule)


def _hide(actor: Actor, scene: Scene, _deed: Deed, rule: Rule | None) -> None:
    assert rule is not None
    discussions.hide_post(actor, scene.case.target_id, rule)


def _remove(actor: Actor, scene: Scene, _deed: Deed, rule: Rule | None) -> None:
    assert rule is not None
    discussions.remove_post(actor, scene.case.target_id, rule)


def _restore(actor: Actor, scene: Scene, _deed: Deed, _rule: Rule | None) -> None:
    is_removed = scene.post is not None and scene.post.state == "removed"
    require(
        not is_removed or policies.can_act_for_site(actor),
        _("What was removed for law is shown again by moderators of the whole site alone."),
    )
    discussions.restore_post(actor, scene.case.target_id)


def _ask(_actor: Actor, scene: Scene, _deed: Deed, _rule: Rule | None) -> None:
    """The comment stays in sight meanwhile: who is asked politely is not punished first."""
    assert scene.post is not None
    if not scene.post.is_visible:
        raise Conflict(_("This comment is not shown, so there is nothing to ask its author for."))


def _redact(actor: Actor, scene: Scene, deed: Deed, _rule: Rule | None) -> None:
    discussions.redact_post(actor, scene.case.target_id, deed.passages)
