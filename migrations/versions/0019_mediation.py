"""Rooms in which two people talk with a mediator, and the rules about which nobody is asked to.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# The shipped rules that are about hate, exposing people and threats.
BARRED = (
    "Speak about what people do, not what they are",
    "No names of people who are not here to answer",
    "No threats, ever",
)


def upgrade() -> None:
    op.add_column("rule", sa.Column("no_mediation", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("rule") as table:
        table.alter_column("no_mediation", server_default=None)
    rule = sa.table("rule", sa.column("title", sa.String()), sa.column("no_mediation", sa.Boolean()))
    op.execute(rule.update().where(rule.c.title.in_(BARRED)).values(no_mediation=True))
    _make_mediation()
    _make_participant()
    _make_message()


def _made_at() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _make_mediation() -> None:
    op.create_table(
        "mediation",
        *_made_at(),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("was_prolonged", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("agreement_html", sa.Text(), nullable=False),
        sa.Column("agreement_version", sa.Integer(), nullable=False),
        sa.Column("follow_up_days", sa.Integer(), nullable=True),
        sa.Column("lifts", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_mediation_post_id_post"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediation")),
    )
    op.create_index("ix_mediation_due_at", "mediation", ["due_at"])
    op.create_index(op.f("ix_mediation_post_id"), "mediation", ["post_id"])


def _make_participant() -> None:
    op.create_table(
        "mediation_participant",
        *_made_at(),
        sa.Column("mediation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("pseudonym_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("wants_longer", sa.Boolean(), nullable=False),
        sa.Column("agreed_version", sa.Integer(), nullable=True),
        sa.Column("keeps_text", sa.Boolean(), nullable=False),
        sa.Column("follow_up", sa.String(length=10), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [f"{column}_id"],
                [f"{table}.id"],
                name=op.f(f"fk_mediation_participant_{column}_id_{table}"),
                ondelete="CASCADE",
            )
            for column, table in (("mediation", "mediation"), ("user", "person"), ("pseudonym", "pseudonym"))
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediation_participant")),
        sa.UniqueConstraint(
            "mediation_id", "user_id", name=op.f("uq_mediation_participant_mediation_id_user_id")
        ),
    )
    op.create_index(op.f("ix_mediation_participant_user_id"), "mediation_participant", ["user_id"])
    op.create_index(op.f("ix_mediation_participant_pseudonym_id"), "mediation_participant", ["pseudonym_id"])


def _make_message() -> None:
    op.create_table(
        "mediation_message",
        *_made_at(),
        sa.Column("mediation_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [f"{column}_id"],
                [f"{table}.id"],
                name=op.f(f"fk_mediation_message_{column}_id_{table}"),
                ondelete="CASCADE",
            )
            for column, table in (("mediation", "mediation"), ("participant", "mediation_participant"))
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediation_message")),
    )
    op.create_index("ix_mediation_message_mediation_id", "mediation_message", ["mediation_id", "id"])
    op.create_index(op.f("ix_mediation_message_participant_id"), "mediation_message", ["participant_id"])


def downgrade() -> None:
    for name in ("mediation_message", "mediation_participant", "mediation"):
        op.drop_table(name)
    with op.batch_alter_table("rule") as table:
        table.drop_column("no_mediation")
