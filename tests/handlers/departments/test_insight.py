"""Dialogues about the page of a point (handlers/departments/insight.py)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.base import Settings
from storage.modes import Mode
from storage.resonances import Facet
from storage.uow import UnitOfWork
from tests.handlers.departments.conftest import OFFICE, WANG, Routed
from tests.talk import LI, MIN, PLATFORM, YU, ZHANG, Captured, Person, Talk


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Give the settings with a facet."""
    return replace(settings, facets=(Facet("版本", "您用的是哪个版本？", ("4.1", "4.2")),))


async def meet(
    uow: UnitOfWork, talk: Talk, feedback_id: int, answers: dict[str, int], *, is_me: bool
) -> None:
    """Let so many people say of themselves that they met it, or did not."""
    for answer, count in answers.items():
        for number in range(count):
            who = f"{answer}-{is_me}-{number}"
            people = await uow.members.meet(PLATFORM, [(who, who, "")], talk.now)
            await uow.resonances.put(
                feedback_id, people[who].id, is_me=is_me, now=talk.now, facet="版本", answer=answer
            )


async def test_the_page_has_the_sentence_the_people_the_words_the_evidence_and_the_decision(
    office: Talk, captured: Captured, routed: Routed
) -> None:
    feedback = await captured("#反馈 戴着手套按钮太小了")
    await routed(feedback)
    async with office.database.begin() as uow:
        await meet(uow, office, feedback.id, {"4.2": 12}, is_me=True)
        await meet(uow, office, feedback.id, {"4.1": 6}, is_me=False)
    await office.says(LI, f"洞察 {feedback.id} 4.2 起按钮的可点区域只有 5 毫米", dm=True)
    office.heard(LI)
    await office.says(LI, f"/insight {feedback.id}", dm=True)
    [page] = office.heard(LI)
    assert page == (
        f"#{feedback.id}\n4.2 起按钮的可点区域只有 5 毫米\n\n"
        "13 人遇到，6 人没有\n版本：4.2 12\n更容易遇到：版本 4.2\n不太会遇到：版本 4.1\n\n"
        "原话：\n「戴着手套按钮太小了」\n\n"
        f"证据（1 条）：#{feedback.id}\n请产品部在 10月19日前定：做还是不做，哪天能好。"
    )


async def test_small_slices_are_not_told(office: Talk, captured: Captured) -> None:
    feedback = await captured()
    async with office.database.begin() as uow:
        await meet(uow, office, feedback.id, {"4.2": 3}, is_me=True)
        await meet(uow, office, feedback.id, {"4.1": 2}, is_me=False)
    await office.says(LI, f"/insight {feedback.id}", dm=True)
    [page] = office.heard(LI)
    assert "版本" not in page
    assert "<5 人没有" in page


async def test_until_somebody_writes_it_the_sentence_is_a_draft(office: Talk, captured: Captured) -> None:
    feedback = await captured("#反馈 按钮太小了")
    await office.says(LI, f"/insight {feedback.id}", dm=True)
    [page] = office.heard(LI)
    assert "（草稿）1 人提到（建议）：按钮太小了" in page


@pytest.mark.parametrize("mode", [Mode.ALIAS, Mode.SEALED])
async def test_hidden_words_are_on_no_page(office: Talk, captured: Captured, mode: Mode) -> None:
    feedback = await captured("#反馈 我隔壁工位的老板总催我", mode=mode)
    await office.says(LI, f"/insight {feedback.id}", dm=True)
    [page] = office.heard(LI)
    assert "工位" not in page
    assert "原话只在私下说过，不转。" in page
    assert f"#{feedback.id}" in page


async def test_a_department_reads_the_page_from_its_packet(
    office: Talk, captured: Captured, routed: Routed
) -> None:
    feedback = await captured()
    await routed(feedback)
    await office.advance(days=7)
    await office.presses(WANG, "详情", on=office.last(chat=OFFICE))
    assert "请产品部在 10月19日前定" in office.last(chat=OFFICE).text


@pytest.mark.parametrize("who", [YU, Person("803", "赵工")])
async def test_nobody_else_reads_it(office: Talk, captured: Captured, routed: Routed, who: Person) -> None:
    feedback = await captured()
    await routed(feedback)
    await office.says(who, f"/insight {feedback.id}", dm=True)
    assert "按钮" not in "".join(office.heard(who))


async def test_a_department_does_not_write_it(office: Talk, captured: Captured, routed: Routed) -> None:
    feedback = await captured()
    await routed(feedback)
    await office.says(WANG, f"/insight {feedback.id} 其实没问题", dm=True)
    async with office.database.read() as uow:
        point = await uow.points.find(feedback.id)
        assert point is not None
        assert (await uow.insights.find(point)).sentence == ""


async def test_of_two_who_write_the_second_sees_what_they_replaced(office: Talk, captured: Captured) -> None:
    feedback = await captured()
    await office.says(LI, f"/insight {feedback.id} 可点区域太小", dm=True)
    await office.says(MIN, f"/insight {feedback.id} 按压阈值太高", dm=True)
    assert office.heard(MIN) == [f"#{feedback.id} 的洞察写好了。换掉了之前的「可点区域太小」"]


async def test_the_decision_asked_for_has_its_own_words_and_day(office: Talk, captured: Captured) -> None:
    feedback = await captured()
    await office.says(LI, f"/insight {feedback.id} 请定 11月30日 4.3 里要不要放大按钮", dm=True)
    office.heard(LI)
    await office.says(LI, f"/insight {feedback.id}", dm=True)
    assert "请部门（还没转交）在 11月30日前定：4.3 里要不要放大按钮。" in office.heard(LI)[0]


@pytest.mark.parametrize(
    ("text", "answer"), [("/insight 99", "99"), ("/insight 1 决定 2020-01-01 做", "已经过"), ("/insight T9", "T9")]
)  # fmt: skip
async def test_what_cannot_be_is_said_in_one_line(
    office: Talk, captured: Captured, text: str, answer: str
) -> None:
    await captured(who=ZHANG)
    await office.says(LI, text, dm=True)
    [line] = office.heard(LI)
    assert answer in line
