"""What makes a lot that nobody can foresee; and finding what was moved without reading every comment.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("appeal") as table:
        table.add_column(sa.Column("lot_secret", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_post_moved_to_id"), "post", ["moved_to_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_post_moved_to_id"), table_name="post")
    with op.batch_alter_table("appeal") as table:
        table.drop_column("lot_secret")
