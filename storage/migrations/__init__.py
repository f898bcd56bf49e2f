"""Brings a database to the schema this program knows, at start, under a lock. Called by `bot/app.py`."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from storage.db import Database
from storage.errors import NewerDatabaseError

HEAD = "0014"
"""The newest revision; a test checks it against alembic's, so that a start without migrations needs no alembic."""
_HERE = Path(__file__).parent
_LOCK = 7_204_001  # any constant: the advisory lock PostgreSQL holds while one process migrates


async def migrate(database: Database) -> None:
    """Upgrade the schema if it is older; a second process waits and then finds the work done.

    **Errors**: NewerDatabaseError when a newer version of the program wrote it; nothing is touched.
    """
    async with database.read() as uow:
        if await uow.connection.run_sync(_revision) == HEAD:
            return
    async with database.begin() as uow:
        await uow.connection.run_sync(_upgrade)


async def revision(database: Database) -> str | None:
    """Return the revision a database is at, None if it is empty."""
    async with database.read() as uow:
        return await uow.connection.run_sync(_revision)


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_HERE))
    revision = _revision(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise NewerDatabaseError(
            f"the database is at revision {revision}, this program knows {HEAD}: install the newer version"
        )
    command.upgrade(config, "head")
