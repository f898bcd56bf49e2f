"""Dialogues of the intents `feedback`, `edit` and `confirm`: how words become a feedback."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.adapters.base import Taken
from storage.records import Attachment, ChatKind, Feedback, FeedbackClass
from tests.fakes import EVERYTHING, LITTLE, FakeAdapter
from tests.talk import GROUP, YU, ZHANG, Person, Said, Talk

PHOTO = Attachment("photo", "file-1", "unique-1")
SECOND = Attachment("photo", "file-2", "unique-2")


async def kept(talk: Talk) -> list[Feedback]:
    """Return every feedback, oldest first."""
    async with talk.database.read() as uow:
        found = await uow.feedback.list_after(0, limit=100)
        return [await uow.feedback.get(feedback.id) for feedback in found]


@pytest.mark.parametrize(
    "text",
    [
        "#反馈 按钮太小了",
        "＃反馈 按钮太小了",
        "#反馈按钮太小了",
        "按钮太小了 #反馈",
        "这个按钮#反馈，真的太小了",
        "#BUG: 按钮太小了",
        "#bug#反馈 按钮太小了",
        "#\u200b反馈 按钮太小了",
    ],
)
async def test_a_tag_anywhere_captures_the_text_with_one_reaction(
    talk: Talk, adapter: FakeAdapter, text: str
) -> None:
    said = await talk.says(ZHANG, text)
    (feedback,) = await kept(talk)
    assert feedback.text == text.replace("\u200b", "")
    assert feedback.message_id == said.message_id
    assert feedback.link == f"https://t.me/c/1/{said.message_id}"
    assert feedback.is_guess
    assert feedback.review_due == talk.now + timedelta(hours=48)
    assert (GROUP, said.message_id, "✍") in adapter.reactions
    assert talk.heard() == []


@pytest.mark.parametrize(
    "text",
    [
        "看 https://example.com/#bug 这一页就懂了",
        "C#bug 是另一种语言啊",
        "#bugfix 昨天合进去了",
        "#天气 今天真不错啊",
    ],
)
async def test_a_hash_that_is_no_tag_is_ordinary_talk(talk: Talk, text: str) -> None:
    await talk.says(ZHANG, text)
    assert await kept(talk) == []
    assert talk.heard() == []


async def test_where_no_reactions_exist_one_line_names_number_and_day(
    talk: Talk, adapter: FakeAdapter
) -> None:
    adapter.capabilities = {ChatKind.GROUP: LITTLE, ChatKind.PRIVATE: EVERYTHING}
    talk.dispatcher._capabilities = {
        (adapter.platform, kind): can for kind, can in adapter.capabilities.items()
    }
    await talk.says(ZHANG, "#反馈 按钮太小了")
    assert talk.heard() == ["收到 #1，周三前有人评估。"]


async def test_praise_gets_a_heart(talk: Talk, adapter: FakeAdapter) -> None:
    said = await talk.says(ZHANG, "#表扬 新版本真的顺手")
    (feedback,) = await kept(talk)
    assert feedback.feedback_class is FeedbackClass.PRAISE
    assert (GROUP, said.message_id, "❤") in adapter.reactions


async def test_a_tag_alone_as_a_reply_captures_the_message_replied_to(talk: Talk) -> None:
    words = await talk.says(YU, "这个按钮戴着手套根本按不准啊朋友们")
    await talk.says(ZHANG, "#反馈", reply_to=words)
    (feedback,) = await kept(talk)
    async with talk.database.read() as uow:
        contributor = await uow.members.get(feedback.contributor_id)
        captured_by = await uow.members.get(feedback.captured_by_id)
    assert (contributor.name, captured_by.name) == ("小雨", "张哥")
    assert (feedback.text, feedback.message_id) == (words.text, words.message_id)


async def test_a_message_tagged_twice_is_one_feedback(talk: Talk, adapter: FakeAdapter) -> None:
    words = await talk.says(YU, "#反馈 这个按钮戴着手套按不准")
    again = await talk.says(ZHANG, "#建议", reply_to=words)
    assert len(await kept(talk)) == 1
    assert (GROUP, again.message_id, "✍") in adapter.reactions


async def test_the_same_message_delivered_twice_is_one_feedback(talk: Talk, adapter: FakeAdapter) -> None:
    said = talk.message(ZHANG, "#反馈 按钮太小了")
    await talk.take(talk.taken(said), talk.taken(said))
    await talk.take(talk.taken(said))
    assert len(await kept(talk)) == 1
    assert [r for r in adapter.reactions if r[2] == "✍"] == [(GROUP, said.message_id, "✍")]


@pytest.mark.parametrize(
    ("author", "line"),
    [
        (Person("900", "别的机器人", is_bot=True), "这条是机器人说的"),
        (Person("", "", is_person=False), "看不出这条是谁说的"),
    ],
)
async def test_a_tag_on_nobodys_words_gets_one_clear_line(talk: Talk, author: Person, line: str) -> None:
    words = Said(GROUP, "77", "这个按钮戴着手套按不准", author)
    await talk.says(ZHANG, "#反馈", reply_to=words)
    (heard,) = talk.heard()
    assert heard.startswith(line)
    assert "/feedback 按钮太小了" in heard
    assert await kept(talk) == []


async def test_a_tag_on_our_own_words_gets_one_clear_line(talk: Talk) -> None:
    await talk.says(ZHANG, "#反馈")
    await talk.says(YU, "#反馈", reply_to=talk.last())
    assert talk.heard()[-1].startswith("这条是机器人说的")


async def test_a_tag_on_a_message_without_words_says_so(talk: Talk) -> None:
    await talk.says(ZHANG, "#反馈", reply_to=Said(GROUP, "77", "", YU))
    assert talk.heard()[0].startswith("那条消息里没有")


async def test_a_tag_alone_is_asked_for_a_sentence_once(talk: Talk) -> None:
    await talk.says(ZHANG, "#建议")
    await talk.says(ZHANG, "#建议 \u200b")
    assert talk.heard() == ["标签后面写一句就好，比如：#建议 按钮太小了"]
    assert await kept(talk) == []


async def test_a_photo_needs_no_words_beside_its_tag(talk: Talk) -> None:
    await talk.says(ZHANG, "#反馈", attachments=[PHOTO])
    (feedback,) = await kept(talk)
    assert feedback.attachments == (PHOTO,)


async def test_a_photo_without_words_is_noted_and_not_thanked_for_as_praise(
    talk: Talk, adapter: FakeAdapter
) -> None:
    said = await talk.says(ZHANG, "#反馈", attachments=[PHOTO])
    assert (GROUP, said.message_id, "✍") in adapter.reactions
    await talk.advance(minutes=1)
    await talk.says(ZHANG, "/start", dm=True)
    await talk.says(ZHANG, "#反馈", dm=True, attachments=[SECOND])
    assert talk.heard(ZHANG)[-1].startswith("收到 #2「（没有文字）」。")


@pytest.mark.parametrize("captioned_first", [True, False])
async def test_an_album_is_one_feedback_in_whatever_order_it_comes(talk: Talk, captioned_first: bool) -> None:
    first = talk.message(ZHANG, "#反馈 按钮太小了", attachments=[PHOTO])
    rest = talk.message(ZHANG, "", attachments=[SECOND])
    parts = [talk.taken(first, album="a1"), talk.taken(rest, album="a1", is_album_rest=True)]
    for part in parts if captioned_first else reversed(parts):
        await talk.take(part)
    (feedback,) = await kept(talk)
    assert set(feedback.attachments) == {PHOTO, SECOND}
    assert talk.heard() == []


async def test_a_hundred_thousand_characters_are_looked_through_at_once(talk: Talk) -> None:
    await talk.says(ZHANG, "a" * 100_000 + "#bug " + "#反馈" * 20_000)
    assert "个字，我一次最多记 4000 个" in talk.heard()[0]


async def test_a_command_captures_in_the_group(talk: Talk, adapter: FakeAdapter) -> None:
    said = await talk.says(ZHANG, "/feedback 按钮太小了")
    (feedback,) = await kept(talk)
    assert (feedback.text, feedback.tag) == ("按钮太小了", "")
    assert (GROUP, said.message_id, "✍") in adapter.reactions


@pytest.mark.parametrize(
    "text", ["反馈 按钮太小了", "反馈：按钮太小了", "/feedback 按钮太小了", "#反馈 按钮太小了"]
)
async def test_a_command_or_a_tag_in_private_gets_a_receipt_at_once(talk: Talk, text: str) -> None:
    await talk.says(ZHANG, text, dm=True)
    assert talk.heard(ZHANG) == [
        "收到 #1「按钮太小了」。10月14日周三前有人评估，有进展我来告诉您；发 /mine 随时能看。"
    ]


async def test_characters_that_nobody_sees_are_left_out(talk: Talk) -> None:
    await talk.says(ZHANG, "#反馈 按\x00钮\u202e太小了\x1b <b>&amp; 真的")
    (feedback,) = await kept(talk)
    assert feedback.text == "#反馈 按钮太小了 <b>&amp; 真的"


async def test_an_anonymous_admin_is_asked_to_write_as_themselves(talk: Talk) -> None:
    nobody = Person("1087968824", "Group", is_person=False)
    await talk.says(nobody, "#反馈 按钮太小了")
    await talk.says(nobody, "早")
    await talk.says(nobody, "/feedback 按钮太小了")
    assert talk.heard() == ["匿名和频道身份我没法答复。请切换成自己的身份再说一次。"]
    assert await kept(talk) == []
    async with talk.database.read() as uow:
        assert await uow.members.find(talk.adapter.platform, nobody.external_id) is None


async def test_another_bot_is_not_heard(talk: Talk) -> None:
    await talk.says(Person("900", "别的机器人", is_bot=True), "#反馈 按钮太小了")
    assert await kept(talk) == []
    assert talk.heard() == []


async def test_the_first_group_somebody_speaks_in_becomes_their_home(
    talk: Talk, adapter: FakeAdapter
) -> None:
    said = await talk.says(ZHANG, "大家好，我是新来的张哥，请多多关照")
    async with talk.database.read() as uow:
        zhang = await uow.members.find(adapter.platform, ZHANG.external_id)
    assert zhang is not None
    assert zhang.home_chat_id == (await talk.group()).id
    assert adapter.reactions == [(GROUP, said.message_id, "🤝")]


async def test_the_same_update_in_two_batches_counts_once(talk: Talk) -> None:
    said = talk.message(ZHANG, "#反馈 按钮太小了")
    taken = talk.taken(said, update_id="same")
    await talk.take(taken)
    await talk.take(Taken("same", taken.content))
    assert len(await kept(talk)) == 1


@pytest.mark.parametrize("said", ["/feedback T99999", "/feedback 1234567", "#反馈 #1234567", "反馈 T123456"])
async def test_a_number_alone_is_no_feedback(talk: Talk, said: str) -> None:
    await talk.says(ZHANG, "/start", dm=True)
    talk.heard(ZHANG)
    await talk.says(ZHANG, said, dm=True)
    [line] = talk.heard(ZHANG)
    assert "只是一个编号" in line
    async with talk.database.read() as uow:
        assert await uow.feedback.find(1) is None


async def test_a_first_message_that_is_a_feedback_gets_its_own_reaction_only(talk: Talk) -> None:
    said = await talk.says(ZHANG, "#反馈 按钮太小了")
    assert talk.adapter.reactions == [(said.chat, said.message_id, "✍")]
