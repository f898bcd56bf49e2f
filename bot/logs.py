"""Logs: one stable `event` and its ids a line, JSON for machines or words for a terminal; no secret, no member's text.

Every file of `bot` takes its logger here; `configure` is called once, by the command that runs. It stands on the
standard `logging` alone, so that libraries' records come out alike; structlog would cost a start 60 ms, and 200
more where rich is installed.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, TextIO

DEBUG, INFO, ERROR = logging.DEBUG, logging.INFO, logging.ERROR

_OURS = ("bot", "handlers", "rituals", "storage", "locales", "__main__")
_QUIET = ("httpx", "httpcore", "telegram", "apscheduler", "asyncio", "uvicorn.access", "alembic")
_SHAPES = re.compile(
    r"\d{5,}:[\w-]{16,}"  # a bot token, also in a path such as /bot123:…/getMe
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"  # a name and password in an address
    r"|(?<=key=)[\w-]{8,}|(?<=token=)[\w-]{8,}|(?<=secret=)[\w-]{8,}",
    re.IGNORECASE,
)
_HIDDEN = "[hidden]"
_SHORTEST_SECRET = 4
_FIELDS = "huixiang_fields"


class Logger:
    """Writes events; fields are ids, counts and names of our own, never what somebody wrote."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def info(self, event: str, **fields: Any) -> None:
        """Note what happened."""
        self._write(logging.INFO, event, fields)

    def warning(self, event: str, **fields: Any) -> None:
        """Note what staff may want to look at."""
        self._write(logging.WARNING, event, fields)

    def error(self, event: str, **fields: Any) -> None:
        """Note what failed; `exc_info` may be the exception."""
        self._write(logging.ERROR, event, fields)

    def exception(self, event: str, **fields: Any) -> None:
        """Note what failed, with the exception that is being handled."""
        self._write(logging.ERROR, event, {"exc_info": True, **fields})

    def _write(self, level: int, event: str, fields: dict[str, Any]) -> None:
        error = fields.pop("exc_info", None)
        self._logger.log(level, event, exc_info=error, extra={_FIELDS: fields})


def get_logger(name: str) -> Logger:
    """Return the logger of a module."""
    return Logger(name)


def configure(
    secrets: Iterable[str] = (), *, level: int = logging.INFO, stream: TextIO | None = None
) -> None:
    """Send every record to one stream (standard error), in words on a terminal and as JSON lines elsewhere."""
    target = stream or sys.stderr
    handler = logging.StreamHandler(target)
    handler.setFormatter(Formatter(secrets, is_terminal=target.isatty()))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


class Formatter(logging.Formatter):
    """Makes one line of a record, and hides what must not be seen whatever it is part of."""

    def __init__(self, secrets: Iterable[str], *, is_terminal: bool) -> None:
        super().__init__()
        known = {secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}
        escaped = {json.dumps(secret, ensure_ascii=False)[1:-1] for secret in known}
        self._secrets = sorted(known | escaped, key=len, reverse=True)
        self._is_terminal = is_terminal

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = self._words(record) if self._is_terminal else self._json(record)
        for secret in self._secrets:
            line = line.replace(secret, _HIDDEN)
        return _SHAPES.sub(_HIDDEN, line)

    def _json(self, record: logging.LogRecord) -> str:
        fields = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            **_content(record),
            "logger": record.name,
        }
        if trace := _trace(record):
            fields["trace"] = trace
        return json.dumps(fields, ensure_ascii=False, default=str)

    def _words(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).astimezone()
        content = _content(record)
        fields = "  ".join(f"{key}={value}" for key, value in content.items() if key != "event")
        head = f"{at:%H:%M:%S} {record.levelname.lower():<7} {content['event']}"
        return "\n    ".join([f"{head}  {fields}".rstrip(), *_trace(record)])


def _content(record: logging.LogRecord) -> dict[str, Any]:
    """Return the event and its fields; a library's record is an event named after the library."""
    fields: dict[str, Any] | None = getattr(record, _FIELDS, None)
    if fields is not None:
        return {"event": record.getMessage(), **fields}
    return {"event": record.name.partition(".")[0], "message": record.getMessage()}


def _trace(record: logging.LogRecord) -> list[str]:
    """Return the exceptions and where they passed.

    An exception's own words are left out unless it is ours or the system's: those of a library may quote what a
    member wrote (a database error names its parameters).
    """
    lines: list[str] = []
    error = record.exc_info[1] if record.exc_info else None
    while error is not None:
        kind = type(error)
        says_safely = isinstance(error, OSError) or kind.__module__.partition(".")[0] in _OURS
        lines.append(f"{kind.__name__}: {error}" if says_safely else kind.__name__)
        lines += [
            f"  {frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return lines
