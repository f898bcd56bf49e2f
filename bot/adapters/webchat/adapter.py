"""The adapter of the local web chat: what the bot sends is written down here, and the open pages are told.

Built by `bot/app.py`; its page is served by `bot/web.py` as the site `/webchat`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from bot import seal
from bot.adapters.base import (
    ChatGoneError,
    Finding,
    Intake,
    Parcel,
    PermanentError,
    Taken,
    TemporaryError,
    UnreachableError,
)
from bot.adapters.webchat import render
from bot.adapters.webchat.acts import Acts
from bot.adapters.webchat.files import Files
from bot.adapters.webchat.parse import parse
from bot.adapters.webchat.people import CAPABILITIES, WebchatSettings
from bot.background import keep
from bot.limits import Lane
from bot.logs import get_logger
from storage.db import Database
from storage.errors import StorageBusyError
from storage.promises import DeliveryKind, Receipt
from storage.records import ChatKind, Platform
from storage.uow import UnitOfWork
from storage.webchat import WebchatMessage, WebchatUpdate

_log = get_logger(__name__)
_BACKLOG = 200  # unconfirmed updates read at once on start
_TRY_AGAIN_SECONDS = 1.0


class WebchatAdapter:
    """A platform in our own database."""

    platform = Platform.WEBCHAT
    capabilities = CAPABILITIES

    def __init__(
        self, settings: WebchatSettings, database: Database, *, key: bytes, now: Callable[[], datetime]
    ) -> None:
        self.settings = settings
        self.database = database
        self.now = now
        self.files = Files(settings.data_dir / "webchat")
        self.news = News()
        self.acts = Acts(settings, database, self.files, now=now, offer=self.offer)
        self._key = key
        self._intake: Intake | None = None
        self._backlog: asyncio.Task[None] | None = None
        database.on_commit(lambda _: self.news.tell())

    async def start(self, intake: Intake) -> None:
        """Take what people do from now on, and first what a stop or a crash left unconfirmed."""
        self._intake = intake
        self.news.is_closed = False
        self._backlog = asyncio.create_task(keep(self._offer_backlog, "webchat backlog"))

    async def stop(self) -> None:
        """Take nothing more and let the open pages go."""
        self._intake = None
        self.news.close()
        if self._backlog is not None:
            self._backlog.cancel()
            await asyncio.gather(self._backlog, return_exceptions=True)

    async def offer(self, update: WebchatUpdate) -> str:
        """Give an update to the bot; return the toast for who pressed a button.

        **Errors**: StorageBusyError: not taken; it stays unconfirmed and may be offered again.
        """
        if self._intake is None:
            raise StorageBusyError("the web chat is not running")
        toasts = await self._intake(Platform.WEBCHAT, [self._taken(update)])
        async with self.database.begin() as uow:
            await uow.webchat.confirm(update.id)
        return toasts.get(str(update.id), "")

    def _taken(self, update: WebchatUpdate) -> Taken:
        try:
            return parse(
                str(update.id), update.raw, bot_names=self.settings.bot_names, unseal=self._unseal,
                overhears=self.settings.overhears,
            )  # fmt: skip
        except (KeyError, ValueError, TypeError) as error:
            return Taken(str(update.id), raw=repr(update.raw), error=repr(error))

    def _unseal(self, scope: str, data: str) -> str | None:
        return seal.unseal(self._key, scope, data)

    async def _offer_backlog(self) -> None:
        while True:
            try:
                async with self.database.read() as uow:
                    updates = await uow.webchat.list_unconfirmed(_BACKLOG)
                for update in updates:
                    await self.offer(update)
                if len(updates) < _BACKLOG:
                    return
            except StorageBusyError as error:
                _log.warning("webchat_backlog_waits", why=str(error))
                await asyncio.sleep(_TRY_AGAIN_SECONDS)

    async def send(self, parcel: Parcel) -> Receipt:
        """Write one thing down; the same parcel twice is one message.

        **Errors**: ChatGoneError, UnreachableError, PermanentError, TemporaryError.
        """
        if self.settings.kind_of(parcel.chat) is None:
            missing = ChatGoneError if parcel.chat_kind is ChatKind.GROUP else UnreachableError
            raise missing("no such chat")
        picture = await asyncio.to_thread(self.files.save, parcel.png) if parcel.png else None
        try:
            async with self.database.begin() as uow:
                if parcel.kind is DeliveryKind.POST:
                    message = await self._post(uow, parcel, picture or "")
                else:
                    message = await self._alter(uow, parcel, picture or "")
        except StorageBusyError as error:
            raise TemporaryError(str(error)) from error
        return Receipt(str(message.id), f"p{message.id}" if "poll" in message.body else "")

    async def _post(self, uow: UnitOfWork, parcel: Parcel, picture: str) -> WebchatMessage:
        body = self._render(parcel, picture)
        name = self.settings.bot_names[0]
        return await uow.webchat.add(parcel.chat, "", name, body, key=f"bot:{parcel.key}", now=self.now())

    async def _alter(self, uow: UnitOfWork, parcel: Parcel, picture: str) -> WebchatMessage:
        number = parcel.target
        message = await uow.webchat.find(int(number)) if number.isascii() and number.isdigit() else None
        if message is None or message.chat != parcel.chat:
            raise PermanentError("message not found")
        if parcel.kind is DeliveryKind.EDIT:
            body = render.rerender(message.body, self._render(parcel, picture))
        elif parcel.kind is DeliveryKind.REACTION:
            body = render.react(message.body, "", parcel.emoji, is_on=True)
        else:
            body = render.close_poll(message.body)
        if body == message.body:
            return message
        return await uow.webchat.change(message.id, body, self.now())

    def _render(self, parcel: Parcel, picture: str) -> dict[str, Any]:
        return render.render(
            parcel.message, parcel.chat, picture, lambda scope, action: seal.seal(self._key, scope, action)
        )

    def lanes(self, parcel: Parcel) -> tuple[Lane, ...]:
        """Return no lane: nobody limits how much we write into our own database."""
        del parcel
        return ()

    async def examine(self, chats: Sequence[str], now: datetime) -> list[Finding]:
        """Tell whether the chats of the config exist here."""
        del now
        return [
            Finding(
                "doctor.webchat.group", self.settings.kind_of(chat) is ChatKind.GROUP,
                advice="doctor.webchat.group_advice", params={"chat": chat},
            )
            for chat in chats
        ]  # fmt: skip


class News:
    """Wakes the open pages when something changed; what it was they read from the database."""

    def __init__(self) -> None:
        self._next = asyncio.Event()
        self.is_closed = False

    def listen(self) -> asyncio.Event:
        """Return what is set at the next change; take it before reading, so that nothing falls between."""
        return self._next

    def tell(self) -> None:
        """Wake every page."""
        current, self._next = self._next, asyncio.Event()
        current.set()

    def close(self) -> None:
        """Let every page go."""
        self.is_closed = True
        self.tell()
