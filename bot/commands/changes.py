"""What was changed in chat and wins over the config: shown by `huixiang check` when the database is there."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from bot.commands.outcome import language, say
from bot.config import Config
from bot.plans import Plans
from locales.catalog import Catalog
from storage.db import Database
from storage.errors import StorageBusyError
from storage.migrations import HEAD, revision
from storage.records import Chat
from storage.runs import EVERY_CHAT
from storage.staff import CHAT
from storage.uow import UnitOfWork

_SQLITE = "sqlite:///"


def has_database(config: Config) -> bool:
    """Tell whether there may be a database; a SQLite file that is not there is not made by looking."""
    url = config.database_url
    return not url.startswith(_SQLITE) or Path(url.removeprefix(_SQLITE)).exists()


async def changes(config: Config, now: datetime) -> list[str]:
    """Return a line for each change; none where the database is of another version, or unchanged."""
    database = Database(config.database_url)
    try:
        if await revision(database) != HEAD:
            return []
        async with database.read() as uow:
            return [*await _rituals(uow, config, now), *await _groups(uow, config, now), *await _staff(uow)]
    except StorageBusyError as error:
        return [say("check.unreachable", detail=str(error))]
    finally:
        await database.close()


async def _rituals(uow: UnitOfWork, config: Config, now: datetime) -> list[str]:
    """Name each setting that was changed, then when the changed rituals come."""
    plans, texts = Plans(config.rituals, config.work_calendar), Catalog()
    await plans.reload(uow)
    groups = {chat.id: chat for chat in await uow.chats.list_served()}
    lines = []
    for override in await uow.runs.list_overrides():
        chat = groups.get(override.chat_id)
        where = say("check.every_group") if override.chat_id == EVERY_CHAT else _name(chat)
        lines.append(f"{where} · {override.ritual}: {override.key} = {override.value}")
    for chat in groups.values():
        for info in plans.list_rituals(chat, now):
            if info.overridden and info.upcoming:
                times = ", ".join(texts.moment(language(), at, chat.zone) for at in info.upcoming)
                lines.append(f"{_name(chat)} · {info.name}: {times} ({chat.timezone})")
    return lines


async def _groups(uow: UnitOfWork, config: Config, now: datetime) -> list[str]:
    """Name the groups that /setup admitted, and those that are paused."""
    named = {
        (chat.platform, await uow.chats.present_id(chat.platform, chat.external_id)) for chat in config.chats
    }
    named |= {
        (place.platform, await uow.chats.present_id(place.platform, place.external_id))
        for department in config.departments
        for place in department.places
    }
    lines = []
    for chat in await uow.chats.list_served():
        if (chat.platform, chat.external_id) not in named:
            lines.append(
                say("check.admitted", group=_name(chat), id=chat.external_id, rituals=", ".join(chat.rituals))
            )
        if chat.paused_until is not None and chat.paused_until > now:
            lines.append(
                say("check.paused", group=_name(chat), until=f"{chat.paused_until:%Y-%m-%d %H:%M} UTC")
            )
    return lines


async def _staff(uow: UnitOfWork) -> list[str]:
    """Name everybody whose role was given or taken in chat."""
    return [
        say("check.staff", name=grant.name or grant.external_id, id=grant.external_id, role=str(grant.role))
        for grant in await uow.staff.list_grants()
        if grant.source == CHAT
    ]


def _name(chat: Chat | None) -> str:
    return (chat.title or chat.external_id) if chat else "—"
