"""The clock's door to files."""

from civicforum import jobs
from civicforum.accounts.models import SYSTEM
from civicforum.files import actions


@jobs.task("files.drop_unsaid")
def drop_unsaid(attachment_id: int) -> None:
    """A day after an upload: if it is in nothing that was said, it goes."""
    actions.drop_unsaid(SYSTEM, attachment_id)
