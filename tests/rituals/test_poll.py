"""The poll: a bank that rotates, a result with a picture, and staff's own questions beside it."""

from typing import Any

import pytest

from rituals.base import Question, RitualSettings
from storage.db import Database
from storage.messages import Ballot, Message, plain
from storage.promises import DeliveryKind
from storage.runs import Run, RunState
from tests.fakes import LITTLE, at
from tests.scene import Scene

BANK = (
    Question("周末去哪儿？", ("爬山", "看海", "宅家")),
    Question("早餐吃什么？", ("包子", "面包")),
    Question("猫还是狗？", ("猫", "狗")),
)
ENGLISH = Question("Where to?", ("Hills", "Sea"), language="en")
CHINESE = Question("去哪儿？", ("山", "海"), language="zh_CN")
WEEKEND = RitualSettings("weekend", "poll", "0 16 * * fri", close="0 20 * * sun", questions=BANK)


@pytest.fixture
def scene(database: Database) -> Scene:
    """Give a group with a poll from Friday 16:00 to Sunday 20:00, on a Monday morning."""
    return Scene(database, rituals=[WEEKEND])


async def vote(scene: Scene, *votes: tuple[str, int], run: Run | None = None) -> None:
    async with scene.database.begin() as uow:
        run = run or await uow.runs.find_open(scene.chat_id, "poll")
        assert run is not None
        for name, choice in votes:
            member = await scene.member(uow, name)
            await uow.polls.vote(run.id, member.id, [choice], scene.time.at)


async def ask(scene: Scene, key: str, **data: Any) -> None:
    async with scene.database.begin() as uow:
        li = await uow.members.find((await scene.chat()).platform, "601")
        assert li is not None
        data = {"ritual": "poll", "chat_id": scene.chat_id, "by": li.id, **data}
        await uow.timers.put(key, "begin", scene.time.at, data=data)
    await scene.clocks[-1].run_due(scene.time.at)


async def test_a_native_poll_opens_on_friday_and_closes_on_sunday_with_a_result(scene: Scene) -> None:
    await scene.open()
    await scene.until("2026-10-16 09:00")
    (post,) = await scene.sent()
    assert post.message.ballot == Ballot("周末去哪儿？", ("爬山", "看海", "宅家"))

    await vote(scene, ("张哥", 0), ("小雨", 0), ("老王", 2))
    await scene.until("2026-10-18 12:00")

    summary = (await scene.sent())[-1]
    assert summary.text == "「周末去哪儿？」有结果了：「爬山」得票最多，3 人里有 2 人选它。"
    picture = summary.message.picture
    assert picture is not None
    assert (picture.template, picture.rows) == ("poll", (("爬山", 2), ("看海", 0), ("宅家", 1)))
    assert [s.key for s in await scene.sent(kind=DeliveryKind.CLOSE_POLL)] == [f"close:{post.key}"]
    (run,) = await scene.runs("weekend")
    assert (run.state, run.closes_at) == (RunState.CLOSED, at("2026-10-18 12:00"))


async def test_ties_are_stated(scene: Scene) -> None:
    await scene.open()
    await scene.until("2026-10-16 09:00")

    await vote(scene, ("张哥", 0), ("小雨", 1))
    await scene.until("2026-10-18 12:00")

    assert (await scene.posts())[-1] == "「周末去哪儿？」打成平手：「爬山」、「看海」，2 人参与，各得 1 票。"


async def test_nobody_voted_is_one_gentle_line_without_a_picture(scene: Scene) -> None:
    await scene.open()

    await scene.until("2026-10-18 12:00")

    last = (await scene.sent())[-1]
    assert "下次换个话题" in last.text
    assert last.message.picture is None


async def test_no_question_comes_again_until_all_were_asked(scene: Scene) -> None:
    await scene.open()

    await scene.until("2026-11-28 00:00")

    asked = [run.data["question"] for run in await scene.runs("weekend")]
    assert asked == [question.ask for question in BANK] * 2 + [BANK[0].ask]


async def test_a_question_added_to_the_bank_comes_before_the_old_ones_again(scene: Scene) -> None:
    await scene.open()
    await scene.until("2026-10-31 00:00")

    new = Question("喝茶还是咖啡？", ("茶", "咖啡"))
    scene.rituals = [
        RitualSettings("weekend", "poll", "0 16 * * fri", close="0 20 * * sun", questions=(*BANK, new))
    ]
    scene.clock()
    await scene.until("2026-11-07 00:00")

    assert (await scene.runs("weekend"))[-1].data["question"] == new.ask


