"""Whose database it is. The ledger: entries, nodes of its tree, signed heads, timestamps. The keys of cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    served = op.create_table(
        "served_workspace",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String, nullable=False),
    )
    op.bulk_insert(served, [{"id": 1, "name": ""}])
    op.create_table(
        "ledger_entries",
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("via", sa.String, nullable=False),
        sa.Column("act", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("case_id", sa.String),
        sa.Column("details", sa.String, nullable=False),
        sa.Column("sealed", sa.String, nullable=False),
        sa.Column("salt", sa.String),
        sa.Column("private", sa.String),
    )
    op.create_index("ledger_by_subject", "ledger_entries", ["subject"])
    op.create_index("ledger_by_case", "ledger_entries", ["case_id"])
    op.create_index("ledger_by_who", "ledger_entries", ["who"])
    op.create_table(
        "ledger_nodes",
        sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("nth", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.String, nullable=False),
    )
    size = op.create_table(
        "ledger_size",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("frontier", sa.String, nullable=False),
    )
    op.bulk_insert(size, [{"id": 1, "size": 0, "frontier": ""}])
    op.create_table(
        "ledger_heads",
        sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("root", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("signature", sa.String, nullable=False),
    )
    op.create_table(
        "ledger_timestamps",
        sa.Column("size", sa.BigInteger, sa.ForeignKey("ledger_heads.size"), primary_key=True, autoincrement=False),
        sa.Column("authority", sa.String, primary_key=True),
        sa.Column("token", sa.LargeBinary),
        sa.Column("root", sa.LargeBinary),
        sa.Column("at", sa.String),
        sa.Column("trouble", sa.String, nullable=False),
    )
    op.create_table(
        "case_keys",
        sa.Column("case_id", sa.String, primary_key=True),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.String, nullable=False),
    )
