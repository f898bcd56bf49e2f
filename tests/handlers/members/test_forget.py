"""Dialogues of the intent `forget`: a member leaves, the counts stay, nobody crashes."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from bot.adapters.base import TemporaryError, UnreachableError
from handlers.base import Settings
from storage import tables
from storage.promises import DeliveryState
from storage.records import ChatKind, Role, Status
from storage.staff import CHAT, Grant
from storage.suppression import PrivacySettings
from tests.fakes import LITTLE
from tests.talk import GROUP, LI, PLATFORM, YU, ZHANG, Person, Talk

WORDS = ("张哥", "zhang", '"501"')


async def holding(talk: Talk, words: tuple[str, ...] = WORDS) -> set[str]:
    """Return where one of these words still stands in the database."""
    found = set()
    async with talk.database.read() as uow:
        for table in tables.metadata.sorted_tables:
            for row in (await uow.connection.execute(sa.select(table))).mappings():
                found |= {
                    f"{table.name}.{key}" for key, value in row.items() if any(w in str(value) for w in words)
                }
        ids = (await uow.connection.execute(sa.select(tables.members.c.external_id))).scalars().all()
        chats = (await uow.connection.execute(sa.select(tables.chats.c.external_id))).scalars().all()
    return (
        found
        | ({"members.external_id"} if "501" in ids else set())
        | ({"chats"} if "501" in chats else set())
    )


async def forget(talk: Talk, who: Person = ZHANG) -> None:
    """Ask to be forgotten, and mean it."""
    await talk.says(who, "/forget", dm=True)
    await talk.presses(who, "忘记我")


async def test_a_member_is_asked_once_what_will_happen_then_forgotten(talk: Talk) -> None:
    await talk.says(ZHANG, "#反馈 按钮太小了，戴手套按不准")
    await talk.says(LI, "/claim 1", dm=True)
    await talk.says(ZHANG, "/forget", dm=True)
    question = talk.heard(ZHANG)[-1]
    assert "不能反悔" in question
    assert "前成员" in question
    toast = await talk.presses(ZHANG, "忘记我")
    assert toast == "已忘记"
    assert talk.heard(ZHANG) == ["已经忘记您了，这是我的最后一条消息。谢谢您说过的每一句。"]
    await talk.advance(minutes=5)
    assert await holding(talk) == set()
    await talk.says(LI, "/show 1", dm=True)
    card = talk.last(LI).text
    assert "前成员" in card
    assert "按钮太小了" in card
    assert "张哥" not in card


async def test_under_delete_the_words_go_as_well(talk: Talk, settings: Settings) -> None:
    talk.dispatcher._settings = replace(settings, privacy=PrivacySettings(deletes_words=True))
    await talk.says(ZHANG, "#反馈 按钮太小了，戴手套按不准")
    await talk.says(LI, "/claim 1", dm=True)
    await forget(talk)
    await talk.advance(minutes=5)
    assert await holding(talk, (*WORDS, "按钮太小了", "戴手套")) == set()
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(1)).status is Status.IN_REVIEW


async def test_who_comes_back_is_a_new_member(talk: Talk) -> None:
    await talk.says(ZHANG, "#反馈 按钮太小了，戴手套按不准")
    await forget(talk)
    await talk.advance(minutes=5)
    talk.heard(ZHANG)
    await talk.says(ZHANG, "大家好，我又来了")
    await talk.says(ZHANG, "/mine", dm=True)
    assert "#1" not in talk.last(ZHANG).text
    async with talk.database.read() as uow:
        zhang = await uow.members.find(PLATFORM, ZHANG.external_id)
        feedback = await uow.feedback.get(1)
        assert zhang is not None
        assert zhang.id != feedback.contributor_id
        group = await talk.group()
        assert await uow.members.count_in(group.id) >= 2


async def test_words_instead_of_the_button_mean_the_same_and_other_words_nothing(talk: Talk) -> None:
    talk.adapter.capabilities = dict.fromkeys(ChatKind, LITTLE)
    talk.dispatcher._capabilities = {(PLATFORM, kind): LITTLE for kind in ChatKind}
    await talk.says(ZHANG, "/forget", dm=True)
    assert "再发一次：忘记我" in talk.last(ZHANG).text
    await talk.says(ZHANG, "等等，我想想", dm=True)
    assert "members.name" in await holding(talk)
    await talk.says(ZHANG, "忘记我", dm=True)  # he spoke of something else: asked anew
    assert "再发一次：忘记我" in talk.last(ZHANG).text
    await talk.says(ZHANG, "忘记我", dm=True)
    assert talk.heard(ZHANG)[-1].startswith("已经忘记您了")
    await talk.advance(minutes=5)
    assert await holding(talk) == set()


async def test_never_mind_in_words_keeps_everything_too(talk: Talk) -> None:
    await talk.says(ZHANG, "/forget", dm=True)
    asked = talk.last(ZHANG)
    await talk.says(ZHANG, "算了", dm=True)
    assert talk.last(ZHANG).text == "好，什么都没动。"
    assert talk.last(ZHANG) is not asked


async def test_who_thinks_better_of_it_keeps_everything(talk: Talk) -> None:
    await talk.says(ZHANG, "/forget", dm=True)
    assert await talk.presses(ZHANG, "算了") == "好，什么都没动。"
    assert talk.last(ZHANG).text == "好，什么都没动。"
    async with talk.database.read() as uow:
        assert await uow.members.find(PLATFORM, ZHANG.external_id) is not None


async def test_in_the_group_it_is_answered_with_the_way_to_private(talk: Talk) -> None:
    await talk.says(ZHANG, "/forget")
    assert talk.heard() == ["这件事私下说：私聊我发 /forget"]


async def test_staff_are_not_forgotten_before_their_role_is_taken(talk: Talk) -> None:
    await talk.says(LI, "/forget", dm=True)
    assert talk.heard(LI) == ["您现在是工作人员，先请管理员用 /staff 收回身份，我才能忘记您。"]
    async with talk.database.begin() as uow:
        await uow.staff.grant(Grant(PLATFORM, LI.external_id, CHAT, Role.MEMBER, LI.name), talk.now)
    await forget(talk, LI)
    await talk.advance(minutes=5)
    assert talk.heard(LI)[-1].startswith("已经忘记您了")
    await talk.says(LI, "/inbox", dm=True)
    assert talk.last(LI).text != ""
    async with talk.database.read() as uow:
        back = await uow.members.find(PLATFORM, LI.external_id)
    assert back is not None
    assert back.role is Role.MEMBER


async def test_two_confirmations_at_once_forget_once(talk: Talk) -> None:
    await talk.says(ZHANG, "/forget", dm=True)
    question = talk.last(ZHANG)
    said = talk.message(ZHANG, "忘记我", dm=True)
    await talk.take(talk.taken(said), talk.taken(talk.message(ZHANG, "忘记我", dm=True)))
    await talk.presses(ZHANG, "忘记我", on=question)
    assert talk.toast == "这个按钮已经用过了。"
    async with talk.database.read() as uow:
        rows = await uow.audit.list_last(10)
    assert [row.action for row in rows].count("member.forget") == 1


async def test_what_is_said_in_the_same_breath_is_somebody_news(talk: Talk) -> None:
    await talk.says(ZHANG, "/forget", dm=True)
    await talk.take(
        talk.taken(talk.message(ZHANG, "忘记我", dm=True)),
        talk.taken(talk.message(ZHANG, "#反馈 座椅加热太慢了")),
    )
    async with talk.database.read() as uow:
        feedback = await uow.feedback.get(1)
        back = await uow.members.find(PLATFORM, ZHANG.external_id)
    assert back is not None
    assert feedback.contributor_id == back.id


async def test_an_echo_on_its_way_is_taken_back_and_nobody_crashes(talk: Talk) -> None:
    await talk.says(ZHANG, "#反馈 按钮太小了，戴手套按不准")
    await talk.says(YU, "/start", dm=True)
    await talk.says(YU, "/follow 1", dm=True)
    talk.adapter.failures[ZHANG.external_id] = [TemporaryError("later") for _ in range(3)]
    await talk.says(LI, "/resolve 1 4.3 里按钮放大了一倍", dm=True)
    talk.heard(ZHANG)
    async with talk.database.begin() as uow:
        zhang = await uow.members.find(PLATFORM, ZHANG.external_id)
        assert zhang is not None
        await uow.forgetting.forget(zhang, name="前成员", deletes=False, now=talk.now)
    await talk.advance(days=9)
    assert talk.heard(ZHANG) == []
    assert any("4.3" in text for text in talk.heard(YU))
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(1)).status is Status.UNCONFIRMED
        assert await uow.promises.list_stuck() == []


async def test_a_former_member_is_told_nothing_and_staff_are_told_so(talk: Talk) -> None:
    await talk.says(ZHANG, "#反馈 按钮太小了，戴手套按不准")
    await forget(talk)
    await talk.advance(minutes=5)
    talk.heard(ZHANG), talk.heard(LI), talk.heard()
    await talk.says(LI, "/resolve 1 4.3 里按钮放大了一倍", dm=True)
    await talk.advance(days=8)
    assert talk.heard(ZHANG) == []
    assert not any("前成员" in text for text in talk.heard())
    async with talk.database.read() as uow:
        assert await uow.promises.list_stuck() == []
        chats = (await uow.connection.execute(sa.select(tables.chats.c.external_id))).scalars().all()
    assert sorted(chats) == sorted({GROUP, LI.external_id, *(c for c in chats if c.startswith("former:"))})


async def test_somebody_out_of_reach_is_forgotten_while_the_ladder_climbs(talk: Talk) -> None:
    talk.adapter.unreachable[ZHANG.external_id] = UnreachableError("never started")
    await talk.says(ZHANG, "#反馈 按钮太小了，戴手套按不准")
    await talk.says(LI, "/resolve 1 4.3 里按钮放大了一倍", dm=True)
    assert any("张哥" in text for text in talk.heard())
    async with talk.database.begin() as uow:
        zhang = await uow.members.find(PLATFORM, ZHANG.external_id)
        assert zhang is not None
        await uow.forgetting.forget(zhang, name="前成员", deletes=False, now=talk.now)
    talk.heard(LI)
    await talk.advance(days=4)
    assert not any("前成员" in text or "张哥" in text for text in (*talk.heard(LI), *talk.heard()))


async def test_others_messages_that_named_them_do_so_no_more(talk: Talk) -> None:
    await talk.says(ZHANG, "#反馈 按钮太小了，戴手套按不准")
    await talk.says(LI, "/resolve 1 4.3 里按钮放大了一倍", dm=True)
    await talk.presses(ZHANG, "顺手多了")
    assert any("张哥" in text for text in talk.heard())
    await forget(talk)
    await talk.advance(minutes=5)
    assert await holding(talk) == set()
    async with talk.database.read() as uow:
        states = (
            (await uow.connection.execute(sa.select(tables.deliveries.c.state).distinct())).scalars().all()
        )
    assert DeliveryState.UNKNOWN not in states
