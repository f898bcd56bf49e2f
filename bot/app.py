"""App: builds everything from a Config; starts in order, stops in reverse. Called by `bot/__main__.py` and the demo.

The only place that reads a clock. One process of a database leads: it polls and sends; others take
webhooks, keep the rituals' clock too (every Slot is claimed), and stand by to lead.
"""

from __future__ import annotations

import asyncio
import gc
import os
import secrets
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot import platforms
from bot.adapters.base import Adapter, Taken
from bot.background import keep, patiently
from bot.core import Core, CoreSettings
from bot.covering import cover_plain, stir
from bot.declaration import declare
from bot.logs import get_logger
from bot.metrics import Metrics
from bot.understanding import Understanding
from bot.veil import KeyRing
from storage.db import Database
from storage.errors import StorageBusyError
from storage.leadership import Leadership
from storage.migrations import migrate
from storage.records import Platform
from storage.uow import UnitOfWork

if TYPE_CHECKING:
    from bot.config import Config
    from bot.menus import MenuKeeper
    from bot.web import Health, Web

_log = get_logger(__name__)
_STANDBY_SECONDS = 1.0
_SETTLED_SECONDS = 60.0  # the dictionary takes most of a second of the process: not of the first messages
_CLOCK_AHEAD = "demo.clock_ahead"  # how far a visitor moved the clock: a demo that goes on keeps it


