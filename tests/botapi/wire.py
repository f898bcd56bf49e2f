"""A small HTTP/1.1 server on an asyncio protocol: cheap, so a bench measures the bot, and able to misbehave.

`BotApi` gives each connection a handler; its answer may be a reply, or a wish to drop the connection.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import unquote

_REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
}
_REASONS |= {
    413: "Request Entity Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; header names are lower case."""

    verb: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer; `dropped` means that the connection is cut instead."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    dropped: bool = False
    date: str = ""


Handle = Callable[[Request], Awaitable[Reply]]


class Connection(asyncio.Protocol):
    """One connection of a client: requests one after the other, kept alive between them."""

    def __init__(
        self,
        handle: Handle,
        open_connections: "set[Connection]",
        crashed: Callable[[BaseException], None],
        abandoned: Callable[[Request], bool] = lambda _request: False,
    ) -> None:
        self._handle = handle
        self._crashed = crashed
        self._abandoned = abandoned
        self._request: Request | None = None
        self._open = open_connections
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the connection."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop what is pointless without its client; anything else is carried out, as the real server would."""
        self._transport = None
        if self._task is None:
            self._open.discard(self)
        elif self._request is not None and self._abandoned(self._request):
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        """Collect bytes and start on a request once it is whole."""
        self._buffer += data
        self._next()

    async def drop(self) -> None:
        """Cut the connection and forget the request."""
        if self._transport is not None:
            self._transport.abort()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _next(self) -> None:
        if self._task is not None or self._transport is None:
            return
        self._request = request = _take(self._buffer)
        if request is not None:
            self._task = asyncio.get_running_loop().create_task(self._answer(request))
            self._task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        if self._transport is None:
            self._open.discard(self)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._crashed(error)
            if self._transport is not None:
                self._transport.abort()

    async def _answer(self, request: Request) -> None:
        reply = await self._handle(request)
        self._task = None
        if self._transport is None:
            return
        if reply.dropped:
            self._transport.abort()
            return
        reason = _REASONS.get(reply.status, "Unknown")
        head = (
            f"HTTP/1.1 {reply.status} {reason}\r\nContent-Type: {reply.content_type}\r\n"
            f"Content-Length: {len(reply.body)}\r\n"
            + (f"Date: {reply.date}\r\n\r\n" if reply.date else "\r\n")
        )
        self._transport.write(head.encode() + reply.body)
        if request.headers.get("connection", "").lower() == "close":
            self._transport.close()
            return
        self._next()


def _take(buffer: bytearray) -> Request | None:
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    first, *lines = buffer[:end].decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    verb, target, _ = first.split(" ")
    if headers.get("transfer-encoding", "").lower() == "chunked":
        taken = _chunks(buffer, end + 4)
        if taken is None:
            return None
        body, stop = taken
    else:
        stop = end + 4 + int(headers.get("content-length", "0"))
        if len(buffer) < stop:
            return None
        body = bytes(buffer[end + 4 : stop])
    del buffer[:stop]
    path, _, query = target.partition("?")
    return Request(verb, unquote(path), query, headers, body)


def _chunks(buffer: bytearray, at: int) -> tuple[bytes, int] | None:
    body = bytearray()
    while True:
        line = buffer.find(b"\r\n", at)
        if line < 0:
            return None
        size = int(buffer[at:line].split(b";")[0], 16)
        at = line + 2 + size + 2
        if len(buffer) < at:
            return None
        if size == 0:
            return bytes(body), at
        body += buffer[line + 2 : line + 2 + size]
