"""Dialogues about being named: thanked by name in the group, or not."""

from __future__ import annotations

from tests.handlers.members.test_verify import resolve, said
from tests.talk import YU, ZHANG, Talk


async def test_who_would_rather_not_be_named_is_thanked_without_a_name(talk: Talk) -> None:
    await said(talk)
    await resolve(talk)
    await talk.presses(ZHANG, "顺手多了")
    thanks = talk.last()
    asked = talk.last(ZHANG)
    assert asked.labels == ["别在群里提我"]
    await talk.advance(minutes=1)
    assert await talk.presses(ZHANG, "别在群里提我") == "好，群里不提您的名字"
    await talk.advance(minutes=1)
    assert thanks.text == "「按钮太小了」改好了，提出的那位也亲自确认过了，谢谢！"
    assert asked.labels == ["可以提我的名字"]
    assert asked.text.endswith("#1 因为您说了才变好。从今天起，您是我们的「品牌荣誉产品顾问」。")
    await talk.says(ZHANG, "#反馈 声音也有点大")
    await resolve(talk, 2)
    await talk.presses(ZHANG, "顺手多了")
    assert "张哥" not in talk.last().text
    assert talk.last().message.reply_to == ""
    await talk.presses(ZHANG, "可以提我的名字", on=asked)
    await talk.advance(minutes=1)
    assert "张哥" in thanks.text


async def test_nobody_decides_for_somebody_else_whether_they_are_named(talk: Talk) -> None:
    await said(talk)
    change = await resolve(talk)
    await talk.presses(ZHANG, "顺手多了")
    thanks = talk.last()
    for action in (f"named:1:{change.id}:no", f"named:1:{change.id}:perhaps", "named:x:1:no", "named:1"):
        await talk.presses_action(YU, action, on=talk.last(ZHANG))
    await talk.advance(minutes=1)
    assert "张哥" in thanks.text
