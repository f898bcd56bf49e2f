"""BotApi, the fake server: ties the world, the queue, limits, faults and the HTTP wire together."""

import asyncio
import hmac
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import msgspec

from tests.botapi import refusals
from tests.botapi.calls import Call, CallLog
from tests.botapi.control import respond
from tests.botapi.deeds import Deeds
from tests.botapi.faults import Drop, Fault, Faults, Garbage, Trouble
from tests.botapi.form import read_body
from tests.botapi.intake import Intake
from tests.botapi.limits import Gate, Limits
from tests.botapi.looks import Looks
from tests.botapi.methods import METHODS
from tests.botapi.people import Person
from tests.botapi.refusals import Refusal, RefusedError
from tests.botapi.validate import read
from tests.botapi.voices import Voices
from tests.botapi.webhook import Webhook
from tests.botapi.wire import Connection, Reply, Request
from tests.botapi.world import World, real_clock, real_now

_BOT_ID = 5_000_000_000
_TOKEN = f"{_BOT_ID}:AAE-not-a-real-token-just-long-enough-x"


class BotApi(Voices, Deeds, Looks):
    """A Bot API server on 127.0.0.1 that speaks for one bot. Use it as an async context manager.

    **Shape**: `allowed_updates` is the list that an earlier bot left behind, as Telegram keeps the last one.
    """

    def __init__(
        self,
        *,
        token: str = _TOKEN,
        port: int = 0,
        limits: Limits | None = None,
        latency_seconds: float = 0.0,
        allowed_updates: Sequence[str] | None = None,
        clock: Callable[[], float] = real_clock,
        now: Callable[[], datetime] = real_now,
    ) -> None:
        self.token = token
        self.latency_seconds = latency_seconds
        bot = Person(
            int(token.partition(":")[0]), "回响", username="huixiang_bot", language_code=None, is_bot=True
        )
        intake = Intake(first_id=700_000_001, allowed_updates=allowed_updates)
        super().__init__(World(bot, clock, now), intake, CallLog())
        self.first_poll_at: float | None = None
        self.webhook = Webhook(intake, self.log.note)
        self.gate = Gate(limits, clock)
        self.faults = Faults()
        self._port = port
        self._server: asyncio.Server | None = None
        self._connections: set[Connection] = set()

    async def __aenter__(self) -> Self:
        """Start to listen."""
        await self._listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, cutting the connections that are left."""
        await self.webhook.close()
        await self._close()

    @asynccontextmanager
    async def outage(self) -> AsyncIterator[None]:
        """Be not there at all for a while: connections are cut, new ones refused; then listen at the same port."""
        await self._close()
        yield
        await self._listen()

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connect, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        assert self._server is not None
        self._server.close()
        for connection in list(self._connections):
            await connection.drop()
        await self._server.wait_closed()
        await asyncio.sleep(0)

    @property
    def url(self) -> str:
        """Where the server is; clients add `/bot<token>/<method>`."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def calls(self) -> list[Call]:
        """Every request so far but getUpdates, oldest first."""
        return self.log.entries

    @property
    def violations(self) -> list[str]:
        """What in the bot's requests Telegram would not accept from anybody, in order."""
        return self.log.violations

    def assert_clean(self) -> None:
        """Fail if any request broke the Bot API's rules, or a 429 was provoked."""
        assert not self.violations, "\n".join(self.violations)
        assert not self.gate.refused, f"refused by rate limits: {self.gate.refused}"

    def expects(self, text: str) -> None:
        """Take the violations with this text off the record; fail if there are none."""
        kept = [violation for violation in self.violations if text not in violation]
        assert len(kept) < len(self.violations), f"no violation says {text!r}: {self.violations}"
        self.violations[:] = kept

    def skips_ids(self, count: int) -> None:
        """Leave a gap in the update ids."""
        self.intake.next_id += count

    def repeats(self, update: Mapping[str, Any]) -> None:
        """Deliver a raw update once more, though it may be confirmed."""
        self.intake.put_raw(update, owed=True)

    def fails(
        self,
        method: str | None,
        trouble: Trouble,
        *,
        chat: int | None = None,
        times: int | None = 1,
        skip: int = 0,
    ) -> Fault:
        """Let requests of a method to a chat end in trouble; None means any method, any chat, or for ever."""
        return self.faults.add(Fault(trouble, method, chat, times, skip))

    def _connect(self) -> Connection:
        return Connection(self._handle, self._connections, self._crashed, _is_poll)

    def _crashed(self, error: BaseException) -> None:
        self.log.violations.append(f"the fake itself failed: {error!r}")
        self.log.note()

    async def _handle(self, request: Request) -> Reply:
        parts = request.path.split("/")
        if len(parts) == 3 and parts[1].startswith("bot"):
            return await self._method(request, parts[1].removeprefix("bot"), parts[2])
        if len(parts) == 3 and parts[1] == "control":
            return respond(self, request)
        if request.path.startswith("/file/bot"):
            return self._file(request.path)
        return _refused(Refusal(404, "Not Found"))

    def _file(self, path: str) -> Reply:
        token, _, file_path = path.removeprefix("/file/bot").partition("/")
        upload = self.world.files.get(file_path.rpartition("/")[2])
        if not hmac.compare_digest(token, self.token) or upload is None:
            return _refused(Refusal(404, "Not Found"))
        return Reply(200, upload.data, upload.content_type)

    async def _method(self, request: Request, token: str, method: str) -> Reply:
        at = self.world.clock()
        if not hmac.compare_digest(token, self.token):
            return _refused(refusals.UNAUTHORIZED)
        try:
            params = read_body(request.headers.get("content-type", ""), request.body, request.query)
        except ValueError as error:
            self.log.violations.append(f"{method}: {error}")
            return _refused(refusals.bad_request(str(error)))
        typed, wrong = read(method, params)
        call = Call(method, typed, at)
        if method != "getUpdates":
            self.log.entries.append(call)
        else:
            self.intake.polls += 1
            self.first_poll_at = at if self.first_poll_at is None else self.first_poll_at
        self.log.note()
        if self.latency_seconds:
            await asyncio.sleep(self.latency_seconds / 2)
        reply = await self._troubled(call, wrong)
        if self.latency_seconds:
            await asyncio.sleep(self.latency_seconds / 2)
        call.answered_at = self.world.clock()
        self.log.note()
        return reply

    async def _troubled(self, call: Call, wrong: list[str]) -> Reply:
        trouble = self.faults.find(call.method, call.params.get("chat_id"))
        if trouble is None:
            return await self._answer(call, wrong)
        if isinstance(trouble, Refusal):
            return self._refuse(call, trouble)
        if isinstance(trouble, Garbage):
            call.code = trouble.status
            return Reply(trouble.status, trouble.body.encode(), "text/html")
        reply = await self._answer(call, wrong) if trouble.accepted else _refused(refusals.SERVER_ERROR)
        call.code = None
        self.log.note()
        if isinstance(trouble, Drop):
            return Reply(dropped=True)
        await asyncio.sleep(trouble.seconds)
        return reply

    async def _answer(self, call: Call, wrong: list[str]) -> Reply:
        retry_after = self.gate.admit(call.method, call.params)
        if retry_after:
            return self._refuse(call, refusals.too_many(retry_after))
        if wrong:
            self.log.violations += wrong
            return self._refuse(call, self._complaint(call.method, wrong[0]))
        try:
            result = await self._result(call.method, call.params)
        except RefusedError as error:
            return self._refuse(call, error.refusal)
        call.code = 200
        body = b'{"ok":true,"result":' + msgspec.json.encode(result) + b"}"
        if call.method != "getUpdates":
            call.answer = body
        return Reply(200, body)

    async def _result(self, method: str, params: Mapping[str, Any]) -> Any:
        if method == "getUpdates":
            return msgspec.Raw(await self.intake.take(params))
        if method == "setWebhook":
            return await self.webhook.set(params)
        if method == "deleteWebhook":
            return await self.webhook.delete(params)
        if method == "getWebhookInfo":
            return self.webhook.info()
        answer = METHODS.get(method)
        if answer is None:
            self.log.violations.append(f"{method}: not modelled by the fake")
            raise RefusedError(refusals.UNKNOWN_METHOD)
        return answer(self.world, params)

    @staticmethod
    def _complaint(method: str, wrong: str) -> Refusal:
        if wrong == f"{method}: unknown method":
            return refusals.UNKNOWN_METHOD
        return refusals.bad_request(wrong.removeprefix(f"{method}: "))

    @staticmethod
    def _refuse(call: Call, refusal: Refusal) -> Reply:
        call.code, call.description = refusal.code, refusal.text
        return _refused(refusal)


def _is_poll(request: Request) -> bool:
    return request.path.endswith("/getUpdates")


def _refused(refusal: Refusal) -> Reply:
    body: dict[str, Any] = {"ok": False, "error_code": refusal.code, "description": refusal.text}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    return Reply(refusal.code, msgspec.json.encode(body))
