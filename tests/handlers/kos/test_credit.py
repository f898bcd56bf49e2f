"""Dialogues about /credit (handlers/kos/credit.py): a useful detail was adopted."""

from __future__ import annotations

from storage.contributions import Credit
from tests.handlers.conftest import open_private
from tests.handlers.kos.test_award import known
from tests.talk import LI, MIN, YU, ZHANG, Captured, Person, Talk


async def credited(talk: Talk, who: Person) -> dict[Credit, int]:
    """Return somebody's ledger."""
    member = await known(talk, who)
    async with talk.database.read() as uow:
        return await uow.contributions.count(member.id)


async def test_who_gave_the_detail_is_thanked_and_credited_once_a_feedback(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured()
    await talk.says(YU, "早")
    await open_private(talk, YU)
    await talk.says(LI, f"/credit {feedback.id} @yu 低温下才会出现", dm=True)
    assert talk.heard(LI) == [f"记下了小雨在 #{feedback.id} 里的细节，已经谢过 TA。"]
    assert talk.heard(YU)[0].startswith(
        f"小雨，您补充的细节「低温下才会出现」在 #{feedback.id} 里用上了，帮了大忙。—— 小李"
    )
    assert await credited(talk, YU) == {Credit.USEFUL_DETAIL: 1}
    await talk.says(MIN, f"感谢 {feedback.id} @yu", dm=True)
    assert talk.heard(MIN) == [f"小雨在 #{feedback.id} 里的细节已经记过了。"]
    assert await credited(talk, YU) == {Credit.USEFUL_DETAIL: 1}
    async with talk.database.read() as uow:
        notes = [text for _, text, _ in await uow.notes.list_of(feedback.id)]
    assert notes == ["小雨的细节被采用：低温下才会出现"]


async def test_without_a_name_it_is_the_contributors_own_detail(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/credit {feedback.id}", dm=True)
    assert "您在「按钮太小了」里说的细节用上了" in talk.heard(ZHANG)[0]
    assert await credited(talk, ZHANG) == {Credit.USEFUL_DETAIL: 1}


async def test_a_name_counts_without_its_at_sign(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(YU, "早")
    await talk.says(LI, f"/credit {feedback.id} 小雨 低温下才会出现", dm=True)
    assert await credited(talk, YU) == {Credit.USEFUL_DETAIL: 1}
    assert await credited(talk, ZHANG) == {}


async def test_as_a_reply_the_message_is_the_detail(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await open_private(talk, LI)
    said = await talk.says(YU, "我这边零下才这样")
    await talk.says(LI, f"/credit {feedback.id}", reply_to=said)
    assert await credited(talk, YU) == {Credit.USEFUL_DETAIL: 1}
    assert await credited(talk, ZHANG) == {}


async def test_what_is_wrong_gets_one_line_and_credits_nobody(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    example = "/credit 128 @小雨 低温下才会出现"
    for text, answer in (
        ("/credit", f"感谢哪一条里的细节？带上编号，比如：{example}"),
        ("/credit 999 @zhang", "没有 #999 这一条，看看编号？"),
        (f"/credit {feedback.id} @li", "小李是我们自己人，贡献记给成员。"),
    ):
        await talk.says(LI, text, dm=True)
        assert talk.heard(LI) == [answer]
    assert await credited(talk, ZHANG) == {}


async def test_a_picture_without_words_is_named_in_the_language_of_who_reads_of_it(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured("")
    async with talk.database.begin() as uow:
        await uow.members.change(feedback.contributor_id, language="en")
    await talk.says(LI, f"/credit {feedback.id} 低温下才会出现", dm=True)
    assert "(no words)" in talk.last(ZHANG).text
