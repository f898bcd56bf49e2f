"""HTTP/1.1 over asyncio's streams, as much of it as the Bot API needs; used by `transport` and `client`.

One write a request and no layers above the socket: a poll costs a third of the CPU that httpcore takes for
it, a message half of what httpx takes, and starting saves the import. TLS, certificates and time limits are
the standard library's.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import NamedTuple
from urllib.parse import urlsplit

from bot.adapters.telegram.errors import OutageError, UnansweredError

CONNECT_SECONDS = 10.0
_BUFFER_BYTES = 1024 * 1024
_MOST_BYTES = 64 * 1024 * 1024  # of an answer; a hundred updates are far below it
_EYEBALLS_SECONDS = 0.25  # Source: RFC 8305, how long one address family may try alone
_KEEP_SECONDS = 10.0  # far less than servers keep a connection, so that none closes while we write
_MOST_IDLE = 32
_MOST_UNDER_WAY = 64
_HAS_NO_BODY = frozenset({204, 304})


class Head(NamedTuple):
    """What comes before the body of an answer. **Shape**: header names are lower-case."""

    status: int
    headers: dict[bytes, bytes]
    is_old: bool  # HTTP/1.0, which closes unless told otherwise

    @property
    def keeps_open(self) -> bool:
        """Tell whether another request may follow."""
        return self.headers.get(b"connection", b"close" if self.is_old else b"").lower() != b"close"


class _Connection(NamedTuple):
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def is_alive(self) -> bool:
        """Tell whether the server has not closed it, as far as we have heard."""
        return not self.reader.at_eof() and not self.writer.is_closing()


class StreamLine:
    """Posts JSON to one server, over as many connections as there are calls under way."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        """Without `tls`, servers are trusted as browsers trust them."""
        self._idle: list[tuple[float, _Connection]] = []  # since when, and what; the latest last
        self._room = asyncio.Semaphore(_MOST_UNDER_WAY)
        self._tls = tls

    async def post(self, url: str, body: bytes, answer_seconds: float) -> tuple[int, bytes, str]:
        """Return status, body and Date header. **Errors**: OutageError, UnansweredError."""
        parts = urlsplit(url)
        async with self._room:
            connection = self._reusable() or await self._connect(
                parts.scheme == "https", parts.hostname or "", parts.port
            )
            is_whole = False
            try:
                async with asyncio.timeout(answer_seconds):
                    connection.writer.write(_request(parts.netloc.rpartition("@")[2], parts.path, body))
                    await connection.writer.drain()
                    head = await _read_head(connection.reader)
                    answer = await _read_body(connection.reader, head)
                is_whole = head.keeps_open
            except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
                raise UnansweredError(type(error).__name__) from None
            finally:
                self._put_by(connection, is_whole=is_whole)
        return head.status, answer, head.headers.get(b"date", b"").decode("latin-1")

    async def close(self) -> None:
        """Close the connections that are idle."""
        idle, self._idle = self._idle, []
        for _, connection in idle:
            connection.writer.close()
        await asyncio.gather(*(each.writer.wait_closed() for _, each in idle), return_exceptions=True)

    def _reusable(self) -> _Connection | None:
        """Return the connection used last, if it is fresh enough."""
        oldest = asyncio.get_running_loop().time() - _KEEP_SECONDS
        while self._idle:
            since, connection = self._idle.pop()
            if since >= oldest and connection.is_alive:
                return connection
            connection.writer.close()
        return None

    def _put_by(self, connection: _Connection, *, is_whole: bool) -> None:
        """Keep a connection for the next call, and let go of those nobody will use."""
        if not is_whole:
            connection.writer.close()
            return
        now = asyncio.get_running_loop().time()
        self._idle.append((now, connection))
        while len(self._idle) > _MOST_IDLE or self._idle[0][0] < now - _KEEP_SECONDS:
            self._idle.pop(0)[1].writer.close()

    async def _connect(self, is_secret: bool, host: str, port: int | None) -> _Connection:  # noqa: FBT001
        if is_secret and self._tls is None:
            self._tls = await asyncio.to_thread(_trusting)
        port = port or (443 if is_secret else 80)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                reached = await _reach(host, port)
                try:
                    reader, writer = await asyncio.open_connection(
                        sock=reached, ssl=self._tls if is_secret else None, limit=_BUFFER_BYTES,
                        server_hostname=host if is_secret else None,
                    )  # fmt: skip
                except BaseException:
                    reached.close()
                    raise
        except OSError as error:  # TimeoutError and ssl.SSLError are OSErrors too
            raise OutageError(type(error).__name__) from None
        return _Connection(reader, writer)


async def _reach(host: str, port: int) -> socket.socket:
    """Connect to whichever of a host's addresses answers first: IPv6 is often announced and broken."""
    from aiohappyeyeballs import start_connection

    addresses = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return await start_connection(addresses, happy_eyeballs_delay=_EYEBALLS_SECONDS)


def _trusting() -> ssl.SSLContext:
    """Return what trusts the system's certificates and Mozilla's, which a slim container lacks."""
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _request(host: str, path: str, body: bytes) -> bytes:
    lines = (
        f"POST {path} HTTP/1.1",
        f"Host: {host}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join((*lines, "", "")).encode("latin-1") + body


async def _read_head(reader: asyncio.StreamReader) -> Head:
    while True:
        head = parse_head(await reader.readuntil(b"\r\n\r\n"))
        if head.status >= 200:
            return head


def parse_head(raw: bytes) -> Head:
    """Take the head of an answer apart. **Errors**: ValueError if it is no HTTP/1 answer."""
    first, *lines = raw.rstrip(b"\r\n").split(b"\r\n")
    version, _, rest = first.partition(b" ")
    code = rest[:3]
    if version not in (b"HTTP/1.1", b"HTTP/1.0") or len(code) != 3 or not code.isdigit():
        raise ValueError("not an HTTP/1 answer")
    headers = {}
    for line in lines:
        name, _, value = line.partition(b":")
        headers[name.strip().lower()] = value.strip()
    return Head(int(code), headers, version == b"HTTP/1.0")


async def _read_body(reader: asyncio.StreamReader, head: Head) -> bytes:
    if head.status in _HAS_NO_BODY:
        return b""
    if head.headers.get(b"transfer-encoding", b"").lower() == b"chunked":
        return await _read_chunks(reader)
    length = head.headers.get(b"content-length")
    if length is not None:
        return await reader.readexactly(_size(length, 10))
    head.headers[b"connection"] = b"close"  # it ends where the connection does
    body = bytearray()
    while piece := await reader.read(_BUFFER_BYTES):
        body += piece
        _size(b"%d" % len(body), 10)
    return bytes(body)


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while size := _size((await reader.readuntil(b"\r\n")).partition(b";")[0].strip(), 16):
        body += await reader.readexactly(size)
        _size(b"%d" % len(body), 10)
        if await reader.readexactly(2) != b"\r\n":
            raise ValueError("a chunk that does not end")
    while await reader.readuntil(b"\r\n") != b"\r\n":
        pass  # trailers
    return bytes(body)


def _size(digits: bytes, base: int) -> int:
    """Read a length. **Errors**: ValueError if it is none, or too great."""
    size = int(digits, base)
    if not 0 <= size <= _MOST_BYTES:
        raise ValueError("a length that is none")
    return size
