"""A week in a group: mornings, a weekend's question and its answer, and what came of what was said."""

import pytest

from rituals.base import Question, RitualSettings
from storage.messages import Ballot
from tests.talk import GROUP, LI, MIN, YU, ZHANG, Person, Talk

WANG = Person("503", "老王")


@pytest.fixture
def ritual_settings() -> tuple[RitualSettings, ...]:
    """Give a morning, a weekend and a digest."""
    return (
        RitualSettings("morning", "checkin", "0 9 * * *"),
        RitualSettings(
            "weekend", "poll", "0 16 * * fri", close="0 20 * * sun",
            questions=(Question("周末去哪儿？", ("爬山", "看海")),),
        ),
        RitualSettings("weekly", "digest", "30 17 * * sun"),
    )  # fmt: skip


async def test_a_morning_from_the_greeting_to_the_evening(talk: Talk) -> None:
    await talk.advance(hours=23, minutes=1)
    post = talk.last()
    assert "10月13日，周二" in post.text

    await talk.presses(ZHANG, "打卡")
    await talk.reacts(YU, post, "❤️")
    await talk.says(WANG, "早上好呀")
    await talk.says(LI, "gm")
    await talk.says(ZHANG, "早")
    await talk.advance(seconds=30)

    assert "已有 4 人打卡，刚到的是小李、老王、小雨。" in post.text
    assert post.edits == 2
    assert post.labels == ["打卡"]
    assert [shown.chat for shown in talk.adapter.shown if shown.chat == GROUP] == [GROUP]

    await talk.advance(hours=12)

    assert talk.heard()[-1] == "今天有 4 位打了卡，明天见。\n第一次打卡：张哥、小雨、老王、小李，欢迎。"
    assert post.labels == []
    await talk.presses_action(MIN, "checkin:1", on=post)
    await talk.advance(minutes=1)
    assert "4 人" in post.text


async def test_a_weekend_is_asked_answered_and_told_with_a_picture(talk: Talk) -> None:
    await talk.advance(days=4, hours=6, minutes=1)
    poll = talk.last()
    assert poll.message.ballot == Ballot("周末去哪儿？", ("爬山", "看海"))

    await talk.votes(ZHANG, poll, 0)
    await talk.votes(YU, poll, 1)
    await talk.votes(YU, poll, 0)
    await talk.advance(days=2, hours=4)

    assert poll.closed
    result = next(parcel for parcel in reversed(talk.adapter.parcels) if parcel.key.endswith(":summary"))
    assert "「爬山」得票最多，2 人里有 2 人选它。" in talk.heard()[-1]
    assert result.message.reply_to == poll.message_id
    assert result.png is not None
    assert result.png.startswith(b"\x89PNG")


async def test_a_question_of_the_kos_is_asked_at_once(talk: Talk) -> None:
    await talk.says(LI, "/poll 聚餐吃什么？ | 火锅 | 烧烤")

    poll = talk.last()
    assert poll.message.ballot == Ballot("聚餐吃什么？", ("火锅", "烧烤"))
    await talk.votes(ZHANG, poll, 1)
    await talk.advance(days=1, minutes=1)

    assert any("「烧烤」得票最多" in text for text in talk.heard())


async def test_what_was_said_and_done_is_told_on_sunday(talk: Talk) -> None:
    await talk.says(ZHANG, "#反馈 按钮太小了，冬天戴手套按不到")
    await talk.says(LI, "/resolve 1 新版本里按钮放大了", dm=True)
    await talk.presses(ZHANG, "顺手多了")

    await talk.advance(days=6, hours=8)

    digest = next(text for text in reversed(talk.heard()) if text.startswith("你说，我们做了"))
    assert "按钮太小了" in digest
    assert "谢谢张哥" in digest


async def test_mornings_that_nobody_answers_are_asked_about_once(talk: Talk) -> None:
    await talk.says(MIN, "/help", dm=True)
    talk.heard(MIN)

    await talk.advance(days=6)

    asked = [text for text in talk.heard(MIN) if "没有人回应" in text]
    assert asked == ["「车主群」的打卡（morning）连着 3 次没有人回应。还要继续吗？"]
