"""Files that come in, are said, are described anew, and go."""

from factories import make_file
from model.recipes import Act, does
from model.town import CANARY, HELD_WORD, Town

from civicforum.accounts.models import SYSTEM
from civicforum.discussions import actions as discussions
from civicforum.files import actions as files
from civicforum.files.actions import Chosen, FileChanges
from civicforum.files.reading import Prepared


@does(files.add_file)
def a_picture_comes_in(town: Town) -> Act:
    prepared = Prepared("picture", "bench.webp", {"full": b"x", "small": b"x"}, 8, 6)
    return lambda: files.add_file(town.ana, "0" * 32, prepared, f"A bench. {CANARY}")


@does(files.attach_files)
def somebody_replies_with_a_picture(town: Town) -> Act:
    sent = [Chosen(make_file(town.ben, alt_text="Dark.").key, "The lamp, dark.")]
    return lambda: discussions.post_reply(town.ben, town.thread.id, "See.", town.first.id, sent)


@does(files.attach_files)
def a_picture_is_held_for_what_is_said_of_it(town: Town) -> Act:
    sent = [Chosen(make_file(town.ben).key, f"{HELD_WORD} {CANARY}")]
    return lambda: discussions.post_reply(town.ben, town.thread.id, f"See. {CANARY}", None, sent)


@does(files.change_files)
def a_picture_is_described_anew(town: Town) -> Act:
    row = make_file(town.ana, town.first)
    changes = FileChanges({row.key: "Another bench."})
    return lambda: discussions.edit_post(town.ana, town.first.id, town.first.body, 1, changes)


@does(files.change_files)
def a_picture_is_taken_out(town: Town) -> Act:
    row = make_file(town.ana, town.first)
    changes = FileChanges(dropped=[row.key])
    return lambda: discussions.edit_post(town.ana, town.first.id, town.first.body, 1, changes)


@does(files.drop_unsaid)
def an_upload_is_in_nothing(town: Town) -> Act:
    row = make_file(town.ana)
    return lambda: files.drop_unsaid(SYSTEM, row.id)


@does(files.erase_files)
def files_of_withdrawn_words_go(town: Town) -> Act:
    make_file(town.ana, town.first)
    discussions.withdraw_post(town.ana, town.first.id)
    return lambda: files.erase_files(SYSTEM, "post", [town.first.id])
