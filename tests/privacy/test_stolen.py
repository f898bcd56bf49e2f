"""What a thief reads in the database without the key: two worlds that differ only in who an alias is look the same."""

from __future__ import annotations

import asyncio
import logging
import re
import shutil
import sqlite3
import zlib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.adapters.base import Parcel, PermanentError, SendError, UnreachableError
from bot.core import Core, CoreSettings
from bot.veil import KeyRing
from handlers.base import Settings
from rituals.base import Settings as RitualsSettings
from storage import tables
from storage.db import Database
from storage.manners import Manners
from storage.promises import Receipt
from storage.records import ChatKind, ChatState, Role
from storage.staff import CONFIG, Grant
from tests.conftest import TAGS, WORDS, FixedTriage
from tests.fakes import FakeAdapter, FakeClock, at
from tests.privacy.cast import HE, JIANG, MIN, QUAN
from tests.privacy.outputs import Lines
from tests.talk import GROUP, LI, PLATFORM, Person, Talk

COVERED = re.compile(r"\b[0-9a-f]{8}\.[A-Za-z0-9_-]{40,}=*")
CHANCE = re.compile(r"\b(?:[0-9a-f]{64}|[0-9a-f]{24})\b")
LONG = "这件事店长很重视，想请您来店里当面聊一聊。" * 30


class Numbering(FakeAdapter):
    """A platform whose numbers do not tell how much was said meanwhile: that is for the platform to hide."""

    async def send(self, parcel: Parcel) -> Receipt:
        """Show a parcel under a number that follows from its key."""
        self.next_id = zlib.crc32(parcel.key.encode())
        return await super().send(parcel)


@dataclass(frozen=True, slots=True)
class Seen:
    """What anybody with the database, the log and the counts knows at some moment of the story."""

    when: str
    rows: list[str]
    lines: list[str]
    counted: list[str]


@dataclass(slots=True)
class World:
    """One world, the file of its database, what it logged and what it counted."""

    talk: Talk
    path: Path
    lines: list[str]
    counted: Counter[str]

    def seen(self, when: str) -> Seen:
        """Return what is known now, but for what is drawn by chance."""
        rows = []
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as connection:
            (alias,) = connection.execute(
                "SELECT name FROM members WHERE external_id LIKE 'alias:%'"
            ).fetchone()
            for name in (table.name for table in tables.metadata.sorted_tables):
                found = connection.execute(f'SELECT * FROM "{name}"')  # in the order of the file
                rows += [f"{name} {row!r}".replace(alias, "«alias»") for row in found]
        return Seen(
            when,
            [CHANCE.sub("«chance»", COVERED.sub(_length, row)) for row in rows],
            [CHANCE.sub("«chance»", _TIME.sub("", line)) for line in self.lines],
            sorted(f"{name} {times}" for name, times in self.counted.items()),
        )


_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.,]+Z?")


def _length(found: re.Match[str]) -> str:
    return f"«{len(found.group())} covered»"


@asynccontextmanager
async def world(template: Path, folder: Path) -> AsyncIterator[World]:
    """Open a group with a KOS and an admin, in which 权大鹏, 江一帆 and 贺小满 know the bot."""
    path = folder / "huixiang.db"
    await asyncio.to_thread(_copy, template, path)
    database = Database(f"sqlite:///{path}")
    where = ("车友会", "zh_CN", "Asia/Shanghai")
    clock, adapter = FakeClock(at("2026-10-12 02:07")), Numbering()
    counted: Counter[str] = Counter()

    def count(metric: str, *labels: str, times: int = 1) -> None:
        counted[" ".join((metric, *labels))] += times

    async with database.begin() as uow:
        await uow.chats.add(
            PLATFORM, GROUP, ChatKind.GROUP, title="车主群", state=ChatState.SERVED, language="zh_CN",
            timezone="Asia/Shanghai", rituals=(),
        )  # fmt: skip
        staff = ((LI, Role.KOS), (MIN, Role.ADMIN))
        await uow.staff.declare(
            [Grant(PLATFORM, who.external_id, CONFIG, role, who.name) for who, role in staff], clock.at
        )
    settings = Settings(*where, TAGS, WORDS, manners=Manners(dms_per_day=40))
    core = Core(
        database, [adapter], CoreSettings(settings, RitualsSettings(*where)), triage=FixedTriage(), owner="test",
        now=clock.now, count=count, veil=KeyRing((b"a key of exactly thirty-two byte",)),
    )  # fmt: skip
    async with database.read() as uow:
        await core.plans.reload(uow)
    await core.clock.catch_up(clock.at)
    lines: list[str] = []
    handler = Lines(lines)
    logging.getLogger().addHandler(handler)
    talk = Talk(database, adapter, core, clock)
    for who in (LI, MIN, QUAN, JIANG, HE):
        await talk.says(who, "/start", dm=True)
        await talk.says(who, "大家好呀")
    try:
        yield World(talk, path, lines, counted)
    finally:
        logging.getLogger().removeHandler(handler)
        await core.drawing.close()
        await database.close()


