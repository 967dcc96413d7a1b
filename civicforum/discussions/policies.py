"""Who may read, speak and decide in a thread. Pure and total: a User, a Guest or SYSTEM in, a bool out."""

from civicforum.accounts.models import SYSTEM, Actor
from civicforum.accounts.policies import is_person, same_person
from civicforum.discussions.models import Post, Pseudonym, Thread
from civicforum.partnerships.models import Project
from civicforum.partnerships.policies import (
    can_moderate,
    can_see_project,
    can_speak_in,
    is_organizer,
    is_partner,
    is_steward,
)

# States in which the words are there for their author and the moderators, and for nobody else.
KEPT_BACK = ("pending", "declined", "hidden", "withdrawn")
# States in which others do not know that there is anything, unless it had a place already.
UNPUBLISHED = ("pending", "declined")


def can_see_thread(viewer: Actor, thread: Thread) -> bool:
    """As visible as its project; while it is still being checked, its author's and the moderators'."""
    if not can_see_project(viewer, thread.project):
        return False
    return thread.status != "pending" or _is_close_to(viewer, thread.author_id, thread)


def can_keep_reading(user: Actor, thread: Thread) -> bool:
    """Whoever has an account and sees the thread has a place in it, in whatever standing."""
    return is_person(user) and can_see_thread(user, thread)


def can_keep_drafts(user: Actor) -> bool:
    """Whoever has an account keeps what is their own, in whatever standing."""
    return is_person(user)


def can_bookmark(user: Actor, post: Post) -> bool:
    return is_person(user) and can_read_words(user, post)


def can_start_thread(user: Actor, project: Project) -> bool:
    return can_speak_in(user, project)


def speaks_by_name(user: Actor, project: Project) -> bool:
    """Whoever has a role in the project: power is exercised in public."""
    roles = (is_organizer, is_partner, is_steward, can_moderate)
    return any(has_role(user, project) for has_role in roles)


def can_take_pseudonym(user: Actor, project: Project) -> bool:
    """A resident who may speak there, where the organizers let people choose."""
    return project.allows_pseudonyms and can_start_thread(user, project) and not speaks_by_name(user, project)


def can_drop_pseudonym(user: Actor, pseudonym: Pseudonym) -> bool:
    return same_person(user, pseudonym.user_id)


def can_end_pseudonym(user: Actor, pseudonym: Pseudonym) -> bool:
    return same_person(user, pseudonym.user_id)


def can_start_kind(user: Actor, project: Project, kind: str) -> bool:
    """Everybody discusses, asks and proposes; what is announced comes from those who run the project."""
    if not can_start_thread(user, project):
        return False
    return kind != "announcement" or is_organizer(user, project) or is_partner(user, project)


def can_reply(user: Actor, thread: Thread) -> bool:
    """Whoever may speak in the project. Whether the thread is open is a fact, not a right."""
    return can_see_thread(user, thread) and can_speak_in(user, thread.project)


def can_see_post(viewer: Actor, post: Post) -> bool:
    """May know that it exists: at least as a tombstone."""
    if not can_see_thread(viewer, post.thread):
        return False
    if post.seq is None or post.state == "declined":
        return can_read_words(viewer, post)
    return True


def can_read_words(viewer: Actor, post: Post) -> bool:
    """May read the words and who wrote them, not only the tombstone."""
    if not can_see_thread(viewer, post.thread):
        return False
    if post.state == "visible":
        return True
    if post.state == "removed":
        # Kept for the record: moderators read it through the door that asks them why.
        return viewer is SYSTEM or same_person(viewer, post.author_id)
    return post.state in KEPT_BACK and _is_close_to(viewer, post.author_id, post.thread)


def can_see_history(viewer: Actor, post: Post) -> bool:
    return can_read_words(viewer, post)


def can_see_hidden_versions(viewer: Actor, post: Post) -> bool:
    """Versions from before a mend stay with the author and the moderators."""
    return can_read_words(viewer, post) and _is_close_to(viewer, post.author_id, post.thread)


