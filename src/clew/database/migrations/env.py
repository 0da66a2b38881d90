"""What Alembic runs: the steps, inside the transaction that `upgrade` began.

Two processes may start at once; a lock lets one go first, and the other then finds nothing to do.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context

_LOCK = 0x636C6577  # "clew"

connection = context.config.attributes["connection"]
if connection.dialect.name == "postgresql":
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
context.configure(connection=connection, transactional_ddl=False)
context.run_migrations()
