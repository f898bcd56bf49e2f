"""Dialogues about /inbox (handlers/kos/inbox.py)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.adapters.base import UnreachableError
from storage.records import ChatKind, FeedbackClass
from tests.fakes import EVERYTHING
from tests.handlers.conftest import open_private
from tests.talk import LI, MIN, PLATFORM, YU, ZHANG, Captured, Talk


async def test_an_empty_inbox_says_so(talk: Talk) -> None:
    await talk.says(LI, "/inbox", dm=True)
    assert talk.heard(LI) == ["待办 0（超时 0，没人跟进 0），搁置 0，等验证 0\n都处理完了。"]


async def test_where_the_guess_is_weak_inbox_and_card_say_that_a_person_must_judge(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured("#反馈 就那样吧", is_unsure=True)
    await talk.says(LI, "/inbox", dm=True)
    assert f"#{feedback.id} 待人判断 · " in talk.last(LI).text
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    assert talk.last(LI).text.startswith(f"#{feedback.id} 待人判断 · ")
    async with talk.database.begin() as uow:
        met = await uow.members.meet(PLATFORM, [(LI.external_id, LI.name, "")], talk.now)
        await uow.members.change(met[LI.external_id].id, language="en")
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    assert talk.last(LI).text.startswith(f"#{feedback.id} needs a human · ")
    await talk.presses(LI, "suggestion")
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    assert talk.last(LI).text.startswith(f"#{feedback.id} suggestion · ")


async def test_what_is_late_comes_first_then_the_longest_waiting(talk: Talk, captured: Captured) -> None:
    first = await captured("#反馈 按钮太小了")
    await talk.advance(hours=40)
    second = await captured("#反馈 发货太慢了", YU, kind=FeedbackClass.SERVICE, is_guess=False)
    third = await captured("#反馈 说明书看不懂", YU)
    await talk.says(LI, f"/claim {first.id}", dm=True)
    await talk.advance(hours=49)
    await captured("#反馈 盒子很漂亮", YU, kind=FeedbackClass.PRAISE)
    talk.heard(LI)
    await talk.says(LI, "待办", dm=True)
    lines = talk.heard(LI)[0].split("\n")
    assert lines == [
        "待办 4（超时 2，没人跟进 3），搁置 0，等验证 0",
        f"⏰ #{second.id} 服务 · 2 天 · 小雨：发货太慢了 · 10月16日周五 02:00前",
        f"⏰ #{third.id} 建议？ · 2 天 · 小雨：说明书看不懂 · 10月16日周五 02:00前",
        f"#{first.id} 建议？ · 3 天 · 张哥：按钮太小了 · 10月21日前",
        f"#{third.id + 1} 表扬？ · 1 分钟 · 小雨：盒子很漂亮 · 10月18日前",
    ]


async def test_a_button_a_line_shows_the_card(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, "/inbox", dm=True)
    await talk.presses(LI, f"#{feedback.id}")
    assert talk.last(LI).text.startswith(f"#{feedback.id} 建议？ · 已收到 · 还没有人跟进")


async def test_ten_fit_a_page_and_page_buttons_turn_it_in_place(talk: Talk, captured: Captured) -> None:
    for number in range(23):
        await captured(f"#反馈 第 {number} 件事情")
    await talk.says(LI, "/inbox 事情", dm=True)
    page = talk.last(LI)
    assert page.text.count("\n#") == 10
    assert "第 1 页" in page.text
    assert page.labels[-1:] == ["下一页"]
    await talk.presses(LI, "下一页")
    await talk.advance(seconds=11)
    assert "第 2 页" in page.text
    assert page.labels[-2:] == ["上一页", "下一页"]
    await talk.presses(LI, "下一页")
    await talk.advance(seconds=11)
    assert page.text.count("\n#") == 3
    await talk.presses(LI, "上一页")
    await talk.advance(seconds=11)
    assert "说到「事情」的：23 条" in page.text
    assert talk.last(LI) is page


async def test_words_mine_and_all_sift(talk: Talk, captured: Captured) -> None:
    mine = await captured("#反馈 按钮太小了")
    held = await captured("#反馈 发货太慢了")
    done = await captured("#反馈 说明书看不懂")
    await talk.says(LI, f"/claim {mine.id}", dm=True)
    await talk.says(MIN, f"/hold {held.id} 2w", dm=True)
    await talk.says(MIN, f"/resolve {done.id} 重写了", dm=True)
    talk.heard(LI)
    for words, numbers in (
        ("", [mine.id]),
        ("按钮", [mine.id]),
        ("发货", [held.id]),
        ("mine", [mine.id]),
        ("我的", [mine.id]),
        ("all", [mine.id, held.id, done.id]),
        ("全部", [mine.id, held.id, done.id]),
        ("按钮 太大", []),
        ("100%", []),
    ):
        await talk.says(LI, f"/inbox {words}".strip(), dm=True)
        assert talk.last(LI).labels == [f"#{number}" for number in numbers], words
    assert "搁置 1，等验证 1" in talk.last(LI).text


async def test_in_a_group_it_is_answered_in_private_with_a_nod(talk: Talk, captured: Captured) -> None:
    await open_private(talk, LI)
    await captured()
    said = await talk.says(LI, "/inbox")
    assert talk.heard() == []
    assert (said.chat, said.message_id, "👌") in talk.adapter.reactions
    assert "张哥：按钮太小了" in talk.heard(LI)[0]


async def test_in_a_group_without_reactions_there_is_one_line(talk: Talk, captured: Captured) -> None:
    await open_private(talk, LI)
    feedback = await captured()
    key = (talk.adapter.platform, ChatKind.GROUP)
    talk.dispatcher._capabilities = {
        **talk.dispatcher._capabilities, key: replace(EVERYTHING, reactions=False)
    }  # fmt: skip
    await talk.says(LI, "/inbox")
    assert talk.heard() == ["私信发你了。"]
    assert f"#{feedback.id}" in talk.heard(LI)[0]


async def test_a_kos_who_never_opened_the_private_chat_is_led_there_and_finds_it(
    talk: Talk, captured: Captured
) -> None:
    await captured()
    talk.adapter.unreachable[LI.external_id] = UnreachableError("never started")
    await talk.says(LI, "/inbox")
    assert talk.heard(LI) == []
    assert talk.heard() == ["先打开和我的私聊，答复在那里等着你。"]
    del talk.adapter.unreachable[LI.external_id]
    await talk.presses(LI, "打开私聊")
    assert len([text for text in talk.heard(LI) if "张哥：按钮太小了" in text]) == 1


async def test_called_by_name_in_the_group_chinese_words_work_too(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await open_private(talk, LI)
    await talk.says(LI, f"跟进 {feedback.id}", mentions_us=True)
    assert talk.heard(LI) == [f"#{feedback.id}「按钮太小了」归你跟进了。"]
    await talk.says(LI, f"跟进 {feedback.id}")
    assert talk.heard(LI) == []


async def test_what_did_not_arrive_stands_at_the_bottom_with_what_to_do(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured()
    talk.adapter.unreachable[ZHANG.external_id] = UnreachableError("never started")
    await talk.says(LI, f"/resolve {feedback.id} 改好了", dm=True)
    await talk.advance(hours=3)
    talk.heard(LI)
    await talk.says(LI, "/inbox", dm=True)
    assert talk.heard(LI)[0].split("\n")[-2:] == [
        "有 1 条没送到，请亲自说一声：",
        f"#{feedback.id} → 张哥，3 小时前。说过之后：/told {feedback.id}",
    ]


async def test_what_staff_did_not_get_is_nobodys_errand(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    talk.adapter.unreachable[MIN.external_id] = UnreachableError("never started")
    await talk.says(MIN, f"/show {feedback.id}")
    await talk.says(LI, "/inbox", dm=True)
    assert "没送到" not in talk.heard(LI)[0]


async def test_of_many_that_did_not_arrive_the_newest_are_named(talk: Talk, captured: Captured) -> None:
    talk.adapter.unreachable[ZHANG.external_id] = UnreachableError("never started")
    for number in range(7):
        feedback = await captured(f"#反馈 第 {number} 件事情")
        await talk.says(LI, f"/reply {feedback.id} 好的", dm=True)
    talk.heard(LI)
    await talk.says(LI, "/inbox", dm=True)
    text = talk.heard(LI)[0]
    assert "有 7 条没送到，请亲自说一声：" in text
    assert text.count("→ 张哥") == 5


async def test_a_forged_page_number_is_nobodys_press(talk: Talk, captured: Captured) -> None:
    await captured()
    await talk.says(LI, "/inbox", dm=True)
    shown = talk.last(LI)
    before = shown.text
    for action in ("inbox", "inbox:x", "inbox:-1", "inbox:99999999999999999999"):
        await talk.presses_action(LI, action, on=shown)
    await talk.advance(seconds=11)
    assert shown.text == before


@pytest.mark.parametrize("text", ["/inbox", "/show 1", "/resolve 1 改好了"])
async def test_a_member_is_refused_without_side_effects(talk: Talk, captured: Captured, text: str) -> None:
    await captured()
    await talk.says(ZHANG, text, dm=True)
    assert all("按钮" not in heard for heard in talk.heard(ZHANG))
    async with talk.database.read() as uow:
        assert await uow.audit.list_last() == []


async def test_a_member_who_presses_a_staff_button_does_nothing(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    await talk.presses_action(ZHANG, f"claim:{feedback.id}:0", on=talk.last(LI))
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(feedback.id)).owner_id is None


async def test_a_topic_takes_one_place_with_how_many_voices_it_has(talk: Talk, captured: Captured) -> None:
    voices = [await captured(f"#反馈 第 {number} 次黑屏", YU) for number in range(4)]
    alone = await captured("#反馈 按钮太小了")
    for voice in voices[1:]:
        await talk.says(LI, f"/merge {voice.id} {voices[0].id}", dm=True)
    talk.heard(LI)
    await talk.says(LI, "/inbox", dm=True)
    page = talk.last(LI)
    assert [line.partition(" · ")[0] for line in page.text.split("\n")[1:]] == [
        f"#{voices[0].id} 建议？", f"#{alone.id} 建议？"
    ]  # fmt: skip
    assert "· T1（4 条）" in page.text
    assert page.labels == ["T1", f"#{alone.id}"]
    await talk.presses(LI, "T1", on=page)
    assert talk.last(LI).text.startswith("T1 ")
