"""Dialogues about what a new voice is like (rituals/alike.py, handlers/members/same.py)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.indexing import Indexer
from handlers.guesses import Words
from locales.catalog import Catalog
from rituals.alike import look
from rituals.base import Context
from rituals.base import Settings as RitualsSettings
from rituals.calendar import WorkCalendar
from storage.records import FeedbackClass, Status
from storage.text.meaning import Codes
from storage.text.tokens import Tokens
from storage.timers import Timer
from tests.conftest import TAGS
from tests.meanings import needs_extra, pointing
from tests.talk import LI, YU, ZHANG, Person, Talk

WANG = Person("503", "老王", "wang")
TUNNEL, AGAIN = "#反馈 高速进隧道以后导航就卡顿", "#反馈 隧道里导航一直卡顿"


@pytest.fixture
def words(tokens: Tokens) -> Words:
    """Give the bot its dictionary."""
    return tokens


@pytest.fixture
def index(talk: Talk, tokens: Tokens) -> Indexer:
    """Give what indexes in the background."""
    return Indexer(talk.database, tokens, TAGS)


async def hear(talk: Talk, index: Indexer, who: Person, text: str, *, dm: bool = False) -> None:
    """Let somebody say something, and let it be indexed and looked at."""
    await talk.says(who, text, dm=dm)
    await index.catch_up()
    await talk.advance(seconds=20)


async def test_who_says_what_is_open_already_is_asked_and_one_tap_joins_them(
    talk: Talk, index: Indexer
) -> None:
    await hear(talk, index, ZHANG, TUNNEL)
    await hear(talk, index, YU, AGAIN)
    question = talk.last(YU)
    assert question.text == (
        "您刚说的「隧道里导航一直卡顿」，和这个是不是同一件事？\n#1「高速进隧道以后导航就卡顿」"
        "\n是的话点一下，或回复 +1 1。"
    )
    assert question.labels == ["我也遇到 #1", "不一样"]
    await talk.presses(YU, "我也遇到 #1", on=question)
    await talk.advance(seconds=10)
    assert question.text.endswith("好，和 #1 一起跟进，有消息告诉您。")
    async with talk.database.read() as uow:
        assert (await uow.resonances.count_([1])).me == 2
        assert (await uow.feedback.get(2)).topic_id is None
    await talk.says(LI, "/progress 1 在改了", dm=True)
    assert "您也遇到的" in talk.last(YU).text


@pytest.mark.parametrize(("said", "heard", "count"), [
    ("我也是", "好，和 #1 一起跟进，有消息告诉您。", 2), ("不是", "好，#2 单独跟进。", 1),
])  # fmt: skip
async def test_the_same_is_said_in_words(
    talk: Talk, index: Indexer, said: str, heard: str, count: int
) -> None:
    await hear(talk, index, ZHANG, TUNNEL)
    await hear(talk, index, YU, AGAIN)
    await talk.says(YU, said, dm=True)
    assert heard in talk.heard(YU)
    async with talk.database.read() as uow:
        assert (await uow.resonances.count_([1])).me == count


async def test_who_said_it_first_is_not_asked_about_who_said_it_after(talk: Talk, index: Indexer) -> None:
    await talk.says(ZHANG, TUNNEL)
    await talk.says(YU, AGAIN)
    await index.catch_up()
    await talk.advance(seconds=20)
    assert not [text for text in talk.heard(ZHANG) if "同一件事" in text]


async def test_staff_see_what_the_contributor_said_and_merge_in_one_tap(talk: Talk, index: Indexer) -> None:
    await hear(talk, index, ZHANG, TUNNEL)
    await hear(talk, index, YU, AGAIN)
    await talk.presses(YU, "我也遇到 #1")
    await talk.says(LI, "/show 2", dm=True)
    card = talk.last(LI)
    assert "可能是同一件事：#1（本人说是同一件事；都提到「卡顿、导航、隧道」）" in card.text
    assert (await talk.presses(LI, "和 #1 合并", on=card)).startswith("连起来了：T1")
    async with talk.database.read() as uow:
        assert {(await uow.feedback.get(n)).topic_id for n in (1, 2)} == {1}
    await talk.says(LI, "/show 2", dm=True)
    assert "可能是同一件事" not in talk.last(LI).text
    await talk.says(LI, "/inbox", dm=True)
    assert talk.last(LI).text.count(" · T1（2 条） · ") == 1


async def test_who_says_it_is_something_else_is_believed(talk: Talk, index: Indexer) -> None:
    await hear(talk, index, ZHANG, TUNNEL)
    await hear(talk, index, YU, AGAIN)
    assert await talk.presses(YU, "不一样") == "好，#2 单独跟进。"
    await talk.says(LI, "/show 2", dm=True)
    assert "可能是同一件事" not in talk.last(LI).text
    async with talk.database.read() as uow:
        assert (await uow.resonances.count_([1])).me == 1


async def test_nobody_is_asked_about_what_others_said_in_private(talk: Talk, index: Indexer) -> None:
    await hear(talk, index, ZHANG, "/feedback 高速进隧道以后导航就卡顿", dm=True)
    await hear(talk, index, YU, AGAIN)
    assert not [text for text in talk.heard(YU) if "同一件事" in text]


async def test_nobody_is_asked_about_what_is_only_a_little_alike_or_their_own(
    talk: Talk, index: Indexer
) -> None:
    await hear(talk, index, ZHANG, TUNNEL)
    await hear(talk, index, YU, "#反馈 座椅加热太慢了")
    await hear(talk, index, ZHANG, AGAIN)
    assert talk.heard(YU) + talk.heard(ZHANG) == []


async def test_what_is_indexed_late_is_looked_at_later_and_in_the_end_no_more(
    talk: Talk, index: Indexer
) -> None:
    await hear(talk, index, ZHANG, TUNNEL)
    await talk.says(YU, AGAIN)
    await talk.advance(seconds=30)
    assert talk.heard(YU) == []
    await index.catch_up()
    await talk.advance(minutes=2)
    assert len(talk.heard(YU)) == 1
    await talk.says(WANG, "#反馈 一进隧道导航卡顿")
    await talk.advance(hours=1)
    await index.catch_up()
    await talk.advance(hours=1)
    assert talk.heard(WANG) == []


async def test_what_is_like_a_verified_one_alerts_its_owner_once(talk: Talk, index: Indexer) -> None:
    await hear(talk, index, ZHANG, TUNNEL)
    await talk.says(LI, "/resolve 1 4.3 里改好了", dm=True)
    await talk.presses(ZHANG, "顺手多了")
    talk.heard(LI)
    await talk.advance(days=1)
    await hear(talk, index, YU, AGAIN)
    await hear(talk, index, WANG, "#反馈 隧道导航还是卡顿")
    alerts = [text for text in talk.heard(LI) if "可能又出现了" in text]
    assert alerts == [
        "#2「隧道里导航一直卡顿」和已经验证过的 #1「高速进隧道以后导航就卡顿」很像，可能又出现了。"
    ]
    await talk.presses(LI, "重开 #1")
    await talk.says(LI, "又有人遇到", dm=True)
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(1)).status is Status.IN_REVIEW


async def test_praise_of_what_was_fixed_raises_no_alarm(talk: Talk, index: Indexer) -> None:
    await hear(talk, index, ZHANG, TUNNEL)
    await talk.says(LI, "/resolve 1 4.3 里改好了", dm=True)
    await talk.presses(ZHANG, "顺手多了")
    talk.heard(LI)
    await talk.advance(days=1)
    await hear(talk, index, YU, AGAIN.replace("#反馈", "#表扬"))
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(2)).feedback_class is FeedbackClass.PRAISE
    assert not [text for text in talk.heard(LI) if "可能又出现了" in text]


@pytest.mark.parametrize("action", ["same:2:1", "same:99:1", "same:1", "differs:1:99", "same:x:1"])
async def test_only_the_contributor_can_say_so_and_a_forged_button_does_nothing(
    talk: Talk, index: Indexer, action: str
) -> None:
    await hear(talk, index, ZHANG, TUNNEL)
    await hear(talk, index, YU, AGAIN)
    await talk.says(WANG, "/start", dm=True)
    await talk.presses_action(WANG, action, on=talk.last(WANG))
    async with talk.database.read() as uow:
        assert await uow.sameness.list_of(2) == {}
        assert (await uow.resonances.count_([1])).me == 1


@dataclass(frozen=True)
class Known:
    """An index of meaning that is read."""

    codes: Codes


@needs_extra
@pytest.mark.parametrize("is_indexed", [True, False])
async def test_what_says_the_same_in_other_words_is_asked_about_once_its_meaning_is_indexed(
    talk: Talk, index: Indexer, is_indexed: bool
) -> None:
    await talk.says(ZHANG, "#反馈 按钮太小了点不着")
    await talk.says(YU, "#反馈 图标戴手套根本戳不准")
    await index.catch_up()
    timer = Timer(0, "t", "alike", "feedback:2", talk.now, {"look": 0})
    async with talk.database.begin() as uow:
        same = {1: pointing(("size", 1.0), ("a", 0.2)), 2: pointing(("size", 1.0), ("b", 0.2))}
        await uow.meanings.put_all(same if is_indexed else {1: same[1]})
        ctx = Context(
            uow=uow, now=talk.now, settings=RitualsSettings("车友会", "zh_CN", "Asia/Shanghai"), texts=Catalog(),
            capabilities={}, calendar=WorkCalendar(), plans=talk.core.plans, meaning=Known(Codes()),
        )  # fmt: skip
        await look(timer, ctx)
        asked = await uow.promises.find("feedback:2:alike")
        again = await uow.timers.list_due(talk.now + timedelta(minutes=2))
    assert (asked is not None) is is_indexed
    assert any(each.data.get("look") == 1 for each in again) is not is_indexed
