"""What many people are told at once: as one by one, in a few statements; the same on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from storage.db import Database
from storage.echoes import Echo
from storage.manners import Manners
from storage.messages import Message, decode
from storage.promises import DeliveryState
from storage.records import ChatKind, ChatState, FeedbackClass, Member, Platform, Status
from storage.uow import UnitOfWork
from tests.fakes import at

NOON = at("2026-10-12 04:00")  # in Shanghai
NIGHT = at("2026-10-12 15:00")
MORNING = at("2026-10-13 00:00")


async def people(uow: UnitOfWork, count: int = 2) -> list[Member]:
    """Store some members."""
    met = await uow.members.meet(Platform.TELEGRAM, [(str(i), f"成员{i}", "") for i in range(count)], NOON)
    return list(met.values())


def echo(member: Member, key: str = "k", text: str = "改好了「'\"\\」") -> Echo:
    """Make an echo."""
    return Echo(member, Message(text=(text,)), f"{key}:member:{member.id}", "Asia/Shanghai", "zh_CN")


async def test_everybody_is_promised_once_in_their_own_private_chat(database: Database) -> None:
    async with database.begin() as uow:
        members = await people(uow, 3)
        first = await uow.echoes.tell_many(
            [echo(m) for m in members], now=NOON, manners=Manners(), subject="feedback:1"
        )
        again = await uow.echoes.tell_many([echo(m) for m in members], now=NOON, manners=Manners())
        found = await uow.promises.list_about("feedback:1")
        chats = await uow.chats.list_by_id({delivery.chat_id for delivery in found})
    assert first == {member.id: NOON for member in members}
    assert again == {}
    assert [chats[delivery.chat_id].external_id for delivery in found] == ["0", "1", "2"]
    assert all(delivery.is_held and delivery.state is DeliveryState.PENDING for delivery in found)
    assert decode(found[0].content).text == ("改好了「'\"\\」",)


@pytest.mark.parametrize("manners", [Manners(), Manners(dms_per_day=1)])
async def test_in_bulk_is_when_it_would_be_one_by_one(database: Database, manners: Manners) -> None:
    async with database.begin() as uow:
        one, other = await people(uow)
        snoozed = replace(other, snoozed_until=NOON + timedelta(days=3))
        for number, moment in enumerate(
            (NOON, NOON + timedelta(hours=1), NOON + timedelta(hours=2), NIGHT, NIGHT)
        ):
            due = await uow.echoes.tell_many(
                [echo(one, f"bulk{number}"), echo(snoozed, f"bulk{number}")], now=moment, manners=manners
            )
            await uow.outbox.cancel("none")
            assert set(due) == {one.id, other.id}
        bulk = [(await uow.promises.find(f"bulk{n}:member:{m.id}")) for n in range(5) for m in (one, other)]
    async with database.begin() as uow:
        third, fourth = (await people(uow, 4))[2:]
        sleepy = replace(fourth, snoozed_until=NOON + timedelta(days=3))
        single = []
        for number, moment in enumerate(
            (NOON, NOON + timedelta(hours=1), NOON + timedelta(hours=2), NIGHT, NIGHT)
        ):
            for member in (third, sleepy):
                await uow.outbox.tell(
                    member, Message(text=("x",)), key=f"single{number}:{member.id}", now=moment, manners=manners,
                    timezone="Asia/Shanghai", language="zh_CN",
                )  # fmt: skip
                single.append(await uow.promises.find(f"single{number}:{member.id}"))
    assert [d.due_at for d in bulk if d] == [d.due_at for d in single if d]
    assert len(bulk) == len(single) == 10


async def test_nobody_is_nobody(database: Database) -> None:
    async with database.begin() as uow:
        assert await uow.echoes.tell_many([], now=NOON, manners=Manners()) == {}


async def test_who_was_told_in_person_is_not_told_again(database: Database) -> None:
    async with database.begin() as uow:
        one, other = await people(uow)
        due = await uow.echoes.tell_many(
            [echo(one), echo(other)], now=NIGHT, manners=Manners(), subject="feedback:1"
        )
        assert set(due.values()) == {MORNING}
        assert await uow.echoes.list_untold("feedback:1") == set()
        assert await uow.echoes.tell_in_person("feedback:1", {one.id}) == 1
        states = {d.member_id: d.state for d in await uow.promises.list_about("feedback:1")}
        assert states == {one.id: DeliveryState.SENT, other.id: DeliveryState.PENDING}
        (waiting,) = [d for d in await uow.promises.list_about("feedback:1") if d.member_id == other.id]
        await uow.deliveries.settle([waiting.id], DeliveryState.WAITING, "unreachable")
        assert await uow.echoes.list_untold("feedback:1") == {other.id}


async def test_what_was_taken_back_is_missed_by_nobody(database: Database) -> None:
    async with database.begin() as uow:
        (one,) = await people(uow, 1)
        await uow.echoes.tell_many([echo(one)], now=NIGHT, manners=Manners(), subject="feedback:1")
        assert await uow.outbox.cancel("feedback:1") == 1
        assert await uow.echoes.list_untold("feedback:1") == set()
        assert await uow.promises.list_stuck() == []


async def test_nobody_is_named_in_the_digest_for_a_decline_nor_are_staff(database: Database) -> None:
    async with database.begin() as uow:
        chat = await uow.chats.add(
            Platform.TELEGRAM, "-1", ChatKind.GROUP, title="群", state=ChatState.SERVED, language="zh_CN",
            timezone="Asia/Shanghai",
        )  # fmt: skip
        members = await people(uow, 3)
        for member, role in zip(members, ("member", "member", "kos"), strict=True):
            await uow.members.change(member.id, home_chat_id=chat.id, role=role)
            feedback = await uow.feedback.add(
                chat_id=chat.id, contributor_id=member.id, captured_by_id=member.id, message_id=str(member.id),
                text="太小", now=NOON, feedback_class=FeedbackClass.SUGGESTION, review_due=NOON,
            )  # fmt: skip
            assert feedback is not None
            after = Status.DECLINED if member is members[0] else Status.RESOLVED
            await uow.feedback.change(feedback, after, by_id=members[2].id, note="", now=NOON)
            subject = f"feedback:{feedback.id}"
            await uow.echoes.tell_many([echo(member)], now=NOON, manners=Manners(), subject=subject)
            for delivery in await uow.promises.list_about(subject):
                await uow.deliveries.settle([delivery.id], DeliveryState.WAITING, "unreachable")
        unheard = await uow.progress.list_unheard(chat.id, NOON)
    assert [delivery.member_id for delivery in unheard] == [members[1].id]


async def test_who_was_answered_a_moment_ago_is_talking_with_us(database: Database) -> None:
    async with database.begin() as uow:
        answered, told, long_ago, never = await people(uow, 4)
        await uow.echoes.tell_many([echo(told)], now=NOON, manners=Manners())
        for number, (member, at) in enumerate([(answered, NOON), (long_ago, NOON - timedelta(hours=1))]):
            chat = await uow.outbox.private_chat(member, timezone="Asia/Shanghai", language="zh_CN")
            await uow.outbox.put(chat.id, Message(text=("好",)), key=f"reply:{number}", now=at)
        everybody = [answered, told, long_ago, never]
        assert await uow.echoes.list_talking(everybody, NOON + timedelta(minutes=29)) == {answered.id}
        assert await uow.echoes.list_talking(everybody, NOON + timedelta(minutes=30)) == set()
        assert await uow.echoes.list_talking([], NOON) == set()


@pytest.mark.parametrize("database", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
async def test_a_server_counts_the_chats_when_many_are_opened_at_once(database: Database) -> None:
    counted = sa.text("SELECT reltuples FROM pg_class WHERE oid = 'chats'::regclass")
    async with database.begin() as uow:
        members = await people(uow, 500)
        await uow.echoes.tell_many([echo(member) for member in members], now=NOON, manners=Manners())
    async with database.read() as uow:
        assert await uow.connection.scalar(counted) >= 500
