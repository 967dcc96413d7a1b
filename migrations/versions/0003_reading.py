"""How far everybody has read each thread, and what finds that without reading the thread.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NOT_SHOWN = sa.text("state <> 'visible'")


def upgrade() -> None:
    op.create_table(
        "reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("seen", sa.String(length=1000), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["person.id"], name=op.f("fk_reading_user_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_reading_thread_id_thread"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading")),
        sa.UniqueConstraint("user_id", "thread_id", name=op.f("uq_reading_user_id_thread_id")),
    )
    op.create_index(op.f("ix_reading_thread_id"), "reading", ["thread_id"])
    op.create_index("ix_post_thread_id_author_id", "post", ["thread_id", "author_id", "seq"])
    op.create_index(
        "ix_post_not_shown",
        "post",
        ["thread_id", "seq"],
        sqlite_where=NOT_SHOWN,
        postgresql_where=NOT_SHOWN,
    )


def downgrade() -> None:
    op.drop_index("ix_post_not_shown", "post")
    op.drop_index("ix_post_thread_id_author_id", "post")
    op.drop_table("reading")
