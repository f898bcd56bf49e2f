"""The menus of commands that a platform shows: built from the routing table, kept current. Started by `bot/app.py`.

Members see what members may say; each of the staff sees theirs in their private chat.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import msgspec

from bot.adapters.base import SendError
from bot.adapters.telegram.menus import Menu
from bot.background import keep
from bot.logs import get_logger
from handlers.base import Handler
from locales.catalog import LANGUAGES, Catalog
from storage.db import Database
from storage.errors import StorageBusyError
from storage.records import STAFF, Platform, Role
from storage.staff import Grant

_log = get_logger(__name__)
_TRY_AGAIN_SECONDS = 60.0
Publish = Callable[[Sequence[Menu]], Awaitable[None]]


def menus(
    handlers: Sequence[Handler], texts: Catalog, language: str, staff: Sequence[Grant]
) -> tuple[Menu, ...]:
    """Return the menu of everybody in each language, and one for each of the staff in each."""
    everybody = [Menu("", _commands(handlers, texts, language, Role.MEMBER))]
    everybody += [Menu(each, _commands(handlers, texts, each, Role.MEMBER)) for each in LANGUAGES]
    return (
        *everybody,
        *(
            Menu(each, _commands(handlers, texts, each or language, grant.role), grant.external_id)
            for grant in staff
            for each in ("", *LANGUAGES)
        ),
    )


def _commands(
    handlers: Sequence[Handler], texts: Catalog, language: str, role: Role
) -> tuple[tuple[str, str], ...]:
    """Return name and description of what a role may say; staff's own words come first."""
    known = texts.ids(language)
    found: list[tuple[bool, str, str]] = []
    for handler in handlers:
        roles = getattr(handler, "LISTED_FOR", handler.ROLES)
        name = next((command for command in handler.COMMANDS if command.isascii()), "")
        if role in roles and name and handler.EXAMPLE:
            text_id = f"help.{handler.NAME}"
            words = texts.plain(language, text_id) if text_id in known else handler.EXAMPLE
            found.append((Role.MEMBER in roles, name, words))
    return tuple((name, words) for _, name, words in sorted(found, key=lambda entry: entry[0]))


def in_force(grants: Sequence[Grant], platform: Platform) -> tuple[Grant, ...]:
    """Return the staff of a platform: what was said in chat wins over the config."""
    first: dict[str, Grant] = {}
    for grant in grants:
        if grant.platform is platform:
            first.setdefault(grant.external_id, grant)
    return tuple(grant for grant in first.values() if grant.role in STAFF)


class MenuKeeper:
    """Publishes the menus at start and after each change of staff, if they differ from what was published."""

    def __init__(
        self, database: Database, platform: Platform, publish: Publish, *, handlers: Sequence[Handler],
        texts: Catalog, language: str,
    ) -> None:  # fmt: skip
        self._database = database
        self._platform = platform
        self._publish = publish
        self._handlers = handlers
        self._texts = texts
        self._language = language
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to keep them; returns at once."""
        self._database.on_commit(self._heard)
        self._changed.set()
        self._task = asyncio.create_task(keep(self._keep, "menus"), name="menus")

    async def stop(self) -> None:
        """Stop keeping them."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    def _heard(self, written: frozenset[str]) -> None:
        if "staff" in written:
            self._changed.set()

    async def _keep(self) -> None:
        waits = False  # which is said once, until it goes well again
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self.refresh()
                waits = False
            except (SendError, StorageBusyError) as error:
                if not waits:
                    _log.warning("menus_wait", platform=str(self._platform), why=str(error))
                waits = True
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), _TRY_AGAIN_SECONDS)
                self._changed.set()

    async def refresh(self) -> None:
        """Publish the menus if they changed. **Errors**: SendError, StorageBusyError."""
        key = f"menus:{self._platform}"
        async with self._database.read() as uow:
            staff = in_force(await uow.staff.list_grants(), self._platform)
            before = await uow.audit.recall(key)
        fresh = menus(self._handlers, self._texts, self._language, staff)
        content = [(menu.language, menu.commands, menu.member) for menu in fresh]
        digest = hashlib.sha256(msgspec.json.encode(content)).hexdigest()
        if digest == before:
            return
        await self._publish(fresh)
        async with self._database.begin() as uow:
            await uow.audit.remember(key, digest)
        _log.info("menus_published", count=len(fresh))
