"""What an outcome brings (handlers/honours.py): the first voice of a topic, and the word beside a name."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from handlers.base import Settings
from storage import tables
from storage.contributions import Credit
from storage.honours import HonoursSettings, Rung
from storage.titles import Honour
from tests.handlers.conftest import open_private
from tests.handlers.kos.test_award import titles
from tests.handlers.kos.test_credit import credited
from tests.talk import GROUP, LI, YU, ZHANG, Talk


async def topic(talk: Talk) -> None:
    """Let 张哥 and then 小雨 say the same, and 小李 link the two."""
    for person in (ZHANG, YU, LI):
        await open_private(talk, person)
    await talk.says(ZHANG, "#反馈 按钮太小了，戴手套按不准")
    await talk.advance(minutes=1)
    await talk.says(YU, "#反馈 戴着手套根本按不到按钮")
    await talk.says(LI, "/merge 2 1", dm=True)
    for person in (ZHANG, YU, LI):
        talk.heard(person)


async def test_of_a_topic_only_the_first_voice_is_a_first_report(talk: Talk) -> None:
    await topic(talk)
    await talk.says(LI, "/resolve T1 4.3 里按钮放大了", dm=True)
    await talk.presses(YU, "顺手多了")
    assert await credited(talk, YU) == {Credit.CAUSED_CHANGE: 1, Credit.VERIFICATION: 1}
    assert await titles(talk, YU) == []
    assert await titles(talk, ZHANG) == [Honour.ADVISER]
    assert any("您现在是我们的「品牌荣誉产品顾问」了" in text for text in talk.heard(ZHANG))
    await talk.presses(ZHANG, "顺手多了")
    assert await credited(talk, ZHANG) == {
        Credit.CAUSED_CHANGE: 1, Credit.FIRST_REPORT: 1, Credit.VERIFICATION: 1,
    }  # fmt: skip


async def test_a_beta_of_a_topic_asks_everybody_once_and_each_goes_back_to_their_own_message(
    talk: Talk,
) -> None:
    await topic(talk)
    await talk.says(LI, "/beta T1 4.3 测试版里按钮放大了", dm=True)
    assert talk.heard(LI)[0].startswith("T1（2 条）的内测发出了。")
    for number, person in ((1, ZHANG), (2, YU)):
        assert len(talk.heard(person)) == 1
        await talk.presses(person, "我来试")
        await talk.advance(minutes=1)
        await talk.presses(person, "顺手多了")
        await talk.advance(minutes=1)
        async with talk.database.read() as uow:
            link = (await uow.feedback.get(number)).link
        assert [button.url for row in talk.last(person).message.buttons for button in row] == [link]


async def test_who_is_forgotten_loses_the_word_and_nothing_keeps_their_id(talk: Talk) -> None:
    await talk.says(YU, "早")
    await talk.says(LI, "/award @yu 创意", dm=True)
    await talk.says(YU, "/forget", dm=True)
    await talk.presses(YU, "忘记我")
    assert talk.adapter.tags == {(GROUP, YU.external_id): ""}
    await talk.advance(minutes=5)
    async with talk.database.read() as uow:
        rows = (await uow.connection.execute(sa.select(tables.deliveries))).mappings().all()
        assert [row["key"] for row in rows if row["target"] == YU.external_id] == []
        assert (await uow.connection.execute(sa.select(tables.titles))).all() == []


async def test_a_tag_of_ones_own_making_is_left_alone(talk: Talk) -> None:
    await talk.says(YU, "早")
    await talk.says(YU, "/me", dm=True)
    await talk.presses(YU, "不要荣誉")
    assert talk.adapter.tags == {}


class TestALadderOfOnesOwn:
    """The rungs and what they open are the config's words."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        """Give a ladder of two rungs."""
        ladder = (Rung("新朋友", 0), Rung("老朋友", 1, ("样书", "试驾")), Rung("自己人", 2, ("家宴",)))
        return replace(settings, honours=HonoursSettings(ladder=ladder))

    async def test_two_rungs_at_once_are_told_in_one_sentence(self, talk: Talk) -> None:
        for person in (ZHANG, LI):
            await open_private(talk, person)
        await talk.says(ZHANG, "#反馈 按钮太小了，戴手套按不准")
        await talk.says(LI, "/resolve 1 放大了", dm=True)
        await talk.presses(ZHANG, "顺手多了")
        await talk.says(ZHANG, "/me", dm=True)
        told, page = talk.heard(ZHANG)[-2:]
        assert "您现在是「自己人」了，为您开放：样书、试驾、家宴，我们的人会来找您。" in told
        assert page.endswith("现在是「自己人」，为您开放：样书、试驾、家宴。")

    async def test_staff_find_each_thing_on_their_list(self, talk: Talk) -> None:
        await self.test_two_rungs_at_once_are_told_in_one_sentence(talk)
        await talk.says(LI, "/award", dm=True)
        assert talk.last(LI).labels == ["已交付：张哥 样书", "已交付：张哥 试驾", "已交付：张哥 家宴"]
