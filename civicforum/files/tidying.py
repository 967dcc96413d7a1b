"""Whether the store and the rows tell of the same files. After a crash between the two, they may not."""

from civicforum.files.queries import known_parts
from civicforum.files.stores import Store

# An upload is in the store a moment before it is noted; a restore brings files before their rows.
STRAY_SECONDS = 24 * 3600


def missing_parts(kept: Store) -> set[str]:
    """What rows speak of and the store does not have."""
    return known_parts() - {name for name, _age in kept.names()}


def stray_parts(kept: Store) -> set[str]:
    """What the store has had for a day and no row speaks of."""
    # The rows are read last: what is noted meanwhile is no stray.
    old = {name for name, age in kept.names() if age > STRAY_SECONDS}
    return old - known_parts()
