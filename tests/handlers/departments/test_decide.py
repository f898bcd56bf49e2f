"""Dialogues about a department's answer (handlers/departments/decide.py)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from storage.records import Feedback, Status
from storage.routes import RouteState
from tests.fakes import Shown
from tests.handlers.conftest import open_private
from tests.handlers.departments.conftest import CHEN, LOGISTICS, OFFICE, WANG, Routed, route_of
from tests.talk import LI, YU, ZHANG, Captured, Talk


async def test_the_packet_asks_and_an_accepted_date_reaches_the_member_and_the_kos(
    office: Talk, asked: Feedback, page: Shown
) -> None:
    for who in (ZHANG, LI):
        await open_private(office, who)
    assert page.text.startswith("产品部 · 本周简报\n\n等你们定的 1 件")
    assert page.labels == [f"#{asked.id} 接受", f"#{asked.id} 要补充", f"#{asked.id} 不做", "详情"]

    await office.presses(WANG, "接受", on=page)
    question = office.last(chat=OFFICE)
    assert "哪天能好" in question.text
    await office.says(WANG, "11月20日 跟 4.3 一起上", chat=OFFICE, reply_to=question)

    [receipt] = office.posts(chat=OFFICE)[-1:]
    assert f"#{asked.id} 记下了：11月20日前" in receipt.text
    [echo] = office.heard(ZHANG)
    assert "11月20日前给您结果。跟 4.3 一起上" in echo
    assert echo.endswith("—— 小李")
    [told] = [text for text in office.heard(LI) if text.startswith("产品部")]
    assert told.startswith(f"产品部（王工）答应了 #{asked.id}：11月20日前。")
    async with office.database.read() as uow:
        now = await uow.feedback.get(asked.id)
        route = await route_of(uow, asked.id)
    assert (now.status, now.planned_for) == (Status.PLANNED, date(2026, 11, 20))
    assert route is not None
    assert route.state is RouteState.ACCEPTED
    assert "✓ 已答应" in page.text
    assert page.labels == []


async def test_declining_takes_a_reason_that_goes_to_the_member(
    office: Talk, asked: Feedback, page: Shown
) -> None:
    await open_private(office, ZHANG)
    await office.presses(WANG, "不做", on=page)
    await office.says(WANG, "这代模具改不了", chat=OFFICE, reply_to=office.last(chat=OFFICE))
    [echo] = office.heard(ZHANG)
    assert "这代模具改不了" in echo
    async with office.database.read() as uow:
        assert (await uow.feedback.get(asked.id)).status is Status.DECLINED


async def test_a_question_back_goes_to_the_member_and_their_answer_comes_to_the_department(
    office: Talk, asked: Feedback, page: Shown
) -> None:
    for who in (ZHANG, LI):
        await open_private(office, who)
    await office.presses(WANG, "要补充", on=page)
    await office.says(WANG, "戴的是哪种手套？", chat=OFFICE, reply_to=office.last(chat=OFFICE))
    [question] = office.heard(ZHANG)
    assert "「戴的是哪种手套？」" in question
    assert "戴的是哪种手套" in office.heard(LI)[-1]
    await office.presses(ZHANG, "我来说说")
    await office.says(ZHANG, "加绒的皮手套", dm=True)
    passed_on = office.last(chat=OFFICE)
    assert "「加绒的皮手套」" in passed_on.text
    assert "张哥" not in passed_on.text
    await office.presses(LI, "我来说说")
    assert "已经有人补上" in office.toast

    await office.presses(CHEN, "接受", on=passed_on)
    await office.says(CHEN, "下周五", chat=OFFICE, reply_to=office.last(chat=OFFICE))
    async with office.database.read() as uow:
        assert (await uow.feedback.get(asked.id)).status is Status.PLANNED


async def test_the_same_word_said_again_is_told_to_nobody_again(office: Talk, asked: Feedback) -> None:
    await open_private(office, ZHANG)
    await office.says(WANG, f"/decide {asked.id} 接受 11月20日 跟 4.3 一起上", chat=OFFICE)
    assert len(office.heard(ZHANG)) == 1
    for again in ("11月20日", "11月20日 跟 4.3 一起上"):
        office.posts(chat=OFFICE)
        await office.says(CHEN, f"/decide {asked.id} 接受 {again}", chat=OFFICE)
        [line] = office.posts(chat=OFFICE)
        assert line.text == f"王工已经答复过 #{asked.id} 了（已答应），没有再告诉大家一遍。"
    assert office.heard(ZHANG) == []
    await office.says(CHEN, f"/decide {asked.id} 接受 11月27日", chat=OFFICE)
    assert len(office.heard(ZHANG)) == 1


async def test_of_two_of_one_department_the_second_is_told(
    office: Talk, asked: Feedback, page: Shown
) -> None:
    await office.presses(WANG, "接受", on=page)
    first = office.last(chat=OFFICE)
    await office.presses(CHEN, "不做", on=page)
    second = office.last(chat=OFFICE)
    await office.says(WANG, "11月20日", chat=OFFICE, reply_to=first)
    office.posts(chat=OFFICE)
    await office.says(CHEN, "改不了", chat=OFFICE, reply_to=second)
    [line] = office.posts(chat=OFFICE)
    assert line.text == f"王工刚答复过 #{asked.id}（已答应），这次没有动它。"
    async with office.database.read() as uow:
        assert (await uow.feedback.get(asked.id)).status is Status.PLANNED


async def test_a_second_tap_on_an_old_packet_changes_nothing(office: Talk, page: Shown) -> None:
    action = page.message.buttons[0][0].action
    await office.presses_action(WANG, action, on=page)
    await office.says(WANG, "11月20日", chat=OFFICE, reply_to=office.last(chat=OFFICE))
    assert "王工刚答复过" in await office.presses_action(WANG, action, on=page)


async def test_who_is_not_of_the_department_may_not_answer(
    office: Talk, asked: Feedback, page: Shown
) -> None:
    toast = await office.presses(YU, "接受", on=page)
    assert toast
    assert office.posts(chat=OFFICE) == []
    async with office.database.read() as uow:
        route = await route_of(uow, asked.id)
    assert route is not None
    assert route.state is RouteState.ASKED


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("答复 {n} 接受 11月20日", RouteState.ACCEPTED),
        ("/decide {n} decline cannot be done", RouteState.DECLINED),
        ("答复 {n} 要补充 哪个型号？", RouteState.NEED_INFO),
    ],
)
async def test_without_buttons_one_line_will_do(
    office: Talk, asked: Feedback, text: str, state: RouteState
) -> None:
    await office.says(WANG, text.format(n=asked.id), dm=True)
    async with office.database.read() as uow:
        route = await route_of(uow, asked.id)
    assert route is not None
    assert route.state is state


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/decide", "要答复什么？"),
        ("/decide 1", "等你们定"),
        ("/decide 1 接受", "还差一句话"),
        ("/decide 1 接受 改天", "/decide 128 接受 12月1日"),
        ("/decide 1 接受 2020-01-01", "已经过"),
        ("/decide 99 接受 12月1日", "99"),
    ],
)
async def test_a_malformed_answer_gets_one_line(
    office: Talk, asked: Feedback, text: str, answer: str
) -> None:
    await office.says(WANG, text, dm=True)
    [line] = office.heard(WANG)
    assert answer in line
    async with office.database.read() as uow:
        assert await uow.routes.count_waiting() == {"product": 1}


@pytest.mark.parametrize("action", ["decide", "decide:x:0:a", "decide:1:0:z", "decide:99:0:a", "detail:9:9"])
async def test_a_forged_button_does_nothing(office: Talk, page: Shown, action: str) -> None:
    await office.presses_action(WANG, action, on=page)
    async with office.database.read() as uow:
        assert await uow.routes.count_waiting() == {"product": 1}


async def test_a_day_that_cannot_be_read_is_asked_for_again(
    office: Talk, asked: Feedback, page: Shown
) -> None:
    await office.presses(WANG, "接受", on=page)
    question = office.last(chat=OFFICE)
    await office.says(WANG, "尽快", chat=OFFICE, reply_to=question)
    assert "12月1日" in office.last(chat=OFFICE).text
    await office.says(WANG, "11月20日", chat=OFFICE, reply_to=question)
    async with office.database.read() as uow:
        assert (await uow.feedback.get(asked.id)).planned_for == date(2026, 11, 20)


async def test_what_was_handed_on_is_not_answered_by_the_first(
    office: Talk, asked: Feedback, page: Shown
) -> None:
    await office.says(LI, f"/route {asked.id} logistics", dm=True)
    assert await office.presses(WANG, "接受", on=page) == f"#{asked.id} 已经转给别的部门，这里不用再答了。"


async def test_what_staff_decided_themselves_is_asked_of_nobody(office: Talk, asked: Feedback) -> None:
    await office.says(LI, f"/plan {asked.id} 11月20日", dm=True)
    async with office.database.read() as uow:
        route = await route_of(uow, asked.id)
    assert route is not None
    assert (route.state, route.promised_for) == (RouteState.ACCEPTED, date(2026, 11, 20))


async def test_a_button_of_a_department_that_is_gone_loses_nothing(
    office: Talk, asked: Feedback, page: Shown
) -> None:
    office.dispatcher._settings = replace(office.dispatcher._settings, departments=(LOGISTICS,))
    toast = await office.presses(LI, "接受", on=page)
    assert (
        toast
        == f"#{asked.id} 交给的部门 product 已经不在配置里了，它没丢：发 /route #{asked.id} 换一个部门。"
    )
    await office.says(LI, f"/route #{asked.id} 物流部", dm=True)
    async with office.database.read() as uow:
        assert await uow.routes.count_waiting() == {"logistics": 1}


async def test_an_answer_without_a_word_is_led_on_by_buttons(
    office: Talk, captured: Captured, routed: Routed
) -> None:
    feedback = await captured()
    await open_private(office, WANG)
    await routed(feedback)
    office.heard(WANG)
    for said in (f"答复 {feedback.id}", f"答复{feedback.id}", f"/decide {feedback.id}"):
        await office.says(WANG, said, dm=True)
        [lead] = office.posts(WANG)
        assert (
            lead.text
            == f"#{feedback.id}「按钮太小了」等你们定：能做就给个日子，不清楚就问一句，不做就写明原因。"
        )
        assert lead.labels == [f"#{feedback.id} 接受", f"#{feedback.id} 要补充", f"#{feedback.id} 不做"]
    await office.presses(WANG, "接受")
    assert "哪天能好" in office.heard(WANG)[-1]


async def test_a_day_is_an_answer_in_itself(office: Talk, captured: Captured, routed: Routed) -> None:
    feedback = await captured()
    await open_private(office, WANG)
    await routed(feedback)
    await office.says(WANG, f"答复 {feedback.id} 11月20日 跟 4.3 一起上", dm=True)
    assert f"#{feedback.id} 记下了：11月20日前" in office.heard(WANG)[-1]


@pytest.mark.parametrize(
    "said", ["答复{} 不做 这代模具改不了", "答复 {} 做不了 这代模具改不了", "答复 {} 不行 这代模具改不了"]
)
async def test_a_department_says_no_in_its_own_words(
    office: Talk, captured: Captured, routed: Routed, said: str
) -> None:
    feedback = await captured()
    await open_private(office, WANG)
    await routed(feedback)
    await office.says(WANG, said.format(feedback.id), dm=True)
    async with office.database.read() as uow:
        assert (await uow.feedback.get(feedback.id)).status is Status.DECLINED


async def test_the_word_alone_shows_a_department_how(office: Talk) -> None:
    await open_private(office, WANG)
    await office.says(WANG, "答复", dm=True)
    assert office.heard(WANG)[-1] == "要答复什么？比如：/decide 128 接受 12月1日 跟 4.3 一起上"
