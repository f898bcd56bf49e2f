"""What an open page hears: server-sent events, each a whole message in its newest state. Made by the API.

The stream reads the database from the last revision a page has seen, so a page that was away and comes back
(Last-Event-ID) takes the same path as one that never left, and nothing is kept for slow pages.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from bot.adapters.webchat import render
from bot.adapters.webchat.tour import progress
from storage.db import Database
from storage.errors import StorageBusyError

if TYPE_CHECKING:
    from bot.adapters.webchat.adapter import News

PING_SECONDS = 15.0
_AT_ONCE = 200
_GATHER_SECONDS = 0.05  # a busy bot commits often; a page looks again only after this
_DRIFT = timedelta(seconds=2)  # more than this between two looks is a clock that was moved


class Stream:
    """One page's stream."""

    def __init__(self, database: Database, news: News, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._news = news
        self._now = now
        self._revision = 0
        self._origin: datetime | None = None
        self._loops: dict[str, Any] | None = None

    async def events(self, since: int) -> AsyncIterator[bytes]:
        """Yield events until the page leaves or the bot stops."""
        self._revision = since
        yield b"retry: 1000\n\n"
        while not self._news.is_closed:
            wake = self._news.listen()
            try:
                pieces = await self._read()
            except StorageBusyError:
                pieces = []
            for piece in pieces:
                yield piece
            if pieces:
                continue
            try:
                await asyncio.wait_for(wake.wait(), PING_SECONDS)
            except TimeoutError:
                yield b": ping\n\n"
            await asyncio.sleep(_GATHER_SECONDS)

    async def _read(self) -> list[bytes]:
        """Return what is new: messages, how far each loop is, where the clock is."""
        pieces: list[bytes] = []
        async with self._database.read() as uow:
            messages = await uow.webchat.list_since(self._revision, _AT_ONCE)
            loops = await progress(uow)
        for message in messages:
            self._revision = message.revision
            pieces.append(_event("message", render.view(message), message.revision))
        if loops != self._loops:
            self._loops = loops
            pieces.append(_event("loops", loops))
        now = self._now()
        origin = now - timedelta(seconds=asyncio.get_running_loop().time())
        if self._origin is None or abs(origin - self._origin) > _DRIFT:
            self._origin = origin
            pieces.append(_event("clock", {"now": now.isoformat()}))
        return pieces


def _event(name: str, data: Any, number: int | None = None) -> bytes:
    head = f"event: {name}\n" + (f"id: {number}\n" if number is not None else "")
    return head.encode() + b"data: " + msgspec.json.encode(data) + b"\n\n"
