"""Dialogues of the intent `discovery`: what members found out, kept apart from feedback."""

from __future__ import annotations

from storage.discoveries import Discovery
from storage.records import Attachment
from tests.handlers.conftest import open_private
from tests.talk import GROUP, LI, YU, ZHANG, Talk

PHOTO = Attachment("photo", "file", "unique")


async def kept(talk: Talk) -> list[Discovery]:
    """Return what was kept, newest first."""
    async with talk.database.read() as uow:
        return await uow.discoveries.list_open(since=talk.now.replace(year=2020))


async def test_the_tag_makes_it_a_discovery_and_no_feedback(talk: Talk) -> None:
    said = await talk.says(YU, "＃发现 座椅放倒正好放得下露营垫")
    assert talk.adapter.reactions[-1] == (GROUP, said.message_id, "✍")
    assert talk.heard() == []
    [found] = await kept(talk)
    assert (found.text, found.message_id) == ("＃发现 座椅放倒正好放得下露营垫", said.message_id)
    async with talk.database.read() as uow:
        assert await uow.feedback.find(1) is None


async def test_a_lone_tag_as_a_reply_keeps_the_message_replied_to_for_its_author(talk: Talk) -> None:
    said = await talk.says(YU, "我发现座椅放倒正好放得下露营垫")
    await talk.says(ZHANG, "#发现", reply_to=said)
    await talk.says(LI, "#discovery", reply_to=said)
    [found] = await kept(talk)
    async with talk.database.read() as uow:
        assert (await uow.members.get(found.member_id)).name == "小雨"


async def test_what_is_tagged_as_feedback_too_is_feedback(talk: Talk) -> None:
    await talk.says(YU, "#发现 #反馈 座椅放倒以后锁不住，会滑")
    assert await kept(talk) == []
    async with talk.database.read() as uow:
        assert await uow.feedback.find(1) is not None


async def test_a_picture_speaks_for_itself(talk: Talk) -> None:
    await talk.says(YU, "#发现", attachments=[PHOTO])
    [found] = await kept(talk)
    assert found.attachments == (PHOTO,)


async def test_a_picture_that_is_chosen_is_named_in_the_language_of_each_who_reads_of_it(talk: Talk) -> None:
    for person in (YU, LI):
        await open_private(talk, person)
    await talk.says(YU, "#发现", attachments=[PHOTO])
    [found] = await kept(talk)
    async with talk.database.begin() as uow:
        await uow.members.change(found.member_id, language="en")
    await talk.says(LI, "/award", dm=True)
    await talk.presses(LI, "最佳发现")
    assert "“(no words)”" in talk.heard(YU)[0]
    assert "「（没有文字）」" in talk.last().text


async def test_what_says_nothing_gets_one_line(talk: Talk) -> None:
    await open_private(talk, YU)
    await talk.says(YU, "#发现", dm=True)
    await talk.advance(minutes=10)
    await talk.says(YU, "#发现 好", dm=True)
    assert talk.heard(YU) == ["发现了什么？和标签写在一起，比如：#发现 座椅放倒正好放得下露营垫"] * 2
    assert await kept(talk) == []


async def test_ten_a_day_are_enough(talk: Talk) -> None:
    await open_private(talk, YU)
    for number in range(11):
        await talk.says(YU, f"#发现 第 {number} 个好用的小窍门", dm=True)
    assert talk.heard(YU)[-1] == "今天的发现先记到这里（一天 10 个），明天接着说。"
    assert len(await kept(talk)) == 10


async def test_the_same_message_twice_is_one_discovery(talk: Talk) -> None:
    said = talk.message(YU, "#发现 座椅放倒正好放得下露营垫")
    await talk.take(talk.taken(said))
    await talk.take(talk.taken(said))
    assert len(await kept(talk)) == 1
