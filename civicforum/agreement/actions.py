"""Publishing and accepting the agreement, listing words, holding what is said, and raising standings."""

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import Select, select, update

from civicforum.accounts import actions as accounts
from civicforum.accounts.models import SYSTEM, Actor, User
from civicforum.agreement import policies, queries, shipped
from civicforum.agreement.models import Acceptance, AgreementVersion, Hold, ListedWord, Rule, Standing
from civicforum.agreement.waiting import tell_waiting
from civicforum.agreement.wording import RuleWording, Wording
from civicforum.agreement.words import fold
from civicforum.db import db, lock, lock_or_make, now, transactional
from civicforum.errors import Conflict, Invalid, NotAccepted, NotAllowed, NotFound, require

REVIEW_HOURS = 24
# A moderator on duty reads it until their duty ends, and has this much time at least.
DUTY_REVIEW_HOURS = 1
MAX_RULES = 30
WORD_ACTIONS = ("hold", "mask", "flag")

# --- the agreement ---


@transactional
def publish_agreement(
    actor: Actor,
    wording: Wording,
    based_on: int | None = None,
    project_id: int | None = None,
    way: str = "first",
    reason: str = "",
) -> AgreementVersion:
    """Publish a new version of the town's agreement, or of a project's own; the earlier ones stay.

    Only the house does: at set-up, and for whoever changes rules in public (``rulemaking``). Locks the newest
    version. Raises Invalid for an agreement without words, Conflict if ``based_on`` is no longer the newest.
    """
    newest = lock_newest_version(project_id)
    require(policies.can_publish_agreement(actor))
    check_wording(wording)
    number = newest.number if newest else 0
    if based_on is not None and based_on != number:
        raise Conflict(
            _("Somebody published version %(number)s meanwhile. Yours was not saved.", number=number)
        )
    version = AgreementVersion(
        project_id=project_id,
        number=number + 1,
        way=way,
        reason=reason,
        introduction=wording.introduction,
        translations={locale: dict(words) for locale, words in wording.translations.items()},
        published_at=now(),
        rules=[_rule(place, rule) for place, rule in enumerate(wording.rules, 1)],
    )
    db.session.add(version)
    db.session.flush()
    return version


def lock_newest_version(project_id: int | None) -> AgreementVersion | None:
    """The newest version, held; asked for again, because whoever held it may have added another."""
    newest = queries.newest_version(project_id)
    if newest is None:
        return None
    lock(AgreementVersion, newest.id)
    return queries.newest_version(project_id)


def check_wording(wording: Wording) -> None:
    """Raise Invalid for an agreement that says nothing."""
    if not wording.introduction.strip():
        raise Invalid(errors={"introduction": [_("Say in a sentence what the agreement is for.")]})
    if not 1 <= len(wording.rules) <= MAX_RULES:
        raise Invalid(errors={"rules": [_("An agreement has 1 to %(most)d rules.", most=MAX_RULES)]})
    if not all(rule.title.strip() and rule.text.strip() for rule in wording.rules):
        raise Invalid(errors={"rules": [_("Each rule needs a title and a text.")]})


def _rule(number: int, wording: RuleWording) -> Rule:
    return Rule(
        number=number,
        title=wording.title,
        text=wording.text,
        translations={locale: dict(words) for locale, words in wording.translations.items()},
        no_mediation=wording.no_mediation,
    )


@transactional
def install_shipped(actor: Actor) -> AgreementVersion:
    """Publish the rules that CivicForum ships, unless the town has an agreement already."""
    require(policies.can_publish_agreement(actor))
    current = queries.current_agreement()
    if current is not None:
        return current
    return publish_agreement(actor, shipped.load_wording())


@transactional
def accept_agreement(actor: Actor, version: int, project_id: int | None = None) -> None:
    """Keep that the actor accepted this version of what holds in the town, or in a project with its own.

    Locks their standing. Raises Conflict if a newer one holds meanwhile, NotFound where there is none.
    """
    if not isinstance(actor, User):
        raise NotAllowed
    require(policies.can_accept_agreement(actor))
    current = queries.newest_version(project_id)
    if current is None:
        raise NotFound
    if version != current.number:
        raise Conflict(_("The agreement has changed meanwhile. Please read the new one first."))
    _keep_acceptance(actor, current)


def _keep_acceptance(user: User, version: AgreementVersion) -> None:
    """Once for each version; the standing is held meanwhile."""
    standing = lock_standing(user.id)
    accepted = select(Acceptance.id).where(Acceptance.user_id == user.id, Acceptance.version_id == version.id)
    if db.session.scalar(accepted) is None:
        db.session.add(Acceptance(user_id=user.id, version_id=version.id))
    if version.project_id is None:
        standing.accepted_version = version.number
    db.session.flush()


def greet(user: User, has_accepted_agreement: bool) -> None:
    """Give a new person a standing, with the agreement they accepted; inside the action that made them."""
    current = queries.current_agreement() or install_shipped(SYSTEM)
    lock_standing(user.id)
    if has_accepted_agreement:
        _keep_acceptance(user, current)


def check_acceptance(actor: Actor, project_id: int) -> None:
    """Let who speaks here have read the rules that hold: NotAccepted if they changed since."""
    version = queries.version_to_accept(actor, project_id)
    if version is not None:
        raise NotAccepted(
            _("The rules here changed. Please read what is new and accept it: then your words can be sent."),
            number=version.number,
            version_id=version.id,
        )


