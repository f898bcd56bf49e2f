"""Dialogues about me too and not me (handlers/members/resonate.py, facet.py, handlers/resonance.py)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from handlers.base import Settings
from handlers.members.resonate import Word, read
from handlers.references import FeedbackRef
from storage.records import ChatKind, Feedback
from storage.resonances import Facet, Spread
from tests.fakes import LITTLE, FakeAdapter, Shown
from tests.talk import LI, YU, ZHANG, Captured, Person, Talk

FIRST_VOICE = "🤝"
VERSION = Facet("版本", "您用的是哪个版本？", ("4.1", "4.2", "4.3"))
MODEL = Facet("型号", "您的是哪一款？", ("标准", "长续航"))
CROWD = [Person(f"9{n}", f"车友{n}", f"u{n}") for n in range(20)]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Ask for the version first, then for the model."""
    return replace(settings, facets=(VERSION, MODEL))


async def spread(talk: Talk, *feedback: Feedback) -> Spread:
    """Return who met it."""
    async with talk.database.read() as uow:
        return await uow.resonances.count_([each.id for each in feedback])


async def shown(talk: Talk, feedback: Feedback) -> Shown:
    """Show the card in the group, as staff ask for it."""
    await talk.says(LI, f"/topic {feedback.id}")
    return talk.last()


@pytest.mark.parametrize(
    ("text", "is_reply", "word", "ref"),
    [
        ("+1", True, Word.ME, FeedbackRef()),
        ("＋１", True, Word.ME, FeedbackRef()),
        ("同感！", True, Word.ME, FeedbackRef()),
        ("Me too", True, Word.ME, FeedbackRef()),
        ("+1 128", False, Word.ME, FeedbackRef(128)),
        ("+1 #128", False, Word.ME, FeedbackRef(128)),
        ("+1 T7", False, Word.ME, FeedbackRef(topic=7)),
        ("我也遇到128", False, Word.ME, FeedbackRef(128)),
        ("没遇到 128", False, Word.NOT_ME, FeedbackRef(128)),
        ("我没遇到", True, Word.NOT_ME, FeedbackRef()),
        ("-1", True, Word.UNDO, FeedbackRef()),
    ],
)
def test_a_word_with_a_number_or_as_a_reply_says_it(
    text: str, is_reply: bool, word: Word, ref: FeedbackRef
) -> None:
    said = read(text, is_reply=is_reply)
    assert said is not None
    assert (said.word, said.ref) == (word, ref)


@pytest.mark.parametrize(
    "text", ["+1", "同感", "+10", "我也是这么想的", "+1 改好了", "me too, every morning", "128", "1"]
)
def test_words_without_a_number_or_with_more_behind_them_say_nothing(text: str) -> None:
    assert read(text, is_reply=False) is None


async def test_a_reply_counts_a_person_once_subscribes_them_and_is_answered_by_one_reaction(
    talk: Talk, captured: Captured
) -> None:
    said = talk.message(ZHANG, "#反馈 按钮太小了")
    feedback = await captured(said.text, said=said)
    for word in ("+1", "我也是", "me too"):
        await talk.says(YU, word, reply_to=said)
    assert (await spread(talk, feedback)).me == 2
    assert [emoji for _, _, emoji in talk.adapter.reactions if emoji != FIRST_VOICE] == ["👌"]
    await talk.says(LI, f"/progress {feedback.id} 在改了", dm=True)
    assert [text for text in talk.heard(YU) if "您也遇到的「按钮太小了」在做了" in text]


async def test_a_reply_to_what_is_no_feedback_is_left_alone(talk: Talk) -> None:
    said = await talk.says(ZHANG, "今天天气不错")
    await talk.says(YU, "+1", reply_to=said)
    assert talk.heard() == []
    assert {emoji for _, _, emoji in talk.adapter.reactions} == {FIRST_VOICE}


async def test_a_number_that_happens_to_follow_is_left_alone_unless_it_is_said_to_us(talk: Talk) -> None:
    await talk.says(YU, "+1 99")
    assert talk.heard() == []
    await talk.says(YU, "+1 99", mentions_us=True)
    assert talk.heard() == ["没有 #99 这一条，看看编号？"]


async def test_who_calls_us_without_a_number_is_asked_for_it(talk: Talk) -> None:
    said = await talk.says(ZHANG, "今天天气不错")
    await talk.says(YU, "+1", reply_to=said, mentions_us=True)
    await talk.says(YU, "同感", mentions_us=True)
    which = "说的是哪一条？带上编号就行，比如：{} 128；直接回复那条消息也可以。"
    assert talk.heard() == [which.format("+1"), which.format("同感")]