def _copy(template: Path, path: Path) -> None:
    path.parent.mkdir()
    shutil.copy(template, path)


REPLIES = ("/reply 1 店长想当面道歉", f"/reply 1 {LONG}", "/reply 2 师傅明天上门", "/reply 3 师傅明天上门")
RESOLVED = ("/resolve 1 换了一排椅子", "/resolve 2 换了门锁")
CHANGED = ("/reopen 1 还要再看看", "/told 1", "/resolve 1 又换了一排")
_BACK, _LATER = "just when he is back", "days after"


async def blocked(
    world: World, behind: Person, refusal: SendError, *weeks: tuple[str, ...], days: int = 2
) -> list[Seen]:
    """Let 权大鹏 be out of reach under his own name while staff write to an alias; then he comes back."""
    talk = world.talk
    await talk.says(behind, "/private 化名", dm=True)
    await talk.says(behind, "椅子晃得太差，坐着心慌", dm=True)
    await talk.advance(hours=3)
    for who in (QUAN, JIANG):
        await talk.says(who, "#反馈 车门关起来声音有点大")
    await talk.advance(hours=1)
    seen = [world.seen("before")]
    talk.adapter.unreachable[QUAN.external_id] = refusal
    for orders in weeks:
        for order in orders:
            await talk.says(LI, order, dm=True)
        seen.append(world.seen(f"just after {orders[0][:8]}"))
        await talk.advance(days=4)
        seen.append(world.seen(f"four days after {orders[0][:8]}"))
    await talk.advance(days=9)
    seen.append(world.seen("when nobody had confirmed it"))
    talk.adapter.unreachable.clear()
    await talk.advance(minutes=3, seconds=11)
    talk.heard(QUAN)
    for when in (_BACK, _LATER):
        await talk.says(QUAN, "/start", dm=True)
        seen.append(world.seen(when))
        await talk.advance(days=2)
    await talk.advance(days=days)
    seen.append(world.seen("when some of what was sent is removed"))
    return seen


@pytest.mark.parametrize(
    ("refusal", "weeks"),
    [
        (UnreachableError("5550117 blocked"), (RESOLVED,)),
        (UnreachableError("5550117 blocked"), (REPLIES, RESOLVED, CHANGED)),
        (PermanentError("5550117 restricted"), (RESOLVED,)),
    ],
    ids=("away and swept", "away and changed", "refused and swept"),
)
async def test_nothing_that_is_kept_tells_whether_an_alias_is_who_cannot_be_reached(
    template: Path, tmp_path: Path, refusal: SendError, weeks: tuple[tuple[str, ...], ...]
) -> None:
    days = 100 if len(weeks) == 1 else 2  # by then what is over is removed
    async with world(template, tmp_path / "a") as one:
        seen = await blocked(one, QUAN, refusal, *weeks, days=days)
    async with world(template, tmp_path / "b") as other:
        known = await blocked(other, JIANG, refusal, *weeks, days=days)
    for here, there in zip(seen, known, strict=True):
        assert here.rows == there.rows, here.when
        assert here.lines == there.lines, here.when
        if here.when == _BACK:  # what waited has left: so much more was sent
            break
        assert here.counted == there.counted, here.when
    left = sum(row.startswith("deliveries") and "'feedback:1'" in row for row in seen[-1].rows)
    assert (left == 0) is (days > 90)
    assert any("'alias:" in row for row in seen[0].rows)
    assert not any("UnreachableError" in row for each in known for row in each.rows if "alias" in row)


async def test_what_waited_comes_in_order_once_and_without_what_holds_no_more(
    template: Path, tmp_path: Path
) -> None:
    for name, weeks, due in (
        ("a", (REPLIES, RESOLVED), ["当面道歉", LONG[:12], "换了一排椅子"]),
        ("b", (REPLIES, RESOLVED, CHANGED), ["又换了一排"]),
    ):
        async with world(template, tmp_path / name) as one:
            await blocked(one, QUAN, UnreachableError("blocked"), *weeks)
            heard = "\n".join(one.talk.heard(QUAN))
        every = [heard.count(words) for words in ("当面道歉", "换了一排椅子", "又换了一排")]
        assert [heard.index(words) for words in due] == sorted(heard.index(words) for words in due)
        assert every == [
            sum(words in each for each in due) for words in ("当面道歉", "换了一排椅子", "又换了一排")
        ]


async def test_what_became_of_a_letter_is_as_long_as_of_any_other(template: Path, tmp_path: Path) -> None:
    async with world(template, tmp_path / "a") as one:
        await blocked(one, QUAN, UnreachableError("blocked"), REPLIES)
        talk = one.talk
        talk.adapter.unreachable[QUAN.external_id] = UnreachableError("blocked")
        await talk.says(LI, "/reply 1 还在吗", dm=True)
        await talk.advance(days=1)
        async with talk.database.read() as uow:
            letters = await uow.letters.list_after("", 100)
    assert len(letters) > 2
    assert len({(len(each.covered), len(each.mark)) for each in letters}) == 1
