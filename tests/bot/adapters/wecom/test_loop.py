"""The main loop on the fake, over a real socket: feedback, resolve, echo by card, thanks."""

import re

import pytest

from bot.adapters.wecom.speech import digest
from tests.bot.adapters.wecom.conftest import Begin, Community


async def resolved(c: Community) -> None:
    """Have a feedback captured in the group and resolved by the KOS."""
    await c.wecom.says(c.zhang, "@小助手\u2005#反馈 按钮太小了，看不清", c.group)
    await c.wecom.sees(c.group, "#1")
    await c.wecom.says(c.zhang, "你好")
    await c.wecom.sees(c.zhang)
    await c.wecom.says(c.li, "／resolve 1 新版本里按钮放大了")


async def test_a_feedback_is_resolved_echoed_by_card_and_thanked_for(begin: Begin) -> None:
    c = await begin()
    await resolved(c)
    echo = await c.wecom.sees(c.zhang, "放大")
    assert echo.kind == "markdown"
    assert "张哥" in echo.text
    card = await c.wecom.sees(c.zhang, "#1")
    assert card.labels == ["顺手多了", "还不行", "没法试"]
    await c.wecom.clicks(c.zhang, card, "顺手多了")
    await c.wecom.sees(c.group, "张哥")
    await c.wecom.stage.until(lambda: c.wecom.stage.updates, "the card was never updated")
    userid, update = c.wecom.stage.updates[0]
    assert userid == "ZhangSan"
    assert update["card_type"] == "text_notice"
    c.wecom.assert_clean()


@pytest.mark.parametrize(("kind", "words"), [(1, "确认"), (2, "重新打开")])
async def test_the_platforms_own_thumb_on_the_echo_is_an_answer_too(
    begin: Begin, kind: int, words: str
) -> None:
    c = await begin()
    await resolved(c)
    echo = await c.wecom.sees(c.zhang, "放大")
    seen = len(c.wecom.stage.shown)
    await c.wecom.rates(c.zhang, echo, kind)
    await c.wecom.sees(c.zhang, words, since=seen)
    c.wecom.assert_clean()


async def test_what_is_said_in_hiding_is_not_remembered_for_quotes(begin: Begin) -> None:
    c = await begin()
    await c.wecom.says(c.zhang, "@小助手\u2005#反馈 按钮太小了，看不清", c.group)
    await c.wecom.sees(c.group, "#1")
    await c.wecom.says(c.zhang, "悄悄话 化名")
    await c.wecom.sees(c.zhang, "只看到一个化名")
    words = "柜台上没有一个人理我，还笑我"
    await c.wecom.says(c.zhang, words)
    receipt = await c.wecom.sees(c.zhang, "您的化名是")
    async with c.database.read() as uow:
        rows = await uow.connection.exec_driver_sql("SELECT chat, digest FROM said")
        chats, known = zip(*rows, strict=True)
        half_sent = await uow.connection.exec_driver_sql("SELECT key FROM half_sent")
        assert list(half_sent) == []
    nobody = re.compile("(?!)")
    assert set(chats) == {c.group.chatid}
    assert set(known).isdisjoint({digest(words, nobody), digest(receipt.text, nobody)})
