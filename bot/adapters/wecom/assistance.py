"""What a KOS is told about messages to groups of customers that wait for their tap, and once they have tapped.

Used by the adapter. What waits is known from the lines themselves, so a restart forgets nothing.
"""

from __future__ import annotations

import asyncio
import calendar
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.adapters.base import OutcomeUnknownError, TemporaryError
from bot.adapters.wecom.errors import RefusedError
from bot.adapters.wecom.routes.assisted import Assisted, Task
from bot.logs import get_logger
from locales.catalog import Catalog
from storage.db import Database
from storage.errors import StorageBusyError
from storage.messages import Message
from storage.records import Platform
from storage.uow import UnitOfWork

_log = get_logger(__name__)
_PREFIX, _SENT = "assisted:", ":sent"
_LOOK_BACK = timedelta(days=3)  # later nobody taps any more


async def tell_assisted(uow: UnitOfWork, texts: Catalog, task: Task, chat: str, now: datetime) -> None:
    """Promise the KOS a line: what waits, for which group, and how much of the month's quota it is."""
    kos = await uow.members.find(Platform.WECOM, task.sender.lower())
    group = await uow.chats.find(Platform.WECOM, chat)
    if kos is None or group is None:
        _log.warning("wecom_nobody_to_assist", chat=chat)
        return
    private = await uow.outbox.private_chat(kos, timezone=group.timezone, language=group.language)
    local = now.astimezone(group.zone)
    month = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    words = texts.text(
        private.language, "wecom.waits_for_your_tap", group=group.title or group.external_id,
        used=await uow.promises.count_sent(group.id, month) + 1, most=calendar.monthrange(local.year, local.month)[1],
    )  # fmt: skip
    key = f"{_PREFIX}{chat}:{task.task_id}"
    await uow.outbox.put(private.id, Message(text=words), key=key, now=now, member_id=kos.id)


async def follow(
    assisted: Assisted, database: Database, texts: Catalog, now: Callable[[], datetime], every: timedelta
) -> None:
    """Ask again and again what became of what waits, and tell the KOS once it is sent; ends with its task."""
    while True:
        await asyncio.sleep(every.total_seconds())
        try:
            await _look(assisted, database, texts, now())
        except (RefusedError, TemporaryError, OutcomeUnknownError, StorageBusyError) as error:
            _log.warning("wecom_assisted_not_asked", why=str(error))


async def _look(assisted: Assisted, database: Database, texts: Catalog, now: datetime) -> None:
    async with database.read() as uow:
        lines = await uow.promises.list_keyed(_PREFIX, now - _LOOK_BACK)
        people = await uow.members.list_by_id(
            {line.member_id for line in lines if line.member_id is not None}
        )
    done = {line.key.removesuffix(_SENT) for line in lines if line.key.endswith(_SENT)}
    for line in lines:
        kos = people.get(line.member_id or 0)
        if line.key in done or line.key.endswith(_SENT) or kos is None:
            continue
        chat, _, task_id = line.key.removeprefix(_PREFIX).rpartition(":")
        if not await assisted.has_been_sent(task_id, kos.external_id, chat):
            continue
        async with database.begin() as uow:
            private, group = await uow.chats.get(line.chat_id), await uow.chats.find(Platform.WECOM, chat)
            words = texts.text(private.language, "wecom.was_sent", group=group.title if group else chat)
            await uow.outbox.put(
                private.id, Message(text=words), key=f"{line.key}{_SENT}", now=now, member_id=kos.id
            )
