"""Threads have a kind, tags, an end with a conclusion, and a record of what was done with them.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
# What a thread points to: column, table.
POINTERS = (("concluded_by_id", "person"), ("continued_in_id", "thread"), ("merged_into_id", "thread"))
PLAIN = (
    ("pinned_at", MOMENT),
    ("archived_at", MOMENT),
    ("closed_at", MOMENT),
    ("conclusion", sa.Text()),
    ("conclusion_html", sa.Text()),
)


def upgrade() -> None:
    _make_tags()
    with op.batch_alter_table("thread") as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(20), nullable=False, server_default="discussion"))
        batch_op.add_column(sa.Column("max_posts", sa.Integer(), nullable=False, server_default="10000"))
        for name, kind in PLAIN:
            batch_op.add_column(sa.Column(name, kind, nullable=True))
        for name, table in POINTERS:
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))
            key = op.f(f"fk_thread_{name}_{table}")
            batch_op.create_foreign_key(key, table, [name], ["id"], ondelete="SET NULL")
    with op.batch_alter_table("thread") as batch_op:
        batch_op.alter_column("kind", server_default=None)
        batch_op.alter_column("max_posts", server_default=None)
    _make_record()


def _make_tags() -> None:
    op.create_table(
        "tag",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(60), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_tag_project_id_project"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("project_id", "slug", name=op.f("uq_tag_project_id_slug")),
    )
    op.create_table(
        "thread_tag",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_thread_tag_thread_id_thread"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["tag.id"], name=op.f("fk_thread_tag_tag_id_tag"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("thread_id", "tag_id", name=op.f("pk_thread_tag")),
    )
    op.create_index(op.f("ix_thread_tag_tag_id"), "thread_tag", ["tag_id"])


def _make_record() -> None:
    op.create_table(
        "thread_change",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("other_thread_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_thread_change_thread_id_thread"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_thread_id"],
            ["thread.id"],
            name=op.f("fk_thread_change_other_thread_id_thread"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["person.id"], name=op.f("fk_thread_change_actor_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_change")),
    )
    op.create_index(op.f("ix_thread_change_thread_id"), "thread_change", ["thread_id"])


def downgrade() -> None:
    op.drop_table("thread_change")
    op.drop_table("thread_tag")
    op.drop_table("tag")
    with op.batch_alter_table("thread") as batch_op:
        for name, table in POINTERS:
            batch_op.drop_constraint(op.f(f"fk_thread_{name}_{table}"), type_="foreignkey")
            batch_op.drop_column(name)
        for name in ("kind", "max_posts", *(name for name, _kind in PLAIN)):
            batch_op.drop_column(name)