class MovableClock:
    """The time of day; the demo may move it ahead."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        """Return the moment."""
        return datetime.now(UTC) + self.ahead

    async def move(self, to: datetime) -> None:
        """Make it `to` now; never backwards."""
        self.ahead = max(self.ahead, to - datetime.now(UTC))


class App:
    """The running bot."""

    def __init__(self, config: Config, *, is_demo: bool = False) -> None:
        self.config = config
        self.metrics = Metrics()
        self.clock = MovableClock()
        self.database = Database(config.database_url)
        self.database.subscriptions = tuple(webhook.subscription for webhook in config.webhooks)
        self.leadership = Leadership(self.database)
        self.adapters: tuple[Adapter, ...] = ()
        self.ready = asyncio.Event()  # set once everything runs
        self.settled_seconds = _SETTLED_SECONDS
        self._is_demo = is_demo
        self._last_update: dict[Platform, datetime] = {}  # since the start
        self._core: Core | None = None
        self._understanding = Understanding(config.community.data_dir)
        self._web: Web | None = None
        self._menus: MenuKeeper | None = None
        self._leading: asyncio.Task[None] | None = None
        self._loading: asyncio.Task[None] | None = None
        self._indexing: asyncio.Task[None] | None = None
        self._assisting: asyncio.Task[None] | None = None
        self._stirring: asyncio.Task[None] | None = None

    @property
    def core(self) -> Core:
        """Return the core; it exists once the app has started."""
        assert self._core is not None, "not started"  # noqa: S101 - a mistake of ours, not of a user
        return self._core

    @property
    def web_port(self) -> int | None:
        """Return the port the web server listens on, None while it does not."""
        return self._web.port if self._web is not None and self._web.is_listening else None

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set, then end cleanly."""
        stopping = asyncio.create_task(stop.wait())
        starting = asyncio.create_task(self.start(), name="start")
        try:
            await asyncio.wait((stopping, starting), return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                await self._serve_until(stopping)
        finally:
            stopping.cancel()
            starting.cancel()  # it may wait for a database that is away
            await asyncio.wait((starting,))
            await self.stop()

    async def _serve_until(self, stopping: asyncio.Task[bool]) -> None:
        """Wait for the end. **Errors**: what a part that must run ended with, such as OSError for a taken port."""
        assert self._leading is not None  # noqa: S101 - started
        assert self._loading is not None  # noqa: S101 - started
        await asyncio.wait((stopping, self._leading, self._loading), return_when=asyncio.FIRST_COMPLETED)
        if self._loading.done():
            self._loading.result()
            await asyncio.wait((stopping, self._leading), return_when=asyncio.FIRST_COMPLETED)
        if self._leading.done():
            self._leading.result()

    async def start(self) -> None:
        """Open the database, build, and begin to serve; leading begins as soon as nobody else leads."""
        await patiently(partial(migrate, self.database))
        await patiently(partial(cover_plain, self.database, KeyRing(self.config.alias_keys)))
        key = await patiently(self._declare)
        self.adapters = self.build_adapters(key)
        config = self.config
        settings = CoreSettings(
            config.for_handlers, config.for_rituals, config.rituals, config.work_calendar, config.texts,
            config.community.data_dir,
        )  # fmt: skip
        owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        self._core = Core(
            self.database, self.adapters, settings, triage=self._understanding.triage, owner=owner, now=self.clock.now,
            count=self.metrics.add, words=self._understanding.words,
            meaning=self._understanding.meaning, veil=KeyRing(config.alias_keys),
        )  # fmt: skip
        await patiently(self._read_plans)
        self._leading = asyncio.create_task(self._lead(), name="lead")
        self._loading = asyncio.create_task(self._load_the_rest(), name="load")

    async def stop(self) -> None:
        """Stop receiving, let what is under way arrive, close."""
        for task in (self._stirring, self._assisting, self._indexing, self._loading, self._leading):
            if task is not None:
                task.cancel()
                await asyncio.wait((task,))
        if self._menus is not None:
            await self._menus.stop()
        if self._web is not None:
            await self._web.stop()
        if self._core is not None:
            await self._core.clock.stop()
            await self._core.drawing.close()
        with suppress(StorageBusyError):
            await self.leadership.release()
        await self.database.close()
        _log.info("stopped")

    async def take(self, platform: Platform, batch: Sequence[Taken]) -> Mapping[str, str]:
        """Dispatch a batch: every adapter's Intake."""
        toasts = await self.core.dispatcher(platform, batch)
        self._last_update[platform] = self.clock.now()
        return toasts

    async def advance(self, to: datetime) -> None:
        """Move the demo's clock, carrying out on the way whatever comes due."""
        await self.core.clock.advance(to, self._move)
        await self.core.relay.settle()
        async with self.database.begin() as uow:
            await uow.audit.remember(_CLOCK_AHEAD, str(self.clock.ahead.total_seconds()))

    async def _retell(self, uow: UnitOfWork, language: str) -> None:
        """Let the demo's neighbours speak the language of its page."""
        from bot.retelling import retell

        await retell(uow, language, self.clock.now())

    async def _move(self, to: datetime) -> None:
        """Move the demo's clock on, once what is due by now has arrived, so that it bears its own time."""
        await self.core.relay.settle()
        await self.clock.move(to)

    async def _lead(self) -> None:
        """Lead while we may: stand by, take the lead, hold it, take it again."""
        while True:
            try:
                taken = await self.leadership.try_take()
            except StorageBusyError:
                taken = False
            if not taken:
                await asyncio.sleep(_STANDBY_SECONDS)
                continue
            _log.info("leading")
            try:
                await patiently(self.core.relay.start)
                for adapter in self.adapters:
                    await adapter.start(self.take)
                while await self.leadership.is_ours():  # noqa: ASYNC110 - a lock cannot tell us that it is gone
                    await asyncio.sleep(_STANDBY_SECONDS)
                _log.warning("lead_lost")
            finally:  # the relay first: an answer that is under way is heard over what the adapters close
                with suppress(StorageBusyError):
                    await self.core.relay.stop()
                await asyncio.gather(*(adapter.stop() for adapter in self.adapters), return_exceptions=True)

    async def _load_the_rest(self) -> None:
        """Load what the first poll does not need: the clock, the words, the web server."""
        await asyncio.sleep(0)
        await asyncio.to_thread(self.core.texts.load)
        await asyncio.to_thread(self._understanding.triage.load)
        await self.core.clock.start()
        self._web = self._build_web()
        await self._web.start()
        gc.freeze()  # what stands now stands until the end: a busy group need not have it gone through again and again
        _log.info("ready", port=self._web.port)
        self.ready.set()
        self._keep_menus()
        self._indexing = asyncio.create_task(
            self._understanding.run(
                self.database, self.config.for_handlers, self.clock.now, settled_seconds=self.settled_seconds
            ),
            name="index",
        )
        stirring = partial(stir, self.database, KeyRing(self.config.alias_keys), self.clock.now)
        self._stirring = asyncio.create_task(keep(stirring, "stir"))
        if self.config.assistant is not None:
            from bot.assistant import Assistant

            assistant = Assistant(self.database, self.config.assistant, self.core.texts, now=self.clock.now)
            self._assisting = asyncio.create_task(keep(assistant.run, "assistant"), name="assistant")

    def _keep_menus(self) -> None:
        """Keep the menus of commands current where the platform shows any."""
        from bot.menus import MenuKeeper
        from handlers import HANDLERS

        for adapter in self.adapters:
            publish = getattr(adapter, "publish_menus", None)
            if publish is not None:
                self._menus = MenuKeeper(
                    self.database, adapter.platform, publish, handlers=HANDLERS, texts=self.core.texts,
                    language=self.config.community.language,
                )  # fmt: skip
                self._menus.start()

    async def _declare(self) -> bytes:
        """Bring chats and staff in line with the config; return the key that seals buttons."""
        async with self.database.begin() as uow:
            if self._is_demo and (ahead := await uow.audit.recall(_CLOCK_AHEAD)):
                self.clock.ahead = timedelta(seconds=float(ahead))
            await declare(self.config, uow, self.clock.now())
            if self._is_demo:
                from bot.moving_in import move_in

                await move_in(uow, self.clock.now())
            return await uow.audit.seal_key()

    async def _read_plans(self) -> None:
        """Learn when rituals are held."""
        async with self.database.read() as uow:
            await self.core.plans.reload(uow)

    def build_adapters(self, key: bytes) -> tuple[Adapter, ...]:
        """Build the adapters that the config names."""
        return platforms.build(self.config, self.database, key, self.clock.now)

    def _build_web(self) -> Web:
        from bot.web import Web

        advance, retell = (self.advance, self._retell) if self._is_demo else (None, None)
        return Web(
            self.config.web,
            health=self._health,
            metrics=self.metrics,
            receive=platforms.webhook(self.adapters, self.take),
            sites=platforms.sites(self.adapters, self.core.texts, self.take, self.clock.now, advance, retell),
        )

    async def _health(self) -> Health:
        """Return how the bot is: whether its database answers, and when an Update last came in."""
        from bot.web import Health

        try:
            async with self.database.read() as uow:
                await uow.audit.recall("seal_key")
            leads = await self.leadership.is_ours()
        except StorageBusyError as error:
            return Health(is_well=False, state={"database": str(error)})
        seen = {str(a.platform): self._last_update.get(a.platform) for a in self.adapters}
        times = {name: at.isoformat() if at else None for name, at in seen.items()}
        return Health(is_well=True, state={"database": "ok", "leads": leads, "last_update": times})
