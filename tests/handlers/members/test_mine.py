"""Dialogues of the intents `mine`, `follow` and `withdraw`: what became of what was said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from storage.manners import Manners
from storage.messages import Message
from storage.records import Feedback, Status
from tests.fakes import FakeAdapter
from tests.talk import GROUP, LI, YU, ZHANG, Said, Talk


async def state(talk: Talk, number: int = 1) -> Feedback:
    """Return a feedback as it stands."""
    async with talk.database.read() as uow:
        return await uow.feedback.get(number)


async def move(talk: Talk, number: int, after: Status, **values: object) -> None:
    """Let 小李 move a feedback."""
    await talk.says(LI, "/start", dm=True)
    talk.heard(LI)
    async with talk.database.begin() as uow:
        li = await uow.members.find(talk.adapter.platform, LI.external_id)
        assert li is not None
        feedback = await uow.feedback.get(number)
        await uow.feedback.change(
            feedback, after, by_id=li.id, note="", now=talk.now, owner_id=li.id, **values
        )


async def several(talk: Talk, count: int) -> None:
    """Let 张哥 say several things, days apart from each other's limits."""
    for number in range(count):
        await talk.says(ZHANG, f"#反馈 第 {number + 1} 件事，按钮太小")
        await talk.advance(minutes=30)


async def test_who_said_nothing_is_shown_how(talk: Talk) -> None:
    await talk.says(ZHANG, "/mine", dm=True)
    assert talk.heard(ZHANG)[0].startswith("您还没有提过反馈")


async def test_mine_says_status_and_next_date_in_words(talk: Talk) -> None:
    await several(talk, 5)
    await move(talk, 2, Status.PLANNED, planned_for=date(2026, 11, 20))
    await move(talk, 3, Status.RESOLVED)
    await move(talk, 4, Status.IN_REVIEW, held_until=date(2026, 12, 1))
    await move(talk, 5, Status.DECLINED)
    await talk.says(ZHANG, "我的", dm=True)
    assert talk.last(ZHANG).text.splitlines() == [
        "您的反馈，共 5 条：",
        "#5 第 5 件事，按钮太小 · 暂不采纳",
        "#4 第 4 件事，按钮太小 · 评估中 · 搁置到 12月1日再看",
        "#3 第 3 件事，按钮太小 · 待验证 · 等您说说好了没有",
        "#2 第 2 件事，按钮太小 · 已排期 · 排在 11月20日",
        "#1 第 1 件事，按钮太小 · 已收到 · 10月14日前有人评估",
    ]


async def test_mine_turns_pages_of_ten_in_place(talk: Talk) -> None:
    await several(talk, 12)
    await talk.says(ZHANG, "/mine", dm=True)
    shown = talk.last(ZHANG)
    assert "#12 " in shown.text
    assert "#2 " not in shown.text
    assert shown.labels == ["更早的 ›"]
    await talk.presses(ZHANG, "更早的")
    assert "#2 第 2 件事" in shown.text
    assert shown.text.endswith("第 2 页，共 2 页")
    assert shown.labels == ["‹ 更新的"]
    await talk.says(ZHANG, "/mine 99", dm=True)
    assert talk.last(ZHANG).text.endswith("第 2 页，共 2 页")


async def test_mine_in_the_group_answers_in_private(talk: Talk, adapter: FakeAdapter) -> None:
    await talk.says(ZHANG, "/start", dm=True)
    talk.heard(ZHANG)
    await talk.says(ZHANG, "按钮太小了，这是我们之间的话", dm=True)
    await talk.presses(ZHANG, "记下来")
    asked = await talk.says(ZHANG, "/mine")
    assert "#1 按钮太小了" in talk.heard(ZHANG)[-1]
    assert talk.heard() == []
    assert (GROUP, asked.message_id, "👌") in adapter.reactions


async def test_mine_never_shows_somebody_elses(talk: Talk) -> None:
    await several(talk, 1)
    await talk.says(YU, "/mine", dm=True)
    assert "第 1 件事" not in talk.heard(YU)[0]


@pytest.mark.parametrize("words", ["/follow 1", "/follow #1", "关注 1", "关注1"])
async def test_follow_subscribes_once(talk: Talk, words: str) -> None:
    await several(talk, 1)
    await talk.says(YU, words, dm=True)
    await talk.says(YU, words, dm=True)
    assert [line[:5] for line in talk.heard(YU)] == ["好，#1「", "#1 您已"]
    async with talk.database.read() as uow:
        assert len(await uow.followers.list_of(1)) == 1


async def test_follow_as_a_reply_needs_no_number(talk: Talk) -> None:
    said = await talk.says(ZHANG, "#反馈 按钮太小了")
    await talk.says(YU, "/follow", reply_to=said)
    assert talk.heard()[0].startswith("好，#1「按钮太小了」")


async def test_unfollow_undoes_it(talk: Talk) -> None:
    await several(talk, 1)
    await talk.says(YU, "/follow 1", dm=True)
    await talk.says(YU, "取消关注 1", dm=True)
    await talk.says(YU, "/unfollow 1", dm=True)
    assert talk.heard(YU)[1:] == ["好，#1 不再通知您。", "#1 您没有关注。"]


