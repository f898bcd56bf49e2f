"""Plans: the config, the chats that use it, and what staff changed in chat, laid over each other."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.plans import Plans, at_time
from rituals.base import RitualSettings
from storage.db import Database
from storage.records import Chat, ChatKind, ChatState, Platform
from tests.fakes import at
from tests.logbook import capture_logs
from tests.scene import MORNING, WORK

NOW = at("2026-10-12 00:00")
WEEKEND = RitualSettings("weekend", "checkin", "0 16 * * fri", close="0 20 * * sun")


async def group(database: Database, *rituals: str, timezone: str = "Asia/Shanghai") -> Chat:
    async with database.begin() as uow:
        return await uow.chats.add(
            Platform.TELEGRAM, f"-1{timezone}", ChatKind.GROUP, title="群", state=ChatState.SERVED,
            language="zh_CN", timezone=timezone, rituals=rituals,
        )  # fmt: skip


async def override(database: Database, chat_id: int, key: str, value: str, ritual: str = "morning") -> None:
    override.later += timedelta(seconds=1)  # type: ignore[attr-defined]
    async with database.begin() as uow:
        when = override.later  # type: ignore[attr-defined]
        await uow.runs.set_override(ritual, chat_id, key, value, by_id=None, now=when)


override.later = NOW  # type: ignore[attr-defined]


async def loaded(database: Database, *rituals: RitualSettings) -> Plans:
    plans = Plans(rituals or (MORNING, WEEKEND), WORK)
    async with database.read() as uow:
        await plans.reload(uow)
    return plans


async def test_a_ritual_is_listed_with_its_next_three_occurrences_in_the_groups_own_zone(
    database: Database,
) -> None:
    shanghai = await group(database, "morning", "weekend")
    berlin = await group(database, "morning", timezone="Europe/Berlin")
    plans = await loaded(database)

    morning, weekend = plans.list_rituals(shanghai, NOW)
    assert morning.upcoming == tuple(at(f"2026-10-{day} 01:00") for day in (12, 13, 14))
    assert weekend.upcoming[0] == at("2026-10-16 08:00")
    assert plans.list_rituals(berlin, NOW)[0].upcoming[0] == at("2026-10-12 07:00")


async def test_what_staff_changed_wins_and_is_named(database: Database) -> None:
    chat = await group(database, "morning")
    await override(database, 0, "time", "08:30")
    await override(database, chat.id, "calendar", "workdays")

    (info,) = (await loaded(database)).list_rituals(chat, NOW)

    assert (info.cron, info.calendar) == ("30 8 * * *", "workdays")
    assert info.overridden == {"time", "calendar"}


async def test_the_groups_own_override_wins_over_everywhere(database: Database) -> None:
    chat = await group(database, "morning")
    await override(database, chat.id, "on", "yes")
    await override(database, 0, "on", "no")
    plans = await loaded(database)
    other = await group(database, "morning", timezone="Europe/Berlin")
    plans = await loaded(database)

    assert plans.list_rituals(chat, NOW)[0].is_on
    off = plans.list_rituals(other, NOW)[0]
    assert (off.is_on, off.upcoming) == (False, ())


async def test_a_cron_line_said_after_a_time_of_day_replaces_it_whole(database: Database) -> None:
    chat = await group(database, "morning")
    await override(database, chat.id, "time", "08:30")
    await override(database, chat.id, "cron", "0 10 * * sat")
    assert (await loaded(database)).list_rituals(chat, NOW)[0].cron == "0 10 * * sat"

    await override(database, chat.id, "time", "11:15")
    assert (await loaded(database)).list_rituals(chat, NOW)[0].cron == "15 11 * * sat"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("time", "25:00"),
        ("time", "soon"),
        ("cron", "* *"),
        ("calendar", "moon"),
        ("on", "maybe"),
        ("size", "9"),
    ],
)
async def test_a_bad_override_is_reported_and_the_config_stays_in_force(
    database: Database, key: str, value: str
) -> None:
    chat = await group(database, "morning")
    await override(database, chat.id, key, value)

    with capture_logs() as logs:
        plans = await loaded(database)

    assert plans.list_rituals(chat, NOW)[0].cron == "0 9 * * *"
    assert [(p.ritual, p.chat_id, p.what) for p in plans.problems] == [("morning", chat.id, key)]
    assert [line["event"] for line in logs] == ["plan_problem"]


async def test_unknown_rituals_kinds_and_strays_are_reported_once_and_crash_nothing(
    database: Database,
) -> None:
    chat = await group(database, "morning", "lost", "odd", "never")
    await override(database, 0, "on", "no", ritual="gone")
    plans = Plans(
        [MORNING, RitualSettings("odd", "karaoke", "0 9 * * *"), RitualSettings("never", "checkin", "61 9 * * *")],
        WORK,
    )  # fmt: skip

    with capture_logs() as logs:
        for _ in range(2):
            async with database.read() as uow:
                await plans.reload(uow)

    assert {(p.ritual, p.what) for p in plans.problems} == {
        ("gone", "on"),
        ("lost", "ritual"),
        ("odd", "kind"),
        ("never", "cron"),
    }
    assert len(logs) == 4
    assert [info.name for info in plans.list_rituals(chat, NOW)] == ["morning"]
    assert plans.find("morning", chat.id) == MORNING
    assert plans.find("lost", chat.id) is None


async def test_a_chat_we_left_has_no_plans(database: Database) -> None:
    chat = await group(database, "morning")
    async with database.begin() as uow:
        await uow.chats.change(chat.id, state=ChatState.LEFT)

    assert (await loaded(database)).all == {}


async def test_a_list_of_dates_is_shown_as_such(database: Database) -> None:
    chat = await group(database, "morning")
    plans = await loaded(database, replace(MORNING, calendar=frozenset({date(2026, 12, 24)})))

    assert plans.list_rituals(chat, NOW)[0].calendar == "dates"


async def test_a_wrong_cron_line_is_explained_and_a_right_one_is_not() -> None:
    plans = Plans((), WORK)

    assert plans.explain_cron("0 9 * * mon-fri") is None
    assert "61" in (plans.explain_cron("61 9 * * *") or "")


@pytest.mark.parametrize(
    ("time", "cron"), [("08:30", "30 8 * * fri"), ("7:05", "5 7 * * fri"), ("21：00", "0 21 * * fri")]
)
def test_a_time_of_day_moves_a_cron_line_and_keeps_its_days(time: str, cron: str) -> None:
    assert at_time("0 16 * * fri", time) == cron


async def test_a_ritual_turned_on_in_a_group_joins_those_the_config_gives_it(database: Database) -> None:
    chat = await group(database, "morning")
    await group(database, "morning", timezone="Europe/Berlin")
    await override(database, chat.id, "on", "yes", "weekend")
    plans = await loaded(database)
    assert {key for key in plans.all if key[0] == "weekend"} == {("weekend", chat.id)}
    assert [info.name for info in plans.list_rituals(chat, NOW)] == ["morning", "weekend"]
