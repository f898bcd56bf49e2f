"""The HTTP roads' one client: peers that are slow, dead, or no peer at all."""

import pytest

from bot.adapters.base import OutcomeUnknownError, TemporaryError
from bot.adapters.wecom.routes.http import Http
from tests.bot.adapters.wecom.conftest import Begin
from tests.wecom import LateAck

HOOK = "/cgi-bin/webhook/send"


async def test_a_peer_that_is_too_slow_has_an_unknown_outcome(begin: Begin) -> None:
    c = await begin(webhook=True)
    c.wecom.fails(HOOK, LateAck(5))
    http = Http(timeout_seconds=0.2)
    body = {"msgtype": "text", "text": {"content": "早安"}}
    with pytest.raises(OutcomeUnknownError, match="ReadTimeout"):
        await http.ask("webhook", f"{c.wecom.url}{HOOK}", query={"key": "KEY"}, body=body)
    await http.close()
    await c.wecom.sees(c.group, "早安")


async def test_a_peer_that_is_not_there_was_sent_nothing(begin: Begin) -> None:
    await begin()
    http = Http()
    with pytest.raises(TemporaryError, match="ConnectError") as raised:
        await http.ask("webhook", "http://127.0.0.1:1/x", body={})
    assert raised.value.retry_after is not None  # else it would be given up after twelve tries
    await http.close()


async def test_a_file_that_is_too_large_or_gone_is_not_kept(begin: Begin) -> None:
    c = await begin()
    http = Http()
    name = c.wecom.store(b"x" * 1000)
    assert await http.fetch(f"{c.wecom.url}/media/{name}", 1000) == b"x" * 1000
    for address, why in ((f"/media/{name}", "too large"), ("/media/none", "HTTP 404")):
        with pytest.raises(TemporaryError, match=why):
            await http.fetch(f"{c.wecom.url}{address}", 999)
    with pytest.raises(TemporaryError, match="download"):
        await http.fetch("no address", 999)
    await http.close()
