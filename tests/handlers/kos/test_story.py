"""Dialogues about stories (handlers/kos/story.py, members/mystory.py, members/revoke.py, handlers/storytelling.py)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from storage.consents import Purpose
from storage.records import ChatKind
from storage.stories import Place, StorySettings, StoryState
from tests.fakes import LITTLE
from tests.handlers.conftest import open_private
from tests.handlers.praised import TOLD, WORDS, published, state
from tests.talk import LI, MIN, PLATFORM, YU, ZHANG, Said, Talk


async def test_the_author_sees_the_very_words_and_places_before_anything_is_told(
    talk: Talk, praise: Said
) -> None:
    await talk.says(LI, "/story 1", dm=True)
    assert talk.heard(LI) == ["已私下问张哥愿不愿意把 #1 做成故事，同意了才能发布。"]
    (question,) = talk.posts(ZHANG)
    assert question.text == (
        f"张哥，您说的这句话我们想讲给更多人听：「{WORDS}」\n会用在：「车主群」群里、我们的故事库。"
        "一个字都不会改，随时能收回。可以吗？"
    )
    assert question.labels == ["可以，写我的名字", "可以，不写名字", "不用了"]
    await talk.says(LI, "/story 1 发布", dm=True)
    assert talk.heard(LI) == ["#1 还不能发布：张哥没有同意现在的措辞。"]
    assert talk.heard() == []


async def test_agreed_previewed_published_and_found_in_the_library(talk: Talk, praise: Said) -> None:
    await talk.says(LI, "故事 1", dm=True)
    await talk.presses(ZHANG, "写我的名字")
    assert talk.last(ZHANG).text.endswith(f"谢谢！发布出来是这样：\n{TOLD}")
    assert talk.last(ZHANG).labels == ["收回，不再公开"]
    assert talk.heard() == []
    assert TOLD in talk.last(LI).text
    await talk.presses(LI, "发布")
    assert talk.heard() == [TOLD]
    assert "您的故事发布了，在：「车主群」群里、我们的故事库" in talk.last(ZHANG).text
    await talk.says(LI, "/story list", dm=True)
    assert talk.last(LI).text == f"故事库 1 条；等本人回复 0，已同意待发布 0。\n#1 「{WORDS}」 —— 张哥"
    await talk.says(LI, "/story 1 发布", dm=True)
    assert talk.last(LI).text == "#1 的故事已经发布了。"
    assert talk.heard() == []


async def test_without_the_name_nothing_says_whose_it_is(talk: Talk, praise: Said) -> None:
    await talk.says(LI, "/story 1", dm=True)
    await talk.presses(ZHANG, "不写名字")
    await talk.presses(LI, "发布")
    (post,) = talk.posts()
    assert post.text == f"群友说：「{WORDS}」\n—— 一位群友"
    assert post.message.reply_to == ""


async def test_a_no_is_final(talk: Talk, praise: Said) -> None:
    await talk.says(LI, "/story 1", dm=True)
    await talk.presses(ZHANG, "不用了")
    assert talk.last(LI).text == "张哥不想把 #1 做成故事，不再问了。"
    await talk.says(LI, "/story 1 换一句更好的话", dm=True)
    assert talk.last(LI).text == "张哥不想把 #1 做成故事，不再问了。"
    assert await state(talk) is StoryState.REFUSED
    assert len(talk.posts(ZHANG)) == 1


async def test_other_words_void_the_consent_and_take_down_what_was_told(talk: Talk, praise: Said) -> None:
    await published(talk)
    post = talk.last()
    await talk.says(LI, "/story 1 座椅加热让冬天出门不怕冷", dm=True)
    assert talk.heard(LI) == ["#1 的措辞改了，之前的同意作废：已发布的先撤下，再问张哥。"]
    await talk.advance(seconds=11)
    assert post.text == "这个故事应作者的意思收回了。"
    assert "座椅加热让冬天出门不怕冷" in talk.last(ZHANG).text
    async with talk.database.read() as uow:
        zhang = await uow.members.find(PLATFORM, ZHANG.external_id)
        assert zhang is not None
        assert await uow.consents.find(zhang.id, Purpose.STORY, "feedback:1") is None
    await talk.says(LI, "/story list", dm=True)
    assert "故事库还空着；等本人回复 1" in talk.last(LI).text
    await talk.presses(ZHANG, "写我的名字")
    await talk.presses(LI, "发布")
    assert talk.heard() == ["群友说：「座椅加热让冬天出门不怕冷」\n—— 张哥"]


async def test_an_answer_to_former_words_counts_for_nothing(talk: Talk, praise: Said) -> None:
    await talk.says(LI, "/story 1", dm=True)
    former = talk.last(ZHANG)
    await talk.says(LI, "/story 1 座椅加热让冬天出门不怕冷", dm=True)
    assert await talk.presses(ZHANG, "写我的名字", on=former) == "措辞又改过了，请看最新那条再答。"
    assert await state(talk) is StoryState.ASKED


async def test_without_buttons_the_answer_is_a_word(talk: Talk, praise: Said) -> None:
    talk.dispatcher._capabilities = {(PLATFORM, kind): LITTLE for kind in ChatKind}
    await talk.says(LI, "/story 1", dm=True)
    await talk.says(ZHANG, "不写名字", dm=True)
    assert await state(talk) is StoryState.AGREED
    await talk.says(ZHANG, "收回", dm=True)
    assert talk.last(ZHANG).text.startswith("您同意公开的有：#1")
    await talk.says(ZHANG, "收回 1", dm=True)
    assert await state(talk) is StoryState.REVOKED


async def test_the_second_of_two_kos_is_told_and_may_say_it_again(talk: Talk, praise: Said) -> None:
    await talk.says(LI, "/story 1", dm=True)
    await talk.says(LI, "/story 1 小李的写法：冬天不怕冷", dm=True)
    talk.heard(MIN)
    await talk.says(MIN, "/story 1 阿敏的写法：座椅真舒服", dm=True)
    assert talk.last(MIN).text.startswith("#1 的故事刚被小李改过，你的还没用上")
    assert "小李的写法" in talk.last(MIN).text
    await talk.says(MIN, "/story 1 阿敏的写法：座椅真舒服", dm=True)
    assert talk.last(MIN).text == "#1 的措辞改了，之前的同意作废；已再问张哥。"


async def test_an_old_button_changes_nothing(talk: Talk, praise: Said) -> None:
    await talk.says(LI, "/story 1", dm=True)
    await talk.says(MIN, "/story 1", dm=True)
    old = talk.last(MIN)
    await talk.says(LI, "/story 1 小李的写法：冬天不怕冷", dm=True)
    await talk.presses(MIN, "改措辞", on=old)
    assert talk.toast.startswith("#1 的故事刚被小李改过")


async def test_a_sentence_asked_for_is_taken_for_the_words(talk: Talk, praise: Said) -> None:
    await talk.says(LI, "/story 1", dm=True)
    await talk.says(LI, "/story 1", dm=True)
    await talk.presses(LI, "改措辞")
    assert "现在的措辞" in talk.last(LI).text
    await talk.says(LI, "冬天出门再也不怕冷", dm=True)
    assert "「冬天出门再也不怕冷」" in talk.last(ZHANG).text


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("/story 99", "没有 #99"),
        ("/story 2", "#2 不是表扬，也还没验证"),
        ("/story 3", "#3 不能做故事"),
        ("/story 1 " + "长" * 601, "600"),
    ],
)
async def test_what_cannot_be_a_story_gets_one_clear_line(
    talk: Talk, praise: Said, words: str, answer: str
) -> None:
    await talk.says(YU, "#建议 后备箱开口再低一点")
    await talk.advance(seconds=6)
    await talk.says(LI, "/for 王姐 #表扬 销售很耐心，讲得清楚", dm=True)
    talk.heard(LI)
    await talk.says(LI, words, dm=True)
    assert answer in talk.last(LI).text
    assert talk.heard(ZHANG) == []


async def test_members_cannot_make_stories_and_cannot_revoke_others(talk: Talk, praise: Said) -> None:
    await talk.says(YU, "/story 1", dm=True)
    await talk.says(YU, "/revoke 1", dm=True)
    assert talk.last(YU).text == "#1 不是您说的，不能由您收回。"
    await talk.says(ZHANG, "/revoke 1", dm=True)
    assert talk.last(ZHANG).text == "#1 没有公开过什么，不用收回。"
    assert await state(talk) is None


async def test_the_brands_channels_are_named_and_taken_off_by_a_person(talk: Talk, praise: Said) -> None:
    stories = StorySettings((Place.LIBRARY, Place.BRAND), "公众号")
    talk.dispatcher._settings = replace(talk.dispatcher._settings, stories=stories)
    await talk.says(LI, "/story 1", dm=True)
    assert "会用在：我们的故事库、品牌对外渠道（公众号）" in talk.last(ZHANG).text
    await talk.presses(ZHANG, "写我的名字")
    await talk.presses(LI, "发布")
    assert talk.heard() == []
    talk.heard(MIN)
    await talk.says(ZHANG, "/revoke 1", dm=True)
    assert "公众号由同事去撤" in talk.last(ZHANG).text
    assert talk.heard(MIN) == ["张哥收回了 #1 的故事，群里和故事库已经撤下；请把公众号上的也撤掉。"]


async def test_where_the_config_says_so_a_tagged_praise_is_asked_about_by_itself(talk: Talk) -> None:
    for who in (LI, ZHANG):
        await open_private(talk, who)
    talk.core.clock._settings = replace(talk.core.clock._settings, stories=StorySettings(asks_by_itself=True))
    await talk.says(ZHANG, f"#表扬 {WORDS}")
    await talk.advance(seconds=3)
    (question,) = talk.posts(ZHANG)
    assert question.text.startswith(
        f"张哥，您说的这句话我们想讲给更多人听：「{WORDS}」\n会用在：「车主群」群里、我们的故事库"
    )
    await talk.presses(ZHANG, "写我的名字")
    assert TOLD in talk.last(LI).text
    await talk.presses(LI, "发布")
    assert talk.heard() == [TOLD]
    talk.heard(ZHANG)
    await talk.says(ZHANG, "#表扬 音响也很好听，低音很足")
    await talk.says(YU, "#反馈 这个我要表扬一下：大灯很亮")
    await talk.advance(minutes=1)
    assert talk.heard(ZHANG) == []
    assert talk.heard(YU) == []


async def test_otherwise_nobody_is_asked_by_itself(talk: Talk, praise: Said) -> None:
    await talk.advance(minutes=1)
    assert await state(talk) is None


async def test_one_tap_on_the_card_of_a_praise_asks_and_the_next_shows_where_it_stands(
    talk: Talk, praise: Said
) -> None:
    await talk.says(LI, "/show 1", dm=True)
    card = talk.last(LI)
    await talk.presses(LI, "做成故事", on=card)
    assert len(talk.posts(ZHANG)) == 1
    await talk.presses(LI, "做成故事", on=card)
    assert talk.last(LI).text.startswith("故事 #1 · 张哥 · 等本人回复")
    assert talk.posts(ZHANG) == []
