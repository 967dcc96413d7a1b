"""Since when nothing links to a page that was asked.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("link_preview", sa.Column("unused_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("link_preview", "unused_since")
