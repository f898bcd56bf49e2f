"""Brings chats, departments and staff in line with the config, at start. Called by `bot/app.py`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from rituals import packet
from storage.records import ChatKind, ChatState, Platform
from storage.uow import UnitOfWork

if TYPE_CHECKING:
    from bot.config import Config

_CONFIGURED_CHATS = "configured_chats"
_DATED = "next_words_dated"
_PACKET_CHATS = "packet_chats"


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
    await _declare_departments(config, uow, served, now)
    await uow.staff.declare(list(config.staff), now)
    await _meet_staff(config, uow, now)
    if await uow.audit.recall(_DATED) is None:  # a database of a version without dates of next words
        await uow.service.adopt(now, config.for_rituals.times)
        await uow.audit.remember(_DATED, now.isoformat())


async def _meet_staff(config: Config, uow: UnitOfWork, now: datetime) -> None:
    """Know staff who never spoke to us: what hurts must reach them, or wait for them, all the same."""
    for grant in config.staff:
        if await uow.members.find(grant.platform, grant.external_id) is None:
            await uow.members.meet(grant.platform, [(grant.external_id, grant.name, "")], now)


async def _declare_departments(
    config: Config, uow: UnitOfWork, served: set[tuple[str, str]], now: datetime
) -> None:
    """Have each department's places get its packet, and those that are no place any more get none."""
    before = msgspec.json.decode(await uow.audit.recall(_PACKET_CHATS) or "[]", type=list[int])
    packets = tuple(ritual.name for ritual in config.rituals if ritual.kind == packet.KIND)
    ours: list[int] = []
    for department in config.departments:
        for place in department.places:
            external_id = await uow.chats.present_id(place.platform, place.external_id)
            chat = await uow.chats.add(
                place.platform, external_id, place.kind, title=department.name, state=ChatState.SERVED,
                language=config.community.language, timezone=config.community.timezone, rituals=packets,
            )  # fmt: skip
            await uow.chats.change(chat.id, state=str(ChatState.SERVED), rituals=packets)
            ours.append(chat.id)
    for chat_id in set(before) - set(ours):
        chat = await uow.chats.get(chat_id)
        if (str(chat.platform), chat.external_id) not in served:
            state = ChatState.STRANGE if chat.kind is ChatKind.GROUP else chat.state
            await uow.chats.change(chat_id, rituals=(), state=str(state))
    keys = ",".join(sorted(department.key for department in config.departments))
    await uow.timers.put(f"strays:{keys}:{now:%Y-%m-%d}", "strays", now)
    await uow.audit.remember(_PACKET_CHATS, msgspec.json.encode(ours).decode())
