"""The index of likeness, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import sqlalchemy as sa

from storage import tables
from storage.db import Database
from storage.records import CLOSED, ChatKind, ChatState, FeedbackClass, Platform, Status
from storage.uow import UnitOfWork
from tests.fakes import at

NOW = at("2026-10-12 02:00")
TEXTS = {
    1: "高速 进 隧道 导航 卡顿",
    2: "座椅 加热 太 慢",
    3: "隧道 里 导航 卡顿 了",
    4: "导航 语音 太 小声",
    5: "App crash open map",
    6: "",
}


async def capture(uow: UnitOfWork, text: str) -> int:
    """Capture one feedback."""
    chat = await uow.chats.add(
        Platform.TELEGRAM, "-1", ChatKind.GROUP, title="车主群", state=ChatState.SERVED, language="zh_CN",
        timezone="Asia/Shanghai",
    )  # fmt: skip
    member = (await uow.members.meet(Platform.TELEGRAM, [("501", "张哥", "")], NOW))["501"]
    count = await uow.feedback.count_of(member.id)
    found = await uow.feedback.add(
        chat_id=chat.id, contributor_id=member.id, captured_by_id=member.id, message_id=str(count), text=text, now=NOW,
        feedback_class=FeedbackClass.SUGGESTION, review_due=NOW,
    )  # fmt: skip
    assert found is not None
    return found.id


async def fill(uow: UnitOfWork) -> list[int]:
    """Capture and index all texts."""
    numbers = [await capture(uow, text) for text in TEXTS.values()]
    await uow.likeness.put_all(dict(zip(numbers, map(str.split, TEXTS.values()), strict=True)))
    return numbers


async def found(uow: UnitOfWork, text: str, limit: int = 5) -> Sequence[int]:
    return [one.item for one in await uow.likeness.nearest(text.split(), limit)]


async def test_the_nearest_come_first_and_tell_the_words_they_share(database: Database) -> None:
    async with database.begin() as uow:
        numbers = await fill(uow)
        assert numbers == list(TEXTS)
        first, second, *rest = await uow.likeness.nearest(["隧道", "导航", "卡顿", "了"])
    assert (first.item, second.item) == (3, 1)
    assert set(first.words) == {"隧道", "导航", "卡顿"}
    assert first.score >= second.score
    assert (first.is_alike, second.is_alike) == (True, True)
    assert [one.item for one in rest] == [4]
    assert not rest[0].is_alike


async def test_no_more_than_asked_for_are_listed(database: Database) -> None:
    async with database.begin() as uow:
        await fill(uow)
        assert await found(uow, "导航 卡顿", 2) == [3, 1]


async def test_words_nobody_used_find_nothing(database: Database) -> None:
    async with database.begin() as uow:
        assert await found(uow, "导航") == []
        await fill(uow)
        assert await found(uow, "雨刷 漏水") == []
        assert await found(uow, "") == []


async def test_what_is_closed_is_not_offered_unless_asked_for(database: Database) -> None:
    async with database.begin() as uow:
        await fill(uow)
        closed = await uow.feedback.get(3)
        await uow.feedback.change(closed, Status.DECLINED, by_id=None, note="", now=NOW)
        assert await found(uow, "隧道 导航 卡顿") == [1, 4]
        assert [one.item for one in await uow.likeness.nearest(["隧道", "卡顿"], statuses=CLOSED)] == [3]


async def test_a_feedback_is_not_like_itself(database: Database) -> None:
    async with database.begin() as uow:
        await fill(uow)
        words = await uow.likeness.find_words(1)
        assert words == TEXTS[1].split()
        alike = await uow.likeness.nearest(words, apart_from=1)
        assert [one.item for one in alike] == [3, 4]
        assert await uow.likeness.find_words(99) is None


async def test_indexing_twice_changes_nothing(database: Database) -> None:
    async with database.begin() as uow:
        await fill(uow)
        before = await counts(uow)
        assert not await uow.likeness.put(1, ["别的"])
        assert await counts(uow) == before
        assert before[""] == len(TEXTS)
        assert before["导航"] == 3


async def test_what_is_new_edited_and_indexed_already_goes_together_and_is_counted_once(
    database: Database,
) -> None:
    async with database.begin() as uow:
        edited, indexed, new, wordless = [await capture(uow, text) for text in "一二三四"]
        assert await uow.likeness.put_all({edited: ["导航", "卡顿"], indexed: ["导航"]}) == 2
        await uow.likeness.mark_stale(edited)
        put = {edited: ["卡顿", "隧道"], indexed: ["别的"], new: ["导航", "导航", "", "隧道"], wordless: []}
        assert await uow.likeness.put_all(put) == 3
        kept = [await uow.likeness.find_words(number) for number in put]
        assert kept == [["卡顿", "隧道"], ["导航"], ["导航", "隧道"], []]
        assert await counts(uow) == {"": 4, "导航": 2, "卡顿": 1, "隧道": 2}
        assert set(await found(uow, "导航 隧道")) == {new, edited, indexed}


async def counts(uow: UnitOfWork) -> dict[str, int]:
    rows = await uow.connection.execute(sa.select(tables.term_counts).where(tables.term_counts.c.texts > 0))
    return {row.term: row.texts for row in rows}


async def test_what_is_pending_is_what_was_captured_or_edited_since(database: Database) -> None:
    async with database.begin() as uow:
        await fill(uow)
        assert await uow.likeness.list_pending(9) == []
        fresh = await capture(uow, "雨刷 异响")
        await uow.feedback.edit_text(await uow.feedback.get(2), "座椅 通风", NOW)
        assert await uow.likeness.list_pending(9) == [(fresh, "雨刷 异响"), (2, "座椅 通风")]
        assert await uow.likeness.list_pending(1) == [(fresh, "雨刷 异响")]


async def test_an_edited_text_is_found_by_its_new_words_only(database: Database) -> None:
    async with database.begin() as uow:
        await fill(uow)
        before = await counts(uow)
        await uow.feedback.edit_text(await uow.feedback.get(2), "座椅 通风", NOW)
        assert await found(uow, "座椅 加热") == [2]
        assert await uow.likeness.put_all({2: ["座椅", "通风"], 3: ["别的"]}) == 1
        assert await found(uow, "加热") == []
        assert await found(uow, "座椅 通风") == [2]
        after = await counts(uow)
    assert after == {**{k: v for k, v in before.items() if k not in ("加热", "慢")}, "太": 1, "通风": 1}


async def test_another_tokenizer_lets_everything_be_indexed_anew(database: Database) -> None:
    async with database.begin() as uow:
        assert await uow.likeness.name_tokenizer("one")
        await fill(uow)
        assert not await uow.likeness.name_tokenizer("one")
        assert await uow.likeness.list_pending(9) == []
        assert await uow.likeness.name_tokenizer("other")
        assert [number for number, _ in await uow.likeness.list_pending(9)] == list(TEXTS)
        assert await found(uow, "隧道 导航 卡顿") == [3, 1, 4]


async def test_hostile_words_are_words(database: Database) -> None:
    async with database.begin() as uow:
        number = await capture(uow, "x")
        words = ["'; DROP TABLE feedback; --".replace(" ", ""), '"[0]"', "%_", "Ⅻ", "💔", "null", "1"]
        await uow.likeness.put(number, words)
        assert await uow.likeness.find_words(number) == words
        for word in words:
            assert await found(uow, word) == [number]


async def test_two_processes_that_index_the_same_count_it_once(database: Database) -> None:
    async with database.begin() as uow:
        numbers = [await capture(uow, text) for text in TEXTS.values()]
    texts = dict(zip(numbers, map(str.split, TEXTS.values()), strict=True))

    async def index() -> int:
        async with database.begin() as uow:
            return await uow.likeness.put_all(texts)

    assert sum(await asyncio.gather(index(), index(), index())) == len(TEXTS)
    async with database.read() as uow:
        assert (await counts(uow))["导航"] == 3


async def test_two_processes_that_index_the_same_anew_count_it_once(database: Database) -> None:
    async with database.begin() as uow:
        await fill(uow)
        before = await counts(uow)
        await uow.likeness.name_tokenizer("another")
    texts = {number: f"{text} 更多".split() for number, text in TEXTS.items()}

    async def index() -> int:
        async with database.begin() as uow:
            return await uow.likeness.put_all(texts)

    assert sum(await asyncio.gather(index(), index(), index())) == len(TEXTS)
    async with database.read() as uow:
        assert await counts(uow) == {**before, "更多": len(TEXTS)}
