"""Dialogues about the facts of a defect: asked once in private, one question at a time, skippable, kept apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core import Core, CoreSettings
from handlers.base import Settings
from rituals.base import Settings as RitualsSettings
from storage.messages import Message
from storage.records import Attachment, ChatKind
from storage.reports import Field
from storage.service import ServiceSettings
from tests.conftest import FixedTriage
from tests.fakes import LITTLE, FakeAdapter, at
from tests.handlers.reported import facts, tell_six
from tests.talk import LI, YU, ZHANG, Talk

FIRST = (
    "张哥，您说的「倒车影像黑屏」（#1）记下了。最多再问三句，找原因能快很多；"
    "随时可以跳过，想晚点说就发「补充 1」。\n是什么时候遇到的？"
)
PHOTO = Attachment("photo", "f1", "u1")


async def test_who_reports_a_defect_is_asked_in_private_for_what_is_missing(asked: Talk) -> None:
    assert asked.heard(ZHANG) == [FIRST]
    assert asked.last(ZHANG).labels == ["跳过", "都跳过"]


async def test_one_question_follows_the_other_and_the_words_stay_as_they_were(asked: Talk) -> None:
    talk = asked
    talk.heard(ZHANG)
    await talk.says(ZHANG, "昨天晚上八点多", dm=True)
    await talk.says(ZHANG, "地库里，没信号", dm=True)
    await talk.says(ZHANG, "4.2", dm=True)
    assert talk.heard(ZHANG)[-1] == "谢谢您，#1 的情况清楚多了（3/7）。有进展我会告诉您。"
    await talk.presses(ZHANG, "再说几句")
    await talk.presses(ZHANG, "跳过")
    assert talk.heard(ZHANG)[-1] == "遇到过几次？"
    assert talk.last(ZHANG).labels == ["就一次", "有时候", "每次都这样", "跳过", "都跳过"]
    await talk.presses(ZHANG, "每次都这样")
    await talk.says(ZHANG, "滴一声，然后全黑", dm=True)
    await talk.says(ZHANG, "", dm=True, attachments=[PHOTO])
    assert talk.heard(ZHANG)[-1] == "谢谢您，#1 的情况清楚多了（6/7）。有进展我会告诉您。"
    assert await facts(talk) == {
        "when": "昨天晚上八点多", "where": "地库里，没信号", "version": "4.2", "did": "-", "times": "每次都这样",
        "seen": "滴一声，然后全黑", "media": "发来 1 个",
    }  # fmt: skip
    async with talk.database.read() as uow:
        feedback = await uow.feedback.get(1)
        assert await uow.feedback.count_of(feedback.contributor_id) == 1
    assert feedback.text == "#bug 倒车影像黑屏"
    assert [file.file_id for file in feedback.attachments] == ["f1"]


async def test_the_card_shows_what_is_known_and_how_much_of_it(asked: Talk) -> None:
    await asked.says(ZHANG, "昨天晚上", dm=True)
    await asked.says(ZHANG, "下雨天", dm=True)
    await asked.says(LI, "/show 1", dm=True)
    assert "情况 2/7\n时间：昨天晚上\n情况：下雨天" in asked.last(LI).text


async def test_an_answered_question_loses_its_buttons_and_a_double_tap_asks_nothing_twice(
    asked: Talk,
) -> None:
    talk = asked
    question = talk.last(ZHANG)
    action = question.message.buttons[-1][0].action
    await talk.presses_action(ZHANG, action, on=question)
    talk.heard(ZHANG)
    assert question.text.endswith("→ 跳过了")
    assert question.labels == []
    await talk.presses_action(ZHANG, action, on=question)
    assert talk.heard(ZHANG) == []


async def test_nobody_is_asked_more_than_three_in_a_row(asked: Talk) -> None:
    for _ in range(3):
        await asked.presses(ZHANG, "跳过")
    assert asked.heard(ZHANG)[-1] == "好，不问了。#1 照样有人跟进，想起什么就发「补充 1」。"
    await asked.says(ZHANG, "补充 1 倒挡挂了两次才亮", dm=True)
    for _ in range(3):
        await asked.presses(ZHANG, "跳过")
    assert asked.last(ZHANG).labels == ["再说几句"]


async def test_what_was_told_unasked_is_no_thanks_for_skipping_all(talk: Talk) -> None:
    await talk.says(ZHANG, "/start", dm=True)
    await talk.says(ZHANG, "#bug 倒车影像老是黑屏")
    await talk.advance(seconds=3)
    first = talk.last(ZHANG)
    action = first.message.buttons[-1][-1].action
    await talk.presses_action(ZHANG, action, on=first)
    assert talk.last(ZHANG).text.startswith("好，不问了。")
    shown = first.text
    assert await talk.presses_action(ZHANG, action, on=first) == "这一问已经不需要了。"
    assert first.text == shown


async def test_skipping_all_below_an_answered_question_ends_it_and_leaves_the_answer(asked: Talk) -> None:
    first = asked.last(ZHANG)
    action = first.message.buttons[-1][-1].action
    await asked.says(ZHANG, "昨天晚上八点多", dm=True)
    await asked.presses_action(ZHANG, action, on=first)
    assert "都跳过" not in first.text
    assert asked.heard(ZHANG)[-1] == "好，不问了，您说过的都记着（1/7）。#1 有进展我会告诉您。"
    assert asked.last(ZHANG).labels == []
    assert await facts(asked) == {"when": "昨天晚上八点多"}


async def test_skipping_all_ends_it_and_nothing_is_asked_again(asked: Talk) -> None:
    talk = asked
    await talk.presses(ZHANG, "都跳过")
    assert talk.heard(ZHANG)[-1] == "好，不问了。#1 照样有人跟进，想起什么就发「补充 1」。"
    await talk.advance(days=1)
    assert talk.heard(ZHANG) == []
    await talk.says(ZHANG, "座椅加热很舒服呀", dm=True)
    assert "反馈" in talk.heard(ZHANG)[-1]  # an ordinary message again


async def test_a_new_feedback_a_command_and_a_greeting_are_no_answers(asked: Talk) -> None:
    talk = asked
    await talk.says(ZHANG, "#反馈 座椅可以再软一点", dm=True)
    await talk.says(ZHANG, "我的", dm=True)
    await talk.says(ZHANG, "早", dm=True)
    assert await facts(talk) == {}
    await talk.says(ZHANG, "昨天晚上", dm=True)
    assert await facts(talk) == {"when": "昨天晚上"}


async def test_a_restart_changes_nothing(asked: Talk, adapter: FakeAdapter, settings: Settings) -> None:
    await asked.says(ZHANG, "昨天晚上", dm=True)
    rituals = RitualsSettings(settings.community, settings.language, settings.timezone)
    core = Core(
        asked.database, [adapter], CoreSettings(settings, rituals), triage=FixedTriage(), owner="other",
        now=asked.clock.now, count=lambda *_, **__: None,
    )  # fmt: skip
    asked.core, asked.dispatcher, asked.relay = core, core.dispatcher, core.relay
    await asked.says(ZHANG, "下雨天", dm=True)
    assert asked.heard(ZHANG)[-1] == "用的哪个型号、哪个版本？"
    await core.drawing.close()


async def test_a_member_opens_it_themselves_and_skipped_questions_come_again(asked: Talk) -> None:
    talk = asked
    await talk.presses(ZHANG, "跳过")
    await talk.presses(ZHANG, "都跳过")
    talk.heard(ZHANG)
    await talk.says(ZHANG, "补充 1 重启车机也没用", dm=True)
    assert talk.heard(ZHANG) == ["记下了。\n是什么时候遇到的？"]
    assert await facts(talk) == {"more": "重启车机也没用"}
    await talk.says(ZHANG, "我的", dm=True)
    assert "补充 #1" in talk.last(ZHANG).labels
    await talk.presses(ZHANG, "补充 #1")
    assert talk.heard(ZHANG)[-1] == "是什么时候遇到的？"


async def test_the_owner_hears_when_there_is_more_to_know(asked: Talk) -> None:
    talk = asked
    await talk.says(LI, "/claim 1", dm=True)
    await talk.says(ZHANG, "昨天晚上", dm=True)
    talk.heard(LI)
    await talk.presses(ZHANG, "都跳过")
    assert talk.heard(LI) == ["张哥给 #1「倒车影像黑屏」补充了情况，现在知道 1/7 项。"]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("补充 99", "99"),
        ("补充 2", "#2 是别人说的，只有本人能补充；您也遇到的话，回一句「我也遇到」。"),
        ("/details 1", "是什么时候遇到的？"),
    ],
)
async def test_a_wrong_number_gets_one_line(asked: Talk, said: str, answer: str) -> None:
    await asked.says(YU, "#反馈 空调太吵了")
    asked.heard(ZHANG)
    await asked.says(ZHANG, said, dm=True)
    assert answer in asked.heard(ZHANG)[-1]


async def test_what_is_over_needs_no_more_and_old_buttons_say_so(asked: Talk) -> None:
    talk = asked
    question = talk.last(ZHANG)
    action = question.message.buttons[-1][0].action
    await talk.says(ZHANG, "撤回 1 确认", dm=True)
    toast = await talk.presses_action(ZHANG, action, on=question)
    assert toast == "#1 已经有结果了，不用补充了。还有问题就直接写给我。"
    toast = await talk.presses_action(ZHANG, "details:1:gone:0", on=question)
    assert toast == "#1 已经有结果了，不用补充了。还有问题就直接写给我。"


async def test_a_choice_nobody_offered_is_refused(asked: Talk) -> None:
    question = asked.last(ZHANG)
    for action in ("details:1:times:9", "details:1:colour:0"):
        assert await asked.presses_action(ZHANG, action, on=question) == "这一问已经不需要了。"
    assert await facts(asked) == {}


async def test_an_answer_that_is_too_long_is_returned_and_the_question_stands(asked: Talk) -> None:
    await asked.says(ZHANG, "很" * 501, dm=True)
    assert asked.heard(ZHANG)[-1] == "这段有 501 个字，一问最多 500 个，挑要紧的说就好。"
    await asked.says(ZHANG, "昨天晚上", dm=True)
    assert await facts(asked) == {"when": "昨天晚上"}


async def test_an_album_is_one_answer(asked: Talk) -> None:
    talk = asked
    await tell_six(talk)
    await talk.says(ZHANG, "", dm=True, attachments=[PHOTO], album="a1")
    await talk.says(
        ZHANG, "", dm=True, attachments=[Attachment("photo", "f2", "u2")], album="a1", is_album_rest=True
    )
    talk.heard(ZHANG)
    async with talk.database.read() as uow:
        feedback = await uow.feedback.get(1)
    assert {file.file_id for file in feedback.attachments} == {"f1", "f2"}


class TestWithoutButtons:
    """Where a private chat has no buttons, as in WeCom's app messages."""

    @pytest.fixture
    def adapter(self) -> FakeAdapter:
        """Give a platform without buttons that reaches everybody."""
        can = replace(LITTLE, reaches_first=True)
        return FakeAdapter(capabilities={ChatKind.GROUP: can, ChatKind.PRIVATE: can})

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        """Give two fields of the config's own."""
        fields = (Field("tyres", "用的是哪种胎？", ("夏季胎", "冬季胎")), Field("when"))
        return replace(settings, service=ServiceSettings(fields=fields))

    async def test_choices_have_numbers_and_skipping_is_a_word(self, talk: Talk) -> None:
        await talk.says(ZHANG, "#bug 刹车会响")
        await talk.advance(seconds=3)
        (question,) = talk.heard(ZHANG)
        assert question.endswith(
            "用的是哪种胎？\n1. 夏季胎\n2. 冬季胎\n（回数字就行，也可以回「跳过」或「都跳过」）"
        )
        assert talk.last(ZHANG).message == Message(text=(question,), about="#1")
        await talk.says(ZHANG, "2", dm=True)
        await talk.says(ZHANG, "跳过", dm=True)
        assert await facts(talk) == {"tyres": "冬季胎", "when": "-"}
        assert talk.heard(ZHANG)[-1].startswith("谢谢您，#1 的情况清楚多了（1/2）")
        await talk.says(LI, "/show 1", dm=True)
        assert "用的是哪种胎：冬季胎" in talk.last(LI).text


async def test_the_questions_speak_the_members_language(talk: Talk) -> None:
    await talk.says(ZHANG, "/start", dm=True)
    async with talk.database.begin() as uow:
        member = await uow.members.find(talk.adapter.platform, ZHANG.external_id)
        assert member is not None
        await uow.members.change(member.id, language="en")
    talk.heard(ZHANG)
    await talk.says(ZHANG, "#bug the rear camera stays black since 9:30")
    await talk.advance(seconds=3)
    (question,) = talk.heard(ZHANG)
    assert question.endswith("Where, and in what conditions? Rain, motorway, no signal…")
    assert talk.clock.at > at("2026-10-12 02:00")
