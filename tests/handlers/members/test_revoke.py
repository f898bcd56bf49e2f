"""Dialogues about `/revoke`: a story is taken back, wherever it went and whatever was on its way."""

from __future__ import annotations

from dataclasses import replace

from bot.adapters.base import TemporaryError
from storage.records import ChatKind
from storage.stories import StoryState
from tests.fakes import EVERYTHING
from tests.handlers.praised import WORDS, agreed, held, published, state
from tests.talk import LI, PLATFORM, ZHANG, Said, Talk


async def test_taking_it_back_says_where_it_went(talk: Talk, praise: Said) -> None:
    await published(talk)
    post = talk.last()
    await talk.says(ZHANG, "/revoke 1", dm=True)
    assert talk.heard(ZHANG) == [
        "#1 收回了。\n· 「车主群」里那条已改成「作者收回了」。\n· 故事库里已经删掉。"
    ]
    await talk.advance(seconds=11)
    assert post.text == "这个故事应作者的意思收回了。"
    assert talk.heard(LI) == ["张哥收回了 #1 的故事，已经撤下。"]
    assert await held(talk, WORDS) == set()
    await talk.says(LI, "/story list", dm=True)
    assert "故事库还空着" in talk.last(LI).text
    await talk.says(ZHANG, "/revoke 1", dm=True)
    assert talk.last(ZHANG).text == "#1 之前已经收回了。"
    await talk.says(LI, "/story 1 再试试另一句话", dm=True)
    assert talk.last(LI).text == "张哥收回了 #1 的故事，不再问了。"


async def test_the_button_takes_it_back_too_and_an_old_yes_brings_nothing_back(
    talk: Talk, praise: Said
) -> None:
    await talk.says(LI, "/story 1", dm=True)
    question = talk.last(ZHANG)
    await talk.presses(ZHANG, "写我的名字")
    await talk.presses(ZHANG, "收回")
    assert talk.last(ZHANG).text == "#1 收回了。\n· 还没有发布到任何地方。"
    assert talk.last(LI).text == "张哥收回了 #1 的故事，它还没有发布过。"
    await talk.presses_action(ZHANG, "mystory:1:1:named", on=question)
    assert talk.toast == "#1 已经收回或说过不用了，什么也不会发布。"
    assert await state(talk) is StoryState.REVOKED


async def test_given_and_taken_back_in_the_same_second_nothing_is_told(talk: Talk, praise: Said) -> None:
    await agreed(talk)
    publish = talk.taken(talk.message(LI, "/story 1 发布", dm=True))
    revoke = talk.taken(talk.message(ZHANG, "/revoke 1", dm=True))
    await talk.take(publish, revoke)
    assert talk.heard() == []
    assert "还没来得及发到群里，不会发了" in "\n".join(talk.heard(ZHANG))
    assert await held(talk, WORDS) == set()
    await talk.advance(days=2)
    assert talk.heard() == []


async def test_taken_back_while_it_waits_for_the_morning_it_never_leaves(talk: Talk, praise: Said) -> None:
    await agreed(talk)
    await talk.advance(hours=13)  # 23:00 in the group
    await talk.says(LI, "/story 1 发布", dm=True)
    assert talk.heard() == []
    await talk.says(ZHANG, "/revoke 1", dm=True)
    await talk.advance(hours=12)
    assert talk.heard() == []


async def test_taken_back_while_the_request_is_tried_again_the_words_do_not_appear(
    talk: Talk, praise: Said
) -> None:
    await agreed(talk)
    group = (await talk.group()).external_id
    talk.adapter.failures[group] = [TemporaryError("later")]
    await talk.says(LI, "/story 1 发布", dm=True)
    await talk.says(ZHANG, "/revoke 1", dm=True)
    await talk.advance(minutes=5)
    assert WORDS not in "\n".join(talk.heard())


async def test_where_nothing_can_be_edited_a_line_follows(talk: Talk, praise: Said) -> None:
    key = (PLATFORM, ChatKind.GROUP)
    talk.dispatcher._capabilities = {**talk.dispatcher._capabilities, key: replace(EVERYTHING, edits=False)}
    await published(talk)
    await talk.says(ZHANG, "/revoke 1", dm=True)
    assert talk.heard() == ["这个故事应作者的意思收回了。"]
    assert "那条我改不了，补了一句" in talk.last(ZHANG).text


async def test_withdrawing_the_feedback_ends_the_story(talk: Talk, praise: Said) -> None:
    await published(talk)
    post = talk.last()
    await talk.says(ZHANG, "/withdraw 1 yes", dm=True)
    await talk.advance(seconds=11)
    assert post.text == "这个故事应作者的意思收回了。"
    assert await state(talk) is StoryState.REVOKED


async def test_who_is_forgotten_takes_the_story_along(talk: Talk, praise: Said) -> None:
    await published(talk)
    post = talk.last()
    await talk.says(ZHANG, "/forget", dm=True)
    await talk.presses(ZHANG, "忘记我")
    await talk.advance(minutes=5)
    assert post.text == "这个故事应作者的意思收回了。"
    assert await state(talk) is None
    assert await held(talk, "张哥") == set()
