"""Two of staff at the very same moment: one does it, the other is told in one line, and nothing is done twice."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date

import pytest
import sqlalchemy as sa

from storage import tables
from storage.db import Database
from storage.errors import ConflictError
from storage.records import Status
from tests.live import PATIENCE_SECONDS
from tests.storage.test_facts import NOON, voice
from tests.talk import LI, MIN, PLATFORM, YU, Captured, Person, Talk

FASTER = "刚刚有人改过这一条，请看一眼最新的再试。"
TWO_THINGS = "#反馈 按钮太小了，座椅加热也太慢，空调有异味"
on_a_server = pytest.mark.parametrize(  # in a file writers take turns, and the second sees what the first did
    "database", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


async def test_of_two_who_hold_one_thing_the_second_learns_that_somebody_was_faster(
    database: Database,
) -> None:
    async with database.begin() as uow:
        captured = await voice(uow)
        await uow.moves.hold_all([captured], date(2026, 10, 20), NOON, owner_id=captured.contributor_id)
        held = await uow.feedback.get(captured.id)
        for day in (date(2026, 10, 30), None):
            with pytest.raises(ConflictError):
                await uow.moves.hold_all([captured], day, NOON)
        assert (held.held_until, held.owner_id) == (date(2026, 10, 20), captured.contributor_id)
        await uow.moves.hold_all([held], date(2026, 10, 30), NOON)  # who has seen it may say otherwise
        with pytest.raises(ConflictError):
            await uow.moves.hold_all([held], None, NOON)
        again = await uow.feedback.get(captured.id)
        await uow.moves.change_all([again], Status.IN_PROGRESS, by_id=None, note="", now=NOON)
        with pytest.raises(ConflictError):
            await uow.moves.hold_all([again], None, NOON)
        assert (await uow.feedback.get(captured.id)).held_until == date(2026, 10, 30)


async def test_of_two_who_cut_one_thing_the_second_learns_that_somebody_was_faster(
    database: Database,
) -> None:
    async with database.begin() as uow:
        captured = await voice(uow, text=TWO_THINGS)
        await uow.splits.add(captured, "空调有异味", by_id=captured.contributor_id, now=NOON)
        await uow.feedback.edit_text(captured, "按钮太小了，座椅加热也太慢", NOON)
        with pytest.raises(ConflictError):
            await uow.splits.add(captured, "座椅加热也太慢", by_id=captured.contributor_id, now=NOON)
        cut = await uow.feedback.get(captured.id)
        assert await uow.splits.add(cut, "座椅加热也太慢", by_id=captured.contributor_id, now=NOON)


async def at_once(talk: Talk, number: int, orders: Sequence[tuple[Person, str]]) -> list[str]:
    """Let people order something of one feedback so that all have read it before any writes; return what they hear."""
    f = tables.feedback
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    async with talk.database.begin() as uow:
        await uow.connection.execute(sa.select(f.c.id).where(f.c.id == number).with_for_update())
        taken = [talk.taken(talk.message(who, text, dm=True)) for who, text in orders]
        doing = [asyncio.create_task(talk.dispatcher(PLATFORM, [each])) for each in taken]
        deadline = time.monotonic() + PATIENCE_SECONDS
        while await uow.connection.scalar(waiting) < len(orders):
            assert time.monotonic() < deadline, "they do not wait for each other"
            await asyncio.sleep(0.01)
    await asyncio.gather(*doing)
    await talk.settle()
    return [line for who, _ in orders for line in talk.heard(who)]


@on_a_server
async def test_two_who_hold_one_thing_at_once_are_told_who_does(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    heard = await at_once(
        talk, feedback.id, [(LI, f"/hold {feedback.id} 10月20日"), (MIN, f"/hold {feedback.id} 10月30日")]
    )
    async with talk.database.read() as uow:
        held_until = (await uow.feedback.get(feedback.id)).held_until
    assert held_until is not None
    day = f"{held_until.month}月{held_until.day}日"
    assert Counter(heard) == Counter([f"#{feedback.id} 先搁到 {day}，到那天会再提醒。", FASTER])
    assert [timer.due.date() for timer in await talk.timers("held")] == [held_until]


@on_a_server
async def test_what_moves_on_while_it_is_held_rests_no_more(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    heard = await at_once(
        talk,
        feedback.id,
        [(LI, f"/hold {feedback.id} 10月20日"), (MIN, f"/progress {feedback.id} 样机改好了")],
    )
    assert len(heard) == 2
    async with talk.database.read() as uow:
        now = await uow.feedback.get(feedback.id)
    assert (now.status, now.held_until) == (Status.IN_PROGRESS, None)
    await talk.advance(days=9)
    assert not [line for line in [*talk.heard(LI), *talk.heard(MIN)] if "搁置到今天" in line]


@on_a_server
async def test_two_who_cut_one_thing_at_once_cut_it_once(talk: Talk, captured: Captured) -> None:
    feedback = await captured(TWO_THINGS, YU)
    words = ("座椅加热也太慢", "空调有异味")
    heard = await at_once(
        talk,
        feedback.id,
        [(LI, f"/split {feedback.id} | {words[0]}"), (MIN, f"/split {feedback.id} | {words[1]}")],
    )
    assert len(heard) == 2
    assert FASTER in heard
    async with talk.database.read() as uow:
        whole = await uow.feedback.get(feedback.id)
        halves = await uow.feedback.list_after(feedback.id, 10)
    assert [half.text for half in halves] in [[words[0]], [words[1]]]
    assert halves[0].text not in whole.text
    assert len(talk.heard(YU)) == 1
