"""The public log says more of each measure; each day's head of it; reports; how facilitation was found.

No way down: lines written since are hashed with fields that would be gone, and the record would look forged.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

INDEXED = ("at", "action", "rule", "project_id", "case_id", "about")


def upgrade() -> None:
    with op.batch_alter_table("log_entry") as table:
        table.add_column(sa.Column("format", sa.Integer(), nullable=True))
        table.add_column(sa.Column("scope", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("until", sa.String(length=40), nullable=True))
        table.add_column(sa.Column("outcome", sa.String(length=20), nullable=True))
        table.add_column(sa.Column("about", sa.Integer(), nullable=True))
        table.add_column(sa.Column("automatic", sa.Boolean(), nullable=True))
        table.add_column(sa.Column("source", sa.String(length=20), nullable=True))
        table.add_column(sa.Column("hours", sa.Integer(), nullable=True))
        table.add_column(sa.Column("project_id", sa.Integer(), nullable=True))
        for name in INDEXED:
            table.create_index(op.f(f"ix_log_entry_{name}"), [name, "number"])
    op.create_table(
        "log_day_head",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_log_day_head")),
    )
    op.create_table(
        "log_report",
        sa.Column("quarter", sa.String(length=7), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("quarter", name=op.f("pk_log_report")),
    )
    _create_ratings()


def _create_ratings() -> None:
    op.create_table(
        "rating",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("fair", sa.Integer(), nullable=True),
        sa.Column("heard", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("fair BETWEEN 1 AND 5", name=op.f("ck_rating_fair_on_the_scale")),
        sa.CheckConstraint("heard BETWEEN 1 AND 5", name=op.f("ck_rating_heard_on_the_scale")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_rating_project_id_project"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["person.id"], name=op.f("fk_rating_user_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sa.UniqueConstraint("kind", "object_id", "user_id", name=op.f("uq_rating_kind_object_id_user_id")),
    )
    op.create_index("ix_rating_user_id", "rating", ["user_id"])
    op.create_index("ix_rating_project_id", "rating", ["project_id", "kind", "object_id"])
    op.create_index("ix_rating_answered_at", "rating", ["answered_at"])


def downgrade() -> None:
    raise NotImplementedError("Lines of the public log would lose fields they are hashed with.")
