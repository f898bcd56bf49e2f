"""The long connection 长连接: subscribes, pings, awaits acks, and comes back after every close.

Its reader never waits for business: callbacks are handed on at once to `heard`. There is no replay: what
happens while we are away is lost, and the platform allows one connection a bot. **Source**: document 101463.
"""

from __future__ import annotations

import asyncio
import enum
import json
import random
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.adapters.base import OutcomeUnknownError, TemporaryError
from bot.adapters.wecom.errors import NOT_SUBSCRIBED, TOO_OFTEN, WRONG_BOT, RefusedError, explain, not_reached
from bot.adapters.wecom.settings import BotSettings, WecomSettings
from bot.logs import get_logger

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

_log = get_logger(__name__)
_ROUTE = "long connection"
_FRAME_LIMIT = 4 << 20  # bytes
_LONGEST_PAUSE_SECONDS = 30.0
_TOO_OFTEN_SECONDS = 60.0
_MISSED_PINGS = 2  # acks that may be missing before the connection is taken for dead

Heard = Callable[[str, Mapping[str, Any]], None]


class State(enum.Enum):
    """How the connection stands."""

    AWAY = enum.auto()  # not connected; coming back
    OPEN = enum.auto()  # subscribed
    KICKED = enum.auto()  # another process took the bot over; reconnects when it is started again
    REFUSED = enum.auto()  # id or secret is wrong; never tried again


class _NotSubscribedError(Exception):
    """The server forgot that we subscribed, though the socket is open."""


