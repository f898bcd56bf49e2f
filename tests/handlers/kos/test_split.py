"""Dialogues about cutting a feedback in two (handlers/kos/split.py, storage/splits.py)."""

from __future__ import annotations

import pytest

from storage.records import Status
from tests.talk import LI, YU, ZHANG, Captured, Talk

WORDS = "#反馈 按钮太小了，座椅加热也太慢"


async def test_one_that_says_two_things_becomes_two_of_the_same_person(
    talk: Talk, captured: Captured
) -> None:
    said = talk.message(ZHANG, WORDS)
    whole = await captured(said.text, said=said)
    await talk.says(YU, f"+1 {whole.id}")
    await talk.says(LI, f"/plan {whole.id} 下周五", dm=True)
    talk.heard(ZHANG)
    talk.heard(YU)
    await talk.says(LI, f"/topic split {whole.id} | 座椅加热也太慢", dm=True)
    fresh_id = whole.id + 1
    assert talk.last(LI).text == (
        f"拆好了：#{fresh_id}「座椅加热也太慢」从 #{whole.id} 里分出来，两条都算 TA 的，之后各走各的。"
    )
    async with talk.database.read() as uow:
        first, second = await uow.feedback.get(whole.id), await uow.feedback.get(fresh_id)
        assert await uow.feedback.list_versions(whole.id) == [WORDS]
        assert len(await uow.followers.list_of(fresh_id)) == 1
    assert (first.text, second.text) == ("#反馈 按钮太小了", "座椅加热也太慢")
    assert second.contributor_id == first.contributor_id
    assert (second.status, second.planned_for, second.message_id, second.link) == (
        Status.PLANNED,
        first.planned_for,
        said.message_id,
        first.link,
    )
    assert talk.heard(ZHANG) == [
        f"您说的是两件事，我们分开跟进：#{whole.id}「按钮太小了」和 #{fresh_id}「座椅加热也太慢」。"
    ]
    await talk.says(LI, f"/resolve {fresh_id} 加热快了一倍", dm=True)
    assert len(talk.heard(ZHANG)) == len(talk.heard(YU)) == 1
    await talk.presses(ZHANG, "顺手多了")
    assert talk.posts()[-1].message.reply_to == said.message_id


async def test_both_halves_may_be_given_as_they_stand_in_the_original(talk: Talk, captured: Captured) -> None:
    whole = await captured(WORDS)
    await talk.says(LI, f"拆分 {whole.id} ｜ 按钮太小了 ｜ 座椅加热也太慢", dm=True)
    async with talk.database.read() as uow:
        assert [(await uow.feedback.get(whole.id + n)).text for n in (0, 1)] == [
            "按钮太小了",
            "座椅加热也太慢",
        ]


async def test_it_is_put_together_again_in_one_tap_word_for_word(talk: Talk, captured: Captured) -> None:
    whole = await captured(WORDS)
    await talk.says(LI, f"/split {whole.id} | 座椅加热也太慢", dm=True)
    receipt = talk.last(LI)
    toast = await talk.presses(LI, "并回去", on=receipt)
    assert toast == f"#{whole.id + 1} 并回 #{whole.id} 了，原话一字不少。"
    assert await talk.presses(LI, "并回去", on=receipt) == f"#{whole.id + 1} 不是拆出来的，或已经并回去了。"
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(whole.id)).text == WORDS
        assert (await uow.feedback.get(whole.id + 1)).status is Status.WITHDRAWN
        actions = [entry.action for entry in await uow.audit.list_last()]
    assert actions == ["feedback.unsplit", "feedback.split"]


async def test_what_has_moved_on_is_not_put_back(talk: Talk, captured: Captured) -> None:
    whole = await captured(WORDS)
    await talk.says(LI, f"/split {whole.id} | 座椅加热也太慢", dm=True)
    receipt = talk.last(LI)
    await talk.says(LI, f"/progress {whole.id + 1} 在改", dm=True)
    assert (await talk.presses(LI, "并回去", on=receipt)).startswith(f"#{whole.id + 1} 已经是「处理中」")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/split 1", "竖线后面写要拆出去的原话，比如：/split 128 | 座椅加热也太慢"),
        ("/split 1 | a | b | c", "竖线后面写要拆出去的原话，比如：/split 128 | 座椅加热也太慢"),
        ("/split 1 | 车漆掉了", "原话里没有「车漆掉了」，照着原文写就好。"),
        (f"/split 1 | {WORDS}", "这样 #1 就没有话剩下了，只写要拆出去的那一半。"),
        ("/split 99 | 座椅", "没有 #99 这一条，看看编号？"),
        ("/split 2 | 座椅加热也太慢", "#2 已经是「暂不采纳」了，先 /reopen 再拆。"),
    ],
)
async def test_what_cannot_be_cut_gets_one_line(
    talk: Talk, captured: Captured, text: str, answer: str
) -> None:
    await captured(WORDS)
    over = await captured(WORDS, YU)
    await talk.says(LI, f"/decline {over.id} 这代改不了", dm=True)
    talk.heard(LI)
    await talk.says(LI, text, dm=True)
    assert talk.heard(LI) == [answer]
