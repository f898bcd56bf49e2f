"""What was logged while a test ran."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bot.logs import Formatter


class _Logbook(logging.Handler):
    """Keeps each line as it would go out."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict[str, Any]] = []
        self.setFormatter(Formatter((), is_terminal=False))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))


@contextmanager
def capture_logs() -> Iterator[list[dict[str, Any]]]:
    """Give the lines that are logged meanwhile, as dicts."""
    book, root = _Logbook(), logging.getLogger()
    level = root.level
    root.addHandler(book)
    root.setLevel(logging.DEBUG)
    try:
        yield book.lines
    finally:
        root.setLevel(level)
        root.removeHandler(book)
