"""What comes in, on its way to the dispatcher: queued at once, parsed, completed, committed, answered.

Used by the long connection and by the callbacks. Presses have a lane of their own: their card must be answered
within five seconds. A batch that storage cannot take waits; nothing else does.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from bot.adapters.base import Intake, Taken, TemporaryError
from bot.adapters.wecom import crypto
from bot.adapters.wecom.parse import NOT_READABLE, Download, Us, downloads, parse, read
from bot.adapters.wecom.people import People
from bot.adapters.wecom.routes.http import Http
from bot.adapters.wecom.settings import WecomSettings
from bot.adapters.wecom.speech import digest
from bot.logs import get_logger
from handlers.events import Event, EventKind, Replied, Sender
from storage.db import Database
from storage.errors import StorageBusyError
from storage.records import Platform
from storage.said import Said

_log = get_logger(__name__)
_MOST_QUEUED = 20_000
_MOST_AT_ONCE = 200
_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 5.0
_FILE_LIMIT = 100 * 1024 * 1024  # bytes; Source: document 100719

Pressed = Callable[[str, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Heard:
    """One body as it came, and what to do with the toast of a press."""

    body: Mapping[str, Any]
    done: asyncio.Future[str] | None = None


class WecomIntake:
    """Two queues and a worker each."""

    def __init__(
        self, settings: WecomSettings, database: Database, people: People, http: Http, us: Us,
        now: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self._settings = settings
        self._database = database
        self._people = people
        self._http = http
        self._us = us
        self._now = now
        self._deliver: Intake | None = None
        self._words: asyncio.Queue[Heard] = asyncio.Queue(_MOST_QUEUED)
        self._presses: asyncio.Queue[Heard] = asyncio.Queue(_MOST_QUEUED)
        self._workers: list[asyncio.Task[None]] = []
        self._fetching: set[asyncio.Task[None]] = set()

    def start(self, deliver: Intake) -> None:
        """Begin to hand on what comes."""
        self._deliver = deliver
        self.resume()

    def resume(self) -> None:
        """Go on after a stop: a process that leads no more is still called."""
        if not self._workers and self._deliver is not None:
            for queue in (self._words, self._presses):
                self._employ(queue)

    async def stop(self) -> None:
        """Hand on what is queued, a moment long, then end."""
        try:
            async with asyncio.timeout(2):
                await self.idle()
        except TimeoutError:
            _log.warning("wecom_intake_unfinished", waiting=self._words.qsize() + self._presses.qsize())
        workers, self._workers = self._workers, []
        for task in (*workers, *self._fetching):
            task.cancel()
        await asyncio.gather(*workers, *self._fetching, return_exceptions=True)

    async def idle(self) -> None:
        """Wait until everything that came has been handed on."""
        await asyncio.gather(self._words.join(), self._presses.join())

    def put(self, body: Mapping[str, Any], *, is_press: bool = False) -> asyncio.Future[str] | None:
        """Queue a body, at once; return what will be the toast, None if the queue is full and it is lost."""
        done: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        try:
            (self._presses if is_press else self._words).put_nowait(Heard(body, done))
        except asyncio.QueueFull:
            _log.error("wecom_queue_full", waiting=_MOST_QUEUED)
            return None
        return done

    def _employ(self, queue: asyncio.Queue[Heard]) -> None:
        task = asyncio.create_task(self._work(queue), name="wecom-intake")
        self._workers.append(task)
        task.add_done_callback(partial(self._ended, queue))

    def _ended(self, queue: asyncio.Queue[Heard], task: asyncio.Task[None]) -> None:
        """Employ another worker for one that a mistake of ours has ended: one batch never stops the queue."""
        if task.cancelled() or task not in self._workers:
            return
        _log.error("wecom_intake_failed", exc_info=task.exception())
        self._workers.remove(task)
        self._employ(queue)

    async def _work(self, queue: asyncio.Queue[Heard]) -> None:
        while True:
            batch = [await queue.get()]
            while len(batch) < _MOST_AT_ONCE and not queue.empty():
                batch.append(queue.get_nowait())
            try:
                toasts = await self._carry(batch)
            finally:
                for _ in batch:
                    queue.task_done()
            for heard in batch:
                if heard.done is not None and not heard.done.done():
                    heard.done.set_result(toasts.get(str(heard.body.get("msgid", "")), ""))

    async def _carry(self, batch: Sequence[Heard]) -> Mapping[str, str]:
        """Commit a batch, however long storage is away."""
        assert self._deliver is not None  # noqa: S101 - workers exist only then
        now = self._now()
        taken = [parse(heard.body, self._us, now) for heard in batch]
        for heard in batch:
            self._fetch(heard.body)
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                whole = await self._completed(taken)
                toasts = await self._deliver(Platform.WECOM, whole)
                await self._remember(whole, now)
                await self._people.ask(_privately(whole), now)
            except StorageBusyError as error:
                _log.warning("wecom_storage_busy", why=str(error), waiting=len(batch))
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
                continue
            return toasts

    async def _completed(self, batch: Sequence[Taken]) -> list[Taken]:
        """Add what the platform does not tell: names, and the authors of quotes."""
        events = [taken.content for taken in batch if isinstance(taken.content, Event)]
        await self._people.learn(event.sender.external_id for event in events)
        whole: list[Taken] = []
        for taken in batch:
            event = taken.content
            if isinstance(event, Event):
                named = replace(event.sender, name=self._people.name_of(event.sender.external_id))
                event = replace(event, sender=named, reply_to=await self._replied(event, batch))
                taken = replace(taken, content=event)
            whole.append(taken)
        return whole

    async def _replied(self, event: Event, batch: Sequence[Taken]) -> Replied | None:
        """Return the quoted message with its author, as far as it can be found by its words."""
        quote = event.reply_to
        wanted = digest(quote.text, self._us.pattern) if quote is not None else ""
        if quote is None or not wanted or not self._settings.remember_for:
            return quote
        found = _in_batch(event, batch, wanted, self._us)
        if found is None:
            async with self._database.read() as uow:
                found = await uow.said.find(Platform.WECOM, event.chat, wanted)
        if found is None:
            return quote
        if not found.sender:
            return replace(quote, message_id=found.message_id, by_us=True)
        author = Sender(found.sender, self._people.name_of(found.sender))
        return replace(quote, message_id=found.message_id, sender=author)

    async def _remember(self, batch: Sequence[Taken], now: datetime) -> None:
        """Keep by its digest what was said, for as long as the config allows.

        What somebody tells us in private is left out: whoever has the words, said under an alias perhaps, could find
        by their digest who sent them.
        """
        if not self._settings.remember_for:
            return
        said = [
            Said(e.chat, e.message_id, e.sender.external_id, what)
            for taken in batch
            if isinstance(e := taken.content, Event) and e.kind is EventKind.MESSAGE and not e.is_private
            if (what := digest(e.text, self._us.pattern))
        ]
        if said:
            async with self._database.begin() as uow:
                await uow.said.add(Platform.WECOM, said, now)
                await uow.said.forget(Platform.WECOM, now - self._settings.remember_for)

    def _fetch(self, body: Mapping[str, Any]) -> None:
        try:
            wanted = downloads(read(body)) if body.get("msgtype") != "event" else []
        except NOT_READABLE:
            return
        for download in wanted:
            task = asyncio.create_task(self._download(download), name="wecom-download")
            self._fetching.add(task)
            task.add_done_callback(self._fetching.discard)

    async def _download(self, download: Download) -> None:
        """Fetch a file before its address expires, open it with its own key, and keep it."""
        bot = self._settings.bot
        key = download.file.aeskey or (bot.aes_key if bot is not None else "")
        try:
            sealed = await self._http.fetch(download.file.url, _FILE_LIMIT)
            data = crypto.decrypt_bytes(key, sealed)
            await asyncio.to_thread(_save, self._settings.data_dir / "media" / download.name, data)
        except (TemporaryError, crypto.EnvelopeError, OSError) as error:
            _log.warning("wecom_media_lost", why=type(error).__name__, name=download.name)


def _save(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(
        f".{secrets.token_hex(4)}.part"
    )  # what is told twice may be fetched twice at once
    part.write_bytes(data)
    part.replace(path)


def _in_batch(event: Event, batch: Sequence[Taken], wanted: str, us: Us) -> Said | None:
    """Find the quoted message among what came with the quote."""
    others = (taken.content for taken in batch)
    for other in others:
        if not isinstance(other, Event) or other.chat != event.chat or other.update_id == event.update_id:
            continue
        if other.kind is EventKind.MESSAGE and digest(other.text, us.pattern) == wanted:
            return Said(other.chat, other.message_id, other.sender.external_id, wanted)
    return None


def _privately(batch: Sequence[Taken]) -> list[str]:
    """List who wrote to us in private."""
    events = (taken.content for taken in batch)
    return [
        e.sender.external_id for e in events
        if isinstance(e, Event) and e.is_private and e.kind is EventKind.MESSAGE
    ]  # fmt: skip
