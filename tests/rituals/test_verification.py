"""What comes due after a resolution: one reminder, then unconfirmed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from storage.records import Feedback, Status, Verdict
from tests.rituals.followed import SUBJECT, capture, li, resolve, status
from tests.scene import Scene


async def test_after_three_days_of_silence_one_reminder_asks_with_the_three_buttons(
    scene: Scene, told: Feedback
) -> None:
    await scene.until("2026-10-15 00:00")

    (reminder,) = await scene.sent(private=True)
    assert reminder.text == "张哥，您提的「按钮太小了」改好有几天了，用着顺手些了吗？点一下就好。"
    version = told.version
    assert reminder.buttons == {
        "顺手多了": f"verify:1:{version}:better",
        "还不行": f"verify:1:{version}:still",
        "没法试": f"verify:1:{version}:cannot_try",
    }
    assert [button.opinion for row in reminder.message.buttons for button in row] == ["good", "bad", ""]
    assert reminder.subject == SUBJECT


async def test_after_seven_days_it_is_unconfirmed_and_the_kos_is_told_in_one_line(
    scene: Scene, told: Feedback
) -> None:
    await scene.until("2026-10-19 00:00")

    assert await status(scene) is Status.UNCONFIRMED
    last = (await scene.sent(private=True))[-1]
    assert last.text == "#1「按钮太小了」等了张哥 7 天没有回音，先记为「未确认」。"
    async with scene.database.read() as uow:
        assert last.member_id == (await li(uow)).id
        assert (await uow.feedback.list_changes(1))[-1].by_id is None


async def test_a_question_about_an_answer_asks_whether_it_is_solved(scene: Scene) -> None:
    scene.rituals = []
    await scene.open()
    async with scene.database.begin() as uow:
        await resolve(scene, uow, await capture(scene, uow, "怎么开机？"), Status.ANSWERED)

    await scene.until("2026-10-15 00:00")

    (reminder,) = await scene.sent(private=True)
    assert "解决了吗" in reminder.text
    assert list(reminder.buttons) == ["解决了", "还没有"]


async def test_a_parcel_is_not_asked_about_as_a_thing_one_tries_out(scene: Scene) -> None:
    scene.rituals = []
    await scene.open()
    async with scene.database.begin() as uow:
        await resolve(scene, uow, await capture(scene, uow, "快递九天还没有到"), Status.RESOLVED)

    await scene.until("2026-10-15 00:00")

    (reminder,) = await scene.sent(private=True)
    assert "真的妥了吗" in reminder.text
    assert list(reminder.buttons) == ["解决了", "还没有", "还不知道"]


@pytest.mark.parametrize("verdict", [Verdict.BETTER, Verdict.STILL, Verdict.CANNOT_TRY])
async def test_who_answered_is_not_reminded(scene: Scene, told: Feedback, verdict: Verdict) -> None:
    async with scene.database.begin() as uow:
        await uow.verdicts.put(told.version, 1, told.contributor_id, verdict, scene.time.at)

    await scene.until("2026-10-15 00:00")

    assert await scene.sent(private=True) == []


async def test_who_could_not_try_is_asked_once_more(scene: Scene, told: Feedback) -> None:
    async with scene.database.begin() as uow:
        await uow.verdicts.put(told.version, 1, told.contributor_id, Verdict.CANNOT_TRY, scene.time.at)
        data = {"change": told.version, "member": told.contributor_id, "again": True}
        await uow.timers.put("again", "verify_reminder", scene.time.at, subject=SUBJECT, data=data)

    await scene.until("2026-10-12 01:00")

    assert len(await scene.sent(private=True)) == 1


async def test_a_feedback_that_moved_on_is_neither_reminded_nor_unconfirmed(
    scene: Scene, told: Feedback
) -> None:
    async with scene.database.begin() as uow:
        await uow.feedback.change(
            told, Status.VERIFIED, by_id=told.contributor_id, note="", now=scene.time.at
        )

    await scene.until("2026-10-20 00:00")

    assert await status(scene) is Status.VERIFIED
    assert await scene.sent(private=True) == []


async def test_a_timer_of_an_earlier_resolution_does_nothing_to_a_later_one(
    scene: Scene, told: Feedback
) -> None:
    await scene.until("2026-10-13 12:00")
    async with scene.database.begin() as uow:
        change = await uow.feedback.change(
            told, Status.IN_REVIEW, by_id=told.contributor_id, note="还不行", now=scene.time.at
        )
        again = replace(told, status=Status.IN_REVIEW, version=change.id)
        await resolve(scene, uow, again)

    await scene.until("2026-10-19 12:00")

    assert await status(scene) is Status.RESOLVED
    assert len(await scene.sent(private=True)) == 1
