"""What was said before is counted: how many posts of each person are shown in each thread.

Revision ID: 0010
Revises: 0009
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "INSERT INTO voice_count (thread_id, user_id, posts, first_post_id)"
        " SELECT thread_id, author_id, count(*), min(id) FROM post"
        " WHERE state = 'visible' AND seq IS NOT NULL AND author_id IS NOT NULL"
        " GROUP BY thread_id, author_id"
    )


def downgrade() -> None:
    op.execute("DELETE FROM voice_count")
