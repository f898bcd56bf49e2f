"""The Telegram adapter: ties intake, sender and lanes together. Built by `bot/app.py`.

python-telegram-bot is imported in a thread, by whatever is sent first and not before the intake has begun.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from bot.adapters.base import Finding, Intake, Parcel, PermanentError, Taken, TemporaryError
from bot.adapters.telegram.errors import CallError, RefusedError, send_error
from bot.adapters.telegram.lanes import TelegramLanes
from bot.adapters.telegram.parse import parse
from bot.adapters.telegram.people import Us
from bot.adapters.telegram.polling import Poller
from bot.adapters.telegram.render import TEXT_LIMIT
from bot.adapters.telegram.settings import TelegramSettings
from bot.adapters.telegram.transport import Transport
from bot.adapters.telegram.webhook import Webhook
from bot.adapters.telegram.wire import ALLOWED_UPDATES, User
from bot.limits import Lane
from bot.logs import get_logger
from handlers.events import Event, EventKind
from storage.promises import Receipt
from storage.records import Capabilities, ChatKind, Platform

if TYPE_CHECKING:
    from bot.adapters.telegram.menus import Menu
    from bot.adapters.telegram.sender import Sender

_T = TypeVar("_T")
_log = get_logger(__name__)
_CAN = Capabilities(
    reactions=True, native_polls=True, buttons=True, edits=True, quotes_author=True,
    reaches_first=False, deep_links=True, text_limit=TEXT_LIMIT, files=True,
)  # fmt: skip
_TOAST, _IDENTIFY = "telegram-toast", "telegram-identify"
_NOT_FOUND = 404
_TRY_AGAIN = timedelta(seconds=5)
_KNOWN_WITHIN_SECONDS = 10.0
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0
_LAST_TOASTS_SECONDS = 1.0


class TelegramAdapter:
    """One bot account on Telegram."""

    platform = Platform.TELEGRAM
    capabilities: Mapping[ChatKind, Capabilities] = {
        ChatKind.GROUP: replace(_CAN, member_tags=True),
        ChatKind.PRIVATE: _CAN,
    }

    def __init__(self, settings: TelegramSettings, seal_key: bytes, *, now: Callable[[], datetime]) -> None:
        """**Errors**: ValueError if the webhook is to be used without a secret or a public address."""
        if settings.mode == "webhook" and not settings.public_url:
            raise ValueError("a webhook needs a public address")
        self._settings = settings
        self._seal_key = seal_key
        self._now = now
        self._transport = Transport(settings.api_base_url, settings.token)
        self._lanes = TelegramLanes(settings.limits, time.monotonic)
        self._webhook = (
            Webhook(settings.webhook_secret, self._parse, self._take) if settings.mode == "webhook" else None
        )
        self._poller: Poller | None = None
        self._intake: Intake | None = None
        self._us: Us | None = None
        self._known = asyncio.Event()
        self._sender: Sender | None = None
        self._building = asyncio.Lock()
        self._tasks: set[asyncio.Task[Any]] = set()

    async def start(self, intake: Intake) -> None:
        """Begin to receive; returns at once."""
        self.listen(intake)
        self._learn()
        if self._webhook is None:
            self._poller = Poller(
                self._transport, self._who, self._take, self._now,
                long_poll_seconds=self._settings.long_poll_seconds,
            )  # fmt: skip
            self._poller.start()
        else:
            self._spawn(self._set_webhook(), "telegram-set-webhook")

    def listen(self, intake: Intake) -> None:
        """Take calls at the webhook from now on, also in a process that does not lead and never starts."""
        self._intake = intake

    async def stop(self) -> None:
        """Stop polling, finish what is under way, close connections; calls at the webhook are taken still."""
        if self._poller is not None:
            await self._poller.stop()
            self._poller = None
        if self._webhook is not None:
            await self._webhook.settle()
        toasts = {task for task in self._tasks if task.get_name() == _TOAST}
        if toasts:
            await asyncio.wait(toasts, timeout=_LAST_TOASTS_SECONDS)
        under_way = list(self._tasks)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        await self._transport.close()
        sender, self._sender = self._sender, None
        if sender is not None:
            await sender.close()

    @property
    def is_called(self) -> bool:
        """Tell whether Telegram calls our webhook instead of being polled."""
        return self._webhook is not None

    async def receive(self, headers: Mapping[str, str], body: bytes) -> int:
        """Take one call of Telegram at the webhook and return the HTTP status."""
        if self._webhook is None:
            return _NOT_FOUND
        return await self._webhook.receive(headers, body)

    async def send(self, parcel: Parcel) -> Receipt:
        """Send one thing. **Errors**: SendError."""
        return await (await self._ready()).send(parcel)

    def lanes(self, parcel: Parcel) -> tuple[Lane, ...]:
        """Return the lanes a parcel needs, the account's first."""
        return self._lanes.of(parcel)

    async def publish_menus(self, menus: Sequence[Menu]) -> None:
        """Set the menus of commands; one that Telegram refuses is logged. **Errors**: SendError for all else."""
        for menu in menus:
            try:
                await self._transport.call(
                    "setMyCommands", menu.params(), answer_seconds=self._settings.answer_seconds
                )
            except CallError as error:
                refusal = send_error(error, is_private=True)
                if not isinstance(refusal, PermanentError):
                    raise refusal from error
                # Somebody of the staff who never pressed Start has no private chat to show it in.
                _log.info("telegram_menu_refused", member=menu.member, why=str(refusal))

    async def examine(self, chats: Sequence[str], now: datetime) -> list[Finding]:
        """Ask Telegram itself how things stand, for the doctor; needs no start."""
        from bot.adapters.telegram.examine import examine

        return await examine(self._transport, self._settings, chats, now)

    def _parse(self, body: bytes) -> Taken | None:
        if self._us is None or self._intake is None:
            self._learn()
            return None
        return parse(body, self._us, self._now())

    async def _take(self, batch: Sequence[Taken]) -> None:
        """Have a batch committed, then answer what was pressed in it. **Errors**: StorageBusyError."""
        assert self._intake is not None  # noqa: S101 - nothing is received before listen
        toasts = await self._intake(Platform.TELEGRAM, batch)
        for taken in batch:
            if isinstance(taken.content, Event) and taken.content.kind is EventKind.PRESS:
                press_id = taken.content.press_id
                self._spawn(self._toast(press_id, toasts.get(press_id, "")), _TOAST)

    async def _toast(self, press_id: str, text: str) -> None:
        try:
            sender = await self._ready()
        except TemporaryError:
            return
        await sender.toast(press_id, text)

    async def _who(self) -> Us:
        """Wait until we know who we are."""
        while self._us is None:
            await self._known.wait()
        return self._us

    def _learn(self) -> None:
        if self._us is None and all(task.get_name() != _IDENTIFY for task in self._tasks):
            self._spawn(self._identify(), _IDENTIFY)

    async def _identify(self) -> None:
        """Learn our user name, trying until Telegram tells."""
        me = await self._insist("getMe", {}, User)
        self._us = Us(me.id, me.username, self._seal_key, self._settings.overhears)
        self._known.set()
        _log.info("telegram_ready", bot=me.username, mode=self._settings.mode)

    async def _set_webhook(self) -> None:
        settings = self._settings
        where = {
            "url": f"{settings.public_url.rstrip('/')}{settings.webhook_path}",
            "secret_token": settings.webhook_secret, "allowed_updates": ALLOWED_UPDATES,
            "max_connections": settings.max_connections,
        }  # fmt: skip
        await self._insist("setWebhook", where, bool)
        _log.info("telegram_webhook_set")

    async def _insist(self, method: str, params: Mapping[str, Any], kind: type[_T]) -> _T:
        """Call a method until it succeeds."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                reply = await self._transport.call(
                    method, params, answer_seconds=self._settings.answer_seconds
                )
                return msgspec.json.decode(reply.result, type=kind)
            except (CallError, msgspec.MsgspecError) as error:
                if isinstance(error, RefusedError) and error.code in (401, 404):
                    _log.error("telegram_token_refused", code=error.code)
                    pause = _LONGEST_PAUSE_SECONDS
                else:
                    _log.warning("telegram_call_failed", method=method, why=str(error), seconds=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    async def _ready(self) -> Sender:
        """Return the sender, imported and built by the first who needs it. **Errors**: TemporaryError."""
        try:
            us = await asyncio.wait_for(self._who(), _KNOWN_WITHIN_SECONDS)
        except TimeoutError:
            raise TemporaryError("Telegram has not told yet who we are", _TRY_AGAIN, "account") from None
        async with self._building:
            if self._sender is None:
                self._sender = await self._build(us)
            return self._sender

    async def _build(self, us: Us) -> Sender:
        module = await asyncio.to_thread(import_module, "bot.adapters.telegram.sender")
        sender: Sender = await asyncio.to_thread(
            module.build, self._settings, self._lanes, us.username, self._seal_key
        )
        return sender

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
