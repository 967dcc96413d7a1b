"""Wording the reasons that moderators begin with."""

import secrets

from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.db import db, find_locked, transactional
from civicforum.errors import Conflict, Invalid, require
from civicforum.moderation import policies, queries
from civicforum.moderation.models import MAX_LABEL, MAX_REASON, ReasonTemplate
from civicforum.moderation.wording import Wording
from civicforum.text import clean_text

MOST_TEMPLATES = 60


@transactional
def word_template(actor: Actor, wording: Wording, key: str | None = None) -> ReasonTemplate:
    """Add a reason, or word one (also a shipped one) anew. Locks its row.

    NotAllowed for all but moderators of the site, Invalid for no words, Conflict where there are very many.
    """
    require(policies.can_edit_templates(actor))
    label, words = " ".join(clean_text(wording.label).split()), clean_text(wording.words).strip()
    _check(label, words, wording.rule)
    row = _locked(key)
    row.label, row.words, row.rule_number = label, words, wording.rule
    row.translations = {locale: said.strip() for locale, said in wording.translations.items() if said.strip()}
    row.edited_by_id = actor.id
    db.session.add(row)
    db.session.flush()
    return row


def _check(label: str, words: str, rule: int | None) -> None:
    errors: dict[str, list[str]] = {}
    if not label or len(label) > MAX_LABEL:
        errors["label"] = [_("Give it a name of at most %(most)d characters.", most=MAX_LABEL)]
    if not words or len(words) > MAX_REASON:
        errors["words"] = [_("Say the reason, in at most %(most)d characters.", most=MAX_REASON)]
    if rule is not None and rule not in [each.number for each in queries.list_rules()]:
        errors["rule"] = [_("There is no rule of this number in the agreement.")]
    if errors:
        raise Invalid(errors=errors)


@transactional
def drop_template(actor: Actor, key: str) -> None:
    """Offer this reason no longer; what was said with it stands. Dropping it twice changes nothing."""
    require(policies.can_edit_templates(actor))
    row = _locked(key)
    row.label, row.words, row.translations = row.label or key, "", {}
    row.edited_by_id = actor.id
    db.session.add(row)
    db.session.flush()


def _locked(key: str | None) -> ReasonTemplate:
    found = queries.find_own_template(key) if key is not None else None
    if found is not None:
        return find_locked(ReasonTemplate, found.id) or found
    if queries.count_own_templates() >= MOST_TEMPLATES:
        raise Conflict(_("There are as many reasons as a list can hold. Word one of them anew."))
    return ReasonTemplate(key=key or secrets.token_hex(8), rule_number=None, translations={})