def can_edit_post(user: Actor, post: Post) -> bool:
    return same_person(user, post.author_id) and can_reply(user, post.thread)


def can_withdraw_post(user: Actor, post: Post) -> bool:
    """One's own words may be taken back at any time, also by somebody who is suspended."""
    return same_person(user, post.author_id) and can_see_thread(user, post.thread)


def can_mend_post(user: Actor, post: Post) -> bool:
    """The author of what was hidden, also while suspended: it stays hidden until a moderator looked."""
    return same_person(user, post.author_id) and can_see_thread(user, post.thread)


def can_react(user: Actor, post: Post) -> bool:
    return is_person(user) and can_reply(user, post.thread)


def can_take_back_reaction(user: Actor, post: Post) -> bool:
    return is_person(user) and can_see_thread(user, post.thread)


def can_moderate_post(user: Actor, post: Post) -> bool:
    """A moderator here, and never in one's own cause."""
    return can_moderate_thread(user, post.thread) and not same_person(user, post.author_id)


def can_moderate_thread(user: Actor, thread: Thread) -> bool:
    return user is SYSTEM or can_moderate(user, thread.project)


def can_close_thread(user: Actor, thread: Thread) -> bool:
    """Moderators calm a thread, organizers end it; both may open it again."""
    return can_moderate_thread(user, thread) or is_organizer(user, thread.project)


def can_shape_thread(user: Actor, thread: Thread) -> bool:
    """Say what kind of thread it is, and where it is found: its author, organizers and moderators."""
    return can_close_thread(user, thread) or (same_person(user, thread.author_id) and can_reply(user, thread))


def can_set_tags(user: Actor, project: Project) -> bool:
    """Which tags there are is settled by the organizers."""
    return is_organizer(user, project)


def can_limit_thread(user: Actor, thread: Thread) -> bool:
    return is_organizer(user, thread.project)


def can_move_to(user: Actor, project: Project) -> bool:
    """Works in the project as an organizer or a moderator: what moves there becomes theirs to keep civil."""
    return user is SYSTEM or can_moderate(user, project) or is_organizer(user, project)


def can_tell_followers(actor: Actor) -> bool:
    """The house does, by its clock."""
    return actor is SYSTEM


def can_make_room(user: Actor, thread: Thread) -> bool:
    """Whoever may close the thread may also slow down those who wrote most in it, themselves included."""
    return can_close_thread(user, thread)


def can_set_gate(user: Actor, thread: Thread) -> bool:
    """Whoever then reads what waits."""
    return can_moderate_thread(user, thread)


# --- polls: every right is that of the post in which the poll is ---


def can_see_poll(viewer: Actor, post: Post) -> bool:
    """Whoever may read the post's words; whether they see counts is a fact of the poll and of their vote."""
    return can_read_words(viewer, post)


def can_set_poll(user: Actor, post: Post) -> bool:
    """The author asks, and asks otherwise while nobody voted."""
    return can_edit_post(user, post)


def can_vote(user: Actor, post: Post) -> bool:
    return is_person(user) and can_see_poll(user, post) and can_reply(user, post.thread)


def can_take_back_vote(user: Actor, post: Post) -> bool:
    return is_person(user) and can_see_poll(user, post)


def can_close_poll(user: Actor, post: Post) -> bool:
    """Whoever asked, or an organizer of the project, while they may speak there; and the house."""
    if user is SYSTEM:
        return True
    may_end = same_person(user, post.author_id) or is_organizer(user, post.thread.project)
    return may_end and can_see_poll(user, post) and can_reply(user, post.thread)


def can_write_outcome(user: Actor, post: Post) -> bool:
    return can_close_poll(user, post)


def can_handle_mail(actor: Actor) -> bool:
    """The house hands out the addresses, and reads what comes there."""
    return actor is SYSTEM


def _is_close_to(viewer: Actor, author_id: int | None, thread: Thread) -> bool:
    return same_person(viewer, author_id) or can_moderate_thread(viewer, thread)
