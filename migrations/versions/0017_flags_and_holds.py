"""What flags weigh together, who is on duty, and threads in which a moderator reads first.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

OLD_KEY, NEW_KEY = "uq_flag_post_id_user_id", "uq_flag_case_id_user_id"
# Of several flags of one person on one comment, each in a case of its own, the last stays.
FORGET_EARLIER = "DELETE FROM flag WHERE id NOT IN (SELECT MAX(id) FROM flag GROUP BY post_id, user_id)"


def upgrade() -> None:
    op.create_table(
        "duty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["person.id"], name=op.f("fk_duty_user_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
        sa.UniqueConstraint("user_id", name=op.f("uq_duty_user_id")),
    )
    op.create_index("ix_duty_ends_at", "duty", ["ends_at"])
    op.create_table(
        "gate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("whom", sa.String(length=12), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_gate_thread_id_thread"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["person.id"], name=op.f("fk_gate_set_by_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate")),
    )
    op.create_index("ix_gate_thread_id", "gate", ["thread_id"])
    with op.batch_alter_table("hold") as table:
        table.add_column(sa.Column("is_on_duty", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("hold") as table:
        table.alter_column("is_on_duty", server_default=None)
    with op.batch_alter_table("moderation_case") as table:
        table.add_column(sa.Column("score", sa.Double(), nullable=False, server_default=sa.text("0")))
        table.add_column(sa.Column("obstacle", sa.String(length=20), nullable=True))
        table.add_column(sa.Column("awaits_person", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("moderation_case") as table:
        table.alter_column("score", server_default=None)
        table.alter_column("awaits_person", server_default=None)
        table.create_index("ix_moderation_case_awaits_person", ["awaits_person", "id"])
    with op.batch_alter_table("flag") as table:
        table.add_column(sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
        table.drop_constraint(OLD_KEY, type_="unique")
        table.create_unique_constraint(NEW_KEY, ["case_id", "user_id"])
        table.create_index("ix_flag_post_id_user_id", ["post_id", "user_id"])


def downgrade() -> None:
    op.execute(FORGET_EARLIER)
    with op.batch_alter_table("flag") as table:
        table.drop_index("ix_flag_post_id_user_id")
        table.drop_constraint(NEW_KEY, type_="unique")
        table.create_unique_constraint(OLD_KEY, ["post_id", "user_id"])
        table.drop_column("decided_at")
    with op.batch_alter_table("moderation_case") as table:
        table.drop_index("ix_moderation_case_awaits_person")
        table.drop_column("awaits_person")
        table.drop_column("obstacle")
        table.drop_column("score")
    with op.batch_alter_table("hold") as table:
        table.drop_column("is_on_duty")
    op.drop_index("ix_gate_thread_id", table_name="gate")
    op.drop_table("gate")
    op.drop_index("ix_duty_ends_at", table_name="duty")
    op.drop_table("duty")
