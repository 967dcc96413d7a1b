"""Speaking under another name."""

from factories import join
from model.recipes import Act, does
from model.town import Town

from civicforum.discussions import actions as discussions
from civicforum.discussions.actions import Shape

SECRET = "a secret of the town's own"


@does(discussions.take_pseudonym)
def a_resident_takes_a_pseudonym(town: Town) -> Act:
    return lambda: discussions.take_pseudonym(town.newcomer, town.project.id, SECRET)


@does(discussions.drop_pseudonym)
def a_resident_speaks_by_name_after_all(town: Town) -> Act:
    discussions.take_pseudonym(town.newcomer, town.project.id, SECRET)
    return lambda: discussions.drop_pseudonym(town.newcomer, town.project.id)


@does(discussions.end_pseudonym)
def a_helper_speaks_by_name_from_now_on(town: Town) -> Act:
    discussions.take_pseudonym(town.newcomer, town.project.id, SECRET)
    discussions.post_reply(town.newcomer, town.thread.id, "I saw it.")
    join(town.project, town.newcomer, "steward")
    return lambda: discussions.end_pseudonym(town.newcomer, town.project.id)


@does(discussions.post_reply)
def somebody_replies_under_a_pseudonym(town: Town) -> Act:
    discussions.take_pseudonym(town.newcomer, town.project.id, SECRET)
    return lambda: discussions.post_reply(town.newcomer, town.thread.id, "I saw it.", town.first.id)


@does(discussions.react)
def somebody_supports_under_a_pseudonym(town: Town) -> Act:
    discussions.take_pseudonym(town.newcomer, town.project.id, SECRET)
    return lambda: discussions.react(town.newcomer, town.first.id, "support")


@does(discussions.shape_thread)
def somebody_names_their_thread_under_a_pseudonym(town: Town) -> Act:
    discussions.take_pseudonym(town.newcomer, town.project.id, SECRET)
    thread = discussions.start_thread(town.newcomer, town.project.id, "The bank", "It is wet.")
    return lambda: discussions.shape_thread(town.newcomer, thread.id, Shape(title="The wet bank"))
