"""Dialogues about /ritual (handlers/admins/ritual.py)."""

from __future__ import annotations

import pytest

from handlers.agenda import KINDS
from rituals import RITUALS
from storage.messages import Button, Message
from storage.runs import EVERY_CHAT
from tests.handlers.admins.conftest import audited, second_group
from tests.talk import LI, MIN, ZHANG, Talk


async def overrides(talk: Talk) -> dict[tuple[str, int, str], str]:
    async with talk.database.read() as uow:
        return {(o.ritual, o.chat_id, o.key): o.value for o in await uow.runs.list_overrides()}


async def test_the_rituals_of_the_group_are_listed_with_their_next_time(talk: Talk) -> None:
    await talk.says(MIN, "/ritual")
    (text,) = talk.heard()
    assert text.splitlines() == [
        "「车主群」的固定活动：",
        "▶ morning 打卡 · 每天 9:00 · 下次 10月13日周二 09:00",
        "▶ weekend 投票 · 每周五 16:00 · 下次 10月16日周五 16:00",
    ]


def test_every_kind_of_ritual_has_a_word() -> None:
    assert set(KINDS) == set(RITUALS)


@pytest.mark.parametrize(
    "order",
    [
        "/ritual time morning 8:30",
        "/ritual morning time 08:30",
        "/例行 时间 morning 8点半",
        "/ritual TIME Morning 8：30",
    ],
)
async def test_a_ritual_is_moved_to_another_time_and_shown_as_changed_in_chat(talk: Talk, order: str) -> None:
    await talk.says(MIN, order)
    assert talk.heard() == ["「车主群」的 morning 改到 08:30，从下一次开始。"]
    await talk.says(MIN, "/ritual list morning")
    (text,) = talk.heard()
    assert "每天 8:30 · 下次 10月13日周二 08:30 · 群里改过：时间" in text
    (entry, *_) = await audited(talk)
    assert (entry.action, entry.detail) == ("ritual.time", "morning 08:30")


async def test_a_cron_line_is_checked_before_it_is_kept(talk: Talk) -> None:
    await talk.says(MIN, "/ritual cron morning 0 25 * * *")
    (line,) = talk.heard()
    assert "hour 25" in line
    assert await overrides(talk) == {}
    await talk.says(MIN, "/ritual cron morning `30 8 * * mon-fri`")
    assert talk.heard() == ["「车主群」的 morning 改成周一到周五 8:30，从下一次开始。"]


async def test_off_and_on_again(talk: Talk) -> None:
    await talk.says(MIN, "/ritual off weekend")
    assert talk.heard() == ["「车主群」的 weekend 关了，想再打开发 /ritual on weekend。"]
    await talk.says(MIN, "/ritual next")
    assert "weekend 已关闭" in talk.heard()[0]
    await talk.says(MIN, "/ritual on weekend")
    assert "打开了" in talk.heard()[0]
    await talk.says(MIN, "/ritual next weekend")
    assert "10月16日周五 16:00、10月23日周五 16:00、10月30日周五 16:00" in talk.heard()[0]


async def test_reset_goes_back_to_the_config(talk: Talk) -> None:
    await talk.says(MIN, "/ritual time morning 7:00")
    await talk.says(MIN, "/ritual off morning")
    await talk.says(MIN, "/ritual reset morning")
    assert await overrides(talk) == {}


async def test_a_ritual_is_held_now(talk: Talk) -> None:
    await talk.says(MIN, "/ritual now weekend")
    polls = [shown for shown in talk.posts() if shown.poll_id]
    assert [poll.message.ballot.question for poll in polls if poll.message.ballot] == ["去哪儿？"]


async def test_the_history_says_what_became_of_each(talk: Talk) -> None:
    await talk.says(MIN, "/ritual history weekend")
    assert "还没有办过" in talk.heard()[0]
    await talk.says(MIN, "/ritual history")
    assert "morning 10月12日周一 09:00 没办：到点时机器人不在线" in talk.heard()[0]
    await talk.says(MIN, "/ritual now weekend")
    talk.heard()
    await talk.says(MIN, "/ritual 记录 weekend")
    assert "weekend 10月12日周一 10:00 进行中" in talk.heard()[0]


