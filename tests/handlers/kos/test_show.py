"""Dialogues about /show and the card (handlers/kos/show.py, handlers/cards.py)."""

from __future__ import annotations

from dataclasses import replace

from storage.messages import Link, Quote
from storage.records import Attachment, ChatKind, FeedbackClass
from tests.fakes import EVERYTHING
from tests.handlers.conftest import open_private
from tests.talk import LI, MIN, ZHANG, Captured, Talk


async def test_the_card_shows_everything_that_is_known(talk: Talk, captured: Captured) -> None:
    feedback = await captured(
        "#反馈 按钮太小了\n夜里看不清", negative=True, urgent=True,
        attachments=[Attachment("photo", "f1", "u1"), Attachment("photo", "f2", "u2")],
    )  # fmt: skip
    await talk.says(LI, f"/claim {feedback.id}", dm=True)
    await talk.says(MIN, f"/note {feedback.id} 问过产品部", dm=True)
    await talk.says(LI, f"/plan {feedback.id} 12月1日 跟 4.3 一起", dm=True)
    talk.heard(LI)
    await talk.says(LI, f"查看 {feedback.id}", dm=True)
    card = talk.last(LI)
    assert card.text.split("\n") == [
        f"#{feedback.id} 建议？ · 已排期 · 小李",
        "「#反馈 按钮太小了",
        "夜里看不清」",
        "张哥 · 车主群 · 10月12日周一 10:00",
        "情绪偏负面 · 着急 · 附件 2 个",
        "排期：12月1日",
        "情况 1/7",
        "备注 10月12日 阿敏：问过产品部",
        "10月12日 已收到 → 评估中（小李）",
        "10月12日 评估中 → 已排期（小李）：跟 4.3 一起",
        "告诉张哥：10月12日周一 10:00 已送达",
    ]
    assert Quote("#反馈 按钮太小了\n夜里看不清") in card.message.text
    assert any(isinstance(part, Link) and part.url == feedback.link for part in card.message.text)


async def test_six_buttons_are_what_is_wanted_most_and_know_their_version(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured()
    await talk.says(LI, f"/show ＃{feedback.id}", dm=True)
    rows = [[button.action for button in row] for row in talk.last(LI).message.buttons]
    n = feedback.id
    assert rows == [
        [f"claim:{n}:0"],
        [f"class:{n}:0:service", f"class:{n}:0:suggestion", f"class:{n}:0:praise"],
        [f"resolve:{n}:0", f"show:{n}:more"],
    ]
    await talk.says(LI, f"/decline {n} 这代改不了", dm=True)
    await talk.says(LI, f"/show {n}", dm=True)
    assert talk.last(LI).labels == ["重开", "备注"]


async def test_more_opens_the_rest_in_place(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    card = talk.last(LI)
    await talk.presses(LI, "更多", on=card)
    assert talk.last(LI) is card
    assert card.labels == ["我来跟进", "服务", "建议", "表扬", "解决了", "排期", "备注", "暂不采纳"]


async def test_where_nothing_can_be_edited_more_is_a_card_of_its_own(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    key = (talk.adapter.platform, ChatKind.PRIVATE)
    talk.dispatcher._capabilities = {**talk.dispatcher._capabilities, key: replace(EVERYTHING, edits=False)}
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    first = talk.last(LI)
    await talk.presses(LI, "更多")
    assert talk.last(LI) is not first
    assert "备注" in talk.last(LI).labels


async def test_a_service_question_offers_an_answer(talk: Talk, captured: Captured) -> None:
    feedback = await captured("快递到哪了", kind=FeedbackClass.SERVICE, is_guess=False)
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    assert talk.last(LI).labels == ["我来跟进", "答复", "解决了", "排期", "备注", "更多…"]
    await talk.presses(LI, "更多")
    assert talk.last(LI).labels[-4:] == ["暂不采纳", "✓ 服务", "建议", "表扬"]


async def test_what_was_told_in_the_same_way_is_one_line(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/plan {feedback.id} 12月1日 跟 4.3 一起", dm=True)
    await talk.advance(hours=1)
    await talk.says(LI, f"/progress {feedback.id} 样机好了", dm=True)
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    assert "告诉张哥：10月12日周一 11:00 已送达（共 2 次）" in talk.last(LI).text
    assert talk.last(LI).text.count("告诉张哥") == 1


async def test_by_reply_in_the_group_the_card_comes_in_private(talk: Talk, captured: Captured) -> None:
    await open_private(talk, LI)
    said = talk.message(ZHANG, "#反馈 按钮太小了")
    feedback = await captured(said=said)
    await talk.says(LI, "/show", reply_to=said)
    assert talk.heard() == []
    assert talk.heard(LI)[0].startswith(f"#{feedback.id} ")


async def test_by_reply_to_our_own_message_about_it(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/claim {feedback.id}", dm=True)
    await talk.says(LI, "/show", dm=True, reply_to=talk.last(LI))
    assert talk.last(LI).text.startswith(f"#{feedback.id} ")


async def test_without_number_or_with_a_wrong_one_there_is_one_line(talk: Talk, captured: Captured) -> None:
    said = await talk.says(ZHANG, "早")
    talk.heard()
    await talk.says(LI, "/show", reply_to=said)
    assert talk.heard() == ["说的是哪一条？带上编号就行，比如：/show 128；直接回复那条消息也可以。"]
    await talk.says(LI, "/show 77", dm=True)
    await talk.says(LI, "查看", dm=True)
    assert talk.heard(LI) == [
        "没有 #77 这一条，看看编号？",
        "说的是哪一条？带上编号就行，比如：查看 128；直接回复那条消息也可以。",
    ]


async def test_a_very_long_text_leaves_room_for_the_rest(talk: Talk, captured: Captured) -> None:
    feedback = await captured("#反馈 " + "长" * 4_000)
    for number in range(12):
        await talk.says(LI, f"/note {feedback.id} {number} {'注' * 900}", dm=True)
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    assert len(talk.last(LI).text) <= 4_096
    assert "备注 10月12日 小李：11 注" in talk.last(LI).text


async def test_where_nothing_can_be_edited_a_fresh_card_is_shown(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    key = (talk.adapter.platform, ChatKind.PRIVATE)
    talk.dispatcher._capabilities = {**talk.dispatcher._capabilities, key: replace(EVERYTHING, edits=False)}
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    first = talk.last(LI)
    await talk.presses(LI, "我来跟进")
    assert talk.last(LI) is not first
    assert "评估中 · 小李" in talk.last(LI).text


async def test_markup_and_turning_signs_in_a_members_text_stay_words(talk: Talk, captured: Captured) -> None:
    feedback = await captured("<b>&amp; [x](http://y)")
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    assert Quote("<b>&amp; [x](http://y)") in talk.last(LI).message.text
