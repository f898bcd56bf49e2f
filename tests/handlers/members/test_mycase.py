"""Dialogues about what its contributor says of an open case (handlers/members/mycase.py): less, no, or no more."""

from __future__ import annotations

from bot.adapters.base import OutcomeUnknownError
from storage.consents import Purpose, Scope
from tests.handlers.complained import everything_kept, without_edits
from tests.talk import LI, ZHANG, Said, Talk


async def test_a_no_is_kept_and_not_asked_about_again(talk: Talk, hurt: Said) -> None:
    await talk.says(LI, "/case 1", dm=True)
    assert await talk.presses(ZHANG, "不用了") == "好，不公开，照样跟进到底。"
    assert talk.last(ZHANG).labels == []
    talk.heard(LI)
    await talk.says(LI, "/case 1", dm=True)
    await talk.says(LI, "/case 1 联系上仓库了", dm=True)
    assert talk.heard(LI) == ["张哥不想公开 #1，不再问了。"] * 2
    assert talk.heard() == []


async def test_taken_back_the_card_becomes_a_line_that_says_nothing(talk: Talk, hurt: Said) -> None:
    await talk.says(LI, "/case 1", dm=True)
    await talk.presses(ZHANG, "可以，写名字")
    await talk.says(LI, "/case 1 联系上仓库了，今天补发", dm=True)
    (card,) = talk.posts()
    assert await talk.presses(ZHANG, "收回") == "好，已从群里收起，照样跟进到底。"
    await talk.advance(seconds=30)
    assert card.text == "一条公开跟进到此结束。"
    kept = await everything_kept(talk)
    assert not any(word in kept for word in ("张哥", "九天", "仓库", hurt.message_id))
    await talk.says(LI, "/case 1 又有进展", dm=True)
    await talk.says(LI, "/resolve 1 补发到了", dm=True)
    await talk.advance(seconds=30)
    assert card.text == "一条公开跟进到此结束。"
    async with talk.database.read() as uow:
        feedback = await uow.feedback.get(1)
        (answer,) = await uow.consents.list_of(feedback.contributor_id)
    assert answer.scope is Scope.NAMED
    assert answer.revoked_at is not None


async def test_a_card_of_which_nobody_knows_whether_it_arrived_is_left_to_a_person(
    talk: Talk, hurt: Said
) -> None:
    group = (await talk.group()).external_id
    await talk.says(LI, "/case 1", dm=True)
    talk.adapter.failures[group] = [OutcomeUnknownError("no answer")]
    await talk.presses(ZHANG, "可以，写名字")
    assert await talk.presses(ZHANG, "收回") == ("好，不再公开，群里已发出的请 KOS 手动删掉，照样跟进到底。")
    assert talk.heard() == ["一条公开跟进到此结束。"]


async def test_given_and_taken_back_in_the_same_second_nothing_ever_appears(talk: Talk, hurt: Said) -> None:
    await talk.advance(hours=13)  # 23:00: the card would wait for the morning
    await talk.says(LI, "/case 1", dm=True)
    await talk.advance(hours=10)
    question = talk.last(ZHANG)
    await talk.advance(hours=14)
    await talk.presses_action(ZHANG, "mycase:1:named", on=question)
    await talk.presses_action(ZHANG, "mycase:1:off", on=question)
    assert await talk.presses_action(ZHANG, "mycase:1:off", on=question) == "已经收回过了。"
    await talk.advance(days=1)
    assert not any("公开" in line for line in talk.heard())
    kept = await everything_kept(talk)
    assert "张哥" not in kept
    assert "九天" not in kept


async def test_less_said_before_it_left_is_less_shown(talk: Talk, hurt: Said) -> None:
    await talk.says(LI, "/case 1", dm=True)
    question = talk.last(ZHANG)
    await talk.advance(hours=13)
    await talk.presses_action(ZHANG, "mycase:1:named", on=question)
    await talk.presses_action(ZHANG, "mycase:1:nameless", on=question)
    await talk.advance(hours=10)
    assert [line for line in talk.heard() if "公开课" in line] == [
        "公开课 #1：一位群友遇到的事，小李在跟进 · 评估中"
    ]
    async with talk.database.read() as uow:
        feedback = await uow.feedback.get(1)
        consent = await uow.consents.find(feedback.contributor_id, Purpose.CASE, "feedback:1")
    assert consent is not None
    assert consent.scope is Scope.NAMELESS


async def test_it_can_be_taken_back_from_the_list_of_ones_own(talk: Talk, hurt: Said) -> None:
    await talk.says(LI, "/case 1", dm=True)
    await talk.presses(ZHANG, "可以，写名字")
    (card,) = talk.posts()
    await talk.says(ZHANG, "/mine", dm=True)
    await talk.presses(ZHANG, "#1 不再公开")
    await talk.advance(seconds=30)
    assert card.text == "一条公开跟进到此结束。"
    await talk.says(ZHANG, "/mine", dm=True)
    assert "#1 不再公开" not in talk.last(ZHANG).labels


async def test_what_is_withdrawn_takes_its_case_along(talk: Talk, hurt: Said) -> None:
    await talk.says(LI, "/case 1", dm=True)
    await talk.presses(ZHANG, "可以，写名字")
    question = talk.last(ZHANG)
    (card,) = talk.posts()
    await talk.says(ZHANG, "/withdraw 1", dm=True)
    await talk.presses(ZHANG, "撤回")
    await talk.advance(seconds=30)
    assert card.text == "一条公开跟进到此结束。"
    assert await talk.presses_action(ZHANG, "mycase:1:named", on=question) == "#1 已经撤回，不会公开。"


async def test_revoke_takes_it_back_in_words_and_who_asked_for_it_hears(talk: Talk, hurt: Said) -> None:
    await talk.says(LI, "/case 1", dm=True)
    await talk.presses(ZHANG, "可以，写名字")
    (card,) = talk.posts()
    talk.heard(LI)
    await talk.says(ZHANG, "/revoke 1", dm=True)
    await talk.advance(seconds=30)
    assert card.text == "一条公开跟进到此结束。"
    assert talk.heard(LI) == ["张哥收回了公开课 #1，卡片已收起，请私下跟进。"]


async def test_a_card_that_cannot_be_edited_is_taken_back_and_said_anew_without_the_name(
    talk: Talk, hurt: Said
) -> None:
    without_edits(talk)
    await talk.says(LI, "/case 1", dm=True)
    question = talk.last(ZHANG)
    await talk.presses(ZHANG, "可以，写名字", on=question)
    await talk.presses_action(ZHANG, "mycase:1:nameless", on=question)
    named, ended, nameless = talk.heard()
    assert "张哥" in named
    assert ended == "一条公开跟进到此结束。"
    assert "公开课 #1" in nameless
    assert "张哥" not in nameless
    assert talk.heard(LI)[-1].endswith("前一张改不了，请手动撤回或删掉。")
    assert "张哥" not in await everything_kept(talk)
