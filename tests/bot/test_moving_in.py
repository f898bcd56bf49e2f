"""Tests of what a visitor of a new demo finds there: the neighbours, and what became of their words."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.base import Parcel
from bot.demo import StillRunningError, build
from bot.neighbours import ENGLISH, NEIGHBOURS, SAYINGS, VOICES
from bot.retelling import retell
from storage.consents import Purpose
from storage.leadership import Leadership
from storage.messages import Message
from storage.promises import DeliveryKind
from storage.records import ChatKind, Platform, Status


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the demo's data lie in a folder of the test."""
    monkeypatch.chdir(tmp_path)


async def test_the_neighbours_have_said_what_every_sight_shows_and_say_it_once() -> None:
    for keep in (False, True):
        app = build(0, keep=keep)
        await app.start()
        await app.stop()

    async with app.database.read() as uow:
        said = await uow.webchat.list_recent("owners", 100)
        assert [message.body["text"] for message in said] == [saying.words for saying in SAYINGS]
        assert sorted(said, key=lambda message: message.at) == said
        voices = [await uow.feedback.get(number) for number in range(1, VOICES + 1)]
        assert await uow.feedback.find(VOICES + 1) is None
        expected = {Status.VERIFIED, Status.ANSWERED, Status.IN_REVIEW, Status.RECEIVED}
        assert {voice.status for voice in voices} == expected
        assert len(await uow.discoveries.list_open(since=voices[0].created_at)) == 1
        rain = next(voice for voice in voices if "后视镜全是水珠" in voice.text)
        point = await uow.points.find(rain.id)
        assert point is not None
        assert point.people == 18


async def test_the_neighbours_speak_the_language_of_the_page_and_go_back_to_the_other() -> None:
    assert {saying.words for saying in SAYINGS} <= ENGLISH.keys()
    assert len(set(ENGLISH.values())) == len(ENGLISH)
    app = build(0)
    await app.start()
    try:
        for language, mirror, wording in (
            ("en", "in the rain", "the whole camp"),
            ("zh_CN", "下雨天", "露营那晚"),
        ):
            async with app.database.begin() as uow:
                await retell(uow, language, app.clock.now())
            async with app.database.read() as uow:
                said = [message.body["text"] for message in await uow.webchat.list_recent("owners", 100)]
                voices = [await uow.feedback.get(number) for number in range(1, VOICES + 1)]
                rain = next(voice.id for voice in voices if mirror in voice.text)
                point = await uow.points.find(rain)
                story = next(each for each in await uow.stories.list_published(10) if wording in each.wording)
                [found] = await uow.discoveries.list_open(since=app.clock.now() - timedelta(days=30))
                assert point is not None
                assert point.title.isascii() == (await uow.insights.find(point)).sentence.isascii()
                assert point.title.isascii() == found.text.isascii() == (language == "en")
                assert any(mirror in words for words in said)
                consent = await uow.consents.find(
                    story.member_id, Purpose.STORY, f"feedback:{story.feedback_id}"
                )
                assert consent is not None
                assert consent.wording == story.wording
    finally:
        await app.stop()


async def test_whoever_is_away_is_reached_and_nobody_can_be_them() -> None:
    app = build(0)
    await app.start()
    try:
        webchat = next(one for one in app.adapters if one.platform is Platform.WEBCHAT)
        parcel = Parcel("told", DeliveryKind.POST, "n01", ChatKind.PRIVATE, Message(text="有结果了"))
        receipt = await webchat.send(parcel)
        async with app.database.read() as uow:
            message = await uow.webchat.find(int(receipt.message_id))
        assert message is not None
        assert message.chat in NEIGHBOURS
        assert app.config.webchat is not None
        assert not app.config.webchat.may_enter("n01", "n02")
        assert app.config.webchat.person("n01") is None
    finally:
        await app.stop()


async def test_a_demo_that_runs_is_not_taken_its_database_by_another() -> None:
    first = build(0)
    written = first.config.community.data_dir / "what.was.said"
    written.touch()
    async with Leadership(first.database) as leader:
        assert await leader.try_take()
        for keep in (False, True):
            with pytest.raises(StillRunningError):
                build(0, keep=keep)
    assert written.exists()
    build(0)
    assert not written.exists()
