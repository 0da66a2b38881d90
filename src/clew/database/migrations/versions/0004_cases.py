"""Cases, members, exhibits, what is thought and noted, persons, approvals."""

from __future__ import annotations

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