async def test_in_private_all_groups_are_shown_and_one_is_named_to_change_it(talk: Talk) -> None:
    await second_group(talk)
    await talk.says(MIN, "/ritual next", dm=True)
    (text,) = talk.heard(MIN)
    assert "「车主群」" in text
    assert "「车主二群」" in text
    await talk.says(MIN, "/ritual off morning", dm=True)
    assert talk.heard(MIN) == ["哪个群？（车主群、车主二群）比如：/ritual off morning 车主群"]
    await talk.says(MIN, "/ritual off morning 二群", dm=True)
    assert talk.heard(MIN) == ["「车主二群」的 morning 关了，想再打开发 /ritual on morning。"]
    await talk.says(MIN, "/ritual time morning 8:00 全部", dm=True)
    assert talk.heard(MIN) == ["「所有群」的 morning 改到 08:00，从下一次开始。"]
    assert ("morning", EVERY_CHAT, "time") in await overrides(talk)


@pytest.mark.parametrize(
    ("order", "answer"),
    [
        ("/ritual 明天 morning", "没看懂「明天」"),
        ("/ritual off", "哪个活动？（morning、weekend）比如：/ritual off morning"),
        ("/ritual off mornin", "没有叫「mornin」的活动（有：morning、weekend），比如：/ritual off morning"),
        ("/ritual time morning", "几点？写成 08:30 这样"),
        ("/ritual time weekend 周五", "几点？写成 08:30 这样，比如：/ritual time weekend 08:30"),
        ("/ritual time morning 25:00", "几点？写成 08:30 这样"),
        ("/ritual time morning ８８", "几点？写成 08:30 这样"),
        ("/ritual cron morning", "时间没看懂"),
        ("/ritual off morning 别的群", "没有找到「别的群」这个群"),
    ],
)
async def test_a_careless_order_gets_one_line_with_an_example(talk: Talk, order: str, answer: str) -> None:
    await talk.says(MIN, order)
    (line,) = talk.heard()
    assert line.startswith(answer)
    assert "\n" not in line
    assert await overrides(talk) == {}


async def test_a_ritual_the_group_has_not_got_is_turned_on_before_it_is_changed(talk: Talk) -> None:
    await second_group(talk)
    await talk.says(MIN, "/ritual time weekend 9:00 车主二群", dm=True)
    assert talk.heard(MIN) == ["「车主二群」没有 weekend 这个活动，打开它：/ritual on weekend"]
    await talk.says(MIN, "/ritual on weekend 车主二群", dm=True)
    talk.heard(MIN)
    await talk.says(MIN, "/ritual time weekend 9:00 车主二群", dm=True)
    assert talk.heard(MIN) == ["「车主二群」的 weekend 改到 09:00，从下一次开始。"]


async def test_members_and_kos_change_nothing(talk: Talk) -> None:
    for who, refusal in ((ZHANG, "这个操作只有工作人员可以用哦。"), (LI, "这个操作只有管理员可以用。")):
        await talk.says(who, "/ritual off morning")
        assert talk.heard() == [refusal]
    assert await overrides(talk) == {}


async def test_who_is_asked_about_a_silent_ritual_answers_with_one_tap(talk: Talk) -> None:
    group = await talk.group()
    async with talk.database.begin() as uow:
        people = await uow.members.meet(talk.adapter.platform, [(MIN.external_id, MIN.name, "")], talk.now)
        private = await uow.outbox.private_chat(
            people[MIN.external_id], timezone="Asia/Shanghai", language="zh_CN"
        )
        buttons = (
            Button("关掉", action=f"ritual:off:morning:{group.id}"),
            Button("继续", action=f"ritual:keep:morning:{group.id}"),
        )
        await uow.outbox.put(private.id, Message(("还要继续吗？",), (buttons,)), key="asked", now=talk.now)
    await talk.settle()
    question = talk.last(MIN)
    assert await talk.presses(MIN, "继续", on=question) == "好，「车主群」的 morning 继续办。"
    assert await overrides(talk) == {}
    assert "关了" in await talk.presses_action(MIN, f"ritual:off:morning:{group.id}", on=question)
    assert await overrides(talk) == {("morning", group.id, "on"): "no"}
    await talk.advance(seconds=11)
    assert talk.last(MIN).labels == []


async def test_a_forged_press_does_nothing(talk: Talk) -> None:
    await talk.says(MIN, "/ritual")
    shown = talk.last()
    for action in ("ritual:off:morning:x", "ritual:zap:morning:1", "ritual:off", "ritual:off:morning:999"):
        await talk.presses_action(MIN, action, on=shown)
    await talk.presses_action(ZHANG, f"ritual:off:morning:{(await talk.group()).id}", on=shown)
    assert await overrides(talk) == {}