@pytest.mark.parametrize(
    ("bank", "asked"),
    [((ENGLISH, CHINESE, BANK[0]), {CHINESE.ask, BANK[0].ask}), ((ENGLISH,), {ENGLISH.ask})],
    ids=["some in it", "none in it"],
)
async def test_a_group_is_asked_what_is_written_in_its_language_if_anything_is(
    database: Database, bank: tuple[Question, ...], asked: set[str]
) -> None:
    weekend = RitualSettings("weekend", "poll", "0 16 * * fri", close="0 20 * * sun", questions=bank)
    scene = Scene(database, rituals=[weekend])
    await scene.open()
    await scene.until("2026-10-31 00:00")
    assert {run.data["question"] for run in await scene.runs("weekend")} == asked


async def test_an_empty_bank_is_skipped_and_recorded(database: Database) -> None:
    scene = Scene(database, rituals=[RitualSettings("weekend", "poll", "0 16 * * fri")])
    await scene.open()

    await scene.until("2026-10-17 00:00")

    assert [(run.state, run.reason) for run in await scene.runs("weekend")] == [
        (RunState.SKIPPED, "no_questions")
    ]
    assert await scene.posts() == []


async def test_where_polls_are_not_native_the_options_are_numbered(scene: Scene) -> None:
    scene.can = LITTLE
    await scene.open()

    await scene.until("2026-10-16 09:00")

    (post,) = await scene.sent()
    assert plain(post.message.text) == (
        "周末去哪儿？\n1. 爬山\n2. 看海\n3. 宅家\n\n@我说「投票 2」就算投给第 2 项，改主意再说一次就行。"
    )
    assert post.message.ballot is None
    await scene.until("2026-10-18 12:00")
    assert await scene.sent(kind=DeliveryKind.CLOSE_POLL) == []


async def test_a_poll_of_staffs_own_is_held_at_once_beside_the_open_one(scene: Scene) -> None:
    await scene.open()
    await scene.until("2026-10-16 09:00")

    await ask(scene, "own", question="聚餐吃什么？", options=["火锅", "烧烤"], multiple=True)

    (own,) = await scene.runs("poll")
    assert (own.state, own.closes_at) == (RunState.OPEN, at("2026-10-17 09:00"))
    assert (await scene.sent())[-1].message.ballot == Ballot("聚餐吃什么？", ("火锅", "烧烤"), multiple=True)
    assert (await scene.runs("weekend"))[0].state is RunState.OPEN

    await vote(scene, ("张哥", 1), run=own)
    await scene.until("2026-10-17 09:00")
    assert "「烧烤」得票最多" in (await scene.posts())[-1]


async def test_a_fourth_poll_is_put_off_and_who_asked_is_told(scene: Scene) -> None:
    await scene.open()

    for number in range(4):
        await ask(scene, f"own{number}", question=f"第{number}问", options=["是", "否"])

    assert [run.reason for run in await scene.runs("poll")] == ["", "", "", "too_many"]
    assert len(await scene.posts()) == 3
    (told,) = await scene.sent(private=True)
    assert told.text.endswith("已经有三个投票开着。")


async def test_staffs_own_question_leaves_the_bank_and_the_silence_question_alone(scene: Scene) -> None:
    await scene.open()
    for number in range(3):
        await ask(scene, f"own{number}", question=f"第{number}问", options=["是", "否"])

    await scene.until("2026-10-16 09:00")

    assert (await scene.runs("weekend"))[0].data["question"] == BANK[0].ask
    assert await scene.sent(private=True) == []


async def test_a_result_is_owed_even_when_the_budget_is_used_up(scene: Scene) -> None:
    await scene.open()
    await scene.until("2026-10-16 09:00")
    await vote(scene, ("张哥", 0))
    await scene.until("2026-10-18 11:00")
    async with scene.database.begin() as uow:
        for number in range(4):
            await uow.outbox.put(
                scene.chat_id, Message(("谢谢",)), key=f"x{number}", now=scene.time.at, is_unprompted=True
            )

    await scene.until("2026-10-18 12:00")

    assert "得票最多" in (await scene.posts())[-1]
