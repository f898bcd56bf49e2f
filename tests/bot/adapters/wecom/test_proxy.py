"""The environment's proxy is used by every road, `NO_PROXY` is obeyed, and a proxy's password is never told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.adapters.base import TemporaryError
from bot.adapters.wecom.routes.http import Http
from bot.adapters.wecom.routes.long_connection import LongConnection
from tests.bot.adapters.wecom.conftest import settings_for
from tests.bot.adapters.wecom.proxy import Proxy, proxied
from tests.wecom import WeCom

TOKEN = "/cgi-bin/gettoken"


@pytest.fixture
async def proxy(wecom: WeCom, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Proxy]:
    ports = [urlsplit(url).port or 0 for url in (wecom.url, wecom.ws_url)]
    async with proxied(monkeypatch, *ports) as proxy:
        yield proxy


async def test_requests_take_the_proxy(proxy: Proxy) -> None:
    http = Http()
    answer = await http.ask("app", f"http://qyapi.example{TOKEN}", query={"corpid": "x"})
    await http.close()
    assert answer["errcode"] == 40001
    assert proxy.asked == [f"GET http://qyapi.example{TOKEN}"]


async def test_what_needs_no_proxy_goes_straight(proxy: Proxy, wecom: WeCom) -> None:
    http = Http()
    await http.ask("app", f"{wecom.url}{TOKEN}", query={"corpid": "x"})
    await http.close()
    assert (proxy.asked, len(wecom.api.calls)) == ([], 1)


async def test_a_proxy_that_refuses_was_given_nothing(proxy: Proxy) -> None:
    proxy.status = 407
    http = Http()
    with pytest.raises(TemporaryError, match="ProxyError"):
        await http.ask("app", f"https://qyapi.example{TOKEN}")
    await http.close()
    assert proxy.asked == ["CONNECT qyapi.example:443"]


async def test_a_proxy_of_no_known_kind_is_said_without_its_password(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "carrier://me:hush@127.0.0.1:1")
    http = Http()
    with pytest.raises(TemporaryError, match="the environment's proxy") as caught:
        await http.ask("app", f"https://qyapi.example{TOKEN}")
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(("host", "asked"), [("openws.example", True), ("127.0.0.1", False)])
async def test_the_long_connection_takes_the_proxy_unless_it_needs_none(
    proxy: Proxy, wecom: WeCom, tmp_path: Path, host: str, asked: bool
) -> None:
    settings = settings_for(wecom, tmp_path)
    assert settings.bot is not None
    port = urlsplit(wecom.ws_url).port
    bot = replace(settings.bot, ws_url=f"ws://{host}:{port}")
    connection = LongConnection(settings, bot, lambda _req_id, _body: None)
    await connection.start()
    assert await connection.opened(5)
    await connection.stop()
    assert proxy.asked == ([f"CONNECT {host}:{port}"] if asked else [])


async def test_the_long_connection_tries_on_whatever_the_proxy_is(
    proxy: Proxy,
    wecom: WeCom,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = settings_for(wecom, tmp_path)
    assert settings.bot is not None
    bot = replace(settings.bot, ws_url="ws://openws.example:80")
    connection = LongConnection(settings, bot, lambda _req_id, _body: None)
    monkeypatch.setenv("HTTPS_PROXY", "carrier://me:hush@127.0.0.1:1")
    await connection.start()
    assert not await connection.opened(0.2)
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    assert await connection.opened(5)
    await connection.stop()
    assert "hush" not in "".join(capsys.readouterr())
