"""Rules change by proposal and vote, a project may have its own, and what each person accepted is kept.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TOWN = sa.text("project_id IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("agreement_version") as table:
        table.add_column(sa.Column("project_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("way", sa.String(length=10), nullable=False, server_default="direct"))
        table.add_column(sa.Column("reason", sa.Text(), nullable=False, server_default=""))
        table.drop_constraint("uq_agreement_version_number", type_="unique")
        table.create_unique_constraint("uq_agreement_version_project_id_number", ["project_id", "number"])
        table.create_foreign_key("fk_agreement_version_project_id_project", "project", ["project_id"], ["id"])
    op.execute("UPDATE agreement_version SET way = 'first' WHERE number = 1")
    with op.batch_alter_table("agreement_version") as table:
        table.alter_column("way", server_default=None)
        table.alter_column("reason", server_default=None)
    op.create_index(
        "uq_agreement_version_of_town",
        "agreement_version",
        ["number"],
        unique=True,
        sqlite_where=TOWN,
        postgresql_where=TOWN,
    )
    _create_acceptances()
    _create_proposals()


def _row(*columns: sa.Column) -> list[sa.Column]:
    """The columns of every table, and its own."""
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *columns,
    ]


def _points(table: str, column: str, to: str, on_delete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete=on_delete
    )


def _create_acceptances() -> None:
    """What people had accepted is kept as of when they can have done so at the earliest."""
    name = "agreement_acceptance"
    op.create_table(
        name,
        *_row(
            sa.Column("user_id", sa.Integer(), nullable=False),
            sa.Column("version_id", sa.Integer(), nullable=False),
        ),
        _points(name, "user_id", "person", "CASCADE"),
        _points(name, "version_id", "agreement_version"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_acceptance")),
        sa.UniqueConstraint("user_id", "version_id", name=op.f("uq_agreement_acceptance_user_id_version_id")),
    )
    op.create_index(op.f("ix_agreement_acceptance_version_id"), name, ["version_id"])
    op.execute(
        "INSERT INTO agreement_acceptance (user_id, version_id, created_at)"
        " SELECT person.id, agreement_version.id,"
        " CASE WHEN person.created_at > agreement_version.published_at"
        " THEN person.created_at ELSE agreement_version.published_at END"
        " FROM standing JOIN person ON person.id = standing.user_id"
        " JOIN agreement_version ON agreement_version.number = standing.accepted_version"
    )


def _create_proposals() -> None:
    op.create_table(
        "rule_proposal",
        *_row(
            sa.Column("project_id", sa.Integer(), nullable=True),
            sa.Column("based_on_id", sa.Integer(), nullable=False),
            sa.Column("proposer_id", sa.Integer(), nullable=True),
            sa.Column("title", sa.String(length=120), nullable=False),
            sa.Column("why", sa.Text(), nullable=False),
            sa.Column("wording", sa.JSON(), nullable=False),
            sa.Column("state", sa.String(length=10), nullable=False),
            sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("quorum", sa.Integer(), nullable=False),
            sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
            sa.Column("counts", sa.JSON(), nullable=True),
            sa.Column("thread_id", sa.Integer(), nullable=True),
            sa.Column("version_id", sa.Integer(), nullable=True),
        ),
        _points("rule_proposal", "project_id", "project"),
        _points("rule_proposal", "based_on_id", "agreement_version"),
        _points("rule_proposal", "proposer_id", "person", "SET NULL"),
        _points("rule_proposal", "thread_id", "thread", "SET NULL"),
        _points("rule_proposal", "version_id", "agreement_version"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_proposal")),
    )
    op.create_index("ix_rule_proposal_state", "rule_proposal", ["state", "closes_at"])
    op.create_index(op.f("ix_rule_proposal_project_id"), "rule_proposal", ["project_id"])
    op.create_index(op.f("ix_rule_proposal_version_id"), "rule_proposal", ["version_id"])
    op.create_table(
        "rule_vote",
        *_row(
            sa.Column("proposal_id", sa.Integer(), nullable=False),
            sa.Column("user_id", sa.Integer(), nullable=False),
            sa.Column("choice", sa.String(length=10), nullable=False),
        ),
        _points("rule_vote", "proposal_id", "rule_proposal", "CASCADE"),
        _points("rule_vote", "user_id", "person", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_vote")),
        sa.UniqueConstraint("proposal_id", "user_id", name=op.f("uq_rule_vote_proposal_id_user_id")),
    )
    op.create_index(op.f("ix_rule_vote_user_id"), "rule_vote", ["user_id"])


def downgrade() -> None:
    """The town's agreement stays, as if it had been published directly; a project's own goes.

    Whatever cites a rule of a project cites none any more.
    """
    op.drop_table("rule_vote")
    op.drop_table("rule_proposal")
    op.drop_table("agreement_acceptance")
    versions = sa.table("agreement_version", sa.column("id"), sa.column("project_id"))
    rules = sa.table("rule", sa.column("id"), sa.column("version_id"))
    own = sa.select(versions.c.id).where(versions.c.project_id.is_not(None))
    own_rules = sa.select(rules.c.id).where(rules.c.version_id.in_(own))
    for name in ("measure", "hold"):
        citing = sa.table(name, sa.column("rule_id"))
        op.execute(citing.update().where(citing.c.rule_id.in_(own_rules)).values(rule_id=None))
    flags = sa.table("flag", sa.column("rule_id"))
    op.execute(flags.delete().where(flags.c.rule_id.in_(own_rules)))
    op.execute(rules.delete().where(rules.c.version_id.in_(own)))
    op.execute(versions.delete().where(versions.c.project_id.is_not(None)))
    op.drop_index("uq_agreement_version_of_town", table_name="agreement_version")
    with op.batch_alter_table("agreement_version") as table:
        table.drop_constraint("fk_agreement_version_project_id_project", type_="foreignkey")
        table.drop_constraint("uq_agreement_version_project_id_number", type_="unique")
        table.create_unique_constraint("uq_agreement_version_number", ["number"])
        for column in ("reason", "way", "project_id"):
            table.drop_column(column)
