"""The answers to a comment are found without reading its whole thread.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_post_reply_to_id", "post", ["reply_to_id"])


def downgrade() -> None:
    op.drop_index("ix_post_reply_to_id", "post")
