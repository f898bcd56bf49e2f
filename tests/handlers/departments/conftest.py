"""Fixtures of the departments' dialogues: two departments, one with a group of its own, and their people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from handlers.base import Settings
from rituals.base import RitualSettings
from storage.departments import Department, Place
from storage.records import ChatKind, ChatState, Feedback
from storage.routes import Route
from storage.uow import UnitOfWork
from tests.fakes import Shown
from tests.talk import LI, PLATFORM, Captured, Person, Talk

WANG = Person("801", "王工")
CHEN = Person("802", "陈工")
OFFICE = "-2001"
PACKET = RitualSettings("packet", "packet", "0 10 * * mon")
PRODUCT = Department(
    "product", "产品部", (Place(PLATFORM, OFFICE, ChatKind.GROUP),),
    frozenset({Place(PLATFORM, WANG.external_id), Place(PLATFORM, CHEN.external_id)}),
)  # fmt: skip
LOGISTICS = Department("logistics", "物流部", (Place(PLATFORM, "803"),), frozenset({Place(PLATFORM, "803")}))
Routed = Callable[[Feedback], Awaitable[None]]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Give the settings with two departments."""
    return replace(settings, departments=(PRODUCT, LOGISTICS))


@pytest.fixture
def ritual_settings() -> tuple[RitualSettings, ...]:
    """Give the weekly packet."""
    return (PACKET,)


@pytest.fixture
async def office(talk: Talk) -> Talk:
    """Give the talk with the product department's group, and without packets for the members' group."""
    async with talk.database.begin() as uow:
        members = await talk.group()
        await uow.chats.change(members.id, rituals=())
        for place in (*PRODUCT.places, *LOGISTICS.places):
            await uow.chats.add(
                place.platform, place.external_id, place.kind, title="产品部", state=ChatState.SERVED,
                language="zh_CN", timezone="Asia/Shanghai", rituals=(PACKET.name,),
            )  # fmt: skip
        uow.written.add("plans")
    await talk.settle()
    return talk


@pytest.fixture
def routed(office: Talk) -> Routed:
    """Give a way to hand a feedback to the product department."""

    async def route(feedback: Feedback) -> None:
        await office.says(LI, f"/route {feedback.id} product", dm=True)
        office.heard(LI)

    return route


async def route_of(uow: UnitOfWork, feedback_id: int) -> Route | None:
    """Return whose hands a feedback is in."""
    point = await uow.points.find(feedback_id)
    assert point is not None
    return await uow.routes.find(point)


async def packet(talk: Talk) -> None:
    """Let the next Monday's packet come."""
    await talk.advance(days=7)
    talk.posts(chat=OFFICE)


@pytest.fixture
async def asked(captured: Captured, routed: Routed) -> Feedback:
    """Give a voice that is in the hands of a department."""
    feedback = await captured()
    await routed(feedback)
    return feedback


@pytest.fixture
async def page(office: Talk, asked: Feedback) -> Shown:
    """Give the next Monday's packet, which asks about it."""
    await packet(office)
    return office.last(chat=OFFICE)
