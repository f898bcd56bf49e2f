"""The index of likeness is brought up to date by itself."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from bot.indexing import BATCH, Indexer
from storage.db import Database
from storage.records import Feedback, FeedbackClass
from tests.conftest import TAGS
from tests.storage.test_traces import holding
from tests.talk import PLATFORM, ZHANG, Talk


class Spaces:
    """Words by spaces."""

    def __init__(self, name: str = "spaces") -> None:
        self.name = name
        self.cut: list[str] = []

    def tokens(self, text: str) -> list[str]:
        """Return them, and remember the text."""
        self.cut.append(text.strip())
        return text.split()


async def capture(talk: Talk, text: str) -> Feedback:
    """Capture what 张哥 says, whatever he said before."""
    said = talk.message(ZHANG, text)
    chat = await talk.group()
    async with talk.database.begin() as uow:
        met = await uow.members.meet(PLATFORM, [(ZHANG.external_id, ZHANG.name, "")], talk.now)
        who = met[ZHANG.external_id].id
        found = await uow.feedback.add(
            chat_id=chat.id, contributor_id=who, captured_by_id=who, message_id=said.message_id, text=text,
            now=talk.now, feedback_class=FeedbackClass.SUGGESTION, review_due=talk.now,
        )  # fmt: skip
    assert found is not None
    return found


async def words_of(database: Database, number: int) -> list[str] | None:
    async with database.read() as uow:
        return await uow.likeness.find_words(number)


async def test_all_that_is_there_is_indexed_once_without_its_tags(talk: Talk) -> None:
    for number in range(BATCH + 3):
        await capture(talk, f"#反馈 第 {number} 条")
    words = Spaces()
    index = Indexer(talk.database, words, TAGS)
    assert await index.catch_up() == BATCH + 3
    assert await index.catch_up() == 0
    assert len(words.cut) == BATCH + 3
    assert await words_of(talk.database, 1) == ["第", "0", "条"]


async def test_another_tokenizer_indexes_everything_anew(talk: Talk) -> None:
    await capture(talk, "按钮 太小")
    await Indexer(talk.database, Spaces(), TAGS).catch_up()
    other = Spaces("other")
    assert await Indexer(talk.database, other, TAGS).catch_up() == 1
    assert other.cut == ["按钮 太小"]


async def test_what_is_captured_or_edited_while_it_runs_is_indexed(talk: Talk) -> None:
    index = Indexer(talk.database, Spaces(), TAGS, gather_seconds=0.1)
    running = asyncio.create_task(index.run())

    async def until(number: int, words: list[str]) -> None:
        async with asyncio.timeout(10):
            while await words_of(talk.database, number) != words:  # noqa: ASYNC110 - a row tells nobody
                await asyncio.sleep(0.02)

    try:
        feedback = await capture(talk, "按钮 太小")
        await until(feedback.id, ["按钮", "太小"])
        async with talk.database.begin() as uow:
            await uow.feedback.edit_text(feedback, "按钮 太大", talk.now)
        await until(feedback.id, ["按钮", "太大"])
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_a_text_that_was_deleted_leaves_no_word_in_the_index(talk: Talk) -> None:
    gone, left = await capture(talk, "按钮 独角兽"), await capture(talk, "按钮 太小")
    index = Indexer(talk.database, Spaces(), TAGS)
    await index.catch_up()
    async with talk.database.begin() as uow:
        zhang = await uow.members.find(PLATFORM, ZHANG.external_id)
        assert zhang is not None
        await uow.forgetting.forget(zhang, name="前成员", deletes=True, now=talk.now)
    await index.catch_up()
    for number in (gone.id, left.id):
        assert not await words_of(talk.database, number)
    async with talk.database.read() as uow:
        assert await holding(uow, ("独角兽", "按钮", "太小")) == set()
