"""The moderators' queue: since when a case waits, who looks at what, and their notes.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ONE_OF_BOTH = "(case_id IS NULL) <> (hold_id IS NULL)"


def upgrade() -> None:
    op.add_column("moderation_case", sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True))
    _fill_waits_since()
    op.create_index("ix_moderation_case_waits_since", "moderation_case", ["waits_since", "id"])
    _create_claims()
    _create_notes()


def _fill_waits_since() -> None:
    names = ("state", "awaits_person", "mended_at", "created_at", "waits_since")
    case = sa.table("moderation_case", *(sa.column(name) for name in names))
    waits = sa.or_(case.c.state.in_(("open", "second_look")), case.c.awaits_person)
    since = sa.func.coalesce(case.c.mended_at, case.c.created_at)
    op.execute(case.update().where(waits).values(waits_since=since))


def _row(*columns: sa.Column) -> list[sa.Column]:
    """The columns of both tables, and each one's own."""
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("hold_id", sa.Integer(), nullable=True),
        *columns,
    ]


def _points(table: str, column: str, to: str, on_delete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete=on_delete
    )


def _create_claims() -> None:
    op.create_table(
        "queue_claim",
        *_row(
            sa.Column("user_id", sa.Integer(), nullable=False),
            sa.Column("taken_from_id", sa.Integer(), nullable=True),
            sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        ),
        _points("queue_claim", "case_id", "moderation_case", "CASCADE"),
        _points("queue_claim", "hold_id", "hold", "CASCADE"),
        _points("queue_claim", "user_id", "person", "CASCADE"),
        _points("queue_claim", "taken_from_id", "person", "SET NULL"),
        sa.CheckConstraint(ONE_OF_BOTH, name=op.f("ck_queue_claim_of_one_thing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_claim")),
        sa.UniqueConstraint("case_id", name=op.f("uq_queue_claim_case_id")),
        sa.UniqueConstraint("hold_id", name=op.f("uq_queue_claim_hold_id")),
    )


def _create_notes() -> None:
    op.create_table(
        "queue_note",
        *_row(
            sa.Column("author_id", sa.Integer(), nullable=True),
            sa.Column("text", sa.Text(), nullable=False),
        ),
        _points("queue_note", "case_id", "moderation_case", "CASCADE"),
        _points("queue_note", "hold_id", "hold", "CASCADE"),
        _points("queue_note", "author_id", "person", "SET NULL"),
        sa.CheckConstraint(ONE_OF_BOTH, name=op.f("ck_queue_note_of_one_thing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_note")),
    )
    op.create_index("ix_queue_note_case_id", "queue_note", ["case_id", "id"])
    op.create_index("ix_queue_note_hold_id", "queue_note", ["hold_id", "id"])


def downgrade() -> None:
    op.drop_table("queue_note")
    op.drop_table("queue_claim")
    op.drop_index("ix_moderation_case_waits_since", "moderation_case")
    op.drop_column("moderation_case", "waits_since")