class LongConnection:
    """The bot's one connection."""

    def __init__(self, settings: WecomSettings, bot: BotSettings, heard: Heard) -> None:
        """`heard` gets req_id and body of each callback; it may not wait."""
        self._settings = settings
        self._bot = bot
        self._heard = heard
        self._acks: dict[str, asyncio.Future[Mapping[str, Any]]] = {}
        self._turns: dict[str, _Turns] = {}
        self._socket: ClientConnection | None = None
        self._opened = asyncio.Event()
        self._runner: asyncio.Task[None] | None = None
        self.state = State.AWAY
        self.refused_with = 0
        self.subscribed = 0
        self.date = ""  # the Date of the last handshake, for the doctor

    async def start(self) -> None:
        """Begin to connect; returns at once. Who kicked us leads no more when we are started again."""
        if self.state is State.KICKED:
            self.state = State.AWAY
            self._opened.clear()
        self._runner = asyncio.create_task(self._run(), name="wecom-long-connection")

    async def stop(self) -> None:
        """Disconnect for good."""
        if self._runner is not None:
            self._runner.cancel()
            await asyncio.gather(self._runner, return_exceptions=True)
            self._runner = None

    async def opened(self, within_seconds: float) -> bool:
        """Wait until we are subscribed; False if it takes longer, or will never be."""
        if self.is_over():
            return False
        try:
            async with asyncio.timeout(within_seconds):
                await self._opened.wait()
        except TimeoutError:
            return False
        return self.state is State.OPEN

    async def request(self, cmd: str, body: Mapping[str, Any], req_id: str = "") -> Mapping[str, Any]:
        """Send a command and return what its ack brings; commands under one req_id go one after the other.

        **Errors**: RefusedError; TemporaryError if it was not sent; OutcomeUnknownError if no ack came.
        """
        try:
            return await self._ask(cmd, body, req_id)
        except _NotSubscribedError:
            if self._socket is not None:
                await self._socket.close(1000)
        try:
            return await self._ask(cmd, body, req_id)
        except _NotSubscribedError as error:
            raise RefusedError(NOT_SUBSCRIBED, _ROUTE) from error

    async def _ask(self, cmd: str, body: Mapping[str, Any], req_id: str) -> Mapping[str, Any]:
        wait_seconds = self._settings.ack_within.total_seconds()
        if not await self.opened(wait_seconds) or self._socket is None:
            raise not_reached(_ROUTE, self.state.name.lower())
        name = req_id or _new_id(cmd)
        turns = self._turns.setdefault(name, _Turns())
        turns.wanted += 1
        try:
            async with turns.lock:
                ack = await self._exchange(self._socket, cmd, name, body, wait_seconds)
        finally:
            turns.wanted -= 1
            if not turns.wanted:
                del self._turns[name]
        code = int(ack.get("errcode", 0))
        if code == NOT_SUBSCRIBED:
            raise _NotSubscribedError
        if code:
            raise RefusedError(code, _ROUTE)
        given = ack.get("body")
        return given if isinstance(given, Mapping) else {}

    async def _exchange(
        self, socket: ClientConnection, cmd: str, req_id: str, body: Mapping[str, Any] | None, seconds: float
    ) -> Mapping[str, Any]:
        from websockets.exceptions import ConnectionClosed

        frame: dict[str, Any] = {"cmd": cmd, "headers": {"req_id": req_id}}
        if body is not None:
            frame["body"] = body
        answered: asyncio.Future[Mapping[str, Any]] = asyncio.get_running_loop().create_future()
        self._acks[req_id] = answered
        try:
            await socket.send(json.dumps(frame, ensure_ascii=False))
        except ConnectionClosed as error:
            self._acks.pop(req_id, None)
            raise not_reached(_ROUTE, f"closed before {cmd} left") from error
        try:
            async with asyncio.timeout(seconds):
                return await answered
        except TimeoutError as error:
            raise OutcomeUnknownError(f"{_ROUTE}: no ack for {cmd}") from error
        finally:
            self._acks.pop(req_id, None)

    def is_over(self) -> bool:
        """Tell whether we will not connect again, unless we are started again after having been kicked."""
        return self.state in (State.KICKED, State.REFUSED)

    async def _run(self) -> None:
        shortest = self._settings.reconnect_after.total_seconds()
        pause = shortest
        while not self.is_over():
            before = self.subscribed
            try:
                await self._live()
            except _TooOftenError:
                pause = _TOO_OFTEN_SECONDS
            if self.is_over():
                break
            if self.subscribed > before:
                pause = shortest
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 - jitter
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        self._opened.set()  # nobody waits for what will not come
        _log.error("wecom_connection_ended", state=self.state.name.lower(), errcode=self.refused_with)

    async def _live(self) -> None:
        """Connect, subscribe, and read until the connection ends, however it ends."""
        from websockets.asyncio.client import connect
        from websockets.exceptions import InvalidHandshake, InvalidProxy, WebSocketException

        pinging: asyncio.Task[None] | None = None
        reading: asyncio.Task[None] | None = None
        try:
            async with connect(
                self._bot.ws_url, ping_interval=None, close_timeout=2, max_size=_FRAME_LIMIT, proxy=True
            ) as socket:
                self.date = socket.response.headers.get("Date", "") if socket.response is not None else ""
                reading = asyncio.create_task(self._read(socket))
                await self._subscribe(socket)
                if self.state is State.OPEN:
                    pinging = asyncio.create_task(self._ping(socket))
                    await reading
        except (InvalidProxy, ImportError) as error:  # its words hold the proxy's password
            _log.warning("wecom_connection_lost", why=f"the environment's proxy: {type(error).__name__}")
        except (
            OSError,
            TimeoutError,
            InvalidHandshake,
            WebSocketException,
            OutcomeUnknownError,
            TemporaryError,
        ) as error:
            _log.warning("wecom_connection_lost", why=f"{type(error).__name__}: {error}")
        finally:
            for task in (pinging, reading):
                if task is not None:
                    task.cancel()
            self._leave()
            await asyncio.gather(*(task for task in (pinging, reading) if task), return_exceptions=True)

    def _leave(self) -> None:
        self._socket = None
        if self.state is State.OPEN:
            self.state = State.AWAY
            self._opened.clear()
        for ack in self._acks.values():
            if not ack.done():
                ack.set_exception(OutcomeUnknownError(f"{_ROUTE}: closed before the ack"))

    async def _subscribe(self, socket: ClientConnection) -> None:
        body = {"bot_id": self._bot.id, "secret": self._bot.secret}
        seconds = self._settings.ack_within.total_seconds()
        ack = await self._exchange(socket, "aibot_subscribe", _new_id("aibot_subscribe"), body, seconds)
        code = int(ack.get("errcode", 0))
        if code in WRONG_BOT:
            self.state, self.refused_with = State.REFUSED, code
            return
        if code == TOO_OFTEN:
            raise _TooOftenError
        if code:
            raise TemporaryError(f"{_ROUTE}: {explain(code)}")
        self._socket, self.state = socket, State.OPEN
        self.subscribed += 1
        self._opened.set()
        _log.info("wecom_subscribed", bot=self._bot.id)

    async def _ping(self, socket: ClientConnection) -> None:
        """Ping, without a body; a connection that twice does not answer is dead."""
        seconds = self._settings.ping_every.total_seconds()
        missed = 0
        while missed < _MISSED_PINGS:
            await asyncio.sleep(seconds)
            try:
                await self._exchange(socket, "ping", _new_id("ping"), None, seconds)
                missed = 0
            except OutcomeUnknownError:
                missed += 1
            except TemporaryError:
                return
        _log.warning("wecom_connection_dead", missed=missed)
        socket.transport.abort()

    async def _read(self, socket: ClientConnection) -> None:
        async for raw in socket:
            try:
                self._take(raw)
            except (ValueError, TypeError, AttributeError) as error:
                _log.warning("wecom_frame_unreadable", why=type(error).__name__)
            if self.state is State.KICKED:
                await socket.close(1000)
                return

    def _take(self, raw: str | bytes) -> None:
        frame = json.loads(raw, strict=False)  # frames may hold raw control characters
        req_id = str((frame.get("headers") or {}).get("req_id", ""))
        if "cmd" not in frame:
            ack = self._acks.get(req_id)
            if ack is not None and not ack.done():
                ack.set_result(frame)
            return
        body = frame.get("body")
        if not isinstance(body, dict):
            return
        event = body.get("event")
        if isinstance(event, dict) and event.get("eventtype") == "disconnected_event":
            self.state = State.KICKED
            self._socket = None
            return
        self._heard(req_id, body)


@dataclass(slots=True)
class _Turns:
    """Commands under one req_id: one is under way, so many want to be."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    wanted: int = 0


class _TooOftenError(Exception):
    """We subscribe too often."""


def _new_id(cmd: str) -> str:
    return f"{cmd}_{int(time.time() * 1000)}_{secrets.token_hex(4)}"
