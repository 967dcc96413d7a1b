"""Moderators on duty may be mailed when something waits for them.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("mail_wishes") as table:
        table.add_column(sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("mail_wishes") as table:
        table.alter_column("held", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("mail_wishes") as table:
        table.drop_column("held")