async def test_off_behind_the_number_undoes_it_too(talk: Talk) -> None:
    await several(talk, 1)
    await talk.says(YU, "/follow 1", dm=True)
    await talk.says(YU, "/follow 1 off", dm=True)
    assert talk.heard(YU)[1:] == ["好，#1 不再通知您。"]


async def test_ones_own_needs_no_following(talk: Talk) -> None:
    await several(talk, 1)
    await talk.says(ZHANG, "/follow 1", dm=True)
    assert talk.heard(ZHANG)[-1] == "#1 就是您提的，有进展一定第一个告诉您。"


async def test_what_was_said_in_private_cannot_be_followed(talk: Talk) -> None:
    await talk.says(ZHANG, "/feedback 按钮太小了", dm=True)
    await talk.says(YU, "/follow 1", dm=True)
    await talk.says(YU, "/follow 2", dm=True)
    private, missing = talk.heard(YU)
    assert private.replace("#1", "#2") == missing


async def test_what_is_finished_cannot_be_followed(talk: Talk) -> None:
    await several(talk, 1)
    await talk.says(ZHANG, "/withdraw 1 确认", dm=True)
    await talk.says(YU, "/follow 1", dm=True)
    assert talk.heard(YU) == ["#1 已经结束了，不会再有新进展。"]


async def test_follow_without_a_number_shows_an_example(talk: Talk) -> None:
    await talk.says(YU, "/follow", dm=True)
    assert "/follow 128" in talk.heard(YU)[0]


async def test_withdraw_asks_and_then_closes(talk: Talk) -> None:
    await several(talk, 1)
    await move(talk, 1, Status.IN_REVIEW)
    async with talk.database.begin() as uow:
        zhang = await uow.members.find(talk.adapter.platform, ZHANG.external_id)
        assert zhang is not None
        await uow.outbox.tell(
            zhang, Message(text=("排期了",)), key="echo", now=talk.now + timedelta(hours=1), manners=Manners(),
            subject="feedback:1", timezone="Asia/Shanghai", language="zh_CN",
        )  # fmt: skip
        await uow.timers.put("t", "held", talk.now + timedelta(days=1), subject="feedback:1")
    await talk.says(ZHANG, "/withdraw 1", dm=True)
    question = talk.last(ZHANG)
    assert question.text == "要撤回 #1「第 1 件事，按钮太小」吗？撤回后不会再有人跟进。"
    assert await talk.presses(ZHANG, "撤回") == "#1 已撤回。"
    assert (await state(talk)).status is Status.WITHDRAWN
    assert (question.text, question.labels) == ("#1 已撤回。", [])
    assert talk.heard(LI) == ["张哥撤回了 #1「第 1 件事，按钮太小」。"]
    await talk.advance(days=2)
    assert "排期了" not in talk.heard(ZHANG)
    assert await talk.timers("verify_reminder", "unconfirmed", "held") == []


async def test_withdraw_can_be_thought_better_of(talk: Talk) -> None:
    await several(talk, 1)
    await talk.says(ZHANG, "撤回 1", dm=True)
    assert await talk.presses(ZHANG, "留着") == "好，#1 留着。"
    assert (await state(talk)).status is Status.RECEIVED


async def test_only_the_author_withdraws(talk: Talk) -> None:
    said = await talk.says(ZHANG, "#反馈 按钮太小了")
    await talk.says(YU, "/withdraw", reply_to=said)
    await talk.says(ZHANG, "/withdraw 1")
    question = talk.last()
    assert talk.heard()[0] == "#1 不是您提的，只有提出的人能撤回。"
    assert await talk.presses(YU, "撤回", on=question) == "#1 不是您提的，只有提出的人能撤回。"
    assert (await state(talk)).status is Status.RECEIVED


async def test_a_withdrawal_asked_about_an_older_state_does_nothing(talk: Talk) -> None:
    await several(talk, 1)
    await talk.says(ZHANG, "/withdraw 1", dm=True)
    await move(talk, 1, Status.PLANNED)
    assert (await talk.presses(ZHANG, "撤回")).startswith("#1 刚刚有了变化，现在是「已排期」")
    assert (await state(talk)).status is Status.PLANNED


async def test_what_is_closed_needs_no_withdrawing(talk: Talk) -> None:
    await several(talk, 1)
    await talk.says(ZHANG, "/withdraw 1 确认", dm=True)
    await talk.says(ZHANG, "/withdraw 1", dm=True)
    assert talk.heard(ZHANG) == ["#1 已撤回。", "#1 已经是「已撤回」，不用撤回了。"]


async def test_an_edit_of_what_was_withdrawn_changes_nothing(talk: Talk) -> None:
    said = await talk.says(ZHANG, "#反馈 按钮太小了")
    await talk.says(ZHANG, "/withdraw 1 yes", dm=True)
    await talk.edits(Said(said.chat, said.message_id, "", ZHANG), "#反馈 别的什么事情")
    assert (await state(talk)).text == "#反馈 按钮太小了"
