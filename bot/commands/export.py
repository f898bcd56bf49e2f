"""`huixiang export`: every feedback as CSV or JSON, for staff.

It holds what members wrote, so the file is readable by its owner only.
"""

from __future__ import annotations

import asyncio
import csv
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from bot.commands.database import check_database
from bot.commands.files import check_new, read_config
from bot.commands.outcome import WRONG_INPUT, CommandError, say
from bot.config import Config
from storage.db import Database
from storage.errors import StorageBusyError

_PAGE = 500
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = (
    "id", "created_at", "updated_at", "group", "contributor", "class", "is_guess", "status", "owner", "negative",
    "urgent", "tag", "text", "link",
)  # fmt: skip


def export(path: Path, target: Path) -> int:
    """Write every feedback to a new file, in the form its ending names."""
    if target.suffix.lower() not in (".csv", ".json"):
        raise CommandError(say("cli.export.ending", file=str(target)), WRONG_INPUT)
    config = read_config(path)
    check_new(target)
    check_database(config)
    try:
        rows = asyncio.run(_rows(config))
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        is_csv = target.suffix.lower() == ".csv"
        # The mark at the beginning makes spreadsheets read Chinese.
        with os.fdopen(descriptor, "w", encoding="utf-8-sig" if is_csv else "utf-8", newline="") as file:
            if is_csv:
                writer = csv.DictWriter(file, COLUMNS)
                writer.writeheader()
                writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
            else:
                json.dump(rows, file, ensure_ascii=False, indent=1)
    except (StorageBusyError, OSError) as error:
        raise CommandError(say("cli.unreachable", detail=str(error))) from None
    print(say("cli.export.done", count=len(rows), file=str(target)))  # noqa: T201 - the answer
    return 0


def _cell(value: Any) -> Any:
    """Keep a spreadsheet from taking a member's words for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


async def _rows(config: Config) -> list[dict[str, Any]]:
    database = Database(config.database_url)
    try:
        return [row async for row in _read(database)]
    finally:
        await database.close()


async def _read(database: Database) -> AsyncIterator[dict[str, Any]]:
    async with database.read() as uow:
        groups: dict[int, str] = {}
        after = 0
        while page := await uow.feedback.list_after(after, _PAGE):
            after = page[-1].id
            people = await uow.members.list_by_id(
                {item.contributor_id for item in page} | {item.owner_id for item in page if item.owner_id}
            )
            for item in page:
                if item.chat_id not in groups:
                    groups[item.chat_id] = (await uow.chats.get(item.chat_id)).title
                yield {
                    "id": item.id, "created_at": item.created_at.isoformat(), "updated_at": item.updated_at.isoformat(),
                    "group": groups[item.chat_id],
                    "contributor": item.on_behalf_of or people[item.contributor_id].name,
                    "class": str(item.feedback_class), "is_guess": item.is_guess, "status": str(item.status),
                    "owner": people[item.owner_id].name if item.owner_id else "", "negative": item.negative,
                    "urgent": item.urgent, "tag": item.tag, "text": item.text, "link": item.link,
                }  # fmt: skip
