"""WeCom, the fake server: ties stage, long connection, HTTP, callbacks, limits and faults together."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request as Shake
from websockets.http11 import Response as Shaken

from tests.botapi.wire import Connection, Reply, Request
from tests.wecom import cards, refusals
from tests.wecom.api import Api, as_reply
from tests.wecom.callbacks import Ledger, Told
from tests.wecom.control import respond
from tests.wecom.faults import Cut, Fault, Faults, Garbage, LateAck, NoAck, Trouble
from tests.wecom.limits import Gate, Limits
from tests.wecom.refusals import Refusal, RefusedError
from tests.wecom.socket import CONTENT_LIMIT, MEDIA, Socket
from tests.wecom.stage import Group, Person, Shown, Stage
from tests.wecom.voices import Voices
from tests.wecom.webside import Webside

_AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


class WeCom(Voices):
    """One corporation with one bot on 127.0.0.1. Use it as an async context manager."""

    def __init__(
        self, *, bot_id: str = "BOT", secret: str = "SECRET", names: tuple[str, ...] = ("小助手",),
        limits: Limits | None = None, ack_seconds: float = 0.0, port: int = 0, ws_port: int = 0,
    ) -> None:  # fmt: skip
        self.bot_id, self.secret, self.names = bot_id, secret, names
        self.corp_id, self.agent_id, self.app_secret = "ww1234567890abcdef", 1000002, "APPSECRET"
        self.callback_url, self.callback_token, self.aes_key = "", "tok_test", _AES_KEY
        self.app_callback_url, self.app_token, self.app_aes_key = "", "tok_app", _AES_KEY[::-1]
        self.ack_seconds = ack_seconds
        self.groups_take_cards = False
        self.forgets_chatid = False
        self.clock_is_off = timedelta()  # by how much the Date of every answer is ahead of ours
        self.webhooks: dict[str, str] = {}  # key -> chatid
        self.stage = Stage()
        self.ledger = Ledger()
        self.gate = Gate(limits or Limits())
        self.faults = Faults()
        self.socket = Socket(self)
        self.api = Api(self)
        self.webside = Webside(self)
        self._ports = [port, ws_port]
        self._connections: set[Connection] = set()
        self._crashes: list[str] = []
        self._http: asyncio.Server | None = None
        self._ws: Server | None = None

    async def __aenter__(self) -> Self:
        """Start to listen."""
        loop = asyncio.get_running_loop()
        self._http = await loop.create_server(self._connect, "127.0.0.1", self._ports[0])
        self._ws = await serve(
            self.socket.serve,
            "127.0.0.1",
            self._ports[1],
            ping_interval=None,
            max_size=4 << 20,
            close_timeout=1,
            process_response=self._dated,
        )
        self._ports = [self._http.sockets[0].getsockname()[1], next(iter(self._ws.sockets)).getsockname()[1]]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, cutting the connections that are left."""
        assert self._http is not None
        await self.goes_down()
        await self.webside.close()
        self._http.close()
        for connection in list(self._connections):
            await connection.drop()
        await self._http.wait_closed()

    async def goes_down(self) -> None:
        """Take the long connection's server away; the HTTP side stays."""
        await self.socket.close()
        if self._ws is not None:
            self._ws.close()
            await self._ws.wait_closed()
            self._ws = None

    async def comes_back(self) -> None:
        """Bring the long connection's server back under its old address."""
        self._ws = await serve(
            self.socket.serve,
            "127.0.0.1",
            self._ports[1],
            ping_interval=None,
            max_size=4 << 20,
            close_timeout=1,
            process_response=self._dated,
        )

    @property
    def url(self) -> str:
        """Where the HTTP side is."""
        return f"http://127.0.0.1:{self._ports[0]}"

    @property
    def ws_url(self) -> str:
        """Where the long connection is."""
        return f"ws://127.0.0.1:{self._ports[1]}"

    @property
    def date(self) -> str:
        """What its answers say the time is."""
        return format_datetime(datetime.now(UTC) + self.clock_is_off, usegmt=True)

    def person(self, userid: str, name: str = "") -> Person:
        """Let somebody join the corporation."""
        person = self.stage.people[userid] = Person(userid, name or userid)
        self.stage.names[userid] = person.name
        return person

    def group(
        self,
        chatid: str,
        name: str = "",
        *,
        spoken: bool = False,
        webhook_key: str = "",
        external: bool = False,
    ) -> Group:
        """Make a group with the bot in it; `spoken`: somebody has called the bot there before."""
        group = self.stage.groups[chatid] = Group(chatid, name or chatid, external)
        if spoken:
            self.stage.spoken.add(chatid)
        if webhook_key:
            self.webhooks[webhook_key] = chatid
        return group

    def fails(
        self, what: str, trouble: Trouble, *, chat: str | None = None, times: int | None = 1, skip: int = 0
    ) -> Fault:
        """Let requests end in trouble; `what` is a cmd of the long connection or an HTTP path."""
        return self.faults.add(Fault(trouble, what, chat, times, skip))

    async def connected(self, *, times: int = 1, within_seconds: float = 5.0) -> None:
        """Wait until the bot has subscribed so many times in all, and is connected."""
        await self.stage.until(
            lambda: self.socket.subscribed >= times and self.socket.current, "the bot is not connected",
            within_seconds=within_seconds,
        )  # fmt: skip

    async def sees(
        self, where: Person | Group, words: str = "", *, since: int = 0, within_seconds: float = 5.0
    ) -> Shown:
        """Wait for something with these words in a private chat or a group, and return the newest."""
        chat = where.userid if isinstance(where, Person) else where.chatid

        def newest() -> Shown | None:
            found = [s for s in self.stage.shown[since:] if s.chat == chat and words in s.text]
            return found[-1] if found else None

        shown = await self.stage.until(newest, f"{chat} never saw {words!r}", within_seconds=within_seconds)
        assert isinstance(shown, Shown)
        return shown

    def seen(self, where: Person | Group) -> list[Shown]:
        """Return everything a private chat or a group has shown."""
        chat = where.userid if isinstance(where, Person) else where.chatid
        return [shown for shown in self.stage.shown if shown.chat == chat]

    def assert_clean(self) -> None:
        """Fail if the bot broke a rule of the platform, was refused by a rate, or lost words to a silent drop."""
        wrong = [*self.socket.violations, *self.webside.violations, *self._crashes]
        assert not wrong, "\n".join(wrong)
        assert not self.gate.refused, f"refused by rates: {self.gate.refused}"
        assert not self.api.dropped_silently, f"dropped silently: {self.api.dropped_silently}"

    def store(self, data: bytes) -> str:
        """Keep a file and return its id."""
        media_id = secrets.token_hex(12)
        self.stage.media[media_id] = data
        return media_id

    def check_content(self, body: Mapping[str, Any]) -> None:
        """Refuse what neither a push nor a reply may be."""
        kind = body.get("msgtype")
        if kind == "markdown":
            content = str(body.get("markdown", {}).get("content", ""))
            if not content:
                raise RefusedError(refusals.EMPTY)
            if len(content.encode()) > CONTENT_LIMIT:
                raise RefusedError(refusals.TOO_LONG)
            if len(str(body["markdown"].get("feedback", {}).get("id", "")).encode()) > 256:
                raise RefusedError(refusals.BAD_LENGTH)
        elif kind == "template_card":
            cards.check(body.get("template_card", {}), used=self.stage.task_ids)
        elif kind in MEDIA:
            if body[kind].get("media_id") not in self.stage.media:
                raise RefusedError(refusals.BAD_LENGTH)
        else:
            raise RefusedError(refusals.BAD_MSGTYPE)

    def count(self, chat: str) -> None:
        """Count a reply or push against its conversation. **Errors**: RefusedError over the rate."""
        if not self.gate.admits("chat", chat, self.gate.limits.chat_minute, self.gate.limits.chat_hour):
            raise RefusedError(refusals.TOO_OFTEN)

    def keep(self, chat: str, route: str, body: Mapping[str, Any]) -> None:
        """Show what was accepted."""
        task_id = body.get("template_card", {}).get("task_id")
        if task_id is not None:
            self.stage.task_ids.add(task_id)
        self.stage.show(chat, route, body)

    def update(self, told: Told, card: Mapping[str, Any]) -> None:
        """Change a card for the one who tapped it. **Errors**: RefusedError for a card that is wrong."""
        cards.check(card, used=self.stage.task_ids, task_id=told.task_id)
        self.stage.updates.append((told.userid, card))
        self.stage.note()

    def _dated(self, _connection: ServerConnection, _request: Shake, response: Shaken) -> None:
        del response.headers["Date"]
        response.headers["Date"] = self.date

    def _connect(self) -> Connection:
        return Connection(self._handle, self._connections, lambda error: self._crashes.append(repr(error)))

    async def _handle(self, request: Request) -> Reply:
        if request.path.startswith("/control/"):
            return await respond(self, request)
        trouble = self.faults.find(request.path)
        if isinstance(trouble, Cut):
            return Reply(dropped=True)
        if isinstance(trouble, Garbage):
            return Reply(trouble.status, trouble.body.encode(), "text/html")
        if isinstance(trouble, Refusal):
            return as_reply({"errcode": trouble.code, "errmsg": trouble.text})
        if isinstance(trouble, NoAck) and not trouble.accepted:
            return Reply(dropped=True)
        reply = self.api.answer(request)
        if isinstance(trouble, NoAck):
            return Reply(dropped=True)
        if isinstance(trouble, LateAck):
            await asyncio.sleep(trouble.seconds)
        return replace(reply, date=self.date)
