"""Whether a single key does something, which a person can turn off.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "person", sa.Column("has_shortcuts", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    with op.batch_alter_table("person") as table:
        table.alter_column("has_shortcuts", server_default=None)


def downgrade() -> None:
    op.drop_column("person", "has_shortcuts")
