"""Brings the schema of a database to the newest version, with Alembic; ``versions`` holds a step per subject."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from clew.database.schema import HEAD as HEAD
from clew.model.errors import WorkspaceError

_FOLDER = Path(__file__).parent


def upgrade(engine: sa.Engine, to: str = "") -> None:
    """Take the steps that a database lacks, all or none.

    Args:
        engine: the database.
        to: the step to end with (a backup is read into the schema it was made from); the newest if empty.

    Raises:
        WorkspaceError: it was made by a newer Clew.
    """
    version = _version(engine)
    if version == (to or HEAD):
        return
    # Alembic is only loaded where there is something to do: most commands of the command line find nothing.
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    with engine.connect().execution_options(clew_writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, to or "head")
        except CommandError as error:
            raise WorkspaceError(
                f"The database has schema {version}, which this Clew does not know.", "Use the Clew that made it."
            ) from error


def _version(engine: sa.Engine) -> str | None:
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
