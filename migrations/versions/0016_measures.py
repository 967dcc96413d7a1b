"""Limits on speaking, what a measure set, what was blacked out, and templates of reasons.

Going down forgets limits that are in force, own templates, and who read what was removed.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _limits()
    _templates()
    _records()
    with op.batch_alter_table("post") as table:
        table.add_column(sa.Column("redacted_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("measure") as table:
        table.add_column(sa.Column("limit_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("overturned_at", sa.DateTime(timezone=True), nullable=True))
        table.create_foreign_key(
            op.f("fk_measure_limit_id_speaking_limit"),
            "speaking_limit",
            ["limit_id"],
            ["id"],
            ondelete="SET NULL",
        )
        table.create_index(op.f("ix_measure_limit_id"), ["limit_id"])


def _limits() -> None:
    op.create_table(
        "speaking_limit",
        *_row(),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule_number", sa.Integer(), nullable=False),
        sa.Column("rule_title", sa.String(length=120), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["person.id"], name=op.f("fk_speaking_limit_user_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaking_limit")),
    )
    op.create_index("ix_speaking_limit_place", "speaking_limit", ["place", "user_id"])
    op.create_index(op.f("ix_speaking_limit_user_id"), "speaking_limit", ["user_id"])


def _templates() -> None:
    op.create_table(
        "reason_template",
        *_row(),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("rule_number", sa.Integer(), nullable=True),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("edited_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["edited_by_id"],
            ["person.id"],
            name=op.f("fk_reason_template_edited_by_id_person"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reason_template")),
        sa.UniqueConstraint("key", name=op.f("uq_reason_template_key")),
    )


def _records() -> None:
    op.create_table(
        "record_reading",
        *_row(),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("reader_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_record_reading_post_id_post"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["person.id"], name=op.f("fk_record_reading_reader_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_reading")),
    )
    op.create_index(op.f("ix_record_reading_post_id"), "record_reading", ["post_id"])


def _row() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    ]


def downgrade() -> None:
    with op.batch_alter_table("measure") as table:
        table.drop_index(op.f("ix_measure_limit_id"))
        table.drop_constraint(op.f("fk_measure_limit_id_speaking_limit"), type_="foreignkey")
        table.drop_column("overturned_at")
        table.drop_column("limit_id")
    with op.batch_alter_table("post") as table:
        table.drop_column("redacted_at")
    for name in ("record_reading", "reason_template", "speaking_limit"):
        op.drop_table(name)
