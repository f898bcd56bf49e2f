"""Dialogues about /route (handlers/kos/route.py)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.base import Settings
from storage.records import Status
from tests.handlers.departments.conftest import LOGISTICS, PRODUCT, route_of
from tests.talk import LI, MIN, YU, Captured, Talk


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Give the settings with two departments."""
    return replace(settings, departments=(PRODUCT, LOGISTICS))


async def test_a_feedback_is_handed_to_a_department_and_is_in_review_from_then_on(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured()
    await talk.says(LI, f"转交 {feedback.id} 产品部", dm=True)
    assert talk.heard(LI) == [f"#{feedback.id} 交给产品部了，10月19日前等他们答复。"]
    async with talk.database.read() as uow:
        route = await route_of(uow, feedback.id)
        now = await uow.feedback.get(feedback.id)
        actions = [entry.action for entry in await uow.audit.list_last()]
    assert route is not None
    assert (route.department, now.status) == ("product", Status.IN_REVIEW)
    assert "route" in actions


async def test_without_a_department_the_departments_are_buttons(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/route {feedback.id}", dm=True)
    assert talk.last(LI).labels == ["产品部", "物流部"]
    assert "现在：还没有部门" in talk.last(LI).text
    assert await talk.presses(LI, "物流部") == f"#{feedback.id} 交给物流部了，10月19日前等他们答复。"
    assert await talk.presses(LI, "物流部") == f"#{feedback.id} 本来就在物流部手里。"


async def test_the_card_has_a_button_for_it(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    await talk.presses(LI, "更多")
    await talk.presses(LI, "转交")
    assert talk.last(LI).labels == ["产品部", "物流部"]


async def test_handing_on_takes_it_from_the_first_department(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/route {feedback.id} product", dm=True)
    await talk.says(MIN, f"/route {feedback.id} logistics", dm=True)
    async with talk.database.read() as uow:
        counts = await uow.routes.count_waiting()
    assert counts == {"logistics": 1}


async def test_it_can_be_taken_back(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/route {feedback.id} product", dm=True)
    await talk.says(LI, f"/route {feedback.id} 收回", dm=True)
    await talk.says(LI, f"/route {feedback.id} 收回", dm=True)
    assert talk.heard(LI)[-2:] == [
        f"#{feedback.id} 从产品部收回来了。",
        f"#{feedback.id} 还没有交给任何部门。",
    ]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/route 1 火星部", "没有叫「火星部」的部门。现在有：产品部、物流部"),
        ("/route 99 product", "没有 #99"),
        ("/route T99 product", "T99"),
    ],
)
async def test_what_is_not_there_is_said_in_one_line(
    talk: Talk, captured: Captured, text: str, answer: str
) -> None:
    await captured()
    await talk.says(LI, text, dm=True)
    [line] = talk.heard(LI)
    assert answer in line


async def test_what_has_its_outcome_is_not_handed_on(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/decline {feedback.id} 这代改不了", dm=True)
    talk.heard(LI)
    await talk.says(LI, f"/route {feedback.id} product", dm=True)
    assert talk.heard(LI) == [f"#{feedback.id} 已经有结果了，不用再动。"]


async def test_members_hand_nothing_on(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(YU, f"/route {feedback.id} product", dm=True)
    async with talk.database.read() as uow:
        assert await route_of(uow, feedback.id) is None


async def test_what_a_vanished_department_had_is_listed_for_routing_again(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured()
    async with talk.database.begin() as uow:
        li = await uow.members.find(talk.adapter.platform, LI.external_id)
        by = li.id if li else feedback.contributor_id
        point = await uow.points.find(feedback.id)
        assert point is not None
        await uow.routes.open_(point, "gone", by_id=by, now=talk.now, due=talk.now)
    await talk.says(LI, "/route", dm=True)
    [text] = talk.heard(LI)
    assert "产品部 0 件等答复" in text
    assert f"#{feedback.id} 「按钮太小了」原在 gone" in text
    await talk.says(LI, f"/route {feedback.id} product", dm=True)
    async with talk.database.read() as uow:
        route = await route_of(uow, feedback.id)
    assert route is not None
    assert route.department == "product"
