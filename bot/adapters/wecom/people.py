"""What people are called: the platform gives only userids. Used by the intake.

Asked in this order: the contacts of the app, the member themselves, the alias table of the config.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.adapters.base import OutcomeUnknownError, TemporaryError
from bot.adapters.wecom.errors import RefusedError
from bot.adapters.wecom.routes.app import App
from bot.adapters.wecom.routes.base import Conversations
from bot.adapters.wecom.settings import WecomSettings
from bot.logs import get_logger
from locales.catalog import Catalog
from storage.db import Database
from storage.messages import Message
from storage.records import Member, Platform
from storage.uow import UnitOfWork

_log = get_logger(__name__)
_WITHIN_SECONDS = 2.0  # what a first message may wait for its sender's name
_AGAIN_SECONDS = 3600.0  # a name that could not be had is asked for again so much later
_ANSWER_WITHIN = timedelta(days=1)
NAME_INTENT = "name"


class People:
    """The names we know."""

    def __init__(
        self,
        settings: WecomSettings,
        database: Database,
        app: App | None,
        texts: Catalog,
        known: Conversations,
    ) -> None:
        self._settings = settings
        self._database = database
        self._app = app
        self._texts = texts
        self._conversations = known
        self._names: dict[str, str] = {}
        self._asked: dict[str, float] = {}

    async def load(self) -> None:
        """Read the names and spellings stored before."""
        async with self._database.read() as uow:
            for member in await uow.members.list_of(Platform.WECOM):
                self._names[member.external_id] = member.name
                self._conversations.learn(member.username)

    def name_of(self, userid: str) -> str:
        """Return what somebody is called, empty if nobody has said it yet."""
        return self._names.get(userid) or self._settings.names.get(userid, "")

    async def learn(self, userids: Iterable[str]) -> None:
        """Look up who has no name yet, for a moment at most; without the app's contacts there is nowhere to look."""
        now = time.monotonic()
        missing = [
            userid
            for userid in set(userids)
            if not self._names.get(userid)
            and now - self._asked.get(userid, -_AGAIN_SECONDS) >= _AGAIN_SECONDS
        ]
        if self._app is None or not missing:
            return
        self._asked.update(dict.fromkeys(missing, now))
        async with asyncio.TaskGroup() as group:
            for userid in missing:
                group.create_task(self._look_up(self._app, userid))

    async def _look_up(self, app: App, userid: str) -> None:
        try:
            async with asyncio.timeout(_WITHIN_SECONDS):
                name = await app.name_of(self._conversations.spell(userid))
        except (RefusedError, TemporaryError, OutcomeUnknownError, TimeoutError) as error:
            _log.info("wecom_name_unknown", why=type(error).__name__)
            return
        if name:
            self._names[userid] = name

    async def ask(self, userids: Iterable[str], now: datetime) -> None:
        """Ask those without a name, once ever, how they want to be called; they have just written to us."""
        nameless = [userid for userid in dict.fromkeys(userids) if not self.name_of(userid)]
        if not nameless:
            return
        async with self._database.begin() as uow:
            for userid in nameless:
                member = await uow.members.find(Platform.WECOM, userid)
                if member is not None and not member.name:
                    await self._ask(uow, member, now)
                elif member is not None:
                    self._names[userid] = member.name

    async def _ask(self, uow: UnitOfWork, member: Member, now: datetime) -> None:
        chat = await uow.chats.find(Platform.WECOM, member.external_id)
        if chat is None or await uow.expectations.find(chat.id, member.id, now) is not None:
            return  # another question is open: ask with the next message
        language = member.language or chat.language
        text = self._texts.text(language, "wecom.what_are_you_called")
        if await uow.outbox.put(chat.id, Message(text=text), key=f"name:{member.id}", now=now):
            await uow.expectations.put(chat.id, member.id, NAME_INTENT, {}, now + _ANSWER_WITHIN)
