"""Who spoke how often in a thread, who was told so, and when room was made for others.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "voice_count",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("first_post_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_voice_count_thread_id_thread"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["person.id"], name=op.f("fk_voice_count_user_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["first_post_id"], ["post.id"], name=op.f("fk_voice_count_first_post_id_post"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("thread_id", "user_id", name=op.f("pk_voice_count")),
    )
    op.create_index("ix_voice_count_user_id_first_post_id", "voice_count", ["user_id", "first_post_id"])
    op.create_index("ix_voice_count_first_post_id", "voice_count", ["first_post_id"])
    op.create_table(
        "nudge",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("own_posts", sa.Integer(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_nudge_thread_id_thread"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["person.id"], name=op.f("fk_nudge_user_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nudge")),
        sa.UniqueConstraint("thread_id", "user_id", name=op.f("uq_nudge_thread_id_user_id")),
    )
    op.create_index("ix_nudge_user_id", "nudge", ["user_id"])
    op.create_table(
        "made_room",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_made_room_thread_id_thread"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_made_room_made_by_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_made_room")),
    )
    op.create_index("ix_made_room_thread_id", "made_room", ["thread_id"])
    # The counts of what was said before belong to their table: they come and go with it.
    op.execute(
        "INSERT INTO voice_count (thread_id, user_id, posts, first_post_id)"
        " SELECT thread_id, author_id, count(*), min(id) FROM post"
        " WHERE state = 'visible' AND seq IS NOT NULL AND author_id IS NOT NULL"
        " GROUP BY thread_id, author_id"
    )


def downgrade() -> None:
    op.drop_table("made_room")
    op.drop_table("nudge")
    op.drop_table("voice_count")
