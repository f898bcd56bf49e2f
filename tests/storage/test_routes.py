"""Routes, points and insights: whose hands what is in, whoever moves it. On both databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from storage.errors import ConflictError
from storage.points import Point
from storage.records import Feedback, FeedbackClass, Member, Status
from storage.routes import RouteState
from storage.tables import micros
from storage.uow import UnitOfWork
from tests.storage.test_outbox import NOON, group, member

DUE = NOON + timedelta(days=7)


async def say(uow: UnitOfWork, text: str) -> Feedback:
    who = await member(uow)
    feedback = await uow.feedback.add(
        chat_id=(await group(uow)).id, contributor_id=who.id, captured_by_id=who.id, message_id=text, text=text,
        now=NOON, feedback_class=FeedbackClass.SUGGESTION, review_due=NOON,
    )  # fmt: skip
    assert feedback is not None
    return feedback


async def point_of(uow: UnitOfWork, feedback: Feedback) -> Point:
    found = await uow.points.find(feedback.id)
    assert found is not None
    return found


async def hand(uow: UnitOfWork, feedback: Feedback, department: str = "product") -> bool:
    who: Member = await member(uow)
    point = await point_of(uow, feedback)
    return await uow.routes.open_(point, department, by_id=who.id, now=NOON, due=DUE) is not None


async def test_each_voice_has_a_route_of_its_own(uow: UnitOfWork) -> None:
    one, two = await say(uow, "a"), await say(uow, "b")
    assert await hand(uow, one)
    assert await hand(uow, two)
    assert not await hand(uow, one)
    assert await uow.routes.find(await point_of(uow, await say(uow, "c"))) is None
    assert await uow.routes.count_waiting() == {"product": 2}


async def test_handing_on_leaves_one_open_route(uow: UnitOfWork) -> None:
    one = await say(uow, "a")
    await hand(uow, one)
    await hand(uow, one, "logistics")
    await hand(uow, one)
    assert await uow.routes.count_waiting() == {"product": 1}


async def test_only_the_first_of_two_answers_counts(uow: UnitOfWork) -> None:
    one = await say(uow, "a")
    await hand(uow, one)
    route = await uow.routes.find(await point_of(uow, one))
    assert route is not None
    await uow.routes.answer(route, RouteState.DECLINED, by_id=1, now=NOON)
    with pytest.raises(ConflictError):
        await uow.routes.answer(route, RouteState.ACCEPTED, by_id=1, now=NOON)


async def test_voices_that_become_a_topic_are_one_point_and_keep_their_route(uow: UnitOfWork) -> None:
    one, two = await say(uow, "a"), await say(uow, "b")
    await hand(uow, one)
    topic = await uow.topics.add("按钮", None, NOON)
    await uow.topics.link([one, two], topic, by_id=None, now=NOON)
    point = await point_of(uow, two)
    assert (point.name, [voice.id for voice in point.voices], point.people) == (
        topic.name,
        [one.id, two.id],
        1,
    )
    route = await uow.routes.find(point)
    assert route is not None
    assert (await uow.points.list_of([route]))[route.id].name == topic.name
    assert await hand(uow, two), "the topic itself gets a route, instead of its voice"
    assert await uow.routes.count_waiting() == {"product": 1}


async def test_what_was_merged_into_another_topic_is_found_there(uow: UnitOfWork) -> None:
    one, two = await say(uow, "a"), await say(uow, "b")
    first, second = await uow.topics.add("", None, NOON), await uow.topics.add("", None, NOON)
    await uow.topics.link([one], first, by_id=None, now=NOON)
    await uow.topics.link([two], second, by_id=None, now=NOON)
    await hand(uow, one)
    route = await uow.routes.find(await point_of(uow, one))
    assert route is not None
    await uow.topics.merge(first, second, by_id=None, now=NOON)
    assert (await uow.points.list_of([route]))[route.id].name == second.name


@pytest.mark.parametrize(
    ("after", "state"),
    [
        (Status.PLANNED, RouteState.ACCEPTED),
        (Status.RESOLVED, RouteState.ACCEPTED),
        (Status.DECLINED, RouteState.DECLINED),
    ],
)
async def test_whoever_decides_the_department_is_asked_no_more(
    uow: UnitOfWork, after: Status, state: RouteState
) -> None:
    one = await say(uow, "a")
    await hand(uow, one)
    await uow.feedback.change(
        one, after, by_id=None, note="", now=NOON + timedelta(days=1), planned_for=date(2026, 11, 20)
    )
    route = await uow.routes.find(await point_of(uow, one))
    assert route is not None
    assert (route.state, route.answered_at) == (state, NOON + timedelta(days=1))
    [answered] = await uow.routes.list_answered(NOON - timedelta(days=1))
    assert (answered.done_at is not None) == (after is Status.RESOLVED)


async def test_a_topic_that_moves_as_one_answers_its_route(uow: UnitOfWork) -> None:
    one, two = await say(uow, "a"), await say(uow, "b")
    topic = await uow.topics.add("", None, NOON)
    await uow.topics.link([one, two], topic, by_id=None, now=NOON)
    await hand(uow, one)
    voices = await uow.topics.list_feedback(topic.id)
    await uow.moves.change_all(voices, Status.RESOLVED, by_id=None, note="", now=NOON)
    [answered] = await uow.routes.list_answered(NOON - timedelta(days=1))
    assert (answered.state, answered.done_at) == (RouteState.ACCEPTED, micros(NOON))


async def test_a_voice_that_is_taken_back_leaves_its_department(uow: UnitOfWork) -> None:
    one = await say(uow, "a")
    await hand(uow, one)
    await uow.feedback.change(one, Status.WITHDRAWN, by_id=None, note="", now=NOON)
    assert await uow.routes.count_waiting() == {}


async def test_what_is_with_nobody_the_config_knows_is_listed(uow: UnitOfWork) -> None:
    one, two = await say(uow, "a"), await say(uow, "b")
    await hand(uow, one)
    await hand(uow, two, "gone")
    [stray] = await uow.routes.list_strays(["product"], 10)
    assert stray.feedback_id == two.id
    assert len(await uow.routes.list_strays([], 10)) == 2


async def test_each_point_has_a_sentence_of_its_own(uow: UnitOfWork) -> None:
    one, two = await point_of(uow, await say(uow, "a")), await point_of(uow, await say(uow, "b"))
    by = (await member(uow)).id
    await uow.insights.put(one, by_id=by, now=NOON, sentence="可点区域太小")
    await uow.insights.put(one, by_id=by, now=NOON, decision="放大吗")
    assert (await uow.insights.find(one)).sentence == "可点区域太小"
    assert (await uow.insights.find(one)).decision == "放大吗"
    assert (await uow.insights.find(two)).sentence == ""


async def test_what_came_back_is_asked_anew_and_the_former_answer_still_counts(uow: UnitOfWork) -> None:
    one = await say(uow, "a")
    await hand(uow, one)
    route = await uow.routes.find(await point_of(uow, one))
    assert route is not None
    await uow.routes.answer(
        route, RouteState.ACCEPTED, by_id=1, now=NOON + timedelta(days=1), promised_for=date(2026, 10, 20)
    )
    assert await hand(uow, one)
    assert not await hand(uow, one)
    answered = await uow.routes.list_answered(NOON - timedelta(days=1))
    assert sorted((each.state, each.promised_for) for each in answered) == [
        ("asked", None), ("moved", date(2026, 10, 20)),
    ]  # fmt: skip


async def test_words_that_were_taken_back_are_quoted_nowhere(uow: UnitOfWork) -> None:
    one = await say(uow, "a")
    await uow.feedback.change(one, Status.WITHDRAWN, by_id=None, note="", now=NOON)
    assert (await point_of(uow, one)).quotes == ()
