"""Covering anew: under a new key, and every day, so that two copies of the database tell no more than one."""

from __future__ import annotations

from datetime import timedelta

from bot.adapters.base import UnreachableError
from bot.covering import cover_letters, stir_today
from bot.veil import KeyRing
from handlers import mailbag
from storage.letters import Kept
from tests.talk import LI, ZHANG, Talk

RING = KeyRing((b"a key of exactly thirty-two byte",))


async def posted(talk: Talk) -> list[Kept]:
    """Let a letter arrive at an alias and one wait for it; return what is kept of them."""
    await talk.says(ZHANG, "/private 化名", dm=True)
    await talk.says(ZHANG, "店员说话太难听，我再也不想去了", dm=True)
    await talk.says(LI, "/reply 1 请问是哪一天", dm=True)
    await talk.advance(hours=20)
    talk.adapter.unreachable[ZHANG.external_id] = UnreachableError("blocked")
    await talk.says(LI, "/resolve 1 换了店长", dm=True)
    await talk.advance(hours=20)
    return await kept(talk)


async def kept(talk: Talk) -> list[Kept]:
    """Return what is kept of letters."""
    async with talk.database.read() as uow:
        return await uow.letters.list_after("", 10)


def fates(letters: list[Kept], ring: KeyRing) -> list[str]:
    """Return what became of letters."""
    return [mailbag.fate_of(ring, each.member_id, each.covered).partition(":")[0] for each in letters]


async def test_a_day_later_all_of_it_looks_different_and_says_the_same(talk: Talk) -> None:
    before = await posted(talk)
    assert sorted(fates(before, RING)) == ["sent"] * (len(before) - 1) + ["waits"]
    assert await stir_today(talk.database, RING, talk.now)
    after = await kept(talk)
    assert [each.mark for each in after] == [each.mark for each in before]
    assert fates(after, RING) == fates(before, RING)
    assert not {each.covered for each in after} & {each.covered for each in before}


async def test_it_is_done_once_a_day_whatever_restarts_there_are(talk: Talk) -> None:
    await posted(talk)
    assert await stir_today(talk.database, RING, talk.now)
    before = await kept(talk)
    assert not await stir_today(talk.database, RING, talk.now)
    assert await kept(talk) == before
    assert await stir_today(talk.database, RING, talk.now + timedelta(days=1))


async def test_what_no_key_opens_is_left_as_it_is(talk: Talk) -> None:
    before = await posted(talk)
    other = KeyRing((b"another key of thirty-two bytes.",))
    assert await stir_today(talk.database, other, talk.now)
    await cover_letters(talk.database, other)
    assert await kept(talk) == before
