"""The one web server: health, metrics, the webhook, and who is turned away."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import pytest

from bot.metrics import Metrics
from bot.web import WEBHOOK_LIMIT, Health, Site, Web, WebSettings

WELL = Health(is_well=True, state={"database": "reachable"})


def site() -> Site:
    """Return a site that answers whatever it is asked."""

    def build() -> Any:
        from starlette.applications import Starlette
        from starlette.requests import Request
        from starlette.responses import PlainTextResponse
        from starlette.routing import Route

        async def answer(request: Request) -> PlainTextResponse:
            return PlainTextResponse(f"{request.method} done")

        return Starlette(routes=[Route("/", answer, methods=["GET", "POST"])])

    return Site("/webchat", build, lambda: None)


class Hook:
    """What receives webhook calls."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.secrets: list[str] = []

    async def __call__(self, headers: Mapping[str, str], body: bytes) -> int:
        self.bodies.append(body)
        self.secrets.append(headers.get("x-telegram-bot-api-secret-token", ""))
        return 200 if self.secrets[-1] == "right" else 401


class Doctor:
    """Says how the bot is."""

    def __init__(self) -> None:
        self.health = WELL

    async def __call__(self) -> Health:
        return self.health


@pytest.fixture
def hook() -> Hook:
    return Hook()


@pytest.fixture
def doctor() -> Doctor:
    return Doctor()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def web_of(settings: WebSettings, hook: Hook, doctor: Doctor, metrics: Metrics) -> Web:
    return Web(settings, health=doctor, metrics=metrics, receive=hook, sites=(site(),))


@pytest.fixture
async def client(hook: Hook, doctor: Doctor, metrics: Metrics) -> AsyncIterator[httpx.AsyncClient]:
    app = web_of(WebSettings(), hook, doctor, metrics).app()
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        yield client


async def test_health_tells_the_state_and_503_when_something_is_wrong(
    client: httpx.AsyncClient, doctor: Doctor
) -> None:
    well = await client.get("/healthz")
    doctor.health = Health(is_well=False, state={"database": "out of reach"})
    ill = await client.get("/healthz")

    assert (well.status_code, well.json()) == (200, {"ok": True, "database": "reachable"})
    assert (ill.status_code, ill.json()) == (503, {"ok": False, "database": "out of reach"})


async def test_metrics_show_what_was_counted(client: httpx.AsyncClient, metrics: Metrics) -> None:
    metrics.add("updates", "telegram")
    metrics.add("deliveries", "telegram", "sent")
    metrics.add("deliveries", "telegram", "sent")

    text = (await client.get("/metrics")).text

    assert 'huixiang_updates_total{platform="telegram"} 1.0' in text
    assert 'huixiang_deliveries_total{platform="telegram",state="sent"} 2.0' in text


async def test_a_webhook_call_is_handed_on_and_answered_with_its_status(
    client: httpx.AsyncClient, hook: Hook
) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": "right", "host": "bot.example"}
    right = await client.post("/telegram/webhook", content=b'{"update_id": 1}', headers=headers)
    wrong = await client.post("/telegram/webhook", content=b"{}")

    assert (right.status_code, wrong.status_code) == (200, 401)
    assert hook.bodies == [b'{"update_id": 1}', b"{}"]


async def test_a_body_over_the_limit_is_refused_before_it_is_read(
    client: httpx.AsyncClient, hook: Hook
) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b"0" * 65536

    told = await client.post(
        "/telegram/webhook", content=endless(), headers={"content-length": str(WEBHOOK_LIMIT + 1)}
    )
    read_when_told = read
    untold = await client.post("/telegram/webhook", content=endless())

    assert (told.status_code, untold.status_code) == (413, 413)
    assert read_when_told == 0
    assert read <= WEBHOOK_LIMIT // 65536 + 1
    assert hook.bodies == []


@pytest.mark.parametrize("path", ["/", "/webchat/", "/healthz", "/nowhere"])
async def test_every_answer_carries_the_security_headers(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers

    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"


async def test_the_front_door_leads_to_the_first_site(client: httpx.AsyncClient) -> None:
    answer = await client.get("/")

    assert (answer.status_code, answer.headers["location"]) == (307, "/webchat/")


@pytest.mark.parametrize(
    ("bound", "public", "host", "status"),
    [
        ("127.0.0.1", "", "127.0.0.1:8080", 200),
        ("127.0.0.1", "", "localhost:8080", 200),
        ("127.0.0.1", "", "[::1]:8080", 200),
        ("127.0.0.1", "", "evil.example", 421),
        ("127.0.0.1", "", "127.0.0.1.evil.example", 421),
        ("127.0.0.1", "", "192.168.1.5:8080", 421),
        ("127.0.0.1", "", "", 421),
        ("127.0.0.1", "https://bot.example", "bot.example", 200),
        ("0.0.0.0", "", "192.168.1.5:8080", 200),
        ("0.0.0.0", "", "evil.example", 421),
    ],
)
async def test_a_host_name_that_is_not_ours_gets_nothing(
    hook: Hook, doctor: Doctor, metrics: Metrics, bound: str, public: str, host: str, status: int
) -> None:
    app = web_of(WebSettings(bound, public_url=public), hook, doctor, metrics).app()
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        answer = await client.get("/webchat/", headers={"host": host})

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "http://127.0.0.1:8080"}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
    ],
)
async def test_only_our_own_page_may_post(
    client: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    assert (await client.post("/webchat/", headers=headers)).status_code == status


async def test_the_server_takes_any_free_port_and_leaves_the_signals_alone(
    hook: Hook, doctor: Doctor, metrics: Metrics
) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    web = web_of(WebSettings(port=0), hook, doctor, metrics)
    await web.start()
    async with httpx.AsyncClient(verify=False) as client:
        answer = await client.get(f"http://127.0.0.1:{web.port}/healthz")
    during = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    async with asyncio.timeout(5):
        await web.stop()

    assert answer.status_code == 200
    assert before == during
    with pytest.raises(ConnectionRefusedError), socket.socket() as probe:
        probe.connect(("127.0.0.1", web.port))


async def test_a_taken_port_is_an_error_and_not_the_end_of_the_process(
    hook: Hook, doctor: Doctor, metrics: Metrics
) -> None:
    first = web_of(WebSettings(port=0), hook, doctor, metrics)
    await first.start()
    try:
        with pytest.raises(OSError, match=r"in use"):
            await web_of(WebSettings(port=first.port), hook, doctor, metrics).start()
    finally:
        await first.stop()


def test_a_bot_that_shows_nothing_does_not_load_the_web_server() -> None:
    heavy = "starlette fastapi uvicorn prometheus_client"
    code = (
        "import sys, bot.web, bot.adapters.webchat.adapter\n"
        f"print([name for name in {heavy!r}.split() if name in sys.modules])"
    )

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "[]"
