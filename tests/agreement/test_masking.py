"""Listed words are masked in every column that others read; a new column says which kind it is."""

from factories import make_project, make_user
from sqlalchemy import String

from civicforum.accounts.models import SYSTEM
from civicforum.agreement import masking
from civicforum.agreement.actions import list_word
from civicforum.db import db
from civicforum.discussions.actions import set_tags
from civicforum.discussions.models import Tag
from civicforum.partnerships.actions import create_project, edit_project, publish_update
from civicforum.partnerships.actions.updates import edit_update

SHORTEST = 60  # a column for fewer characters holds no sentence of anybody's

# Masked before it is kept, by what draws it, or makes an address of it.
MASKED_BEFORE = {
    "attachment": {"name", "alt_text"},
    "gate": {"reason"},
    "made_room": {"reason"},
    "poll": {"question", "outcome"},
    "poll_option": {"text"},
    "post": {"body", "html"},
    "post_version": {"body", "files"},
    "tag": {"slug"},
    "thread": {"title", "slug", "conclusion", "conclusion_html"},
    "thread_change": {"reason", "before"},
}
# Made of what was masked.
MADE_OF_IT = {
    "organization": {"slug"},
    "project": {"slug"},
    "project_update": {"html"},
    "search_entry": {"title", "body"},
    "summary": {"html"},
}
# Read by its writer, by whom it is for and by who decides about it: what was really said matters there.
TOLD_TO_FEW = {
    "api_token": {"name"},
    "appeal": {"text", "reason"},
    "appeal_message": {"text"},
    "check_in": {"name"},
    "draft": {"title", "body"},
    "flag": {"note"},
    "hold": {"reason"},
    "measure": {"reason"},
    "mediation": {"agreement", "agreement_html"},
    "mediation_message": {"body", "html"},
    "need": {"note", "reply"},
    "panel_seat": {"reason"},
    "queue_note": {"text"},
    "record_reading": {"reason"},
    "rsvp": {"guest_name", "guest_email"},
}
# The town's own words, which name the rules; a name is refused rather than masked.
OF_THE_TOWN = {
    "agreement_version": {"introduction", "reason"},
    "listed_word": {"word"},
    "person": {"name", "name_skeleton"},
    "post": {"rule_title"},
    "reason_template": {"label", "words"},
    "rule": {"title", "text"},
    "site": {"name", "sentence", "contact_address", "independent_name", "access_statement"},
    "speaking_limit": {"rule_title"},
}
# No sentences: addresses, codes, times and places. What a page elsewhere says is not shown with such a word.
NO_WORDS = {
    "api_token": {"token_hash", "scopes"},
    "appeal": {"lot_hash", "lot_secret"},
    "attachment": {"sha256"},
    "channel": {"name"},
    "check_in": {"nonce"},
    "ended_session": {"key"},
    "idempotency_key": {"person_key", "key", "fingerprint"},
    "invitation": {"email", "token_hash"},
    "job": {"task", "unique_key", "last_error"},
    "link_preview": {"url_hash", "url", "title", "description", "site_name"},
    "live_change": {"channel"},
    "log_day_head": {"hash"},
    "log_entry": {"place", "rule", "scope", "previous", "hash"},
    "log_head": {"hash"},
    "log_report": {"hash"},
    "mail_wishes": {"refused_address"},
    "organization": {"url"},
    "person": {"email", "password_hash", "timezone", "pending_email"},
    "reading": {"seen"},
    "received_mail": {"letter_hash"},
    "reply_address": {"token_hash"},
    "site": {"timezone", "independent_email"},
    "speaking_limit": {"place"},
    "town_hall": {"timezone", "online_url", "phone", "uid"},
    "voice": {"channel"},
}


def unshown_columns():
    for mapper in db.Model.registry.mappers:
        for column in mapper.columns:
            is_long = isinstance(column.type, String) and (column.type.length or SHORTEST) >= SHORTEST
            if is_long and not column.info.get("is_shown"):
                yield mapper.local_table.name, column.key


def test_every_column_for_words_is_masked_or_says_why_not(app):
    known = {
        (table, name)
        for kind in (MASKED_BEFORE, MADE_OF_IT, TOLD_TO_FEW, OF_THE_TOWN, NO_WORDS)
        for table, names in kind.items()
        for name in names
    }
    unknown = set(unshown_columns()) - known
    assert unknown == set(), "Mark it SHOWN in its model, or write it into one of the lists above."


def test_whatever_a_project_says_is_masked_with_its_address(app):
    list_word(SYSTEM, "badger", "mask")
    organizer = make_user("organizer")
    project = create_project(organizer, "A badger sett", "Room for all.")
    assert (project.title, project.slug) == ("A •••••• sett", "a-sett")
    edit_project(organizer, project, vision="Bádgers and BADGER")
    assert project.vision == "Bádgers and ••••••"
    update = publish_update(organizer, project, "Badger!", "A *badger* came.")
    assert (update.title, update.body, update.html) == (
        "••••••!",
        "A *••••••* came.",
        "<p>A <em>••••••</em> came.</p>\n",
    )
    edit_update(organizer, update, "Two of them", "And a badger.")
    assert update.html == "<p>And a ••••••.</p>\n"


def test_a_tag_is_masked_with_its_address(app):
    list_word(SYSTEM, "badger", "mask")
    organizer = make_user("organizer")
    project = make_project(organizer)
    set_tags(organizer, project.id, ["Badger food"])
    tag = db.session.query(Tag).one()
    assert (tag.name, tag.slug) == ("•••••• food", "food")


def test_a_profile_that_came_by_another_way_than_its_form_is_masked(app):
    """The form refuses such a word, so that its writer chooses another."""
    list_word(SYSTEM, "badger", "mask")
    assert make_user(about="I am a badger.").about == "I am a ••••••."


def test_what_has_no_such_word_is_not_touched_and_asks_nothing(app, count_queries):
    list_word(SYSTEM, "badger", "mask")
    organizer = make_user("organizer")
    project = make_project(organizer, title="Honeybadgers", vision="A vision.")
    assert project.title == "Honeybadgers"
    masking.listen()
    with count_queries() as asked:
        edit_project(organizer, project, allows_pseudonyms=True)
    assert not [each for each in asked.statements if "listed_word" in each]
