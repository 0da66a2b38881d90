"""Triage, saved views and explorations: what there was before migrations, so any of it may be there already."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    there = set(sa.inspect(op.get_bind()).get_table_names())
    for name, parts in TABLES.items():
        if name not in there:
            op.create_table(name, *parts())


def _triage() -> list[SchemaItem]:
    return [
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
    ]


def _saved_views() -> list[SchemaItem]:
    return [
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("query", sa.String),
        sa.Column("at", sa.String, nullable=False),
    ]


def _explorations() -> list[SchemaItem]:
    return [
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("seeds", sa.String, nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
    ]


def _exploration_steps() -> list[SchemaItem]:
    return [
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
    ]


TABLES = {
    "triage": _triage,
    "saved_views": _saved_views,
    "explorations": _explorations,
    "exploration_steps": _exploration_steps,
}
