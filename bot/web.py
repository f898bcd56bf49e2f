"""The one web server: webhooks, web chat, health and metrics. Built and stopped by `bot/app.py`.

Starlette and uvicorn are imported at start only, so a bot that polls and shows nothing never pays for them.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.metrics import Metrics

if TYPE_CHECKING:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

WEBHOOK_LIMIT = 1024 * 1024  # bytes; Source: Telegram's updates are far below it
_GRACE_SECONDS = 2  # what a request under way gets when we stop
_MACHINES = (
    "/healthz",
    "/metrics",
    "/telegram/webhook",
    "/wecom/bot",
    "/wecom/app",
)  # asked by programs under any host name
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HEADERS = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Where the server listens; port 0 takes any free one. `public_url` is how people reach it, if by a proxy."""

    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """How the bot is, for /healthz; the state goes out as JSON."""

    is_well: bool
    state: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Site:
    """A part of the server under its own path; `build` is called at start, `close` ends its open streams."""

    path: str
    build: Callable[[], Any]
    close: Callable[[], None]


class TooLargeError(Exception):
    """A body is over its limit."""


class Web:
    """The server."""

    def __init__(
        self, settings: WebSettings, *, health: Callable[[], Awaitable[Health]], metrics: Metrics,
        receive: Callable[[Mapping[str, str], bytes], Awaitable[int]] | None = None, sites: tuple[Site, ...] = (),
    ) -> None:  # fmt: skip
        """`receive` takes the headers (lower-case names) and body of a webhook call and returns the HTTP status."""
        self._settings = settings
        self._health = health
        self._metrics = metrics
        self._receive = receive
        self._sites = sites
        self._server: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self.port = settings.port

    @property
    def is_listening(self) -> bool:
        """Tell whether requests are answered."""
        return self._server is not None and self._server.started

    async def start(self) -> None:
        """Listen; returns when requests are answered. **Errors**: OSError when the port is taken."""
        import uvicorn

        class QuietServer(uvicorn.Server):
            """A server that leaves the signals to the app, and says when it listens."""

            @contextmanager
            def capture_signals(self) -> Iterator[None]:
                yield

            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                listening.set()

        listening = asyncio.Event()

        listener = _listen(self._settings.host, self._settings.port)
        self.port = listener.getsockname()[1]
        config = uvicorn.Config(
            self.app(), log_config=None, access_log=False, lifespan="off", server_header=False, ws="none",
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )  # fmt: skip
        self._server = QuietServer(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))
        ready = asyncio.create_task(listening.wait())
        await asyncio.wait((ready, self._serving), return_when=asyncio.FIRST_COMPLETED)
        if self._serving.done():
            ready.cancel()
            self._serving.result()

    async def stop(self) -> None:
        """End the streams, answer what is under way, stop listening."""
        for site in self._sites:
            site.close()
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await asyncio.gather(self._serving, return_exceptions=True)
            self._server = self._serving = None

    def app(self) -> ASGIApp:
        """Build what answers the requests."""
        from starlette.applications import Starlette
        from starlette.responses import RedirectResponse
        from starlette.routing import Mount, Route

        routes: list[Any] = [Route("/healthz", self._healthz), Route("/metrics", self._show_metrics)]
        if self._receive is not None:
            routes.append(Route("/telegram/webhook", self._webhook, methods=["POST"]))
        routes += [Mount(site.path, app=site.build()) for site in self._sites]
        if self._sites:
            front = f"{self._sites[0].path}/"

            async def to_front(request: Request) -> Response:
                del request
                return RedirectResponse(front)

            routes.append(Route("/", to_front))
        inner: Starlette = Starlette(routes=routes)
        return _Guard(inner, _HostRule(self._settings), self._metrics)

    async def _healthz(self, request: Request) -> Response:
        from starlette.responses import JSONResponse

        del request
        health = await self._health()
        return JSONResponse({"ok": health.is_well, **health.state}, 200 if health.is_well else 503)

    async def _show_metrics(self, request: Request) -> Response:
        from starlette.responses import Response

        del request
        return Response(self._metrics.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def _webhook(self, request: Request) -> Response:
        from starlette.responses import Response

        assert self._receive is not None  # noqa: S101 - the route exists only then
        try:
            body = await read_body(request.headers, request.stream(), WEBHOOK_LIMIT)
        except TooLargeError:
            return Response(status_code=413)
        return Response(status_code=await self._receive(request.headers, body))


async def read_body(headers: Mapping[str, str], stream: AsyncIterator[bytes], limit: int) -> bytes:
    """Read a body that may not be longer than `limit` bytes.

    **Errors**: TooLargeError, before anything is read if the length is told, else as soon as it is passed.
    """
    told = headers.get("content-length", "")
    if told.isascii() and told.isdigit() and int(told) > limit:
        raise TooLargeError
    body = bytearray()
    async for piece in stream:
        body += piece
        if len(body) > limit:
            raise TooLargeError
    return bytes(body)


class _HostRule:
    """Which Host headers are ours: a page of another name that resolves to us (DNS rebinding) gets nothing."""

    def __init__(self, settings: WebSettings) -> None:
        self._public = urlsplit(settings.public_url).hostname or ""
        self._is_local = is_loopback(settings.host)

    def allows(self, host: str) -> bool:
        """Tell whether a Host header is ours."""
        name = urlsplit(f"//{host}").hostname or ""
        if is_loopback(name) or (self._public and name == self._public):
            return True
        return not self._is_local and _is_address(name)


class _Guard:
    """Puts the security headers on every answer and turns away strange hosts and foreign posts."""

    def __init__(self, app: ASGIApp, hosts: _HostRule, metrics: Metrics) -> None:
        self._app = app
        self._hosts = hosts
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.add("http_requests", str(message["status"]))
                given = {name for name, _ in message["headers"]}
                extra = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [
                    *message["headers"],
                    *[(name, value) for name, value in extra if name not in given],
                ]
            await send(message)

        refusal = self._refusal(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self._app(scope, receive, dressed)
            return
        from starlette.responses import PlainTextResponse

        status, why = refusal
        await PlainTextResponse(why, status)(scope, receive, dressed)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        if scope["path"] in _MACHINES:
            return None
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get("host", "")
        if not self._hosts.allows(host):
            return 421, "This server does not answer to that host name."
        if scope["method"] not in _SAFE_METHODS and not _is_same_origin(headers, host):
            return 403, "Only this page itself may do that."
        return None


def _is_same_origin(headers: Mapping[str, str], host: str) -> bool:
    """Tell whether a request comes from our own page, or from a program that is no browser."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == host


def is_loopback(name: str) -> bool:
    """Tell whether a host name or address is this machine's own."""
    if name == "localhost":
        return True
    return _is_address(name) and ipaddress.ip_address(name).is_loopback


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _listen(host: str, port: int) -> socket.socket:
    """Open the listening socket ourselves: uvicorn would end the process when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
        listener.settimeout(0)
    except OSError:
        listener.close()
        raise
    return listener
