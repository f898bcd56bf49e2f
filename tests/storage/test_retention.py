"""What is too old goes, a small batch at a time; what a promise still needs stays."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from storage import tables
from storage.consents import Purpose, Scope
from storage.db import Database
from storage.messages import Message
from storage.promises import DeliveryState, Receipt
from storage.records import Feedback, Platform, Status
from storage.retention import ROWS_A_STEP, Kept
from storage.stories import Place, StoryState
from storage.uow import UnitOfWork
from tests.storage.test_facts import voice
from tests.storage.test_outbox import NOON, group

DAYS = timedelta(days=1)
LATER = NOON + 100 * DAYS


async def sweep(database: Database, kept: Kept, before: datetime) -> int:
    """Go through a table to its end; return in how many steps."""
    cursor, steps = None, 0
    while True:
        async with database.begin() as uow:
            cursor = await uow.retention.sweep(kept, before, cursor)
        steps += 1
        if cursor is None:
            return steps


async def count(database: Database, table: sa.Table) -> int:
    async with database.read() as uow:
        return int((await uow.connection.execute(sa.select(sa.func.count()).select_from(table))).scalar_one())


async def sent(uow: UnitOfWork, chat_id: int, key: str, *, subject: str = "", at: datetime = NOON) -> int:
    """Put something that has arrived; return its number."""
    await uow.outbox.put(chat_id, Message(text=(key,)), key=key, now=at, subject=subject)
    delivery = await uow.promises.find(key)
    assert delivery is not None
    await uow.deliveries.mark_sent([delivery.id], Receipt(key), at)
    return delivery.id


async def keys(database: Database) -> set[str]:
    async with database.read() as uow:
        return set((await uow.connection.execute(sa.select(tables.deliveries.c.key))).scalars())


async def closed(uow: UnitOfWork, feedback: Feedback, at: datetime = NOON) -> None:
    await uow.feedback.change(feedback, Status.DECLINED, by_id=None, note="先不做", now=at)


async def test_what_was_sent_long_ago_goes_and_what_waits_stays(database: Database) -> None:
    async with database.begin() as uow:
        chat = await group(uow)
        await sent(uow, chat.id, "old")
        await sent(uow, chat.id, "young", at=LATER - DAYS)
        await uow.outbox.put(chat.id, Message(text=("waits",)), key="waits", now=NOON)
        lost = await sent(uow, chat.id, "lost")
        await uow.deliveries.settle([lost], DeliveryState.DEAD, "gone")
        held = await sent(uow, chat.id, "held")
        await uow.deliveries.settle([held], DeliveryState.WAITING, "unreachable")
    await sweep(database, Kept.DELIVERIES, LATER - 90 * DAYS)
    assert await keys(database) == {"young", "waits", "held"}


async def test_what_can_still_be_edited_or_taken_back_stays(database: Database) -> None:
    async with database.begin() as uow:
        chat = await group(uow)
        feedback = await voice(uow)
        over = await voice(uow, "8", "已经结束的")
        await closed(uow, over)
        await sent(uow, chat.id, "about an open one", subject=f"feedback:{feedback.id}")
        await sent(uow, chat.id, "about one that is over", subject=f"feedback:{over.id}")
        await sent(uow, chat.id, "a topic's card", subject="topic:1")
        await sent(uow, chat.id, "a story", subject=f"story:{over.id}")
        story = await uow.stories.ask(
            over.id, over.contributor_id, "好用", (Place.GROUP,), by_id=over.contributor_id, now=NOON
        )
        assert story is not None
        await uow.stories.change(story, NOON, state=str(StoryState.PUBLISHED), post_key="a story")
    await sweep(database, Kept.DELIVERIES, LATER)
    assert await keys(database) == {"about an open one", "a topic's card", "a story"}


async def test_a_message_goes_after_its_edits(database: Database) -> None:
    async with database.begin() as uow:
        chat = await group(uow)
        await sent(uow, chat.id, "counter")
        await uow.outbox.edit("counter", Message(text=("two",)), now=NOON)
        edit = (await uow.connection.execute(sa.select(sa.func.max(tables.deliveries.c.id)))).scalar_one()
        await uow.deliveries.mark_sent([edit], Receipt("counter"), NOON)
    await sweep(database, Kept.DELIVERIES, LATER)
    assert await keys(database) == {"counter"}
    await sweep(database, Kept.DELIVERIES, LATER)
    assert await keys(database) == set()


async def test_many_rows_go_in_steps_of_a_bounded_size(database: Database) -> None:
    rows = 2 * ROWS_A_STEP + 5
    async with database.begin() as uow:
        lines = [{"at": NOON, "action": "a", "subject": "", "detail": "", "by_id": None}] * rows
        await uow.connection.execute(sa.insert(tables.audit), lines)
    async with database.begin() as uow:
        cursor = await uow.retention.sweep(Kept.AUDIT, LATER, None)
    assert await count(database, tables.audit) == rows - ROWS_A_STEP
    assert cursor is not None
    assert await sweep(database, Kept.AUDIT, LATER) == 2
    assert await count(database, tables.audit) == 0


async def test_seen_marks_quarantine_and_fired_timers_go_by_their_age(database: Database) -> None:
    async with database.begin() as uow:
        for n in range(5):
            await uow.updates.mark_seen(Platform.TELEGRAM, [f"{n}"], NOON + n * DAYS)
            await uow.updates.add_quarantined(Platform.WECOM, "raw", "why", NOON + n * DAYS)
            await uow.timers.put(f"{n}", "held", NOON)
        for n, timer in enumerate((await uow.timers.list_due(NOON))[:4]):
            await uow.timers.claim(timer, NOON + n * DAYS)
    for kept, table, left in (
        (Kept.UPDATES, tables.updates, 3), (Kept.QUARANTINE, tables.quarantine, 3), (Kept.TIMERS, tables.timers, 3),
    ):  # fmt: skip
        await sweep(database, kept, NOON + 2 * DAYS)
        assert await count(database, table) == left, kept


async def test_day_counts_go_and_who_was_met_stays(database: Database) -> None:
    async with database.begin() as uow:
        one, two = await group(uow), await group(uow, "-2")
        people = [(f"{n}", f"m{n}", "") for n in range(250)]
        met = await uow.members.meet(Platform.TELEGRAM, people, NOON)
        pairs = [(chat.id, who.id) for chat in (one, two) for who in met.values()]
        await uow.updates.add_acquaintances(pairs, NOON)
        days = (date(2025, 1, 1), date(2025, 1, 2), date(2026, 10, 12))
        rows = [{"chat_id": c, "member_id": m, "day": day, "messages": 3} for c, m in pairs for day in days]
        await uow.connection.execute(sa.insert(tables.activity), rows)
    await sweep(database, Kept.ACTIVITY, NOON - 400 * DAYS)
    assert await count(database, tables.activity) == 500
    assert await count(database, tables.acquaintances) == 500


async def test_closed_feedback_loses_its_words_and_keeps_that_it_was(database: Database) -> None:
    async with database.begin() as uow:
        feedback = await voice(uow)
        await uow.feedback.edit_text(feedback, "按钮太小了，真的", NOON)
        await uow.notes.add(feedback.id, feedback.contributor_id, "打过电话", NOON)
        await closed(uow, await uow.feedback.get(feedback.id))
        young = await voice(uow, "8", "刚结束的")
        await closed(uow, young, LATER)
        still_open = await voice(uow, "9", "还开着的")
        told = await voice(uow, "10", "还有话没说完的")
        await closed(uow, told)
        await uow.outbox.put(
            told.chat_id, Message(text=("?",)), key="?", now=NOON, subject=f"feedback:{told.id}"
        )
        await uow.consents.give(
            feedback.contributor_id, Purpose.STORY, "feedback:1", Scope.NAMED, NOON, wording="好"
        )
    await sweep(database, Kept.CLOSED_FEEDBACK, LATER - DAYS)
    async with database.read() as uow:
        emptied = await uow.feedback.get(feedback.id)
        assert (emptied.text, emptied.link, emptied.attachments) == ("", "", ())
        assert emptied.status is Status.DECLINED
        assert await uow.feedback.list_versions(feedback.id) == []
        assert await uow.notes.list_of(feedback.id) == []
        assert [change.note for change in await uow.feedback.list_changes(feedback.id)] == [""]
        assert (await uow.feedback.get(young.id)).text == "刚结束的"
        assert (await uow.feedback.get(still_open.id)).text == "还开着的"
        assert (await uow.feedback.get(told.id)).text == "还有话没说完的"


async def test_that_staff_asked_for_a_draft_is_forgotten_in_time(database: Database) -> None:
    async with database.begin() as uow:
        feedback = await voice(uow)
        await uow.drafting.ask(feedback.id, feedback.contributor_id, "zh_CN", NOON)
        await uow.drafting.ask(feedback.id, feedback.contributor_id, "zh_CN", LATER)
    assert await count(database, tables.wanted_drafts) == 2
    await sweep(database, Kept.DRAFTS, LATER - DAYS)
    assert await count(database, tables.wanted_drafts) == 1


async def test_the_copy_of_an_export_is_emptied_once_it_was_sent(database: Database) -> None:
    async with database.begin() as uow:
        chat = await group(uow)
        await sent(uow, chat.id, "mydata:telegram:u1")
        await sent(uow, chat.id, "mydatb")
        await uow.outbox.put(chat.id, Message(text=("waits",)), key="mydata:telegram:u2", now=NOON)
        await uow.retention.empty_copies(NOON + DAYS)
        rows = await uow.connection.execute(sa.select(tables.deliveries.c.key, tables.deliveries.c.content))
    kept = {key for key, content in rows if "…" not in content}
    assert kept == {"mydatb", "mydata:telegram:u2"}
