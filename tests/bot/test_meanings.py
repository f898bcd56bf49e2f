"""The index of meaning is kept by itself, and what it says betters the first guess."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from bot.late_meaning import LateMeaning
from bot.late_triage import LateTriage
from bot.meanings import BATCH, FRESH, LATE, MeaningIndexer
from storage.meanings import arrived
from storage.records import FeedbackClass
from storage.service import ServiceSettings
from storage.text.danger import shipped
from storage.text.meaning import Codes, Meaning
from storage.text.semantic import SemanticTriage
from tests.bot.test_indexing import capture
from tests.conftest import TAGS
from tests.handlers.conftest import open_private
from tests.meanings import MadeUp, needs_extra
from tests.talk import LI, Talk


class Pointing(MadeUp):
    """Embeds every text where danger points to."""

    def __init__(self, column: Sequence[float], name: str) -> None:
        super().__init__({}, name)
        most = max(map(abs, column))
        self.danger = bytes(round(value / most * 127) & 0xFF for value in column)

    def vectors(self, texts: Sequence[str]) -> list[bytes]:
        """Return the same vector for each."""
        return [self.danger for _ in texts]


def late(made_up: MadeUp) -> LateMeaning:
    """Return a semantic engine whose vectors are made up."""
    return LateMeaning(meaning=made_up)


def indexer(talk: Talk, meaning: LateMeaning) -> MeaningIndexer:
    return MeaningIndexer(talk.database, meaning, LateTriage(), TAGS, ServiceSettings(), now=lambda: talk.now)


@needs_extra
async def test_all_that_is_there_is_embedded_once_without_its_tags(talk: Talk) -> None:
    for number in range(BATCH + 2):
        await capture(talk, f"#反馈 第 {number} 条")
    made_up = MadeUp({})
    index = indexer(talk, late(made_up))
    assert await index.catch_up() == BATCH + 2
    assert await index.catch_up() == 0
    assert sorted(made_up.asked) == sorted(f"第 {number} 条" for number in range(BATCH + 2))


@needs_extra
async def test_another_model_embeds_everything_anew(talk: Talk) -> None:
    await capture(talk, "按钮太小")
    await indexer(talk, late(MadeUp({}))).catch_up()
    other = MadeUp({}, "other+1")
    assert await indexer(talk, late(other)).catch_up() == 1
    assert other.asked == ["按钮太小"]


@needs_extra
async def test_a_better_guess_takes_the_first_ones_place_until_a_person_has_spoken(talk: Talk) -> None:
    question = await capture(talk, "这个到底要怎么打开呢")
    decided = await capture(talk, "快递到哪里了怎么查")
    async with talk.database.begin() as uow:
        await uow.feedback.classify(decided, FeedbackClass.PRAISE, talk.now)
    assert question.feedback_class is FeedbackClass.SUGGESTION
    made_up = MadeUp({}, SemanticTriage.load().model)
    await indexer(talk, late(made_up)).catch_up()
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(question.id)).feedback_class is FeedbackClass.SERVICE
        assert (await uow.feedback.get(decided.id)).feedback_class is FeedbackClass.PRAISE


@needs_extra
async def test_whether_it_hurts_is_guessed_anew_with_the_class_while_nobody_has_been_told(talk: Talk) -> None:
    text = "这个到底要怎么打开呢"
    fresh, told = await capture(talk, text), await capture(talk, text)
    made_up = MadeUp({}, SemanticTriage.load().model)
    async with talk.database.begin() as uow:
        await uow.feedback.amend(fresh.id, talk.now, negative=True)
        await uow.feedback.amend(told.id, talk.now, negative=True, created_at=talk.now - 2 * FRESH)
    await indexer(talk, late(made_up)).catch_up()
    async with talk.database.read() as uow:
        assert not (await uow.feedback.get(fresh.id)).negative
        assert (await uow.feedback.get(told.id)).negative


@needs_extra
@pytest.mark.parametrize(("age", "alerts"), [(timedelta(minutes=1), 1), (2 * LATE, 0)])
async def test_danger_that_only_meaning_finds_is_told_staff_late_and_never_of_long_ago(
    talk: Talk, age: timedelta, alerts: int
) -> None:
    await open_private(talk, LI)
    text = "那个东西又那样了"
    feedback = await capture(talk, text)
    async with talk.database.begin() as uow:
        await uow.feedback.amend(feedback.id, talk.now, created_at=talk.now - age)
    made_up = Pointing(shipped().column, SemanticTriage.load().model)
    for _ in range(2):
        await indexer(talk, late(made_up)).catch_up()
        await talk.advance(seconds=1)
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(feedback.id)).urgent
    assert len([line for line in talk.heard(LI) if text in line]) == alerts


async def test_without_the_extra_one_line_is_logged_and_words_alone_decide(
    talk: Talk, caplog: pytest.LogCaptureFixture
) -> None:
    meaning = LateMeaning()
    meaning.is_there = False
    caplog.set_level("INFO")
    await indexer(talk, meaning).run()
    assert [record.getMessage() for record in caplog.records] == ["semantic_absent"]
    assert await arrived(meaning.sense("按钮太小")) is None


@needs_extra
async def test_a_library_that_fails_is_given_up_with_one_line(
    talk: Talk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await capture(talk, "按钮太小")
    meaning = LateMeaning(meaning=Meaning(tmp_path / "missing.json"))
    await indexer(talk, meaning).run()
    assert await arrived(meaning.sense("按钮太小")) is None
    assert len(caplog.records) == 1


@needs_extra
async def test_the_model_is_loaded_at_the_start_of_a_bot_that_knows_feedback_and_of_no_other(
    talk: Talk,
) -> None:
    loads: list[int] = []

    class Counting(MadeUp):
        def vectors(self, texts: Sequence[str]) -> list[bytes]:
            loads.append(len(texts))
            return super().vectors(texts)

    await indexer(talk, late(Counting({}))).catch_up()
    assert not loads
    await capture(talk, "按钮太小")
    await indexer(talk, late(Counting({}))).catch_up()
    assert loads == [1]
    await indexer(talk, late(Counting({}))).catch_up()
    assert loads == [1, 0]


@needs_extra
async def test_a_vector_is_reckoned_while_its_asker_does_something_else() -> None:
    begun = threading.Event()

    class Signalling(MadeUp):
        def vectors(self, texts: Sequence[str]) -> list[bytes]:
            begun.set()
            return super().vectors(texts)

    meaning = late(Signalling({}))
    meaning.codes = Codes()
    coming = meaning.sense("按钮太小")
    assert begun.wait(5)  # nothing else of the loop has run since
    sense = await arrived(coming)
    assert sense is not None
    assert sense.codes is meaning.codes
