"""Dialogues about /report (handlers/kos/report.py), and the figures it shows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from storage.keeping import Answered, Figures, figures_of
from storage.routes import RouteState
from storage.tables import micros
from tests.fakes import at
from tests.handlers.departments.conftest import WANG, Routed, office, ritual_settings, routed, settings
from tests.talk import LI, YU, Captured, Talk

__all__ = ["office", "ritual_settings", "routed", "settings"]

MONDAY = at("2026-10-12 02:00")
WEEK, DAY = timedelta(days=7), timedelta(days=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")


async def test_departments_are_shown_with_how_they_keep_their_word(
    office: Talk, captured: Captured, routed: Routed
) -> None:
    for _ in range(2):
        await routed(await captured())
    await office.advance(days=2)
    await office.says(WANG, "答复 1 接受 11月20日", dm=True)
    await office.says(LI, "/resolve 1 放大了", dm=True)
    office.heard(LI)
    await office.says(LI, "简报", dm=True)
    [text] = office.heard(LI)
    assert text == (
        "近 90 天，各部门说到做到没有：\n"
        "产品部 等答复 1，按时答复 1/1，说到做到 1/1，答应 1，婉拒 0，答复中位 2.0 天\n"
        "物流部 等答复 0，近期没有要算的答复"
    )


async def test_members_get_no_report(office: Talk) -> None:
    await office.says(YU, "/report", dm=True)
    assert "产品部" not in "".join(office.heard(YU))


def answered(
    *, answered_at: datetime | None = None, state: RouteState = RouteState.ASKED, promised_for: date | None = None,
    done_at: datetime | None = None,
) -> Answered:  # fmt: skip
    return Answered(
        "product", str(state), micros(MONDAY), micros(MONDAY + WEEK), answered_at and micros(answered_at),
        done_at and micros(done_at), promised_for,
    )  # fmt: skip


def test_a_promise_is_kept_by_the_end_of_its_day_where_people_live() -> None:
    promise = partial(
        answered, state=RouteState.ACCEPTED, answered_at=MONDAY + DAY, promised_for=date(2026, 10, 20)
    )
    kept, late = promise(done_at=at("2026-10-20 15:59")), promise(done_at=at("2026-10-20 16:01"))
    broken = promise()
    [figures] = figures_of([kept, late, broken], at("2026-10-22 00:00"), SHANGHAI).values()
    assert (figures.came_due, figures.kept) == (3, 1)


def test_a_promise_whose_day_has_not_come_is_not_judged() -> None:
    promise = answered(state=RouteState.ACCEPTED, answered_at=MONDAY + DAY, promised_for=date(2026, 10, 20))
    [figures] = figures_of([promise], at("2026-10-20 10:00"), SHANGHAI).values()
    assert figures == Figures(asked=1, judged=1, in_time=1, accepted=1, median=DAY)


def test_silence_past_its_day_counts_against_a_department_and_before_it_does_not() -> None:
    [figures] = figures_of([answered()], MONDAY + WEEK - DAY, SHANGHAI).values()
    assert figures.judged == 0
    [figures] = figures_of([answered()], MONDAY + WEEK, SHANGHAI).values()
    assert (figures.judged, figures.in_time) == (1, 0)


def test_the_median_is_of_the_first_words() -> None:
    routes = [answered(answered_at=MONDAY + n * DAY, state=RouteState.NEED_INFO) for n in (1, 2, 9)]
    [figures] = figures_of(routes, MONDAY + 10 * DAY, SHANGHAI).values()
    assert figures.median == 2 * DAY
    assert (figures.judged, figures.in_time) == (3, 2)
