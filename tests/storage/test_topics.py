"""Topics, their links and who resonates, on both databases (storage/topics.py, resonances.py, moves.py)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import pytest
import sqlalchemy as sa

from storage import tables
from storage.db import Database
from storage.errors import ConflictError, InvalidTransitionError
from storage.records import ChatKind, ChatState, Feedback, FeedbackClass, Platform, Status
from storage.uow import UnitOfWork
from tests.fakes import at

NOW = at("2026-10-12 02:00")


async def people(uow: UnitOfWork, count: int) -> list[int]:
    """Meet so many members."""
    met = await uow.members.meet(Platform.TELEGRAM, [(str(n), f"p{n}", "") for n in range(count)], NOW)
    return [met[str(n)].id for n in range(count)]


async def voices(uow: UnitOfWork, contributors: Sequence[int]) -> list[Feedback]:
    """Capture a feedback of each."""
    chat = await uow.chats.add(
        Platform.TELEGRAM, "-1", ChatKind.GROUP, title="g", state=ChatState.SERVED, language="zh_CN",
        timezone="Asia/Shanghai",
    )  # fmt: skip
    found = [
        await uow.feedback.add(
            chat_id=chat.id, contributor_id=who, captured_by_id=who, message_id=f"m{n}", text=f"t{n}", now=NOW,
            feedback_class=FeedbackClass.SUGGESTION, review_due=NOW + timedelta(days=2),
        )
        for n, who in enumerate(contributors)
    ]  # fmt: skip
    return [feedback for feedback in found if feedback is not None]


async def test_a_link_is_made_once_and_undone(database: Database) -> None:
    async with database.begin() as uow:
        first, second = await voices(uow, await people(uow, 2))
        topic = await uow.topics.add("按钮", None, NOW)
        await uow.topics.link([first, second], topic, by_id=None, now=NOW)
        assert [f.id for f in await uow.topics.list_feedback(topic.id)] == [first.id, second.id]
        with pytest.raises(ConflictError):
            await uow.topics.link([second], topic, by_id=None, now=NOW)
        await uow.topics.unlink(await uow.feedback.get(second.id), NOW)
        assert [f.id for f in await uow.topics.list_feedback(topic.id)] == [first.id]
        assert (await uow.feedback.get(second.id)).topic_id is None


async def test_a_merged_topic_is_found_under_both_names_and_given_back(database: Database) -> None:
    async with database.begin() as uow:
        first, second, third = await voices(uow, await people(uow, 3))
        seven, nine = await uow.topics.add("a", None, NOW), await uow.topics.add("b", None, NOW)
        await uow.topics.link([first], seven, by_id=None, now=NOW)
        await uow.topics.link([second, third], nine, by_id=None, now=NOW)
        await uow.topics.merge(seven, nine, by_id=None, now=NOW)
        assert await uow.topics.find(seven.id) == await uow.topics.find(nine.id)
        assert [f.id for f in await uow.topics.list_feedback(nine.id)] == [first.id, second.id, third.id]
        assert [t.id for t in await uow.topics.list_latest(10)] == [nine.id]
        merged = await uow.topics.find_itself(seven.id)
        assert merged is not None
        with pytest.raises(ConflictError):
            await uow.topics.merge(merged, nine, by_id=None, now=NOW)
        back = await uow.topics.unmerge(merged, nine, NOW)
        assert [f.id for f in back] == [first.id]
        assert [f.id for f in await uow.topics.list_feedback(seven.id)] == [first.id]
        assert [f.id for f in await uow.topics.list_feedback(nine.id)] == [second.id, third.id]


async def test_what_left_a_topic_and_came_back_by_itself_is_not_given_back_with_another(
    database: Database,
) -> None:
    async with database.begin() as uow:
        first, second = await voices(uow, await people(uow, 2))
        seven, nine = await uow.topics.add("a", None, NOW), await uow.topics.add("b", None, NOW)
        await uow.topics.link([first], seven, by_id=None, now=NOW)
        await uow.topics.link([second], nine, by_id=None, now=NOW)
        await uow.topics.merge(seven, nine, by_id=None, now=NOW)
        await uow.topics.unlink(await uow.feedback.get(first.id), NOW)
        await uow.topics.link([await uow.feedback.get(first.id)], nine, by_id=None, now=NOW)
        merged = await uow.topics.find_itself(seven.id)
        assert merged is not None
        assert await uow.topics.unmerge(merged, nine, NOW) == []
        assert (await uow.feedback.get(first.id)).topic_id == nine.id


@pytest.mark.parametrize("seed", range(3))
async def test_after_any_linking_and_undoing_every_voice_is_in_a_topic_that_stands_or_in_none(
    database: Database, seed: int
) -> None:
    draw = random.Random(seed)
    async with database.begin() as uow:
        all_voices = await voices(uow, await people(uow, 6))
        topics = [await uow.topics.add(f"t{n}", None, NOW) for n in range(4)]
        for _ in range(40):
            feedback = await uow.feedback.get(draw.choice(all_voices).id)
            one = await uow.topics.find_itself(draw.choice(topics).id)
            other = await uow.topics.find(draw.choice(topics).id)
            assert one is not None
            assert other is not None
            deed = draw.choice(("link", "unlink", "merge", "unmerge"))
            into = await uow.topics.find(one.id)
            assert into is not None
            if deed == "link" and feedback.topic_id is None:
                await uow.topics.link([feedback], other, by_id=None, now=NOW)
            elif deed == "unlink" and feedback.topic_id is not None:
                await uow.topics.unlink(feedback, NOW)
            elif deed == "merge" and into.id != other.id:
                await uow.topics.merge(into, other, by_id=None, now=NOW)
            elif deed == "unmerge" and one.merged_into_id is not None:
                await uow.topics.unmerge(one, into, NOW)
            standing = {topic.id for topic in await uow.topics.list_latest(10)}
            for each in all_voices:
                found = await uow.feedback.get(each.id)
                assert found.topic_id is None or found.topic_id in standing
            held = sum((await uow.topics.count_feedback(list(standing))).values())
            assert held == sum([(await uow.feedback.get(v.id)).topic_id is not None for v in all_voices])


async def test_people_are_counted_once_however_often_they_said_it(database: Database) -> None:
    async with database.begin() as uow:
        zhang, yu, wang, chen = await people(uow, 4)
        first, second, third = await voices(uow, [zhang, zhang, yu])
        topic = await uow.topics.add("按钮", None, NOW)
        await uow.topics.link([first, second, third], topic, by_id=None, now=NOW)
        put = uow.resonances.put
        assert await put(first.id, wang, is_me=True, now=NOW, facet="version", answer="4.2")
        assert not await put(first.id, wang, is_me=True, now=NOW)
        assert await put(third.id, wang, is_me=True, now=NOW, facet="version", answer="4.2")
        assert await put(third.id, zhang, is_me=True, now=NOW)
        assert await put(second.id, chen, is_me=False, now=NOW, facet="version", answer="4.1")
        spread = await uow.resonances.count_([first.id, second.id, third.id], topic.id)
        assert (spread.me, spread.not_me) == (3, 1)
        assert spread.mine == Counter({("version", "4.2"): 1})
        assert spread.others == Counter({("version", "4.1"): 1})
        assert await uow.resonances.drop(second.id, chen)
        assert (await uow.resonances.count_([first.id, second.id, third.id])).not_me == 0


async def test_what_a_contributor_reported_counts_as_their_facet(database: Database) -> None:
    async with database.begin() as uow:
        zhang, yu = await people(uow, 2)
        first, second = await voices(uow, [zhang, yu])
        rows = [
            {
                "feedback_id": first.id,
                "key": "version",
                "value": "4.2",
                "source": "",
                "is_skipped": False,
                "at": NOW,
            },
            {
                "feedback_id": second.id,
                "key": "version",
                "value": "",
                "source": "",
                "is_skipped": True,
                "at": NOW,
            },
        ]
        await uow.connection.execute(sa.insert(tables.facts), rows)
        await uow.resonances.remember(yu, "model", "L", NOW)
        spread = await uow.resonances.count_([first.id, second.id])
        assert spread.mine == Counter({("version", "4.2"): 1, ("model", "L"): 1})


async def test_who_follows_several_is_a_listener_once_and_a_contributor_never(database: Database) -> None:
    async with database.begin() as uow:
        zhang, yu, wang, chen = await people(uow, 4)
        first, second = await voices(uow, [zhang, yu])
        for feedback, who in ((first, wang), (second, wang), (second, chen), (second, zhang)):
            await uow.followers.add(feedback.id, who, NOW)
        await uow.resonances.put(first.id, wang, is_me=True, now=NOW)
        listeners = await uow.resonances.list_listeners([first.id, second.id])
        found = [(listener.member_id, listener.feedback_id, listener.is_me) for listener in listeners]
        assert found == [(wang, first.id, True), (chen, second.id, False)]


async def test_all_move_or_none_does(database: Database) -> None:
    async with database.begin() as uow:
        zhang, yu = await people(uow, 2)
        first, second = await voices(uow, [zhang, yu])
        moved = await uow.moves.change_all(
            [first, second], Status.PLANNED, by_id=yu, note="跟 4.3", now=NOW, owner_id=yu,
            planned_for=NOW.date(),
        )  # fmt: skip
        assert [(f.id, f.status, f.version == c.id, f.owner_id, f.planned_for) for f, c in moved] == [
            (f.id, Status.PLANNED, True, yu, NOW.date()) for f in (first, second)
        ]
        changes = await uow.feedback.list_changes(second.id)
        assert [(c.before, c.after, c.note) for c in changes] == [(Status.RECEIVED, Status.PLANNED, "跟 4.3")]
    async with database.begin() as uow:
        with pytest.raises(ConflictError):  # the second is older than what is stored
            async with uow.savepoint():
                await uow.moves.change_all([moved[0][0], second], Status.RESOLVED, by_id=yu, note="", now=NOW)
        assert {f.status for f in await uow.moves.list_by_id([first.id, second.id])} == {Status.PLANNED}
        with pytest.raises(InvalidTransitionError):
            await uow.moves.change_all([moved[0][0]], Status.ANSWERED, by_id=yu, note="", now=NOW)


async def test_who_resonated_through_a_topic_hears_of_what_leaves_it(database: Database) -> None:
    async with database.begin() as uow:
        zhang, yu, wang, chen = await people(uow, 4)
        first, second = await voices(uow, [zhang, yu])
        topic = await uow.topics.add("按钮", None, NOW)
        await uow.topics.link([first, second], topic, by_id=None, now=NOW)
        await uow.resonances.put(first.id, wang, is_me=True, now=NOW, through_topic_id=topic.id)
        await uow.resonances.put(first.id, chen, is_me=False, now=NOW, through_topic_id=topic.id)
        assert await uow.resonances.follow_through(topic.id, second.id, NOW) == 1
        assert await uow.followers.list_of(second.id) == [wang]
        assert await uow.resonances.follow_along([second.id], first.id, NOW) == 2
        assert await uow.followers.list_of(first.id) == [yu, wang]
        assert await uow.resonances.follow_along([second.id], first.id, NOW) == 0


async def test_what_a_member_says_of_themselves_is_remembered(database: Database) -> None:
    async with database.begin() as uow:
        (zhang,) = await people(uow, 1)
        assert await uow.resonances.recall(zhang, "version") == ""
        await uow.resonances.remember(zhang, "version", "4.2", NOW)
        await uow.resonances.remember(zhang, "version", "4.3", NOW)
        assert await uow.resonances.recall(zhang, "version") == "4.3"
