"""Triage, saved views and explorations: what there was before migrations, so it may be there already."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    if sa.inspect(op.get_bind()).has_table("triage"):
        return
    op.create_table(
        "triage",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("network_id", sa.String, nullable=False),
        sa.Column("nth", sa.Integer, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("assignee", sa.String, nullable=False),
        sa.Column("undoes", sa.Integer),
        sa.Column("records", sa.Integer),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.UniqueConstraint("network_id", "nth"),
    )
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("query", sa.String),
        sa.Column("at", sa.String, nullable=False),
    )
    op.create_table(
        "explorations",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("seeds", sa.String, nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
    )
    op.create_table(
        "exploration_steps",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("exploration", sa.Integer, sa.ForeignKey("explorations.id"), nullable=False),
        sa.Column("nth", sa.Integer, nullable=False),
        sa.Column("act", sa.String, nullable=False),
        sa.Column("records", sa.String, nullable=False),
        sa.Column("ties", sa.String, nullable=False),
        sa.Column("why", sa.String, nullable=False),
        sa.Column("undoes", sa.Integer),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.UniqueConstraint("exploration", "nth"),
    )
