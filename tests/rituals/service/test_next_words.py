"""Dialogues about duty: dates of the next word that pass in silence."""

from __future__ import annotations

from datetime import date

from storage.records import Role
from storage.staff import CHAT, Grant
from tests.fakes import at
from tests.rituals.followed import capture
from tests.rituals.service.conftest import WANG, hear_all
from tests.scene import Scene
from tests.talk import LI, PLATFORM, ZHANG, Talk


async def test_a_voice_nobody_looked_at_in_two_days_is_told_to_duty_and_not_to_the_member(
    staffed: Talk,
) -> None:
    talk = staffed
    await talk.says(ZHANG, "#反馈 按钮太小了")
    await talk.advance(hours=47)
    assert hear_all(talk) == {"小李": [], "小王": [], "阿敏": []}
    await talk.advance(hours=2)
    told = "#1「按钮太小了」本该 10月14日周三 10:00 前有人看，还没有人看过。\n看一眼，或者定个有消息的日子。"
    assert hear_all(talk) == {"小李": [told], "小王": [], "阿敏": []}
    assert talk.heard(ZHANG) == []


async def test_a_promised_day_that_passes_in_silence_triggers_the_owner(staffed: Talk) -> None:
    talk = staffed
    await talk.says(ZHANG, "#反馈 按钮太小了")
    await talk.says(WANG, "/plan 1 10月15日", dm=True)
    hear_all(talk)
    await talk.advance(days=3, hours=23)
    heard = hear_all(talk)
    assert [text for text in heard["小王"] if "本该 10月16日周五 00:00 前有个消息" in text]
    assert heard["小李"] == []
    hear_all(talk)
    await talk.advance(days=20)
    assert not [text for text in hear_all(talk)["小王"] if "本该" in text]  # once for one date


async def test_only_what_staff_do_gives_a_new_date(staffed: Talk) -> None:
    talk = staffed
    said = await talk.says(ZHANG, "#反馈 按钮太小了")
    await talk.says(WANG, "/claim 1", dm=True)
    await talk.advance(days=6)
    await talk.edits(said, "#反馈 按钮真的太小了")  # the member's own words are no answer
    hear_all(talk)
    await talk.advance(days=1, hours=1)
    assert [text for text in hear_all(talk)["小王"] if "前有个消息" in text]

    await talk.says(WANG, "/progress 1 样机已经改好", dm=True)
    hear_all(talk)
    await talk.advance(days=6, hours=12)
    assert not [text for text in hear_all(talk)["小王"] if "前有个消息" in text]


async def test_what_rests_is_left_in_peace_until_its_day(staffed: Talk) -> None:
    talk = staffed
    await talk.says(ZHANG, "#反馈 按钮太小了")
    await talk.says(WANG, "/hold 1 10月30日 等供应商", dm=True)
    hear_all(talk)
    await talk.advance(days=10)
    assert hear_all(talk) == {"小李": [], "小王": [], "阿敏": []}


async def test_what_rests_until_tomorrow_is_left_in_peace_where_utc_has_that_day_already(
    scene: Scene,
) -> None:
    scene.timezone, scene.rituals = "America/New_York", []
    scene.time.at = at("2026-10-14 01:00")  # nine in the evening of the 13th
    await scene.open()
    async with scene.database.begin() as uow:
        feedback = await capture(scene, uow, "#反馈 按钮太小了")
        await uow.feedback.amend(feedback.id, scene.time.at, held_until=date(2026, 10, 14))
        await uow.service.watch(feedback.id, at("2026-10-14 02:00"), "test")

    await scene.until("2026-10-14 03:00")
    assert await scene.sent(private=True) == []


async def test_a_late_voice_is_asked_about_while_another_of_its_topic_rests_until_tomorrow(
    scene: Scene,
) -> None:
    scene.timezone, scene.rituals = "America/New_York", []
    scene.time.at = at("2026-10-14 01:00")  # nine in the evening of the 13th
    await scene.open()
    async with scene.database.begin() as uow:
        resting = await capture(scene, uow, "#反馈 按钮太小了")
        late = await capture(scene, uow, "#反馈 按钮太小了，戴手套按不准")
        topic = await uow.topics.add("按钮太小", late.contributor_id, scene.time.at)
        await uow.topics.link([resting, late], topic, by_id=late.contributor_id, now=scene.time.at)
        for feedback in (resting, late):
            await uow.feedback.amend(feedback.id, scene.time.at, review_due=at("2026-10-14 01:30"))
        await uow.feedback.amend(resting.id, scene.time.at, held_until=date(2026, 10, 14))
        await uow.service.watch(late.id, at("2026-10-14 02:00"), "test")

    await scene.until("2026-10-14 03:00")
    (told,) = await scene.sent(private=True)
    assert f"#{late.id}" in told.text


async def test_an_owner_who_is_staff_no_longer_hears_nothing(staffed: Talk) -> None:
    talk = staffed
    await talk.says(ZHANG, "#反馈 按钮太小了")
    await talk.says(WANG, "/claim 1", dm=True)
    async with talk.database.begin() as uow:
        await uow.staff.grant(Grant(PLATFORM, WANG.external_id, CHAT, Role.MEMBER, WANG.name), talk.now)
    hear_all(talk)
    await talk.advance(days=8)
    heard = hear_all(talk)
    assert heard["小王"] == []
    assert len(heard["小李"]) == 1


async def test_card_and_inbox_say_by_when_the_next_word_is_due(staffed: Talk) -> None:
    talk = staffed
    await talk.says(ZHANG, "#反馈 按钮太小了")
    await talk.says(WANG, "/claim 1", dm=True)
    await talk.says(WANG, "/show 1", dm=True)
    assert "下次给消息：10月19日前" in talk.last(WANG).text
    await talk.says(WANG, "/inbox", dm=True)
    assert "张哥：按钮太小了 · 10月19日前" in talk.last(WANG).text
    await talk.advance(days=7, hours=1)
    await talk.says(WANG, "/show 1", dm=True)
    assert "本该 10月19日周一 10:00 前给个消息，已经过了" in talk.last(WANG).text
    await talk.says(WANG, "/inbox", dm=True)
    assert "⏰ #1" in talk.last(WANG).text


async def test_a_topic_is_asked_about_once_not_voice_by_voice(staffed: Talk) -> None:
    talk = staffed
    for number in range(3):
        await talk.says(ZHANG, f"#建议 第 {number} 次说后视镜太小")
        await talk.advance(minutes=6)
    for number in (2, 3):
        await talk.says(LI, f"/merge {number} 1", dm=True)
    talk.heard(LI)
    await talk.advance(days=3)
    assert len([text for text in talk.heard(LI) if "还没有人看过" in text]) == 1
