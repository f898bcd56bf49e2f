"""Whether a member is asked for what is missing: of what, when, and how often."""

from __future__ import annotations

from tests.handlers.members.test_report import FIRST, PHOTO, facts
from tests.talk import LI, YU, ZHANG, Talk


async def test_what_the_words_say_by_themselves_is_not_asked(talk: Talk) -> None:
    await talk.says(ZHANG, "/start", dm=True)
    talk.heard(ZHANG)
    await talk.says(ZHANG, "#bug 昨晚升到 4.2.1 以后每次倒车影像都黑屏", attachments=[PHOTO])
    await talk.advance(seconds=3)
    (question,) = talk.heard(ZHANG)
    assert question.endswith("在哪里、什么情况下？比如下雨、高速、没信号。")
    assert await facts(talk) == {"when": "昨晚", "version": "4.2.1", "times": "每次"}


async def test_wishes_praise_and_what_was_said_for_others_raise_no_questions(talk: Talk) -> None:
    for who in (ZHANG, YU, LI):
        await talk.says(who, "/start", dm=True)
        talk.heard(who)
    await talk.says(ZHANG, "#建议 按钮可以大一点")
    await talk.says(YU, "#表扬 座椅加热很舒服")
    await talk.says(LI, "/for 王叔 中控屏会自己重启")
    await talk.advance(seconds=3)
    assert talk.heard(ZHANG) == talk.heard(YU) == []
    assert not [text for text in talk.heard(LI) if "是什么时候" in text]


async def test_who_cannot_be_reached_is_not_named_in_the_group_but_asked_once_they_come(talk: Talk) -> None:
    await talk.says(ZHANG, "#bug 倒车影像黑屏")
    await talk.advance(days=1)
    assert talk.heard() == []
    await talk.says(ZHANG, "/start", dm=True)
    await talk.advance(seconds=3)
    assert talk.heard(ZHANG)[-1] == FIRST


async def test_at_night_the_question_waits_and_what_is_said_before_it_is_no_answer(talk: Talk) -> None:
    await talk.says(ZHANG, "/start", dm=True)
    await talk.advance(hours=13)  # eleven at night
    await talk.says(ZHANG, "#bug 倒车影像黑屏")
    await talk.advance(seconds=3)
    talk.heard(ZHANG)
    await talk.says(ZHANG, "座椅加热也很舒服呀", dm=True)
    assert await facts(talk) == {}
    await talk.advance(hours=10)
    assert any("是什么时候遇到的" in text for text in talk.heard(ZHANG))


async def test_an_answer_within_the_second_of_the_question_is_one(talk: Talk) -> None:
    await talk.says(ZHANG, "/start", dm=True)
    await talk.advance(milliseconds=700)
    await talk.says(ZHANG, "#bug 倒车影像黑屏")
    await talk.advance(seconds=2.2)
    await talk.says(ZHANG, "昨天晚上", dm=True)
    assert await facts(talk) == {"when": "昨天晚上"}


async def test_three_questions_without_an_answer_and_no_more_are_asked(talk: Talk) -> None:
    await talk.says(ZHANG, "/start", dm=True)
    asked = []
    for text in ("倒车影像黑屏", "雨刮乱动", "空调有异味", "车窗升不上去"):
        talk.heard(ZHANG)
        await talk.says(ZHANG, f"#bug {text}")
        await talk.advance(days=4)
        asked.append(any("是什么时候" in heard for heard in talk.heard(ZHANG)))
    assert asked == [True, True, True, False]


async def test_another_dialogue_is_not_broken_into(talk: Talk) -> None:
    await talk.says(ZHANG, "/start", dm=True)
    await talk.says(ZHANG, "#bug 倒车影像黑屏")
    await talk.says(ZHANG, "方向盘有点抖，是不是轮胎的事", dm=True)  # we ask whether this is feedback
    await talk.advance(seconds=3)
    assert not any("是什么时候" in text for text in talk.heard(ZHANG))
    await talk.presses(ZHANG, "不用")
    await talk.advance(minutes=31)
    assert any("是什么时候" in text for text in talk.heard(ZHANG))


async def test_withdrawn_before_the_question_came_nothing_is_asked(talk: Talk) -> None:
    await talk.says(ZHANG, "/start", dm=True)
    await talk.advance(hours=13)
    await talk.says(ZHANG, "#bug 倒车影像黑屏")
    await talk.advance(seconds=3)
    await talk.says(ZHANG, "撤回 1 确认", dm=True)
    talk.heard(ZHANG)
    await talk.advance(hours=12)
    assert talk.heard(ZHANG) == []


async def test_what_was_resolved_before_the_question_came_is_not_asked_about(talk: Talk) -> None:
    await talk.says(ZHANG, "/start", dm=True)
    await talk.says(ZHANG, "#bug 倒车影像黑屏")
    await talk.says(LI, "/resolve 1 4.3 里换了驱动", dm=True)
    talk.heard(ZHANG)
    await talk.advance(hours=1)
    assert not [text for text in talk.heard(ZHANG) if "是什么时候" in text]


async def test_who_wants_peace_is_asked_when_it_is_over(talk: Talk) -> None:
    await talk.says(ZHANG, "/start", dm=True)
    await talk.says(ZHANG, "/snooze 2d", dm=True)
    talk.heard(ZHANG)
    await talk.says(ZHANG, "#bug 倒车影像黑屏")
    await talk.advance(days=1)
    assert talk.heard(ZHANG) == []
    await talk.advance(days=1, hours=1)
    assert talk.heard(ZHANG) == [FIRST]


async def test_two_private_messages_a_day_are_enough_and_the_third_question_waits(talk: Talk) -> None:
    await talk.says(ZHANG, "/start", dm=True)
    for text in ("倒车影像黑屏", "雨刮乱动"):
        await talk.says(ZHANG, f"#bug {text}")
        await talk.advance(minutes=20)
        await talk.presses(ZHANG, "都跳过")
    talk.heard(ZHANG)
    await talk.says(ZHANG, "#bug 空调有异味")
    await talk.advance(hours=2)
    assert talk.heard(ZHANG) == []
    await talk.advance(days=1)
    assert [text for text in talk.heard(ZHANG) if "空调有异味" in text]


async def test_what_turns_out_to_be_a_defect_is_asked_about_then(talk: Talk) -> None:
    for who in (ZHANG, LI):
        await talk.says(who, "/start", dm=True)
        talk.heard(who)
    await talk.says(ZHANG, "#bug 倒车影像黑屏")
    await talk.says(LI, "/class 1 服务", dm=True)
    await talk.advance(seconds=3)
    assert talk.heard(ZHANG) == []
    await talk.says(LI, "/class 1 建议", dm=True)
    await talk.advance(seconds=1)
    assert talk.heard(ZHANG) == [FIRST]
