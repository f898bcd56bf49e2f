"""The nudge: each workday morning, once, to each KOS for whom anything waits (rituals/nudge.py)."""

from __future__ import annotations

import pytest

from bot.adapters.base import UnreachableError
from bot.core import Core, CoreSettings
from handlers.base import Settings
from rituals.base import RitualSettings
from rituals.base import Settings as RitualsSettings
from storage.runs import RunState
from tests.conftest import FixedTriage
from tests.fakes import FakeAdapter, FakeClock, at
from tests.talk import LI, MIN, ZHANG, Talk

NUDGE = RitualSettings("nudge", "nudge", "0 9 * * *", calendar="workdays")


@pytest.fixture
def ritual_settings() -> tuple[RitualSettings, ...]:
    """Give a group whose KOS are nudged at nine."""
    return (NUDGE,)


@pytest.fixture
async def opened(talk: Talk) -> Talk:
    """Let 小李 and 阿敏 have opened their private chats."""
    for who in (LI, MIN, ZHANG):
        await talk.says(who, "/start", dm=True)
        talk.heard(who)
    return talk


def nudges(talk: Talk) -> list[str]:
    return [text for text in talk.heard(LI) if text.startswith("小李，早。")]


async def test_nothing_waits_and_nobody_hears_anything(opened: Talk) -> None:
    await opened.advance(days=1)
    assert nudges(opened) == []
    group = await opened.group()
    async with opened.database.read() as uow:
        run, _ = await uow.runs.list_last(group.id, "nudge")  # the other was missed before we were there
    assert (run.state, run.reason) == (RunState.SKIPPED, "nothing_waits")


async def test_each_kos_hears_what_waits_late_first(opened: Talk) -> None:
    talk = opened
    await talk.says(ZHANG, "#反馈 按钮太小了")
    await talk.says(LI, "/plan 1 10月12日", dm=True)
    await talk.advance(seconds=6)
    await talk.says(ZHANG, "#反馈 座椅可以再软一点")
    await talk.says(LI, "/claim 2", dm=True)
    await talk.advance(seconds=6)
    await talk.says(ZHANG, "#反馈 地图不认新路")
    talk.heard(LI)
    await talk.advance(hours=23, minutes=30)
    (nudge,) = nudges(talk)
    assert nudge == (
        "小李，早。\n"
        "你手上有 2 条在等，1 条过了日子：\n"
        "⏰ #1 张哥：按钮太小了 · 10月12日前\n"
        "#2 张哥：座椅可以再软一点 · 10月19日前\n"
        "还没人跟进的有 1 条，0 条过了日子：\n"
        "#3 张哥：地图不认新路 · 10月14日前"
    )
    assert talk.last(LI).labels == ["#1", "#2", "#3", "打开待办"]
    assert talk.heard(MIN) == []
    assert [text for text in talk.heard() if "早" in text] == []
    await talk.presses(LI, "打开待办")
    assert talk.heard(LI)[-1].startswith("待办 3")


async def test_a_day_is_the_groups_own(opened: Talk) -> None:
    await opened.advance(hours=14, minutes=30)  # half past midnight in Shanghai, and still yesterday in UTC
    await opened.says(ZHANG, "#反馈 按钮太小了")
    await opened.advance(hours=9)
    (nudge,) = nudges(opened)
    assert "#1 张哥：按钮太小了 · 10月15日前" in nudge


class TestAroundNationalDay:
    """The week after the break of 2026, whose Saturday is worked."""

    @pytest.fixture
    def clock(self) -> FakeClock:
        """Give a clock that stands at Thursday 2026-10-08, 10:00 in Shanghai."""
        return FakeClock(at("2026-10-08 02:00"))

    async def test_days_off_are_quiet_and_a_saturday_that_is_worked_is_not(
        self, opened: Talk, clock: FakeClock
    ) -> None:
        talk = opened
        await talk.says(ZHANG, "#反馈 按钮太小了")
        days = {}
        for day in ("09", "10", "11", "12", "17"):
            await talk.advance(seconds=(at(f"2026-10-{day} 00:59") - clock.at).total_seconds())
            talk.heard(LI)
            await talk.advance(minutes=2)
            days[day] = len(nudges(talk))
        assert days == {"09": 1, "10": 1, "11": 0, "12": 1, "17": 0}


async def test_what_did_not_arrive_is_named(opened: Talk, adapter: FakeAdapter) -> None:
    talk = opened
    await talk.says(ZHANG, "#反馈 按钮太小了")
    adapter.unreachable[ZHANG.external_id] = UnreachableError("blocked")
    await talk.says(LI, "/resolve 1 新版本里按钮放大了", dm=True)
    talk.heard(LI)
    await talk.advance(hours=23, minutes=30)
    assert nudges(talk) == ["小李，早。\n有 1 条没送到：张哥（#1）。待办里看怎么补。"]


async def test_it_happens_once_whatever_restarts_there_are(
    opened: Talk, adapter: FakeAdapter, settings: Settings
) -> None:
    talk = opened
    await talk.says(ZHANG, "#反馈 按钮太小了")
    talk.heard(LI)
    await talk.advance(hours=23, minutes=1)
    rituals = RitualsSettings(settings.community, settings.language, settings.timezone)
    core = Core(
        talk.database, [adapter], CoreSettings(settings, rituals, (NUDGE,)), triage=FixedTriage(), owner="other",
        now=talk.clock.now, count=lambda *_, **__: None,
    )  # fmt: skip
    await core.clock.catch_up(talk.now)
    await core.relay.drain()
    await talk.advance(hours=2)
    assert len(nudges(talk)) == 1
    await core.drawing.close()


async def test_neither_a_pause_of_the_group_nor_its_budget_stands_in_the_way(
    opened: Talk,
) -> None:
    talk = opened
    await talk.says(ZHANG, "#反馈 按钮太小了")
    await talk.says(MIN, "/pause 3d")
    talk.heard(LI)
    await talk.advance(hours=23, minutes=30)
    assert any("早。" in text for text in talk.heard(LI))
