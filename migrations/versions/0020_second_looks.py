"""Second looks: who asks, who decides, the residents who may be drawn; and how long one may ask.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("site") as table:
        table.add_column(sa.Column("appeal_months", sa.Integer(), nullable=False, server_default="6"))
    with op.batch_alter_table("site") as table:
        table.alter_column("appeal_months", server_default=None)
    _create_appeals()
    _create_messages()
    _create_panels()


def _row(*columns: sa.Column) -> list[sa.Column]:
    """The columns of every table, and its own."""
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *columns,
    ]


def _points(table: str, column: str, to: str, on_delete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete=on_delete
    )


def _create_appeals() -> None:
    op.create_table(
        "appeal",
        *_row(
            sa.Column("measure_id", sa.Integer(), nullable=False),
            sa.Column("case_id", sa.Integer(), nullable=False),
            sa.Column("person_id", sa.Integer(), nullable=True),
            sa.Column("side", sa.String(length=10), nullable=False),
            sa.Column("way", sa.String(length=10), nullable=False),
            sa.Column("text", sa.Text(), nullable=False),
            sa.Column("state", sa.String(length=10), nullable=False),
            sa.Column("outcome", sa.String(length=10), nullable=True),
            sa.Column("reason", sa.Text(), nullable=False),
            sa.Column("version", sa.Integer(), nullable=False),
            sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
            sa.Column("decided_by_id", sa.Integer(), nullable=True),
            sa.Column("lot_line", sa.Integer(), nullable=True),
            sa.Column("lot_hash", sa.String(length=64), nullable=True),
            sa.Column("lot_pool", sa.JSON(), nullable=True),
        ),
        _points("appeal", "measure_id", "measure", "CASCADE"),
        _points("appeal", "case_id", "moderation_case", "CASCADE"),
        _points("appeal", "person_id", "person", "SET NULL"),
        _points("appeal", "decided_by_id", "person", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("measure_id", "person_id", name=op.f("uq_appeal_measure_id_person_id")),
    )
    op.create_index("ix_appeal_state", "appeal", ["state", "id"])
    op.create_index(op.f("ix_appeal_case_id"), "appeal", ["case_id"])
    op.create_index(op.f("ix_appeal_person_id"), "appeal", ["person_id"])


def _create_messages() -> None:
    op.create_table(
        "appeal_message",
        *_row(
            sa.Column("appeal_id", sa.Integer(), nullable=False),
            sa.Column("side", sa.String(length=10), nullable=False),
            sa.Column("author_id", sa.Integer(), nullable=True),
            sa.Column("text", sa.Text(), nullable=False),
        ),
        _points("appeal_message", "appeal_id", "appeal", "CASCADE"),
        _points("appeal_message", "author_id", "person", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_message")),
        sa.UniqueConstraint("appeal_id", "side", name=op.f("uq_appeal_message_appeal_id_side")),
    )


def _create_panels() -> None:
    op.create_table(
        "volunteer",
        *_row(
            sa.Column("user_id", sa.Integer(), nullable=False),
            sa.Column("is_on", sa.Boolean(), nullable=False),
            sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        ),
        _points("volunteer", "user_id", "person", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer")),
        sa.UniqueConstraint("user_id", name=op.f("uq_volunteer_user_id")),
    )
    op.create_table(
        "panel_seat",
        *_row(
            sa.Column("appeal_id", sa.Integer(), nullable=False),
            sa.Column("number", sa.Integer(), nullable=False),
            sa.Column("place", sa.Integer(), nullable=False),
            sa.Column("user_id", sa.Integer(), nullable=True),
            sa.Column("state", sa.String(length=10), nullable=False),
            sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("vote", sa.String(length=10), nullable=True),
            sa.Column("reason", sa.Text(), nullable=False),
            sa.Column("voted_at", sa.DateTime(timezone=True), nullable=True),
        ),
        _points("panel_seat", "appeal_id", "appeal", "CASCADE"),
        _points("panel_seat", "user_id", "person", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_seat")),
        sa.UniqueConstraint("appeal_id", "number", name=op.f("uq_panel_seat_appeal_id_number")),
    )
    op.create_index(op.f("ix_panel_seat_user_id"), "panel_seat", ["user_id"])


def downgrade() -> None:
    for table in ("panel_seat", "volunteer", "appeal_message", "appeal"):
        op.drop_table(table)
    with op.batch_alter_table("site") as table:
        table.drop_column("appeal_months")
