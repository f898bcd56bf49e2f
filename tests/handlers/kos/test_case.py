"""Dialogues about open cases (handlers/kos/case.py, handlers/casework.py)."""

from __future__ import annotations

import pytest

from tests.handlers.complained import WORDS, everything_kept, without_edits
from tests.handlers.conftest import open_private
from tests.talk import LI, MIN, YU, ZHANG, Said, Talk


async def test_until_somebody_takes_it_up_the_card_names_who_asked(talk: Talk) -> None:
    for who in (LI, ZHANG):
        await open_private(talk, who)
    await talk.says(ZHANG, f"#反馈 {WORDS}")
    await talk.says(LI, "/case 1", dm=True)
    talk.heard()
    await talk.presses(ZHANG, "可以，写名字")

    [card] = talk.heard()
    assert "小李" in card
    assert "还没有人" not in card


async def test_nothing_appears_before_its_contributor_agrees(talk: Talk, hurt: Said) -> None:
    await talk.says(LI, "/case 1", dm=True)
    assert talk.heard(LI) == ["已私下问张哥愿不愿意公开 #1，同意了才会发到群里。"]
    (question,) = talk.posts(ZHANG)
    assert question.text == (
        f"张哥，您提的「{WORDS}」，小李想在「车主群」里公开跟进，让大家看到怎么一步步解决。可以吗？随时能收回。"
    )
    assert question.labels == ["可以，写名字和原话", "可以，不写名字和原话", "不用了"]
    await talk.says(LI, "/case 1 联系上仓库了", dm=True)
    assert talk.heard(LI) == ["已经问过张哥愿不愿意公开 #1，还没有回。"]
    assert talk.heard() == []


async def test_with_name_and_words_the_card_grows_in_place_to_its_outcome(talk: Talk, hurt: Said) -> None:
    await talk.says(LI, "/case 1", dm=True)
    await talk.presses(ZHANG, "可以，写名字")
    (card,) = talk.posts()
    assert card.text == f"公开课 #1：张哥遇到的事，小李在跟进 · 评估中\n「{WORDS}」"
    assert card.message.reply_to == hurt.message_id
    assert talk.last(ZHANG).labels == ["收回，不再公开"]
    assert talk.heard(LI)[-1].startswith("张哥同意公开跟进 #1")
    await talk.says(LI, "公开课 1 联系上仓库了，今天补发", dm=True)
    await talk.says(LI, "/resolve 1 单号尾号 6021，已经补发", dm=True)
    await talk.advance(seconds=30)
    assert card.text.endswith("\n· 10月12日 联系上仓库了，今天补发\n· 10月12日 已解决，等本人确认。")
    await talk.presses(ZHANG, "解决了")
    await talk.advance(seconds=30)
    assert card.text.endswith("\n· 10月12日 本人确认好了。")
    assert "6021" not in card.text


async def test_without_a_name_nothing_on_the_card_says_whose_it_is(talk: Talk, hurt: Said) -> None:
    await talk.says(LI, "/case 1", dm=True)
    await talk.presses(ZHANG, "可以，不写名字")
    (card,) = talk.posts()
    assert card.text == "公开课 #1：一位群友遇到的事，小李在跟进 · 评估中"
    assert card.message.reply_to == ""
    assert "张哥" not in await everything_kept(talk)
    assert "九天" not in await everything_kept(talk)


async def test_where_nothing_can_be_edited_progress_is_a_line_and_so_is_the_end(
    talk: Talk, hurt: Said
) -> None:
    without_edits(talk)
    await talk.says(LI, "/case 1", dm=True)
    await talk.presses(ZHANG, "可以，不写名字")
    await talk.says(LI, "/case 1 联系上仓库了", dm=True)
    await talk.says(LI, "/resolve 1 补发到了", dm=True)
    await talk.presses(ZHANG, "收回")
    assert talk.heard() == [
        "公开课 #1：一位群友遇到的事，小李在跟进 · 评估中",
        "公开课 #1：联系上仓库了",
        "公开课 #1：已解决，等本人确认。",
        "一条公开跟进到此结束。",
    ]
    assert talk.heard(LI)[-1] == (
        "张哥收回了公开课 #1。群里已经发出的改不了，请手动撤回或删掉，改为私下跟进。"
    )


async def test_two_kos_ask_once_and_nobody_else_may_answer(talk: Talk, hurt: Said) -> None:
    await talk.says(LI, "/case 1", dm=True)
    await talk.says(MIN, "/case 1", dm=True)
    assert talk.heard(MIN)[-1] == "已经问过张哥愿不愿意公开 #1，还没有回。"
    question = talk.last(ZHANG)
    assert await talk.presses_action(YU, "mycase:1:named", on=question) == "这一条不是您提的，或者没有公开。"
    await talk.presses_action(ZHANG, "mycase:1:named", on=question)
    assert await talk.presses_action(ZHANG, "mycase:1:named", on=question) == "已经按您说的办了。"
    assert len([line for line in talk.heard() if "公开课" in line]) == 1
    talk.heard(MIN)
    await talk.says(MIN, "/case 1", dm=True)
    assert talk.heard(MIN) == ["#1 已经在群里公开跟进；有进展就写 /case 1 加一句话。"]


@pytest.mark.parametrize(
    ("order", "line"),
    [
        ("/case 99", "没有 #99"),
        ("/case 1 " + "很长" * 200, "最多"),
        ("/case", "/case 128"),
        ("/case 1 进展", "先发 /case 1"),
    ],
)
async def test_a_wrong_order_gets_one_line(talk: Talk, hurt: Said, order: str, line: str) -> None:
    await talk.says(LI, order, dm=True)
    (answer,) = talk.heard(LI)
    assert line in answer


async def test_what_was_said_for_somebody_else_or_is_over_is_no_case(talk: Talk, hurt: Said) -> None:
    await talk.says(LI, "/for 老周 说你们的售后太差了", dm=True)
    talk.heard(LI)
    await talk.says(LI, "/case 2", dm=True)
    assert talk.heard(LI) == ["#2 的本人没有露面，不做公开课。"]
    await talk.says(LI, "/decline 1 这单是别家的", dm=True)
    talk.heard(LI)
    await talk.says(LI, "/case 1", dm=True)
    assert talk.heard(LI) == ["#1 已经是「暂不采纳」，公开课要在处理的时候开；要接着跟进，先 /reopen。"]


async def test_a_refusal_asked_about_in_the_group_is_told_in_private(talk: Talk, hurt: Said) -> None:
    await talk.says(LI, "/case 1", dm=True)
    await talk.presses(ZHANG, "不用了")
    for who in (None, LI):
        talk.heard(who)
    await talk.says(LI, "/case 1")
    assert talk.heard() == []
    (line,) = talk.heard(LI)
    assert "张哥" in line
