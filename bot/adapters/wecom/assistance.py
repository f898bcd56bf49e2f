"""What a KOS is told about messages to groups of customers that wait for their tap. Used by the adapter."""

from __future__ import annotations

import calendar
from datetime import datetime

from bot.adapters.wecom.routes.assisted import Task
from locales.catalog import Catalog
from storage.messages import Message
from storage.records import Platform
from storage.uow import UnitOfWork


async def tell_assisted(uow: UnitOfWork, texts: Catalog, task: Task, chat: str, now: datetime) -> None:
    """Promise the KOS a line: what waits, for which group, and how much of the month's quota it is."""
    kos = await uow.members.find(Platform.WECOM, task.sender.lower())
    group = await uow.chats.find(Platform.WECOM, chat)
    if kos is None or group is None:
        return
    private = await uow.outbox.private_chat(kos, timezone=group.timezone, language=group.language)
    local = now.astimezone(group.zone)
    month = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    words = texts.text(
        private.language, "wecom.waits_for_your_tap", group=group.title or group.external_id,
        used=await uow.deliveries.count_sent(group.id, month) + 1, most=calendar.monthrange(local.year, local.month)[1],
    )  # fmt: skip
    await uow.outbox.put(
        private.id, Message(text=words), key=f"assisted:{task.task_id}", now=now, member_id=kos.id
    )
