"""Covers anew what hides people: with the newest key, and for the first time what is of before it was covered at all.

Some hundred rows a transaction, while the bot runs. Called by `huixiang keys rotate`, at start, and once a day.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime

from bot.veil import KeyRing
from handlers import mailbag
from handlers.hidden import free_mark, scope_of
from storage.db import Database
from storage.letters import PLAIN, Kept
from storage.uow import UnitOfWork
from storage.veils import Way

_AT_ONCE = 200
_PAUSE_SECONDS = 1.0  # nobody who wants to write waits long
_LOOK_SECONDS = 600.0
_COVERED = "letters.covered"  # that nothing is plain
_STIRRED = "letters.stirred"  # on which day they were


async def cover_plain(database: Database, ring: KeyRing) -> None:
    """Cover what an older version left plain: marks of aliases, and whether their letters wait."""
    if not ring.is_up:
        return
    async with database.read() as uow:
        if await uow.audit.recall(_COVERED):
            return
    done = 1
    while done:
        async with database.read() as uow:
            ways, letters = await uow.veils.list_unmarked(_AT_ONCE), await uow.letters.list_plain(_AT_ONCE)
        async with database.begin() as uow:
            if not ways and not letters:
                await uow.audit.remember(_COVERED, "1")
                return
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
                done += await _cover_way(uow, way, ring)
    return done, lost


async def cover_letters(
    database: Database, ring: KeyRing, *, all_anew: bool = False, pause_seconds: float = 0.0
) -> None:
    """Cover with the newest key what became of every letter; `all_anew` those as well that are covered with it."""
    after = ""
    while True:
        async with database.read() as uow:
            letters = await uow.letters.list_after(after, _AT_ONCE)
        if not letters:
            return
        async with database.begin() as uow:
            await _cover_letters(uow, letters, ring, all_anew=all_anew)
        after = letters[-1].mark
        await asyncio.sleep(pause_seconds)


async def stir(database: Database, ring: KeyRing, now: Callable[[], datetime]) -> None:
    """Cover anew, once a day, what became of letters, until cancelled; without a key there is nothing to do."""
    while ring.is_up:
        await stir_today(database, ring, now(), pause_seconds=_PAUSE_SECONDS)
        await asyncio.sleep(_LOOK_SECONDS)


async def stir_today(database: Database, ring: KeyRing, now: datetime, *, pause_seconds: float = 0.0) -> bool:
    """Cover anew what became of every letter, unless it was done today; tell whether it was not.

    Who has the database of yesterday and of today would else see which rows changed when somebody came back.
    """
    today = now.date().isoformat()
    async with database.read() as uow:
        if await uow.audit.recall(_STIRRED) == today:
            return False
    await cover_letters(database, ring, all_anew=True, pause_seconds=pause_seconds)
    async with database.begin() as uow:
        await uow.audit.remember(_STIRRED, today)
    return True


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
    """Cover and mark one way back; False if no key opens it, or it was forgotten or covered meanwhile."""
    person = _opened(way, ring)
    if person is None:
        return False
    mark = await free_mark(uow, ring, way.platform, person)
    return await uow.veils.replace(way, ring.cover(person, scope_of(way.external_id)), mark)


async def _cover_letters(
    uow: UnitOfWork, letters: Iterable[Kept], ring: KeyRing, *, all_anew: bool = False
) -> int:
    """Cover what became of letters; return of how many.

    What is plain stays so under keys that do not open the way: they may be the wrong ones.
    """
    todo = [each for each in letters if all_anew or not each.covered.startswith(f"{ring.newest}.")]
    plain = {each.member_id for each in todo if each.covered.startswith(PLAIN)}
    shut = {way.member_id for way in await uow.veils.list_by_id(plain) if _opened(way, ring) is None}
    done = 0
    for each in todo:
        fate = mailbag.fate_of(ring, each.member_id, each.covered)
        if not fate or (each.covered.startswith(PLAIN) and each.member_id in shut):
            continue
        done += await uow.letters.replace(each, mailbag.cover(ring, each.member_id, fate))
    return done
