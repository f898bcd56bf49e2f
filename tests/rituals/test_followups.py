"""What comes due after a hold, before a year nobody knows, and about what is gone."""

from dataclasses import replace
from datetime import date

from tests.fakes import FakeClock, at
from tests.rituals.followed import capture, li
from tests.scene import MORNING, Scene


async def hold(scene: Scene, until: date) -> None:
    async with scene.database.begin() as uow:
        feedback = await capture(scene, uow, "#建议 出个黑色款")
        owner = (await li(uow)).id
        await uow.feedback.amend(feedback.id, scene.time.at, held_until=until, owner_id=owner)
        due = at("2026-10-14 01:00")
        await uow.timers.put("held", "held", due, subject=f"feedback:{feedback.id}")


async def test_when_a_hold_is_over_its_owner_is_told(scene: Scene) -> None:
    scene.rituals = []
    await scene.open()
    await hold(scene, date(2026, 10, 14))

    await scene.until("2026-10-14 02:00")

    (line,) = await scene.sent(private=True)
    assert line.text == "#1「出个黑色款」搁置到今天，该再看看了：/show 1"


async def test_a_hold_that_was_moved_says_nothing_yet(scene: Scene) -> None:
    scene.rituals = []
    await scene.open()
    await hold(scene, date(2026, 10, 20))

    await scene.until("2026-10-14 02:00")

    assert await scene.sent(private=True) == []


async def test_from_december_admins_are_told_once_that_next_year_is_unknown(scene: Scene) -> None:
    scene.time = FakeClock(at("2026-11-29 16:30"))
    scene.rituals = [replace(MORNING, calendar="workdays")]
    await scene.open()
    await scene.until("2026-11-30 15:00")
    assert not any("2027" in sent.text for sent in await scene.sent(private=True))

    await scene.until("2027-01-20 00:00")

    warned = [sent for sent in await scene.sent(private=True) if "2027 年" in sent.text]
    assert len(warned) == 1


async def test_nobody_is_bothered_about_a_year_that_no_ritual_needs(scene: Scene) -> None:
    scene.time = FakeClock(at("2026-12-01 00:00"))
    await scene.open()

    await scene.until("2026-12-03 00:00")

    assert not any("2027" in sent.text for sent in await scene.sent(private=True))


async def test_a_timer_about_something_that_is_gone_does_nothing(scene: Scene) -> None:
    clock = await scene.open()
    async with scene.database.begin() as uow:
        for kind in ("refresh", "verify_reminder", "unconfirmed", "reach", "held"):
            await uow.timers.put(kind, kind, scene.time.at, subject="run:9" if kind == "refresh" else "")

    await clock.run_due(scene.time.at)

    assert await scene.sent(private=True) == []
