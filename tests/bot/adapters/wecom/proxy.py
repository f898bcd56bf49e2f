"""A proxy that the environment names: carries plain requests and CONNECT tunnels to one place, and keeps a list."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "WS_PROXY", "WSS_PROXY", "SOCKS_PROXY")


@dataclass(slots=True)
class Proxy:
    """A proxy; whatever name is asked for, it leads to the fake."""

    http_port: int
    ws_port: int
    status: int = 200
    asked: list[str] = field(default_factory=list)
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        head = await reader.readuntil(b"\r\n\r\n")
        first, _, rest = head.partition(b"\r\n")
        verb, target, _ = first.decode().split(" ")
        self.asked.append(f"{verb} {target.partition('?')[0]}")
        if self.status != 200:
            writer.write(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % self.status)
            writer.close()
            return
        is_tunnel = verb == "CONNECT"
        port = self.ws_port if is_tunnel else self.http_port
        theirs, ours = await asyncio.open_connection("127.0.0.1", port)
        if is_tunnel:
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        else:
            path = "/" + target.split("/", 3)[3]
            ours.write(f"{verb} {path} HTTP/1.1\r\n".encode() + rest)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_pump(reader, ours))
                both.create_task(_pump(theirs, writer))
        finally:
            ours.close()
            writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    writer.close()


@asynccontextmanager
async def proxied(monkeypatch: pytest.MonkeyPatch, http_port: int, ws_port: int) -> AsyncIterator[Proxy]:
    """Open a proxy and let the environment name it, and no other."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    proxy = Proxy(http_port, ws_port)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", "direct.example,127.0.0.1")
    yield proxy
    server.close()
