"""Who may do what in moderation, as a table: each role in each kind of place."""

from datetime import timedelta

import pytest
from factories import join, make_post, make_project, make_thread, make_user

from civicforum.accounts.models import SYSTEM, Guest
from civicforum.db import db, now
from civicforum.moderation import policies
from civicforum.moderation.models import Case, Flag

ROLES = (
    "guest",
    "resident",
    "unconfirmed",
    "author",
    "member",
    "organizer",
    "site_organizer",
    "administrator",
    "moderator_elsewhere",
    "suspended_moderator",
    "project_moderator",
    "site_moderator",
    "system",
)
PLACES = ("public", "members", "draft")

# role → (works in public, members, draft; flags in public, members, draft)
TABLE = {
    "guest": "--- ---",
    "resident": "--- f--",
    "unconfirmed": "--- ---",
    "author": "--- ---",
    "member": "--- fff",
    "organizer": "--- fff",
    "site_organizer": "--- fff",
    "administrator": "--- fff",
    "moderator_elsewhere": "--- f--",
    "suspended_moderator": "--- ---",
    "project_moderator": "www fff",
    "site_moderator": "w-- f--",
    "system": "www ---",
}


@pytest.fixture(params=PLACES)
def post(app, request):
    facts = {"status": "draft"} if request.param == "draft" else {"visibility": request.param}
    author = make_user()
    project = make_project(**facts)
    join(project, author)
    post = make_post(make_thread(project), author)
    post.kind_of_place = request.param
    return post


def actor(role: str, post):
    project = post.thread.project
    if role in ("guest", "system", "author"):
        return {"guest": Guest(), "system": SYSTEM, "author": post.author}[role]
    site = {"site_organizer": "organizer", "administrator": "administrator", "site_moderator": "moderator"}
    facts = {
        "unconfirmed": {"email_confirmed_at": None},
        "suspended_moderator": {"suspended_until": now() + timedelta(days=1)},
    }
    roles = ["moderator"] if role == "suspended_moderator" else [site[role]] if role in site else []
    user = make_user(*roles, **facts.get(role, {}))
    held = {"member": "member", "organizer": "organizer", "project_moderator": "moderator"}
    if role in held or role == "suspended_moderator":
        join(project, user, held.get(role, "moderator"))
    if role == "moderator_elsewhere":
        join(make_project(), user, "moderator")
    db.session.refresh(user)
    return user


def case_about(author_id: int | None) -> Case:
    return Case(target_type="post", target_id=1, target_author_id=author_id)


@pytest.mark.parametrize("role", ROLES)
def test_who_works_where(post, role):
    user, place = actor(role, post), PLACES.index(post.kind_of_place)
    works, flags = (word[place] != "-" for word in TABLE[role].split())
    project, case = post.thread.project, case_about(post.author_id)
    assert policies.can_work_in(user, project) is works
    assert policies.can_see_case(user, case, project) is works
    assert policies.can_read_reasons(user, case, project) is (works or role == "author")
    assert policies.can_flag(user, post) is flags


@pytest.mark.parametrize("role", ROLES)
def test_nobody_judges_or_flags_their_own_words(post, role):
    user = actor(role, post)
    if user.id is None:
        assert policies.can_see_case(user, case_about(None), post.thread.project) is (role == "system")
        return
    case = case_about(user.id)
    assert policies.can_see_case(user, case, post.thread.project) is False
    assert policies.can_read_reasons(user, case, post.thread.project) is True
    post.author_id = user.id
    assert policies.can_flag(user, post) is False


@pytest.mark.parametrize("role", ROLES)
def test_who_has_a_queue(post, role):
    has_one = role in ("moderator_elsewhere", "project_moderator", "site_moderator", "system")
    assert policies.can_see_queue(actor(role, post)) is has_one


@pytest.mark.parametrize("role", ROLES)
def test_a_flag_is_taken_back_by_whoever_raised_it(post, role):
    user = actor(role, post)
    assert policies.can_withdraw_flag(user, Flag(user_id=make_user().id)) is False
    assert policies.can_withdraw_flag(user, Flag(user_id=user.id)) is (user.id is not None)


def test_what_belongs_to_no_project_is_the_houses(post):
    assert policies.can_work_in(SYSTEM, None) is True
    assert policies.can_work_in(make_user("moderator"), None) is False
