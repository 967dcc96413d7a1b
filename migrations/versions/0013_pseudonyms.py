"""Under which name somebody speaks in a project, and what was said under it; voices that were answered.

No way down: whoever spoke under a pseudonym would be shown by name.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SAID = ("post", "reaction", "thread", "thread_change")
VOICE_KEY = ["thread_id", "user_id", "is_pseudonymous"]


def upgrade() -> None:
    op.create_table(
        "pseudonym",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_pseudonym_project_id_project"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["person.id"], name=op.f("fk_pseudonym_user_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pseudonym")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_pseudonym_project_id_name")),
        sa.UniqueConstraint("project_id", "user_id", name=op.f("uq_pseudonym_project_id_user_id")),
    )
    op.create_index("ix_pseudonym_user_id", "pseudonym", ["user_id"])
    for name in SAID:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("pseudonym_id", sa.Integer(), nullable=True))
            table.create_foreign_key(
                op.f(f"fk_{name}_pseudonym_id_pseudonym"),
                "pseudonym",
                ["pseudonym_id"],
                ["id"],
                ondelete="SET NULL",
            )
            table.create_index(op.f(f"ix_{name}_pseudonym_id"), ["pseudonym_id"])
    op.add_column(
        "project", sa.Column("allows_pseudonyms", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    with op.batch_alter_table("project") as table:
        table.alter_column("allows_pseudonyms", server_default=None)
    _count_apart()
    op.drop_index("ix_voice_channel", "voice")
    op.create_index("ix_voice_channel_state", "voice", ["channel", "state"])


def _count_apart() -> None:
    op.add_column(
        "voice_count", sa.Column("is_pseudonymous", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    with op.batch_alter_table("voice_count") as table:
        table.alter_column("is_pseudonymous", server_default=None)
        table.drop_constraint(op.f("pk_voice_count"), type_="primary")
        table.create_primary_key(op.f("pk_voice_count"), VOICE_KEY)


def downgrade() -> None:
    raise NotImplementedError("Whoever spoke under a pseudonym would be shown by name.")
