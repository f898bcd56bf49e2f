"""The token of the self-built app: asked for once, renewed once, and given up in words."""

import asyncio

import pytest

from bot.adapters.base import UnreachableError
from tests.bot.adapters.wecom.conftest import Begin
from tests.bot.adapters.wecom.test_roads import APP, to
from tests.wecom import refusals


async def test_the_token_is_asked_for_once_however_many_need_it(begin: Begin) -> None:
    c = await begin(app=True)
    await asyncio.gather(*(c.adapter.send(to("xiaoyu", f"第 {n} 条")) for n in range(10)))
    assert c.wecom.api.tokens_given == 1
    assert len(c.wecom.seen(c.yu)) == 10


async def test_a_token_that_expires_in_the_middle_is_renewed_once(begin: Begin) -> None:
    c = await begin(app=True)
    await c.adapter.send(to("xiaoyu", "一"))
    c.wecom.api.expire_token()
    await asyncio.gather(*(c.adapter.send(to("xiaoyu", f"第 {n} 条")) for n in range(5)))
    assert c.wecom.api.tokens_given == 2
    assert len(c.wecom.seen(c.yu)) == 6


async def test_a_token_refused_for_ever_is_renewed_once_and_then_given_up(begin: Begin) -> None:
    c = await begin(app=True)
    c.wecom.fails(APP, refusals.BAD_TOKEN, times=None)
    with pytest.raises(UnreachableError, match="40014"):
        await c.adapter.send(to("xiaoyu", "您好"))
    assert c.wecom.api.tokens_given == 2


async def test_an_address_that_is_not_allowed_is_said_in_words(begin: Begin) -> None:
    c = await begin(app=True)
    c.wecom.api.ip_is_allowed = False
    with pytest.raises(UnreachableError, match="企业可信IP"):
        await c.adapter.send(to("xiaoyu", "您好"))
