"""What pages say that comments link to, and whether that is shown.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "link_preview",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("url_hash", sa.String(length=64), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("site_name", sa.String(length=100), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_preview")),
        sa.UniqueConstraint("url_hash", name=op.f("uq_link_preview_url_hash")),
    )
    op.create_table(
        "link_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("object_kind", sa.String(length=20), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("preview_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["preview_id"],
            ["link_preview.id"],
            name=op.f("fk_link_use_preview_id_link_preview"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_use")),
    )
    op.create_index("ix_link_use_object_kind_object_id", "link_use", ["object_kind", "object_id"])
    op.create_index(op.f("ix_link_use_preview_id"), "link_use", ["preview_id"])
    op.add_column("site", sa.Column("shows_links", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("site") as table:
        table.alter_column("shows_links", server_default=None)


def downgrade() -> None:
    op.drop_column("site", "shows_links")
    op.drop_index(op.f("ix_link_use_preview_id"), "link_use")
    op.drop_index("ix_link_use_object_kind_object_id", "link_use")
    op.drop_table("link_use")
    op.drop_table("link_preview")
