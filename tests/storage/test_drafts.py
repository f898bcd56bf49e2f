"""Drafts, album pictures, verdicts and held promises: the same on both databases."""

from __future__ import annotations

from datetime import timedelta

from storage.db import Database
from storage.drafts import KEEP_DRAFTS_FOR, Draft
from storage.messages import Message
from storage.promises import Receipt
from storage.records import Attachment, Status, Verdict
from tests.storage.test_facts import voice
from tests.storage.test_outbox import NOON, group, member, tell

PHOTO = Attachment("photo", "file-1", "unique-1")
LATER = NOON + KEEP_DRAFTS_FOR + timedelta(seconds=1)


async def test_a_draft_is_taken_once_and_by_its_author_only(database: Database) -> None:
    async with database.begin() as uow:
        chat, zhang = await group(uow), await member(uow)
        draft = Draft("7", "按钮太小了", "a1", "https://t.me/c/1/7", (PHOTO,), NOON)
        assert await uow.drafts.put(chat.id, zhang.id, draft)
        assert not await uow.drafts.put(chat.id, zhang.id, draft)
        assert await uow.drafts.find_album(chat.id, "a1") == "7"
        assert await uow.drafts.reword(chat.id, "7", "按钮和字都太小了")
        assert await uow.drafts.take(chat.id, zhang.id + 1, "7", NOON) is None
        taken = await uow.drafts.take(chat.id, zhang.id, "7", NOON)
        assert taken == Draft("7", "按钮和字都太小了", "a1", "https://t.me/c/1/7", (PHOTO,), NOON)
        assert await uow.drafts.take(chat.id, zhang.id, "7", NOON) is None
        assert not await uow.drafts.reword(chat.id, "7", "太晚了")


async def test_a_draft_is_gone_after_a_day(database: Database) -> None:
    async with database.begin() as uow:
        chat, zhang = await group(uow), await member(uow)
        await uow.drafts.put(chat.id, zhang.id, Draft("7", "按钮太小了", "", "", (), NOON))
        assert await uow.drafts.take(chat.id, zhang.id, "7", LATER) is None


async def test_pictures_of_an_album_are_kept_once_and_for_a_while(database: Database) -> None:
    async with database.begin() as uow:
        chat = await group(uow)
        await uow.drafts.add_parts(chat.id, "a1", [PHOTO], NOON)
        await uow.drafts.add_parts(chat.id, "a1", [PHOTO], NOON)
        assert await uow.drafts.list_parts(chat.id, "a1") == (PHOTO,)
        await uow.drafts.add_parts(chat.id, "a2", [], LATER)
        assert await uow.drafts.list_parts(chat.id, "a1") == ()


async def test_a_later_verdict_replaces_the_former(database: Database) -> None:
    async with database.begin() as uow:
        feedback, zhang = await voice(uow), await member(uow)
        change = await uow.feedback.change(feedback, Status.RESOLVED, by_id=zhang.id, note="", now=NOON)
        assert await uow.verdicts.find(change.id, zhang.id) is None
        await uow.verdicts.put(change.id, feedback.id, zhang.id, Verdict.CANNOT_TRY, NOON)
        await uow.verdicts.put(change.id, feedback.id, zhang.id, Verdict.STILL, NOON)
        await uow.verdicts.explain(change.id, zhang.id, "横屏还是小")
        assert await uow.verdicts.find(change.id, zhang.id) is Verdict.STILL
        assert [f.id for f in await uow.verdicts.list_asked(zhang.id)] == [feedback.id]


async def test_the_sentence_that_comes_later_is_written_into_the_change(database: Database) -> None:
    async with database.begin() as uow:
        feedback, zhang = await voice(uow), await member(uow)
        change = await uow.feedback.change(feedback, Status.RESOLVED, by_id=zhang.id, note="", now=NOON)
        await uow.feedback.explain(change.id, "横屏还是小")
        assert [c.note for c in await uow.feedback.list_changes(feedback.id)] == ["横屏还是小"]
        assert await uow.feedback.count_of(zhang.id) == 1
        assert await uow.verdicts.list_asked(zhang.id + 1) == []


async def test_what_is_held_for_a_member_is_moved_within_its_bounds(database: Database) -> None:
    async with database.begin() as uow:
        zhang = await member(uow)
        first = await tell(uow, zhang, "soon", NOON)
        await tell(uow, zhang, "later", NOON + timedelta(days=5))
        moved = await uow.outbox.move_held(
            zhang.id, since=NOON, before=NOON + timedelta(days=3), due=NOON + timedelta(days=3)
        )
        assert (moved, first) == (1, NOON)
        soon, later = await uow.promises.find("soon"), await uow.promises.find("later")
        assert soon is not None
        assert later is not None
        assert soon.due_at == NOON + timedelta(days=3)
        assert later.due_at == NOON + timedelta(days=5)
        assert await uow.promises.find_by_id(soon.id) == soon
        assert await uow.promises.find_by_id(9_999) is None


async def test_messages_folded_into_one_know_that_they_are_not_alone(database: Database) -> None:
    async with database.begin() as uow:
        chat = await group(uow)
        ids = []
        for key in ("a", "b", "c"):
            await uow.outbox.put(chat.id, Message(text=(key,)), key=key, now=NOON)
            delivery = await uow.promises.find(key)
            assert delivery is not None
            ids.append(delivery.id)
        await uow.deliveries.mark_sent(ids[:2], Receipt("70"), NOON)
        await uow.deliveries.mark_sent(ids[2:], Receipt("71"), NOON)
        folded, alone = await uow.promises.find("a"), await uow.promises.find("c")
        assert folded is not None
        assert alone is not None
        assert not await uow.promises.is_alone(folded)
        assert await uow.promises.is_alone(alone)


async def test_a_member_is_named_until_they_say_otherwise(database: Database) -> None:
    async with database.begin() as uow:
        zhang = await member(uow)
        assert zhang.is_named
        await uow.members.change(zhang.id, is_named=False)
        assert not (await member(uow)).is_named
        assert await uow.runs.find(9_999) is None
