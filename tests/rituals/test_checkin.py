"""The check-in: a greeting, a counter, an evening summary, and nobody shamed."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from storage.db import Database
from storage.messages import Mention
from storage.promises import DeliveryKind
from storage.records import ChatState
from storage.runs import RunState
from tests.fakes import LITTLE, FakeClock, at
from tests.scene import MORNING, Scene


async def test_the_post_has_a_greeting_the_date_and_the_button(scene: Scene) -> None:
    await scene.open()

    await scene.until("2026-10-12 02:00")

    (post,) = await scene.sent()
    run = (await scene.runs())[0]
    assert post.text == "早，新的一天开门啦。\n今天是 10月12日，周一。"
    assert post.buttons == {"打卡": f"checkin:{run.id}"}
    assert (post.key, post.subject) == (f"run:{run.id}:post", f"run:{run.id}")


async def test_where_there_are_no_buttons_one_line_says_how(scene: Scene) -> None:
    scene.can = LITTLE
    await scene.open()

    await scene.until("2026-10-12 02:00")

    (post,) = await scene.sent()
    assert post.text.endswith("@我说声「早」，就算打卡。")
    assert post.buttons == {}


async def test_the_greeting_is_never_the_same_twice_running(scene: Scene) -> None:
    await scene.open()

    await scene.until("2026-10-26 02:00")

    greetings = [text.split("\n")[0] for text in await scene.posts()]
    assert len(greetings) == 15
    assert all(one != next_one for one, next_one in pairwise(greetings))
    assert len(set(greetings[:7])) == 7


async def test_greetings_of_the_config_rotate_even_when_they_change_places(database: Database) -> None:
    scene = Scene(database, rituals=[replace(MORNING, texts=("早", "安", "好"))])
    await scene.open()
    await scene.until("2026-10-14 02:00")
    assert [text[0] for text in await scene.posts()] == ["早", "安", "好"]

    scene.rituals = [replace(MORNING, texts=("好", "早"))]
    scene.clock()
    await scene.until("2026-10-16 02:00")
    assert [text[0] for text in await scene.posts()][3:] == ["早", "好"]


async def test_the_counter_is_one_edit_in_place_with_the_last_three_names(scene: Scene) -> None:
    await scene.open()
    await scene.until("2026-10-12 02:00")

    await scene.come("张哥", "小雨", "老王")
    await scene.come("阿福")

    (edit,) = await scene.sent(kind=DeliveryKind.EDIT)
    assert edit.text.endswith("\n\n已有 4 人打卡，刚到的是阿福、老王、小雨。")
    assert edit.text.startswith("早，新的一天开门啦。\n今天是 10月12日")
    assert list(edit.buttons) == ["打卡"]
    assert not any(isinstance(part, Mention) for part in edit.message.text)
    assert len(await scene.sent()) == 1


async def test_where_posts_cannot_be_edited_nothing_is_said_until_the_summary(scene: Scene) -> None:
    scene.can = LITTLE
    await scene.open()
    await scene.until("2026-10-12 02:00")

    await scene.come("张哥")
    await scene.until("2026-10-12 14:00")

    assert await scene.sent(kind=DeliveryKind.EDIT) == []
    assert len(await scene.posts()) == 2


async def test_the_evening_counts_welcomes_the_new_and_takes_the_button_away(scene: Scene) -> None:
    await scene.open()
    await scene.until("2026-10-12 02:00")
    await scene.come("张哥", "小雨")

    await scene.until("2026-10-12 13:00")

    summary = (await scene.sent())[-1]
    assert summary.text == "今天有 2 位打了卡，明天见。\n第一次打卡：张哥、小雨，欢迎。"
    assert [part.name for part in summary.message.text if isinstance(part, Mention)] == ["张哥", "小雨"]
    last_edit = (await scene.sent(kind=DeliveryKind.EDIT))[-1]
    assert last_edit.buttons == {}
    assert "已有 2 人打卡" in last_edit.text
    run = (await scene.runs())[0]
    assert (run.state, run.data["people"]) == (RunState.CLOSED, 2)


async def test_a_welcome_is_said_once_and_long_lists_of_names_are_cut(scene: Scene) -> None:
    await scene.open()
    await scene.until("2026-10-12 02:00")
    await scene.come(*(f"友{number}" for number in range(12)))
    await scene.until("2026-10-12 14:00")
    assert "友7等，还有 4 位" in (await scene.posts())[-1]

    await scene.until("2026-10-13 02:00")
    await scene.come("友1")
    await scene.until("2026-10-13 14:00")

    assert (await scene.posts())[-1] == "今天有 1 位打了卡，明天见。"


async def test_nobody_came_so_nothing_is_said_and_the_run_says_so(scene: Scene) -> None:
    await scene.open()

    await scene.until("2026-10-12 14:00")

    assert len(await scene.posts()) == 1
    assert (await scene.runs())[0].reason == "nobody_came"


async def live(scene: Scene, days: list[str], *names: str) -> None:
    """Let people check in on each of these days."""
    for day in days:
        await scene.until(f"2026-{day} 02:00")
        await scene.come(*names)
    await scene.until(f"2026-{days[-1]} 14:00")


async def test_a_streak_of_seven_is_named_and_a_gap_starts_over_without_a_word(scene: Scene) -> None:
    await scene.open()
    week = [f"10-{day}" for day in range(12, 19)]
    await live(scene, week[:3], "张哥", "小雨")
    await live(scene, week[3:4], "张哥")
    await live(scene, week[4:], "张哥", "小雨")

    posts = await scene.posts()
    assert posts[-1] == "今天有 2 位打了卡，明天见。\n连续打卡 7 天：张哥，了不起。"
    assert not any("连续" in post for post in posts[:-1])


async def test_a_workday_streak_survives_weekend_holiday_and_make_up_day(database: Database) -> None:
    """Lunar New Year 2026: worked on Saturday 02-14 and 02-28, off from 02-15 to 02-23."""
    scene = Scene(
        database, FakeClock(at("2026-02-10 00:00")), [replace(MORNING, calendar="workdays")]
    )  # fmt: skip
    await scene.open()

    await live(scene, ["02-10", "02-11", "02-12", "02-13", "02-14", "02-24", "02-25"], "张哥")

    assert "连续打卡 7 天：张哥" in (await scene.posts())[-1]


async def test_a_day_we_missed_or_paused_breaks_nobodys_streak(scene: Scene) -> None:
    await scene.open()
    await live(scene, ["10-12", "10-13", "10-14"], "张哥")
    async with scene.database.begin() as uow:
        await uow.chats.pause(scene.chat_id, at("2026-10-16 00:00"))
    await scene.until("2026-10-16 00:30")
    scene.time.at = at("2026-10-16 05:00")
    await scene.clock().catch_up(scene.time.at)

    await live(scene, ["10-17", "10-18", "10-19", "10-20"], "张哥")

    assert "连续打卡 7 天：张哥" in (await scene.posts())[-1]


async def test_a_long_streak_is_counted_over_many_chunks(scene: Scene) -> None:
    await scene.open()
    async with scene.database.begin() as uow:
        member = await scene.member(uow, "张哥")
        for day in range(1, 100):
            due = at("2026-06-30 01:00") + timedelta(days=day)
            run = await uow.runs.claim(
                ritual="morning", kind="checkin", chat_id=scene.chat_id, day=due.date(), slot="09:00", due=due
            )
            assert run is not None
            await uow.runs.close(run.id)
            await uow.checkins.add(run.id, member.id, due)

    await scene.until("2026-10-12 02:00")
    await scene.come("张哥")
    await scene.until("2026-10-12 14:00")

    assert "连续打卡 100 天：张哥" in (await scene.posts())[-1]


async def test_names_are_parts_and_never_markup(scene: Scene) -> None:
    await scene.open()
    await scene.until("2026-10-12 02:00")

    await scene.come("<b>{count}</b>")
    await scene.until("2026-10-12 14:00")

    assert "<b>{count}</b>" in (await scene.sent())[-1].text


async def test_three_silent_runs_ask_the_admins_once_and_an_answered_one_starts_over(scene: Scene) -> None:
    await scene.open()

    await scene.until("2026-10-17 00:00")

    asked = await scene.sent(private=True)
    assert [sent.text for sent in asked] == ["「车主群」的打卡（morning）连着 3 次没有人回应。还要继续吗？"]
    assert asked[0].buttons == {
        "继续办": f"ritual:keep:morning:{scene.chat_id}",
        "先停掉": f"ritual:off:morning:{scene.chat_id}",
    }

    await scene.until("2026-10-17 02:00")
    await scene.come("张哥")
    await scene.until("2026-10-19 14:00")
    assert len(await scene.sent(private=True)) == 1
    await scene.until("2026-10-20 14:00")
    assert len(await scene.sent(private=True)) == 2


async def test_a_group_we_left_gets_no_summary(scene: Scene) -> None:
    await scene.open()
    await scene.until("2026-10-12 02:00")
    await scene.come("张哥")
    async with scene.database.begin() as uow:
        await uow.chats.change(scene.chat_id, state=ChatState.LEFT)
    await scene.until("2026-10-12 14:00")

    assert len(await scene.posts()) == 1
    assert (await scene.runs())[0].reason == "left"


async def test_a_check_in_asked_for_by_an_admin_is_held_at_once_and_counts_no_milestone_twice(
    scene: Scene,
) -> None:
    await scene.open()
    await live(scene, [f"10-{day}" for day in range(12, 18)], "张哥")
    await scene.until("2026-10-18 02:00")
    await scene.come("张哥")
    async with scene.database.begin() as uow:
        await uow.timers.put(
            "now", "begin", scene.time.at, data={"ritual": "morning", "chat_id": scene.chat_id, "by": None}
        )
    await scene.until("2026-10-18 03:00")
    extra = (await scene.runs())[-1]
    await scene.come("张哥", run=extra)

    await scene.until("2026-10-18 16:00")

    assert extra.slot.startswith("now:")
    assert sum("连续打卡 7 天" in post for post in await scene.posts()) == 1


async def test_a_ritual_unknown_or_asked_for_in_vain_is_explained_to_who_asked(scene: Scene) -> None:
    await scene.open()
    async with scene.database.begin() as uow:
        li = await uow.members.find((await scene.chat()).platform, "601")
        assert li is not None
        data = {"ritual": "nothing", "chat_id": scene.chat_id, "by": li.id}
        await uow.timers.put("now", "begin", scene.time.at, data=data)

    await scene.until("2026-10-12 00:01")

    (told,) = await scene.sent(private=True)
    assert told.text == "您要的活动这会儿没法发到「车主群」：没有这个活动。"
