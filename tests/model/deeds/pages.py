"""The inbox, the site itself, and what is done once however often it is asked."""

from model.recipes import Act, does
from model.town import Town

from civicforum.discussions import actions as discussions
from civicforum.notifications import actions as notifications
from civicforum.pages import actions as pages
from civicforum.web.idempotency import Done, once


@does(notifications.mark_read)
def somebody_reads_the_inbox(town: Town) -> Act:
    return lambda: notifications.mark_read(town.ana)


@does(pages.change_site)
def the_town_is_called_otherwise(town: Town) -> Act:
    return lambda: pages.change_site(town.admin, name="Tarrow Otherwise", sentence="We talk.")


def the_towns_clock_is_changed(town: Town) -> Act:
    """Told on the next load only (``test_another_time_zone_is_shown_on_the_next_load``), so no recipe."""
    return lambda: pages.change_site(town.admin, timezone="Asia/Tokyo")


@does(pages.choose_language)
def somebody_chooses_a_language(town: Town) -> Act:
    return lambda: pages.choose_language(town.ana, "es")


@does(once)
def a_retried_reply_happens_once(town: Town) -> Act:
    def reply() -> Done:
        return Done(201, "post", discussions.post_reply(town.ben, town.thread.id, "Once.").id)

    def twice() -> None:
        for _try in range(2):
            once(town.ben, f"user:{town.ben.id}", "key", "print", reply)

    return twice
