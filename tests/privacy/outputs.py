"""What leaves the community or is kept of it: exports, the bytes of the database's file, lines of the log."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

from bot import exports
from storage.db import Database
from tests.privacy.watch import Secret
from tests.talk import Person


async def exported(database: Database, folder: Path) -> str:
    """Return all that is ever exported."""
    texts = []
    for what in exports.COLUMNS:
        path = folder / f"{what}.csv"
        path.unlink(missing_ok=True)
        await exports.write(database, path, what)
        texts.append(path.read_text("utf-8"))
    return "\n".join(texts)


def left_in_bytes(path: Path, secrets: Iterable[Secret], gone: Iterable[Person]) -> list[str]:
    """Return what the file of a closed database still holds in bytes that belong to no row."""
    content = path.read_bytes()
    found = [f"the file names {who.name}" for who in gone if who.name.encode() in content]
    numbers = (number for secret in secrets for number in secret.message_ids)
    return found + [f"the file holds {number}" for number in numbers if number.encode() in content]


class Lines(logging.Handler):
    """Keeps what was logged as it would be written."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        from bot.logs import Formatter

        self._lines = lines
        self.setFormatter(Formatter((), is_terminal=False))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self._lines.append(self.format(record))
