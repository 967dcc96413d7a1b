"""How closely people follow things, what they want to be mailed, and inbox rows that are shown as one.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attention",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["person.id"], name=op.f("fk_attention_user_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attention")),
        sa.UniqueConstraint("user_id", "kind", "object_id", name=op.f("uq_attention_user_id_kind_object_id")),
    )
    op.create_index("ix_attention_followers", "attention", ["kind", "object_id", "level", "user_id"])
    wishes = ("reply", "mention", "answer", "subscription", "reminder", "summary")
    op.create_table(
        "mail_wishes",
        sa.Column("user_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in wishes),
        sa.Column("digest", sa.String(length=20), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("digest_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest_day", sa.Date(), nullable=True),
        sa.Column("farewell_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_address", sa.String(length=254), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["person.id"], name=op.f("fk_mail_wishes_user_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_mail_wishes")),
    )
    op.create_index(op.f("ix_mail_wishes_digest_due_at"), "mail_wishes", ["digest_due_at"])
    with op.batch_alter_table("notification") as table:
        table.add_column(sa.Column("bundle", sa.String(length=40), nullable=True))
        table.add_column(sa.Column("wants_mail", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("mail_number", sa.Integer(), nullable=True))
        table.add_column(sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True))
        table.create_index("ix_notification_mail", ["user_id", "mailed_at"])
    with op.batch_alter_table("notification") as table:
        table.alter_column("wants_mail", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("notification") as table:
        table.drop_index("ix_notification_mail")
        for name in ("mailed_at", "mail_number", "wants_mail", "bundle"):
            table.drop_column(name)
    op.drop_table("mail_wishes")
    op.drop_table("attention")
