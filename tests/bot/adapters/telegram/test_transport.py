"""The light way to Telegram honours proxies and tells refusals from silence."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from bot.adapters.telegram.errors import OutageError, RefusedError, UnansweredError, UnreadableError
from bot.adapters.telegram.http1 import StreamLine
from bot.adapters.telegram.transport import Line, Transport, httpx_line, needs_proxy
from tests.botapi import BotApi, Drop, Garbage, Hang, refusals


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"HTTPS_PROXY": "http://proxy:3128"}, True),
        ({"all_proxy": "http://proxy:3128"}, True),
        ({"http_proxy": "http://proxy:3128"}, False),
        ({"https_proxy": ""}, False),
        ({"https_proxy": "http://proxy:3128", "no_proxy": "localhost, .telegram.org"}, False),
        ({"https_proxy": "http://proxy:3128", "no_proxy": "example.com"}, True),
        ({"https_proxy": "http://proxy:3128", "no_proxy": "*"}, False),
    ],
)
def test_a_proxy_of_the_environment_is_used(environment: dict[str, str], expected: bool) -> None:
    assert needs_proxy("https://api.telegram.org/bot1:x/", {"UNRELATED": "1", **environment}) is expected


@pytest.fixture
async def proxy(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[bytes]]:
    """A proxy that answers by itself, and what it was asked."""
    asked = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0])
        answer = b'{"ok":true,"result":{"id":7}}'
        date = b"Date: Sat, 21 Nov 2026 09:00:00 GMT\r\nConnection: close\r\n"
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%s\r\n%s" % (len(answer), date, answer))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, f"http://{host}:{port}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")
    yield asked
    server.close()
    await server.wait_closed()


async def test_through_a_proxy_calls_go_by_httpx(proxy: list[bytes]) -> None:
    transport = Transport("http://api.example.com", "1:x")
    reply = await transport.call("getMe", {}, answer_seconds=5)
    await transport.close()
    assert bytes(reply.result) == b'{"id":7}'
    assert transport.date == "Sat, 21 Nov 2026 09:00:00 GMT"
    assert proxy == [b"POST http://api.example.com/bot1:x/getMe HTTP/1.1"]


@pytest.mark.parametrize("open_line", [StreamLine, httpx_line])
@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (Drop(), UnansweredError),
        (Hang(30), UnansweredError),
        (Garbage(), UnreadableError),
        (Garbage(status=502), RefusedError),
        (refusals.UNAUTHORIZED, RefusedError),
    ],
)
async def test_each_way_of_failing_has_its_own_error(
    api: BotApi,
    trouble: Drop | Hang | Garbage | refusals.Refusal,
    kind: type[Exception],
    open_line: Callable[[], Line],
) -> None:
    transport = Transport(api.url, api.token, open_line())
    api.fails("getMe", trouble)
    with pytest.raises(kind):
        await transport.call("getMe", {}, answer_seconds=0.3)
    await transport.close()


@pytest.mark.parametrize("open_line", [StreamLine, httpx_line])
async def test_where_nobody_listens_nothing_was_sent(open_line: Callable[[], Line]) -> None:
    transport = Transport("http://127.0.0.1:9", "1:x", open_line())
    with pytest.raises(OutageError):
        await transport.call("getMe", {}, answer_seconds=1)
    await transport.close()