async def test_the_card_counts_people_and_is_edited_in_place(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    card = await shown(talk, feedback)
    assert card.text == f"#{feedback.id} 「按钮太小了」\n1 人遇到"
    assert card.labels == ["🙋 我也遇到", "🙅 我没遇到"]
    assert await talk.presses(YU, "我也遇到", on=card) == "记下了，您也遇到「按钮太小了」，有消息告诉您。"
    assert (await talk.presses(YU, "我也遇到", on=card)).startswith("已经记着您也遇到")
    await talk.presses(CROWD[0], "我没遇到", on=card)
    await talk.advance(seconds=10)
    assert card.text.endswith("2 人遇到，1 人没有")
    assert len(talk.heard()) == 1


async def test_a_second_tap_takes_it_back_and_nobody_is_told_any_more(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    card = await shown(talk, feedback)
    await talk.presses(YU, "我也遇到", on=card)
    await talk.advance(minutes=1)
    assert await talk.presses(YU, "我也遇到", on=card) == f"#{feedback.id} 撤回了，不再算上您，也不再通知您。"
    assert (await spread(talk, feedback)).me == 1
    await talk.says(LI, f"/progress {feedback.id} 在改了", dm=True)
    assert talk.heard(YU) == []


async def test_who_changes_their_mind_is_counted_on_the_other_side_and_no_longer_told(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured()
    card = await shown(talk, feedback)
    await talk.presses(YU, "我也遇到", on=card)
    await talk.presses(YU, "我没遇到", on=card)
    found = await spread(talk, feedback)
    assert (found.me, found.not_me) == (1, 1)
    async with talk.database.read() as uow:
        assert await uow.followers.list_of(feedback.id) == []


async def test_who_followed_before_goes_on_following_after_taking_it_back(
    talk: Talk, captured: Captured, follow: Callable[[Feedback, Person], Awaitable[None]]
) -> None:
    feedback = await captured()
    await follow(feedback, YU)
    await talk.advance(minutes=1)
    await talk.says(YU, f"+1 {feedback.id}")
    await talk.says(YU, f"-1 {feedback.id}")
    async with talk.database.read() as uow:
        assert len(await uow.followers.list_of(feedback.id)) == 1


async def test_the_contributor_is_counted_already(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    card = await shown(talk, feedback)
    assert await talk.presses(ZHANG, "我也遇到", on=card) == f"#{feedback.id} 就是您提的，已经算上您了。"
    assert (await spread(talk, feedback)).me == 1


async def test_what_was_said_in_private_cannot_be_joined_by_its_number(talk: Talk) -> None:
    await talk.says(ZHANG, "/feedback 我的车门关不上了", dm=True)
    await talk.says(YU, "+1 #1", dm=True)
    assert talk.heard(YU)[-1] == "没有 #1 这一条，看看编号？"


async def test_what_is_verified_is_over_and_says_how_to_speak_up(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/resolve {feedback.id} 改好了", dm=True)
    await talk.presses(ZHANG, "顺手多了")
    talk.heard(YU)
    await talk.says(YU, f"+1 {feedback.id}", dm=True)
    assert "已经是「已验证」了" in talk.heard(YU)[-1]


async def test_a_card_shows_by_itself_once_when_two_others_joined_in(talk: Talk, captured: Captured) -> None:
    said = talk.message(ZHANG, "#反馈 按钮太小了")
    await captured(said.text, said=said)
    await talk.says(YU, "+1", reply_to=said)
    assert talk.heard() == []
    for who in CROWD[:6]:
        await talk.says(who, "+1", reply_to=said)
    [card] = talk.posts()
    await talk.advance(seconds=10)
    assert card.message.reply_to == said.message_id
    assert card.text.endswith("8 人遇到")
    assert card.edits == 2  # at once, and what came within ten seconds together


async def test_no_card_shows_by_itself_at_night_nor_of_a_grievance(talk: Talk, captured: Captured) -> None:
    sad = talk.message(ZHANG, "#吐槽 客服骂人")
    await captured(sad.text, said=sad, negative=True)
    for who in CROWD[:4]:
        await talk.says(who, "+1", reply_to=sad)
    said = talk.message(ZHANG, "#反馈 按钮太小了")
    await captured(said.text, said=said)
    await talk.advance(hours=13)
    for who in CROWD[:4]:
        await talk.says(who, "+1", reply_to=said)
    assert talk.heard() == []


class TestWhereThereIsLittle:
    """A group that hears only mentions, has no buttons and edits nothing."""

    @pytest.fixture
    def adapter(self) -> FakeAdapter:
        return FakeAdapter(
            capabilities={
                ChatKind.GROUP: LITTLE,
                ChatKind.PRIVATE: replace(LITTLE, reaches_first=True),
            }
        )

    async def test_everything_works_as_text(self, talk: Talk, captured: Captured) -> None:
        feedback = await captured()
        await talk.says(LI, f"话题 {feedback.id}", mentions_us=True)
        card = talk.posts()[0]
        assert f"+1 {feedback.id}" in card.text
        assert card.labels == []
        for number, who in enumerate((YU, *CROWD[:3]), 2):
            await talk.says(who, f"+1 {feedback.id}", mentions_us=True)
            await talk.says(who, "3", dm=True)
            assert (await spread(talk, feedback)).me == number
        lines = talk.heard()
        assert lines[0] == "记下了，您也遇到「按钮太小了」，有消息告诉您。"
        assert lines[-1] == f"#{feedback.id}：5 人遇到。"
        assert (await spread(talk, feedback)).mine == {("版本", "4.3"): 4}
        assert talk.heard(YU)[0] == "再问一句就好：您用的是哪个版本？\n1. 4.1\n2. 4.2\n3. 4.3"
