"""The community in which it all happens, and what must hold after every step; driven by hypothesis.

What people do in it is in `speaking.py`, `work.py` and `consenting.py`.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import shutil
import tempfile
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from bot.core import Core, CoreSettings
from bot.veil import KeyRing
from handlers.base import Settings
from rituals.base import RitualSettings
from rituals.base import Settings as RitualsSettings
from storage.announcements import EVENTS, Subscription
from storage.db import Database
from storage.departments import Department, Place, webhook_place
from storage.manners import Manners
from storage.records import ChatKind, ChatState, Platform, Role
from storage.resonances import Facet
from storage.staff import CONFIG, Grant
from storage.stories import Place as StoryPlace
from storage.stories import StorySettings
from tests.conftest import TAGS, WORDS, FixedTriage
from tests.fakes import EVERYTHING, FakeAdapter, FakeClock, at
from tests.privacy.cast import AUTHORS, BO, HIDING, LI, MIN, WORKSHOP
from tests.privacy.leave import (
    Leave,
    Telling,
    beyond_what_is_exported,
    beyond_what_is_kept,
    beyond_what_is_shown,
    beyond_what_was_sent,
    leave_of,
    left_standing,
)
from tests.privacy.outputs import Lines, exported, left_in_bytes
from tests.privacy.watch import (
    People,
    Row,
    Secret,
    leaks_in_export,
    leaks_in_parcels,
    leaks_in_rows,
    leaks_in_text,
    rows,
    traces_of,
    unlike_letters,
)
from tests.talk import GROUP, PLATFORM, Person, Talk

T = TypeVar("T")
SEATS = Facet("座椅", "您的是哪一款座椅？", ("布的", "皮的"))


class Community(RuleBasedStateMachine):
    """A group, a department, a webhook; people, staff, time. Nothing may leak, nothing be told without leave."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(dir=self.template.parent))
        self.path = self.folder / "huixiang.db"
        shutil.copy(self.template, self.path)
        self.secrets: list[Secret] = []
        self.codes: dict[str, Secret] = {}
        self.numbers = itertools.count(1)
        self.named = 0
        self.gone: list[Person] = []
        self.counts: dict[str, int] = {}
        self.seers: frozenset[str] = frozenset()
        self.tellings: list[Telling] = []
        self.leaves: dict[int, Leave] = {}
        self.sent = 0
        self.known = 0
        self.looked = (0, 0, 0)
        self.lines: list[str] = []
        self.handler = Lines(self.lines)
        logging.getLogger().addHandler(self.handler)

    @initialize(edits=st.booleans())
    def open(self, *, edits: bool = True) -> None:
        """Open a group with a KOS and two admins; in some nothing that was posted can be edited."""
        self.edits = edits
        self.do(self._open(edits=edits))

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run one thing to its end."""
        return self.loop.run_until_complete(work)

    async def _open(self, *, edits: bool) -> None:
        self.database = Database(f"sqlite:///{self.path}")
        group = replace(EVERYTHING, edits=edits)
        self.adapter = FakeAdapter(capabilities={ChatKind.GROUP: group, ChatKind.PRIVATE: EVERYTHING})
        clock = FakeClock(at("2026-10-12 02:07"))
        self.hook = FakeAdapter(Platform.WEBHOOK)
        async with self.database.begin() as uow:
            await uow.chats.add(
                PLATFORM, GROUP, ChatKind.GROUP, title="车主群", state=ChatState.SERVED, language="zh_CN",
                timezone="Asia/Shanghai", rituals=("digest", "honours", "immunity"),
            )  # fmt: skip
            await uow.chats.add(
                PLATFORM, WORKSHOP, ChatKind.GROUP, title="产品部", state=ChatState.SERVED, language="zh_CN",
                timezone="Asia/Shanghai", rituals=("packet",),
            )  # fmt: skip
            roles = ((LI, Role.KOS), (MIN, Role.ADMIN), (BO, Role.ADMIN))
            await uow.staff.declare(
                [Grant(PLATFORM, p.external_id, CONFIG, role, p.name) for p, role in roles], clock.at
            )
        hook = webhook_place("https://tracker.example/hook")
        departments = (
            Department("product", "产品部", (Place(PLATFORM, WORKSHOP, ChatKind.GROUP), hook), frozenset()),
        )
        self.database.subscriptions = (Subscription(hook, frozenset(EVENTS), "tracker"),)
        where = ("车友会", "zh_CN", "Asia/Shanghai")
        places = StorySettings(places=tuple(StoryPlace), channels="公众号")
        settings = Settings(
            *where,
            TAGS,
            WORDS,
            bot_names=("回响",),
            departments=departments,
            stories=places,
            facets=(SEATS,),
            manners=Manners(dms_per_day=40),
        )
        rituals = (
            RitualSettings("digest", "digest", "30 17 * * fri"),
            RitualSettings("packet", "packet", "0 10 * * mon"),
            RitualSettings("honours", "honours", "0 10 * * *"),
            RitualSettings("immunity", "immunity", "0 11 * * *"),
        )
        core = Core(
            self.database, [self.adapter, self.hook],
            CoreSettings(settings, RitualsSettings(*where, departments=departments), rituals),
            triage=FixedTriage(), owner="test", now=clock.now, count=lambda *_, **__: None,
            veil=KeyRing((b"a key of exactly thirty-two byte",)),
        )  # fmt: skip
        async with self.database.read() as uow:
            await core.plans.reload(uow)
        await core.clock.catch_up(clock.at)
        self.talk = Talk(self.database, self.adapter, core, clock)
        for is_private, words in ((True, "/start"), (False, "大家好呀")):
            said = [self.talk.message(p, words, dm=is_private) for p in (LI, MIN, BO, *HIDING, *AUTHORS)]
            await self.talk.take(*(self.talk.taken(each) for each in said))

    def teardown(self) -> None:
        """Look once more, at everything, after a night."""
        self.do(self.talk.advance(hours=14))
        self.known = -1
        self.look()
        shown = self.adapter.shown
        standing = [
            line for each in self.tellings for line in left_standing(shown, each, self.leaves[each.number])
        ]
        assert not standing, "\n".join(standing)
        self.do(self.talk.core.drawing.close())
        copy = self.folder / "backup.db"
        self.do(self.database.backup(copy))
        self.do(self.database.close())
        self.loop.close()
        found = [line for file in (self.path, copy) for line in left_in_bytes(file, self.secrets, self.gone)]
        assert not found, "\n".join(found)
        logging.getLogger().removeHandler(self.handler)
        shutil.rmtree(self.folder)

    @precondition(lambda self: len(self.gone) < len(HIDING + AUTHORS))
    @rule(who=st.sampled_from((*HIDING, *AUTHORS)))
    def be_forgotten(self, who: Person) -> None:
        """Have somebody ask to be forgotten; they come back no more."""
        if who in self.gone:
            return
        self.do(self.talk.advance(minutes=4))
        self.adapter.unreachable.pop(who.external_id, None)
        self.do(self.talk.says(who, "/forget", dm=True))
        self.do(self.talk.says(who, "忘记我", dm=True))
        self.do(self.talk.advance(minutes=10))
        self.gone.append(who)
        self.counts[who.external_id] = self.do(self._count())
        self.look()

    @rule(hours=st.sampled_from((1, 24, 100)))
    def time_passes(self, hours: int) -> None:
        """Let reminders, digests and packets come."""
        self.do(self.talk.advance(hours=hours))
        self.look()

    def look(self) -> None:
        """Look at every row, every message and every line of the log; then a second goes by."""
        self.talk.clock.at = self.talk.now.replace(microsecond=0) + timedelta(seconds=1)
        secrets = [secret for secret in self.secrets if secret.number]
        people = People()
        for row in self.do(self._numbers()):
            (people.members if row[0] == "m" else people.chats)[row[2]] = row[1]
        kept = list(rows(self.path))
        found = leaks_in_rows(kept, secrets, people) + unlike_letters(self.path)
        found += self._beyond_hiding(secrets)
        found += leaks_in_export(files := self.do(exported(self.database, self.folder)), secrets)
        found += [line for person in self.gone for line in traces_of(kept, person)]
        total = self.do(self._count())
        found += self.do(self._beyond_leave(files, kept))
        found += [f"{who}'s words are not counted" for who, count in self.counts.items() if total < count]
        assert not found, "\n".join(found)

    def _beyond_hiding(self, secrets: Sequence[Secret]) -> list[str]:
        """Return what messages and logs tell since the last look; from the beginning where a secret is new since."""
        known, self.known = self.known, len(secrets)
        parcels = (*self.adapter.parcels, *self.hook.parcels)
        lines = self.lines
        if known == len(secrets):
            parcels = (*self.adapter.parcels[self.looked[0] :], *self.hook.parcels[self.looked[1] :])
            lines = self.lines[self.looked[2] :]
        self.looked = (len(self.adapter.parcels), len(self.hook.parcels), len(self.lines))
        found = leaks_in_parcels(parcels, secrets, self.seers) + leaks_in_text("\n".join(lines), secrets)
        return found + [line for line in lines if "handler_failed" in line]

    async def _beyond_leave(self, files: str, kept: Sequence[Row]) -> list[str]:
        """Return what is told of somebody's words further than they allow, now or when it left."""
        now = {each.number: await leave_of(self.database, each) for each in self.tellings}
        sent, self.sent = self.adapter.parcels[self.sent :], len(self.adapter.parcels)
        found = []
        for each in self.tellings:
            leaves = (self.leaves.get(each.number, Leave()), now[each.number])
            if self.edits:
                found += beyond_what_is_shown(self.adapter.shown, each, leaves[1])
            found += beyond_what_was_sent((*sent, *self.hook.parcels), each, leaves)
            found += beyond_what_is_kept(kept, each, leaves[1], await self._group_id())
            found += beyond_what_is_exported(files, each, leaves[1])
        self.leaves = now
        return found

    async def _group_id(self) -> int:
        return (await self.talk.group()).id

    async def _count(self) -> int:
        async with self.database.read() as uow:
            return len(await uow.feedback.list_after(0, 1_000))

    async def _numbers(self) -> list[tuple[str, int, str]]:
        async with self.database.read() as uow:
            members = await uow.connection.exec_driver_sql("SELECT 'm', id, external_id FROM members")
            chats = await uow.connection.exec_driver_sql("SELECT 'c', id, external_id FROM chats")
            return [tuple(row) for row in (*members, *chats)]
