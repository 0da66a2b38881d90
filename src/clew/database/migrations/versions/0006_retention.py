"""Retention, erasures, restores."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "retention_rules",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("days", sa.Integer),
        sa.Column("why", sa.String, nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
    )
    op.create_table(
        "erasures",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("why", sa.String, nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("done_at", sa.String),
    )
    op.create_table(
        "restores",
        sa.Column("backup", sa.String, primary_key=True),
        sa.Column("at", sa.String, primary_key=True),
        sa.Column("done_at", sa.String),
    )
