"""The WeCom adapter: ties the roads, the intake and the fast answers together. Built by `bot/app.py`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from bot.adapters.base import Finding, Intake, OutcomeUnknownError, Parcel, TemporaryError
from bot.adapters.wecom.assistance import follow, tell_assisted
from bot.adapters.wecom.errors import RefusedError
from bot.adapters.wecom.fast import TAPPED, WELCOME, Fast, eventtype
from bot.adapters.wecom.intake import WecomIntake
from bot.adapters.wecom.lanes import WecomLanes
from bot.adapters.wecom.parse import Us
from bot.adapters.wecom.people import People
from bot.adapters.wecom.progress import Progresses
from bot.adapters.wecom.routes.aibot import Answer, Push
from bot.adapters.wecom.routes.app import App
from bot.adapters.wecom.routes.assisted import Assisted, Task
from bot.adapters.wecom.routes.base import Callback, Conversations, Route
from bot.adapters.wecom.routes.http import Http
from bot.adapters.wecom.routes.long_connection import LongConnection
from bot.adapters.wecom.routes.response_url import ResponseUrl
from bot.adapters.wecom.routes.webhook import Webhook
from bot.adapters.wecom.sender import WecomSender
from bot.adapters.wecom.settings import WecomSettings, capabilities
from bot.adapters.wecom.speech import call_pattern, digest
from bot.background import keep
from bot.limits import Lane
from bot.logs import get_logger
from locales.catalog import Catalog
from storage.db import Database
from storage.errors import StorageBusyError
from storage.messages import plain
from storage.promises import Receipt
from storage.records import Capabilities, ChatKind, Platform
from storage.said import Said

_log = get_logger(__name__)


class WecomAdapter:
    """One bot of one corporation, and whatever else of it the config names."""

    platform = Platform.WECOM

    def __init__(
        self, settings: WecomSettings, database: Database, texts: Catalog, *, key: bytes,
        now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self.settings = settings
        self.capabilities: Mapping[ChatKind, Capabilities] = capabilities(settings)
        self._database = database
        self._texts = texts
        self._now = now
        self._us = Us(call_pattern(settings.bot_names), key)
        self._http = Http()
        self._conversations = Conversations()
        self._lanes = WecomLanes(settings.limits)
        self.app = (
            App(settings.app, self._http, self._conversations, settings.limits) if settings.app else None
        )
        self._assisted = Assisted(settings, self.app) if self.app is not None else None
        self._webhook = Webhook(settings, self._http)
        self.connection = self._connect()
        progress = Progresses(database, now)
        self._sender = WecomSender(self._roads(), self._lanes, progress, key, self._say, self._is_cut)
        name = settings.bot_names[0] if settings.bot_names else ""
        self._fast = Fast(self._say, settings.community, name, settings.public_url)
        self._people = People(settings, database, self.app, texts, self._conversations)
        self.intake = WecomIntake(settings, database, self._people, self._http, self._us, now)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._loading: asyncio.Task[None] | None = None

    @property
    def is_called(self) -> bool:
        """Tell whether WeCom calls us over HTTP, at the bot's address, the app's, or both."""
        bot, app = self.settings.bot, self.settings.app
        return (bot is not None and bot.mode == "callback") or (app is not None and app.has_callback)

    def _connect(self) -> LongConnection | None:
        bot = self.settings.bot
        if bot is None or bot.mode != "websocket":
            return None
        return LongConnection(self.settings, bot, self._heard)

    def _is_cut(self) -> bool:
        return self.connection is not None and self.connection.is_over()

    def _roads(self) -> list[Route]:
        """Return the roads in the order they are tried."""
        roads: list[Route] = [self._assisted] if self._assisted is not None else []
        known, cards = self._conversations, self.settings.groups_may_show_cards
        if self.connection is not None:
            roads += [
                Answer(self.connection, known, latest=False, cards=cards), Push(self.connection, known),
                Answer(self.connection, known, latest=True, cards=cards),
            ]  # fmt: skip
        elif self.settings.bot is not None:
            roads.append(ResponseUrl(self._http, known, cards=True))
        roads.append(self._webhook)
        if self.app is not None:
            roads.append(self.app)
        if self.connection is None and self.settings.bot is not None:
            roads.append(ResponseUrl(self._http, known, cards=False))
        return roads

    def _say(self, text_id: str, /, **params: Any) -> str:
        return self._texts.plain(self.settings.language, text_id, **params)

    async def start(self, intake: Intake) -> None:
        """Begin to receive; returns at once."""
        self.listen(intake)
        self._loading = self._spawn(self._load())
        if self._assisted is not None and any(group.assisted_by for group in self.settings.groups):
            every = self.settings.assisted_every
            look = partial(follow, self._assisted, self._database, self._texts, self._now, every)
            self._spawn(keep(look, "assisted send"))
        if self.connection is not None:
            await self.connection.start()

    def listen(self, intake: Intake) -> None:
        """Hand on what the callbacks bring from now on, also in a process that does not lead."""
        self.intake.start(intake)

    async def stop(self) -> None:
        """Stop receiving, hand on what came, close."""
        if self.connection is not None:
            await self.connection.stop()
        await self.intake.stop()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._http.close()

    async def _load(self) -> None:
        """Load the words before somebody has to be welcomed, and the names stored before."""
        await asyncio.to_thread(self._texts.load)
        try:
            await self._people.load()
        except StorageBusyError as error:
            _log.warning("wecom_names_not_loaded", why=str(error))

    def _heard(self, req_id: str, body: Mapping[str, Any]) -> None:
        """Take a callback of the long connection; never waits."""
        assert self.connection is not None  # noqa: S101 - it is who calls
        kind = eventtype(body)
        self.note(body, req_id)
        if kind == WELCOME:
            self._lanes.note(_userid(body).lower())
            self._spawn(self._quietly("aibot_respond_welcome_msg", self._fast.welcome(), req_id))
            return
        toast = self.intake.put(body, is_press=kind == TAPPED)
        if kind == TAPPED:
            self._spawn(self._update(body, toast, req_id))

    def note(self, body: Mapping[str, Any], req_id: str) -> None:
        """Remember who speaks, and what a message may be answered with."""
        userid, message_id = _userid(body), body.get("msgid")
        self._conversations.learn(userid)
        if body.get("msgtype") == "event" or not isinstance(message_id, str) or not userid:
            return
        chat = body.get("chatid") if body.get("chattype") == "group" else userid.lower()
        if isinstance(chat, str):
            url = body.get("response_url")
            self._conversations.note(message_id, Callback(chat, req_id, url if isinstance(url, str) else ""))

    async def answer(self, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """Take a callback of the HTTP mode; return the passive reply once it is committed, None for none."""
        kind = eventtype(body)
        self.intake.resume()
        self.note(body, "")
        if kind == WELCOME:
            self._lanes.note(_userid(body).lower())
            return self._fast.welcome()
        toast = self.intake.put(body, is_press=kind == TAPPED)
        if toast is None:
            raise StorageBusyError("the queue is full")
        if kind == TAPPED:
            return await self._fast.updated(body, toast)
        await asyncio.shield(toast)
        return None

    async def _update(self, body: Mapping[str, Any], toast: asyncio.Future[str] | None, req_id: str) -> None:
        card = await self._fast.updated(body, toast)
        if card is not None:
            await self._quietly("aibot_respond_update_msg", card, req_id)

    async def _quietly(self, cmd: str, body: Mapping[str, Any], req_id: str) -> None:
        """Send what cannot be sent again: whatever comes of it, nothing follows."""
        assert self.connection is not None  # noqa: S101 - it is who calls
        try:
            await self.connection.request(cmd, body, req_id)
        except (RefusedError, TemporaryError, OutcomeUnknownError) as error:
            _log.warning("wecom_fast_answer_lost", cmd=cmd, why=str(error))

    async def send(self, parcel: Parcel) -> Receipt:
        """Send one thing. **Errors**: SendError."""
        if self._loading is not None and not self._loading.done():
            await asyncio.wait([self._loading])  # how userids are spelled: what is misspelled is refused
        sent = await self._sender.send(parcel)
        for piece in sent.pieces:
            if piece.card is not None:
                self._fast.remember(dict(piece.card))
        await self._remember(parcel, sent.receipt)
        return sent.receipt

    async def _remember(self, parcel: Parcel, receipt: Receipt) -> None:
        """Keep what we said, for quotes of it, and tell the KOS what waits for their tap; best effort."""
        what = "" if parcel.is_secret else digest(plain(parcel.message.text), self._us.pattern)
        made: list[tuple[Task, str]] = []
        if self._assisted is not None:
            made, self._assisted.made = self._assisted.made, []
        if not made and not (what and self.settings.remember_for):
            return
        try:
            async with self._database.begin() as uow:
                if what and self.settings.remember_for:
                    said = Said(parcel.chat, receipt.message_id, "", what)
                    await uow.said.add(Platform.WECOM, [said], self._now())
                for task, chat in made:
                    await tell_assisted(uow, self._texts, task, chat, self._now())
        except StorageBusyError as error:
            _log.warning("wecom_not_remembered", why=str(error), tasks=len(made))

    def lanes(self, parcel: Parcel) -> tuple[Lane, ...]:
        """Return the lanes a parcel needs, the account's first."""
        return self._lanes.of(parcel.chat)

    async def examine(self, chats: Sequence[str], now: datetime) -> list[Finding]:
        """Ask WeCom itself how things stand, for the doctor; needs no start."""
        from bot.adapters.wecom.examine import examine

        return await examine(self.settings, self._database, chats, now)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name="wecom")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _userid(body: Mapping[str, Any]) -> str:
    who = body.get("from")
    userid = who.get("userid") if isinstance(who, Mapping) else ""
    return userid if isinstance(userid, str) else ""
