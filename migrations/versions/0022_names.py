"""Flags about a name or a profile, and what was taken back, to give it back.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("flag") as table:
        table.alter_column("post_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("part", sa.String(length=10), nullable=True))
    with op.batch_alter_table("measure") as table:
        table.add_column(sa.Column("was", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("measure") as table:
        table.drop_column("was")
    op.execute("DELETE FROM flag WHERE post_id IS NULL")
    with op.batch_alter_table("flag") as table:
        table.drop_column("part")
        table.alter_column("post_id", existing_type=sa.Integer(), nullable=False)