# --- listed words ---


@transactional
def list_word(actor: Actor, word: str, action: str) -> ListedWord:
    """List a word or phrase for ``action``: hold, mask or flag. Listing it again changes the action."""
    require(policies.can_edit_words(actor))
    form = " ".join(fold(word).split())
    if not 2 <= len(form) <= 80:
        raise Invalid(errors={"word": [_("A word or phrase of 2 to 80 characters.")]})
    if action not in WORD_ACTIONS:
        raise Invalid(errors={"action": [_("Choose what happens to the word.")]})
    row = db.session.scalar(select(ListedWord).where(ListedWord.word == form))
    if row is None:
        row = ListedWord(word=form, action=action, added_by_id=actor.id)
        db.session.add(row)
    row.action = action
    db.session.flush()
    return row


@transactional
def unlist_word(actor: Actor, word_id: int) -> None:
    """Take a word off the list; what it held stays held until a moderator decides."""
    require(policies.can_edit_words(actor))
    db.session.delete(lock(ListedWord, word_id))


# --- holds ---


def hold_for_review(
    author: Actor,
    kind: str,
    object_id: int,
    project_id: int | None,
    cause: str,
    duty_ends_at: datetime | None = None,
    shown_at: datetime | None = None,
) -> Hold:
    """Let a moderator look at this before it is published, within a day; inside a running action.

    Something reviewed before (and edited since) waits again. ``duty_ends_at``: somebody is on duty for it
    until then, so it is due by then. ``shown_at``: it is shown by itself at that moment.
    """
    hold = queries.find_hold(kind, object_id) or Hold(kind=kind, object_id=object_id)
    hold.author_id, hold.project_id, hold.cause = author.id, project_id, cause
    hold.created_at = now()
    hold.due_at, hold.is_on_duty = _due_at(hold.created_at, duty_ends_at), duty_ends_at is not None
    hold.due_at = shown_at or hold.due_at
    hold.decided_at = hold.decided_by_id = hold.decision = hold.rule_id = None
    hold.reason = ""
    db.session.add(hold)
    db.session.flush()
    if shown_at is None:
        tell_waiting(hold)
    return hold


def _due_at(at: datetime, duty_ends_at: datetime | None) -> datetime:
    latest = at + timedelta(hours=REVIEW_HOURS)
    if duty_ends_at is None:
        return latest
    return min(latest, max(duty_ends_at, at + timedelta(hours=DUTY_REVIEW_HOURS)))


def decide_hold(
    actor: Actor, hold_id: int, decision: str, rule: Rule | None = None, reason: str = ""
) -> Hold:
    """Write down ``approved`` or ``declined``; inside the moderators' action, which asked its policy.

    Locks the hold. Raises Conflict if another moderator decided first.
    """
    hold = lock(Hold, hold_id)
    if hold.decided_at is not None:
        raise Conflict(_("Another moderator has decided this meanwhile."))
    hold.decided_at, hold.decided_by_id, hold.decision = now(), actor.id, decision
    hold.rule_id, hold.reason = rule.id if rule else None, reason
    db.session.flush()
    return hold


def drop_hold(kind: str, object_id: int) -> None:
    """Forget a review that is no longer needed (withdrawn by its author); inside a running action."""
    hold = queries.find_hold(kind, object_id)
    if hold is not None and hold.decided_at is None:
        db.session.delete(hold)


def rehome_holds(kind: str, object_ids: Select[int], project_id: int) -> None:
    """What waits is another project's from now on; inside a running action. ``object_ids`` is a query."""
    theirs = (Hold.kind == kind) & Hold.object_id.in_(object_ids)
    db.session.execute(update(Hold).where(theirs).values(project_id=project_id))


# --- standing ---


def count_stood(user_id: int | None) -> None:
    """Count something this person said that stood; inside a running action."""
    if user_id is not None:
        lock_standing(user_id).words_that_stood += 1


def count_attended(user_id: int | None) -> None:
    """Count a meeting this person came to; inside a running action."""
    if user_id is not None:
        lock_standing(user_id).meetings_attended += 1


@transactional
def vouch(actor: Actor, user: User) -> Standing:
    """Say that one knows this person: a newcomer's limits end. Saying it twice changes nothing."""
    standing = lock_standing(user.id)
    require(
        policies.can_vouch(actor, user),
        _("Only somebody with a role in a partnership can vouch, and nobody for themselves."),
    )
    if standing.vouched_at is None:
        standing.vouched_at, standing.vouched_by_id = now(), actor.id
    db.session.flush()
    return standing


@transactional
def welcome(
    actor: Actor, email: str, name: str, role: str = "resident", password_hash: str | None = None
) -> User:
    """Make a confirmed account that is nobody's newcomer: whoever makes it vouches for it."""
    user = accounts.add_person(actor, email, name, role, password_hash)
    vouch(actor, user)
    return user


def lock_standing(user_id: int) -> Standing:
    """This person's row, held until the action ends; made if there is none."""
    return lock_or_make(
        Standing, user_id, lambda: Standing(user_id=user_id, words_that_stood=0, meetings_attended=0)
    )
