"""Covers anew what hides people: with the newest key, and for the first time what is of before it was covered at all.

Some hundred rows a transaction, while the bot runs. Called by `huixiang keys rotate` and at start.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable

from bot.veil import KeyRing
from handlers import mailbag
from handlers.hidden import free_mark, scope_of
from storage.db import Database
from storage.letters import PLAIN, Kept, random_mark
from storage.uow import UnitOfWork
from storage.veils import Way

_AT_ONCE = 500


async def cover_plain(database: Database, ring: KeyRing) -> None:
    """Cover what an older version left plain: marks of aliases, and whether their letters wait."""
    done = 1
    while ring.is_up and done:
        async with database.read() as uow:
            ways = [way for way in await uow.veils.list_unmarked(_AT_ONCE) if _opened(way, ring) is not None]
            letters = await uow.letters.list_plain(_AT_ONCE)
        if not ways and not letters:
            return
        async with database.begin() as uow:
            done = sum([await _cover_way(uow, way, ring) for way in ways])
            done += await _cover_letters(uow, letters, ring)


async def cover_ways(database: Database, ring: KeyRing) -> tuple[int, int]:
    """Cover every way back with the newest key; return how many were, and how many no key opens."""
    done = lost = 0
    async for some in ways(database):
        async with database.begin() as uow:
            for way in some:
                if way.covered.startswith(f"{ring.newest}.") and way.mark:
                    continue
                if _opened(way, ring) is None:
                    lost += 1
                    continue
                done += await _cover_way(uow, way, ring)
    return done, lost


async def cover_letters(database: Database, ring: KeyRing) -> None:
    """Cover with the newest key what became of every letter, and mark those that arrived by it."""
    after = ""
    while True:
        async with database.read() as uow:
            letters = await uow.letters.list_after(after, _AT_ONCE)
        if not letters:
            return
        async with database.begin() as uow:
            await _cover_letters(uow, letters, ring)
        after = letters[-1].mark


async def ways(database: Database) -> AsyncIterator[list[Way]]:
    """Yield all ways back, some hundred at a time."""
    after = 0
    while True:
        async with database.read() as uow:
            found = await uow.veils.list_after(after, _AT_ONCE)
        if not found:
            return
        yield found
        after = found[-1].member_id


def _opened(way: Way, ring: KeyRing) -> str | None:
    return ring.uncover(way.covered, scope_of(way.external_id))


async def _cover_way(uow: UnitOfWork, way: Way, ring: KeyRing) -> bool:
    """Cover and mark one way back; False if it was forgotten or covered meanwhile."""
    person = _opened(way, ring)
    assert person is not None  # noqa: S101 - who calls has looked
    mark = await free_mark(uow, ring, way.platform, person)
    return await uow.veils.replace(way, ring.cover(person, scope_of(way.external_id)), mark)


async def _cover_letters(uow: UnitOfWork, letters: Iterable[Kept], ring: KeyRing) -> int:
    """Cover what became of letters, and mark each anew: by its number if it arrived, else by chance.

    Returns how many were. What is plain stays so under keys that do not open the way: they may be the wrong ones.
    """
    todo = [each for each in letters if each.covered and not each.covered.startswith(f"{ring.newest}.")]
    ways = {way.member_id: way for way in await uow.veils.list_by_id({each.member_id for each in todo})}
    done = 0
    for each in todo:
        fate = mailbag.fate_of(ring, each.member_id, each.covered)
        way, number, is_plain = (
            ways.get(each.member_id),
            mailbag.number_in(fate),
            each.covered.startswith(PLAIN),
        )
        person = None if way is None else _opened(way, ring)
        if not fate or (is_plain and way is not None and person is None):
            continue
        mark = random_mark()
        if is_plain or fate == mailbag.sent(""):
            mark = each.mark  # its number is known no more
        elif number and way is not None and person is not None:
            mark = mailbag.mark_of_letter(ring, way.platform, person, number)
        done += await uow.letters.replace(each, mark, mailbag.cover(ring, each.member_id, fate))
    return done
