"""Brings chats and staff in line with the config, at start. Called by `bot/app.py`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from storage.records import ChatKind, ChatState, Platform
from storage.uow import UnitOfWork

if TYPE_CHECKING:
    from bot.config import Config

_CONFIGURED_CHATS = "configured_chats"


async def declare(config: Config, uow: UnitOfWork, now: datetime) -> None:
    """Serve the chats of the config, stop serving those that left it, and declare its staff."""
    before = msgspec.json.decode(
        await uow.audit.recall(_CONFIGURED_CHATS) or "[]", type=list[tuple[str, str]]
    )
    chats = [(chat, await uow.chats.present_id(chat.platform, chat.external_id)) for chat in config.chats]
    served = {(str(chat.platform), external_id) for chat, external_id in chats}
    for platform, external_id in before:
        gone = await uow.chats.find(Platform(platform), external_id)
        if gone is not None and (platform, external_id) not in served:
            await uow.chats.change(gone.id, state=str(ChatState.STRANGE))
    for chat, external_id in chats:
        stored = await uow.chats.add(
            chat.platform, external_id, ChatKind.GROUP, title=chat.name, state=ChatState.SERVED,
            language=chat.language, timezone=chat.timezone, rituals=chat.rituals,
        )  # fmt: skip
        await uow.chats.change(
            stored.id, title=chat.name or stored.title, state=str(ChatState.SERVED), language=chat.language,
            timezone=chat.timezone, rituals=chat.rituals,
        )  # fmt: skip
    await uow.audit.remember(_CONFIGURED_CHATS, msgspec.json.encode(sorted(served)).decode())
    await uow.staff.declare(list(config.staff), now)
