"""A word beside a member's name is promised like anything else, and nobody waits for it."""

from __future__ import annotations

from bot.adapters.base import PermanentError
from storage.messages import Message
from storage.promises import DeliveryState
from tests.logbook import capture_logs
from tests.talk import GROUP, PLATFORM, ZHANG, Talk


async def test_a_tag_that_is_refused_is_one_line_in_the_log_and_delays_nothing(talk: Talk) -> None:
    talk.adapter.failures[GROUP] = [PermanentError("not enough rights")]
    chat = await talk.group()
    async with talk.database.begin() as uow:
        zhang = (await uow.members.meet(PLATFORM, [(ZHANG.external_id, ZHANG.name, "")], talk.now))["501"]
        await uow.outbox.tag(chat.id, zhang, "热心用户", key="tag:1", now=talk.now)
        await uow.outbox.put(chat.id, Message(text=("大家好",)), key="post:1", now=talk.now)
    with capture_logs() as lines:
        await talk.settle()
    assert talk.heard() == ["大家好"]
    refused = [line for line in lines if line["event"] == "member_tag_refused"]
    assert [line["why"] for line in refused] == ["not enough rights"]
    async with talk.database.read() as uow:
        tag = await uow.promises.find("tag:1")
        assert await uow.promises.list_stuck() == []
    assert tag is not None
    assert tag.state is DeliveryState.DEAD


async def test_the_last_of_two_tags_stands(talk: Talk) -> None:
    chat = await talk.group()
    async with talk.database.begin() as uow:
        zhang = (await uow.members.meet(PLATFORM, [(ZHANG.external_id, ZHANG.name, "")], talk.now))["501"]
        await uow.outbox.tag(chat.id, zhang, "热心用户", key="tag:1", now=talk.now)
        await uow.outbox.tag(chat.id, zhang, "", key="tag:2", now=talk.now)
        assert not await uow.outbox.tag(chat.id, zhang, "热心用户", key="tag:1", now=talk.now)
    await talk.settle()
    assert talk.adapter.tags == {(GROUP, ZHANG.external_id): ""}
