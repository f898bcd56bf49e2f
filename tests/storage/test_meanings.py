"""The index of meaning, on both databases; the vectors are made up."""

from __future__ import annotations

import sqlalchemy as sa

from storage import search, tables
from storage.db import Database
from storage.meanings import POOLS, Sense
from storage.records import OPEN, Feedback, FeedbackClass, Status
from storage.text.meaning import Codes
from storage.uow import UnitOfWork
from tests.meanings import needs_extra, pointing
from tests.storage.test_likeness import NOW, capture

pytestmark = needs_extra
TOPICS = {"按钮太小": "size", "图标点不准": "size", "座椅太硬": "seat", "续航太短": "range"}


async def fill(uow: UnitOfWork) -> list[int]:
    """Capture all texts and index them."""
    numbers = [await capture(uow, text) for text in TOPICS]
    vectors = [pointing((topic, 1.0), (text, 0.3)) for text, topic in TOPICS.items()]
    await uow.meanings.put_all(dict(zip(numbers, vectors, strict=True)))
    return numbers


async def repeat(uow: UnitOfWork, one: Feedback, text: str) -> int:
    """Capture something else of the same person in the same place."""
    found = await uow.feedback.add(
        chat_id=one.chat_id, contributor_id=one.contributor_id, captured_by_id=one.contributor_id, message_id=text,
        text=text, now=NOW, feedback_class=FeedbackClass.SUGGESTION, review_due=NOW,
    )  # fmt: skip
    assert found is not None
    return found.id


async def test_what_means_the_same_is_nearest_and_the_closed_and_the_asked_are_left_out(
    database: Database,
) -> None:
    async with database.begin() as uow:
        small, icons, seat, _ = await fill(uow)
        sense = Sense(pointing(("size", 1.0)), Codes())
        found = await uow.meanings.nearest(sense, 2)
        assert set(found) == {small, icons}
        assert all(cosine > 0.9 for cosine in found.values())
        assert next(iter(await uow.meanings.nearest(sense, 5, apart_from=icons))) == small
        assert icons not in await uow.meanings.nearest(sense, 5, apart_from=icons)
        await uow.feedback.amend(small, NOW, status=str(Status.VERIFIED))
        assert small not in await uow.meanings.nearest(sense, 5)
        assert next(iter(await uow.meanings.nearest(sense, 5, {Status.VERIFIED}))) == small
        assert (await uow.meanings.nearest(sense, 5))[seat] < 0.5


async def test_open_ones_are_found_behind_hundreds_of_nearer_closed_ones(database: Database) -> None:
    async with database.begin() as uow:
        still_open = await uow.feedback.get(await capture(uow, "座椅太硬"))
        closed = [await repeat(uow, still_open, f"按钮太小 {number}") for number in range(POOLS[1] + 4)]
        vectors = [pointing(("size", 1.0), (str(number), 0.1)) for number in closed]
        await uow.meanings.put_all(dict(zip(closed, vectors, strict=True)))
        await uow.meanings.put_all({still_open.id: pointing(("seat", 1.0))})
        others = sa.update(tables.feedback).where(tables.feedback.c.id != still_open.id)
        await uow.connection.execute(others.values(status=str(Status.VERIFIED)))
        found = await uow.meanings.nearest(Sense(pointing(("size", 1.0)), Codes()), 5)
    assert list(found) == [still_open.id]


async def test_an_edited_text_waits_for_its_new_vector_and_readers_see_it_come(database: Database) -> None:
    async with database.begin() as uow:
        small, *_ = await fill(uow)
        codes = Codes()
        assert await uow.meanings.refresh(codes)
        assert len(codes) == len(TOPICS)
        await uow.feedback.edit_text(await uow.feedback.get(small), "续航太短了", NOW)
        assert await uow.meanings.find(small) is None
        assert await uow.meanings.list_pending(10) == [(small, "续航太短了")]
        await uow.meanings.put_all({small: pointing(("range", 1.0))})
        assert await uow.meanings.list_pending(10) == []
        found = await uow.meanings.nearest(Sense(pointing(("range", 1.0)), codes), 5)
    assert next(iter(found)) == small
    assert len(codes) == len(TOPICS)


async def test_another_model_begins_the_index_anew(database: Database) -> None:
    async with database.begin() as uow:
        assert await uow.meanings.name_model("one")
        numbers = await fill(uow)
        assert not await uow.meanings.name_model("one")
        assert await uow.meanings.list_pending(10) == []
        assert await uow.meanings.name_model("two")
        assert [number for number, _ in await uow.meanings.list_pending(10)] == numbers


async def test_a_member_who_is_forgotten_leaves_no_vector(database: Database) -> None:
    async with database.begin() as uow:
        small, *_ = await fill(uow)
        member = (await uow.feedback.get(small)).contributor_id
        await uow.forgetting.forget(await uow.members.get(member), name="-", deletes=True, now=NOW)
        assert await uow.meanings.find(small) is None


async def test_words_and_meaning_together_find_both_kinds_of_likeness(database: Database) -> None:
    from storage.nearness import nearest

    async with database.begin() as uow:
        small, icons, seat, range_ = await fill(uow)
        words = {small: ["按钮", "太小"], icons: ["图标", "点不准"], seat: ["座椅", "太硬"], range_: ["续航"]}
        await uow.likeness.put_all(words)
        sense = Sense(pointing(("size", 1.0)), Codes())
        found = await nearest(uow, ["按钮", "老人"], sense, 3)
        by_words = await nearest(uow, ["按钮", "老人"], None, 3)
    assert [one.item for one in found][:2] == [small, icons]
    assert found[0].words == ("按钮",)
    assert (found[1].words, found[1].is_alike, found[1].by_meaning) == ((), True, True)
    assert not found[2].is_alike
    assert [one.item for one in by_words] == [small]


async def test_a_meaning_on_its_way_is_waited_for_and_one_that_never_comes_leaves_it_to_words(
    database: Database,
) -> None:
    from storage.nearness import nearest

    async def coming(sense: Sense | None) -> Sense | None:
        return sense

    async with database.begin() as uow:
        small, *_ = await fill(uow)
        await uow.likeness.put_all({small: ["按钮", "太小"]})
        sense, asked = Sense(pointing(("size", 1.0)), Codes()), ["按钮", "老人"]
        assert await nearest(uow, asked, coming(sense), 3) == await nearest(uow, asked, sense, 3)
        by_words = await nearest(uow, asked, None, 3)
        assert await nearest(uow, asked, coming(None), 3) == by_words
        assert await search.find(uow, asked, coming(sense), OPEN, 3) == await search.find(
            uow, asked, sense, OPEN, 3
        )
    assert [one.item for one in by_words] == [small]
