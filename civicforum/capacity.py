"""How much one process takes on at once: every bound in one place, with what it is for.

Beyond a bound the answer is a refusal at once (503, or a connection cut that comes back by itself), never a
queue without an end. docs/administrators.md says the same to whoever runs it.
"""

import resource

# --- requests and connections ---

# Pages and API requests under way. One process answers some hundred a second, so whoever waits behind as many
# waits for seconds already.
REQUESTS_AT_ONCE = 300
# Socket.IO connections. They are counted apart from requests: watchers never keep a page from loading.
SOCKETS_AT_ONCE = 5_000
SOCKETS_PER_ADDRESS = 2_000  # a hall shares one address, a flood does, too
SOCKETS_PER_PERSON = 100  # many tabs on many devices are far below
# Of the files a process may open, so many stay free for the database, Redis, templates and logs.
SPARE_FILES = 200
FILES_PER_SOCKET = 2  # the library duplicates a connection that becomes a WebSocket

# --- what waits for one watcher; who reads more slowly is cut, comes back and catches up ---

# As much again may be on its way out: the library takes all that waits in one go.
WAITING_PACKETS = 500
WAITING_BYTES = 2_000_000
# How long one packet may take to leave, and how much of it the kernel keeps for us.
SEND_SECONDS = 15
SEND_BUFFER_BYTES = 128 * 1024
LARGEST_MESSAGE_BYTES = 16_384  # from a watcher to us

# --- database connections of one process; PostgreSQL needs (processes x both) and some for commands ---

POOL_SIZE = 8
POOL_OVERFLOW = 12
POOL_PATIENCE_SECONDS = 10
DATABASE_CONNECTIONS = POOL_SIZE + POOL_OVERFLOW
SPARE_DATABASE_CONNECTIONS = 10

# --- what people send along; each file is read by a process of its own, which may take this much at most ---

LARGEST_PICTURE_BYTES = 10_000_000
LARGEST_PAPER_BYTES = 15_000_000
FILES_READ_AT_ONCE = 2
FILE_PATIENCE_SECONDS = 20  # who waits longer for a place is told to try again
FILE_SECONDS = 30
FILE_BYTES_PER_DAY = 150_000_000  # of one person

# --- how long a client may take; WebSockets are exempt ---

FIRST_REQUEST_SECONDS = 15
HEADER_SECONDS = 15
# Longer than nginx keeps a connection to us (60), so that it is never we who close one that is in use.
IDLE_SECONDS = 75
BODY_SECONDS = 60
ANSWER_SECONDS = 60
RETRY_AFTER_SECONDS = 5


# Any other body, and one that brings a file with the words around it.
LARGEST_BODY_BYTES = 2_500_000
LARGEST_BODY_WITH_FILE_BYTES = LARGEST_PAPER_BYTES + 1_000_000


def allow_many_files() -> int:
    """Let this process open as many files as the system allows it; the number."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard and hard != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft = hard
    return soft


def sockets_for(files: int) -> int:
    """How many watchers a process takes that may open ``files`` files."""
    return max(10, min(SOCKETS_AT_ONCE, (files - SPARE_FILES - REQUESTS_AT_ONCE) // FILES_PER_SOCKET))
