"""Everything that can be found is in one index of words.

``search_entry`` holds the words; ``search_fts`` finds them, and is kept by the database itself: by triggers
on SQLite, as a generated column on PostgreSQL. Whoever changes ``search_entry`` by copying it, as SQLite
must, makes the triggers again. The upgrade command fills the index when this is done.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MARKS = (
    " || ' §k' || {row}kind"
    " || ' §p' || CAST(coalesce({row}project_id, 0) AS text)"
    " || ' §t' || CAST(coalesce({row}thread_id, 0) AS text)"
    " || ' §a' || CAST(coalesce({row}author_id, 0) AS text)"
)
WORDS = "{row}title || ' ' || {row}body" + MARKS


def upgrade() -> None:
    op.create_table(
        "search_entry",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name="fk_search_entry_project_id_project", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name="fk_search_entry_thread_id_thread", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name="fk_search_entry_author_id_person", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_search_entry"),
    )
    for column in ("project_id", "thread_id", "author_id"):
        op.create_index(f"ix_search_entry_{column}", "search_entry", [column])
    op.create_table(
        "search_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_state"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _index_by_column()
    else:
        _index_by_triggers()


def _index_by_column() -> None:
    words = WORDS.format(row="")
    op.execute(
        "ALTER TABLE search_entry ADD COLUMN search_fts tsvector GENERATED ALWAYS AS"
        f" (array_to_tsvector(array_remove(string_to_array({words}, ' '), ''))) STORED"
    )
    op.execute("CREATE INDEX ix_search_fts ON search_entry USING gin (search_fts) WITH (fastupdate = off)")


def _index_by_triggers() -> None:
    # Words come folded and with single spaces, and ``ascii`` takes every other letter as it is. Beginnings
    # of two to eight letters have lists of their own, so that no search merges those of many words.
    op.execute(
        "CREATE VIRTUAL TABLE search_fts USING fts5("
        "words, content='', detail=none, columnsize=0, tokenize='ascii', prefix='2 3 4 5 6 7 8')"
    )
    into = "INSERT INTO search_fts"
    added = f"{into}(rowid, words) VALUES (new.id, {_words_of('new')});"
    gone = f"{into}(search_fts, rowid, words) VALUES ('delete', old.id, {_words_of('old')});"
    for name, what, statements in (
        ("added", "INSERT", added),
        ("gone", "DELETE", gone),
        ("changed", "UPDATE", gone + added),
    ):
        op.execute(f"CREATE TRIGGER search_entry_{name} AFTER {what} ON search_entry BEGIN {statements} END")


def _words_of(row: str) -> str:
    return WORDS.format(row=f"{row}.")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        op.execute("DROP TABLE search_fts")
        for name in ("added", "gone", "changed"):
            op.execute(f"DROP TRIGGER search_entry_{name}")
    op.drop_table("search_state")
    op.drop_table("search_entry")
