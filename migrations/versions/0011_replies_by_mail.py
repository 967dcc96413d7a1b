"""Addresses to answer by mail, and what came there.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reply_address",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_reply_address_post_id_post"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_reply_address_thread_id_thread"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["person.id"], name=op.f("fk_reply_address_user_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_address")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_reply_address_token_hash")),
    )
    for name in ("user_id", "thread_id", "post_id"):
        op.create_index(op.f(f"ix_reply_address_{name}"), "reply_address", [name])
    op.create_table(
        "received_mail",
        sa.Column("address_id", sa.Integer(), nullable=False),
        sa.Column("letter_hash", sa.String(length=64), nullable=False),
        sa.Column("was_posted", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["address_id"],
            ["reply_address.id"],
            name=op.f("fk_received_mail_address_id_reply_address"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_mail")),
        sa.UniqueConstraint(
            "address_id", "letter_hash", name=op.f("uq_received_mail_address_id_letter_hash")
        ),
    )


def downgrade() -> None:
    op.drop_table("received_mail")
    op.drop_table("reply_address")
