"""Speaking in hiding: under an alias that answers come back to, or sealed with a claim code."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.adapters.base import TemporaryError, UnreachableError
from handlers.events import EventKind
from handlers.veil import NoVeil, Veil
from storage.modes import Mode
from storage.records import Attachment, Feedback, Status
from tests.talk import LI, YU, ZHANG, Talk

CODE = re.compile(r"(?:[0-9A-Z]{4}-){5}[0-9A-Z]{4}")


async def only_feedback(talk: Talk) -> Feedback:
    """Return the one feedback there is."""
    async with talk.database.read() as uow:
        (feedback,) = await uow.feedback.list_after(0, 2)
    return feedback


async def say_hidden(
    talk: Talk, text: str = "门店的人态度很差，我不想再去了", *, how: str = "用化名说"
) -> Feedback:
    """Let 张哥 say something in hiding."""
    await talk.says(ZHANG, "悄悄话", dm=True)
    await talk.presses(ZHANG, how)
    await talk.says(ZHANG, text, dm=True)
    return await only_feedback(talk)


async def test_an_alias_is_all_that_staff_see_of_who_said_it(talk: Talk) -> None:
    feedback = await say_hidden(talk)
    assert feedback.mode is Mode.ALIAS
    assert not feedback.is_open_voice
    assert "您的化名是" in talk.heard(ZHANG)[-1]
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    card = talk.heard(LI)[-1]
    assert "张哥" not in card
    assert "态度很差" in card
    assert (feedback.link, feedback.created_at.minute % 15) == ("", 0)


async def test_the_promise_is_shown_before_anything_is_said(talk: Talk) -> None:
    await talk.says(ZHANG, "/private", dm=True)
    await talk.presses(ZHANG, "密封")
    assert "谁也揭不开" in talk.heard(ZHANG)[-1]


async def test_words_before_a_way_is_chosen_are_kept_by_nobody_and_asked_for_once_more(talk: Talk) -> None:
    for words in ("/private 店里的销售态度很差", "加装配件说不清价格"):
        await talk.says(ZHANG, words, dm=True)
        assert talk.heard(ZHANG)[-1].startswith("这句我没有记。")
    await talk.says(ZHANG, "化名。", dm=True)
    assert "名字、账号" in talk.heard(ZHANG)[-1]
    await talk.says(ZHANG, "店里的销售态度很差，说不清价格", dm=True)
    assert (await only_feedback(talk)).mode is Mode.ALIAS


async def test_who_leaves_the_menu_is_named_again(talk: Talk) -> None:
    await talk.says(ZHANG, "悄悄话", dm=True)
    await talk.presses(ZHANG, "先不说了")
    await talk.says(ZHANG, "按钮太小了，戴手套按不准", dm=True)
    assert "记成反馈吗" in talk.heard(ZHANG)[-1]


async def test_an_alias_hears_what_became_of_it_and_answers_by_button(talk: Talk) -> None:
    feedback = await say_hidden(talk)
    await talk.says(LI, f"/resolve {feedback.id} 店长换了人，培训也补上了", dm=True)
    await talk.advance(hours=1)
    assert any("店长换了人" in line for line in talk.heard(ZHANG))
    await talk.presses(ZHANG, "解决了")
    assert (await only_feedback(talk)).status is Status.VERIFIED
    await talk.advance(minutes=20)
    assert not any("张哥" in line for line in talk.heard(LI))
    assert talk.heard() == []


async def test_words_are_written_back_under_the_same_alias(talk: Talk) -> None:
    await talk.says(LI, "/start", dm=True)
    feedback = await say_hidden(talk)
    await talk.presses(ZHANG, "补一句")
    await talk.says(ZHANG, "是上周六下午的事", dm=True)
    assert "已经转交" in talk.heard(ZHANG)[-1]
    await talk.advance(minutes=20)
    (told,) = [line for line in talk.heard(LI) if "上周六" in line]
    assert "张哥" not in told
    await talk.says(ZHANG, "今天天气真不错啊", dm=True)
    assert "记下来" in "".join(talk.last(ZHANG).labels)
    assert feedback.id == (await only_feedback(talk)).id


async def test_a_claim_code_reads_the_answers_of_a_sealed_thread_and_answers_them(talk: Talk) -> None:
    feedback = await say_hidden(talk, how="密封着说")
    found = CODE.search("\n".join(talk.heard(ZHANG)))
    assert found is not None
    await talk.says(LI, f"/resolve {feedback.id} 店长换了人", dm=True)
    await talk.advance(hours=1)
    assert not any("店长换了人" in line for line in talk.heard(ZHANG))
    await talk.says(ZHANG, f"/private 取信 {found.group().lower()}", dm=True)
    assert "店长换了人" in talk.heard(ZHANG)[-1]
    await talk.presses(ZHANG, "还没有")
    await talk.says(ZHANG, "上周又遇到一次", dm=True)
    assert (await only_feedback(talk)).status is Status.IN_REVIEW
    await talk.advance(minutes=20)
    assert any("上周又遇到一次" in line for line in talk.heard(LI))


async def test_a_reply_to_a_letter_goes_into_its_thread_and_nowhere_else(talk: Talk) -> None:
    await talk.says(LI, "/start", dm=True)
    await say_hidden(talk)
    receipt = talk.last(ZHANG)
    await talk.says(ZHANG, "#反馈 补充一下，是上周六下午的事", dm=True, reply_to=receipt)
    assert "已经转交" in talk.heard(ZHANG)[-1]
    assert (await only_feedback(talk)).text == "门店的人态度很差，我不想再去了"
    await talk.advance(minutes=20)
    assert any("上周六" in line for line in talk.heard(LI))


async def test_words_with_a_tag_are_captured_once_and_never_by_name(talk: Talk) -> None:
    feedback = await say_hidden(talk, "#反馈 门店的人态度很差")
    assert feedback.mode is Mode.ALIAS


async def test_an_edit_of_what_was_said_in_hiding_captures_nothing_by_name(talk: Talk) -> None:
    await talk.says(ZHANG, "/private 化名", dm=True)
    said = await talk.says(ZHANG, "门店的人态度很差", dm=True)
    await talk.edits(said, "#反馈 门店的人态度非常差")
    assert (await only_feedback(talk)).mode is Mode.ALIAS


async def test_in_a_group_only_the_way_to_the_private_chat_is_shown(talk: Talk) -> None:
    await talk.says(ZHANG, "/private 化名 店员骂人")
    assert talk.heard() == ["悄悄话请到私聊里说，群里不留。"]
    await talk.presses(ZHANG, "打开")
    assert "化名" in talk.heard(ZHANG)[-1]


async def test_pictures_are_not_taken_and_the_words_are_still_awaited(talk: Talk) -> None:
    await talk.says(ZHANG, "/private 化名", dm=True)
    await talk.says(ZHANG, "看看这个", dm=True, attachments=(Attachment("photo", "f1", "u1"),))
    assert "只收文字" in talk.heard(ZHANG)[-1]
    await talk.says(ZHANG, "柜台上没有一个人理我", dm=True)
    assert (await only_feedback(talk)).attachments == ()


async def test_too_little_is_answered_in_a_whisper_and_may_be_said_again(talk: Talk) -> None:
    await talk.says(ZHANG, "/private 化名", dm=True)
    await talk.says(ZHANG, "差", dm=True)
    await talk.says(ZHANG, "柜台上没有一个人理我", dm=True)
    assert (await only_feedback(talk)).text == "柜台上没有一个人理我"


async def test_a_whisper_outlasts_an_outage_as_every_promise_does(talk: Talk) -> None:
    await talk.says(ZHANG, "/private 化名", dm=True)
    talk.heard(ZHANG)
    talk.adapter.failures[ZHANG.external_id] = [TemporaryError("no network", timedelta(seconds=5))] * 30
    await talk.says(ZHANG, "差", dm=True)
    await talk.advance(hours=1)
    [answer] = talk.heard(ZHANG)
    assert "「差」有点短" in answer


async def test_a_day_has_room_for_eight_and_nobody_can_tell_whose(talk: Talk) -> None:
    for number in range(10):
        await talk.says(ZHANG, "/private 化名", dm=True)
        await talk.says(ZHANG, f"第 {number} 件事：柜台上没有一个人理我", dm=True)
    async with talk.database.read() as uow:
        assert len(await uow.feedback.list_after(0, 20)) == 8
    assert "今天的悄悄话先到这里" in talk.heard(ZHANG)[-1]
    await talk.advance(hours=24)
    await talk.says(ZHANG, "/private 化名", dm=True)
    await talk.says(ZHANG, "第十一件事：柜台上没有一个人理我", dm=True)
    async with talk.database.read() as uow:
        assert len(await uow.feedback.list_after(0, 20)) == 9


async def test_nobody_presses_a_button_of_another_persons_alias(talk: Talk) -> None:
    feedback = await say_hidden(talk)
    action = f"as:{feedback.contributor_id}:withdraw:{feedback.id}:{feedback.version}:yes"
    await talk.says(YU, "/start", dm=True)
    assert "给另一位的" in await talk.presses_action(YU, action, on=talk.last(YU))
    assert (await only_feedback(talk)).status is Status.RECEIVED


async def test_a_number_that_is_not_ones_own_looks_like_none(talk: Talk) -> None:
    feedback = await say_hidden(talk)
    await talk.says(YU, f"/private {feedback.id} 是我说的", dm=True)
    theirs = talk.heard(YU)[-1]
    await talk.says(YU, "/private 999 是我说的", dm=True)
    assert talk.heard(YU)[-1] == theirs.replace(str(feedback.id), "999")


async def test_a_wrong_code_opens_nothing_and_guessing_ends(talk: Talk) -> None:
    await say_hidden(talk, how="密封着说")
    for _ in range(31):
        await talk.says(YU, "/private 取信 AAAA-BBBB-CCCC-DDDD-EEEE-FFFF", dm=True)
    heard = talk.heard(YU)
    assert "对不上" in heard[0]
    assert "今天的悄悄话先到这里" in heard[-1]


async def test_who_was_out_of_reach_gets_the_aliass_letters_when_they_come_back(talk: Talk) -> None:
    feedback = await say_hidden(talk)
    talk.heard(ZHANG)
    talk.adapter.unreachable[ZHANG.external_id] = UnreachableError("blocked")
    await talk.says(LI, f"/reply {feedback.id} 店长想当面道歉", dm=True)
    await talk.advance(hours=80)
    assert talk.heard() == []
    talk.adapter.unreachable.clear()
    await talk.says(ZHANG, "/start", dm=True)
    await talk.happens(EventKind.BOT_REMOVED, ZHANG, chat=ZHANG.external_id)
    await talk.says(ZHANG, "/start", dm=True)
    assert any("当面道歉" in line for line in talk.heard(ZHANG))


async def test_own_threads_are_listed_and_withdrawn_by_number(talk: Talk) -> None:
    feedback = await say_hidden(talk)
    await talk.says(ZHANG, "悄悄话 我的", dm=True)
    assert f"#{feedback.id}" in talk.heard(ZHANG)[-1]
    await talk.says(ZHANG, f"/withdraw {feedback.id} yes", dm=True)
    assert (await only_feedback(talk)).status is Status.WITHDRAWN


async def test_who_is_forgotten_is_found_behind_no_alias_any_more(talk: Talk) -> None:
    feedback = await say_hidden(talk)
    await talk.says(ZHANG, "/forget", dm=True)
    await talk.presses(ZHANG, "忘")
    async with talk.database.read() as uow:
        assert await uow.veils.find(feedback.contributor_id) is None
    assert (await only_feedback(talk)).text == feedback.text


async def test_lists_and_cards_of_staff_say_in_which_mode_it_was_said(talk: Talk) -> None:
    feedback = await say_hidden(talk, how="密封着说")
    await talk.says(LI, "/inbox", dm=True)
    assert "匿名成员 · 密封" in talk.heard(LI)[-1]
    await talk.says(LI, f"/reply {feedback.id} 店长想当面道歉", dm=True)
    await talk.advance(hours=1)
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    card = talk.heard(LI)[-1]
    assert "私聊" in card
    assert "密封" in card
    assert "的信在取信处" in card


class TestWithoutAKey:
    """A bot that was given no key."""

    @pytest.fixture
    def veil(self) -> Veil:
        """Give no key."""
        return NoVeil()

    async def test_hiding_is_not_offered_and_says_so(self, talk: Talk) -> None:
        await talk.says(ZHANG, "/private 化名", dm=True)
        await talk.says(ZHANG, "柜台上没有一个人理我", dm=True)
        assert "还没有开通" in talk.heard(ZHANG)[0]
        async with talk.database.read() as uow:
            assert await uow.feedback.list_after(0, 1) == []


async def test_who_would_rather_not_add_a_word_adds_none(talk: Talk) -> None:
    await talk.says(LI, "/start", dm=True)
    await say_hidden(talk)
    await talk.presses(ZHANG, "补一句")
    await talk.says(ZHANG, "算了", dm=True)
    assert talk.heard(ZHANG)[-1] == "好，什么都没记。"
    talk.heard(LI)
    await talk.advance(hours=1)
    assert not any("算了" in line for line in talk.heard(LI))
