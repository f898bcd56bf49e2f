"""A served group with rituals over a real database, and the clock that holds them: for tests of rituals and clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from bot.clock import RitualClock
from bot.plans import Plans
from locales.catalog import Catalog
from rituals.base import Context, RitualSettings, Settings
from rituals.calendar import WorkCalendar, YearOverride
from storage.db import Database
from storage.messages import Message, decode, plain
from storage.promises import DeliveryKind
from storage.records import Capabilities, Chat, ChatKind, ChatState, Member, Platform, Role
from storage.runs import Run
from storage.staff import CONFIG, Grant
from storage.uow import UnitOfWork
from tests.fakes import EVERYTHING, FakeClock, at

MORNING = RitualSettings("morning", "checkin", "0 9 * * *")
TEXTS = Catalog()
WORK = WorkCalendar({2026: YearOverride(off=frozenset({date(2026, 10, 1)}))})


@dataclass(frozen=True, slots=True)
class Sent:
    """One Delivery as a test reads it."""

    key: str
    chat_id: int
    kind: DeliveryKind
    message: Message
    due_at: datetime
    member_id: int | None
    subject: str

    @property
    def text(self) -> str:
        """Return its words."""
        return plain(self.message.text)

    @property
    def buttons(self) -> dict[str, str]:
        """Return what each button does, by its label."""
        return {b.label: b.action or b.start for row in self.message.buttons for b in row}


@dataclass(slots=True)
class Scene:
    """One group in Shanghai (or elsewhere), its rituals and its clock."""

    database: Database
    time: FakeClock = field(default_factory=lambda: FakeClock(at("2026-10-12 00:00")))
    rituals: Sequence[RitualSettings] = (MORNING,)
    can: Capabilities = EVERYTHING
    timezone: str = "Asia/Shanghai"
    settings: Settings = field(default_factory=lambda: Settings("车友会", "zh_CN", "Asia/Shanghai"))
    work: WorkCalendar = WORK
    chat_id: int = 0
    clocks: list[RitualClock] = field(default_factory=list)

    async def open(self) -> RitualClock:
        """Store the group and the staff, and let the clock look for the first time."""
        async with self.database.begin() as uow:
            chat = await uow.chats.add(
                Platform.TELEGRAM, "-1001", ChatKind.GROUP, title="车主群", state=ChatState.SERVED, language="zh_CN",
                timezone=self.timezone, rituals=tuple(ritual.name for ritual in self.rituals),
            )  # fmt: skip
            staff = (("601", "小李", Role.KOS), ("701", "阿敏", Role.ADMIN))
            await uow.staff.declare(
                [Grant(Platform.TELEGRAM, who, CONFIG, role, name) for who, name, role in staff],
                self.time.at,
            )
            await uow.members.meet(
                Platform.TELEGRAM, [(who, name, "") for who, name, _ in staff], self.time.at
            )
        self.chat_id = chat.id
        clock = self.clock()
        await clock.catch_up(self.time.at)
        return clock

    def clock(self) -> RitualClock:
        """Make a clock on the database, as another process would."""
        clock = RitualClock(
            self.database, Plans(self.rituals, self.work), settings=self.settings, texts=TEXTS,
            capabilities=self.capabilities, now=self.time.now,
        )  # fmt: skip
        self.clocks.append(clock)
        return clock

    @property
    def capabilities(self) -> dict[tuple[Platform, ChatKind], Capabilities]:
        """Return what the platform can do."""
        return {(Platform.TELEGRAM, kind): self.can for kind in ChatKind}

    async def move(self, to: datetime) -> None:
        """Set the time."""
        self.time.at = to

    async def until(self, text: str) -> None:
        """Live until a UTC moment such as "2026-10-12 09:00", carrying out what comes due on the way."""
        await self.clocks[-1].advance(at(text), self.move)

    async def come(self, *names: str, run: Run | None = None) -> None:
        """Let people check in to the latest open run, and have the counter brought up to date."""
        async with self.database.begin() as uow:
            run = run or await uow.runs.find_open(self.chat_id, "checkin")
            assert run is not None
            for name in names:
                member = await self.member(uow, name)
                await uow.checkins.add(run.id, member.id, self.time.at)
                self.time.at += timedelta(microseconds=1)
            await uow.timers.put(
                f"refresh:{run.id}:{self.time.at}", "refresh", self.time.at, subject=f"run:{run.id}"
            )
        await self.clocks[-1].run_due(self.time.at)

    async def member(self, uow: UnitOfWork, name: str) -> Member:
        """Return a member of the group by name, met now if they were not."""
        found = (await uow.members.meet(Platform.TELEGRAM, [(f"m{name}", name, "")], self.time.at))[
            f"m{name}"
        ]
        if found.home_chat_id is None:
            await uow.members.change(found.id, home_chat_id=self.chat_id)
        return replace(found, home_chat_id=self.chat_id)

    async def chat(self) -> Chat:
        """Return the group."""
        async with self.database.read() as uow:
            return await uow.chats.get(self.chat_id)

    async def runs(self, ritual: str = "morning") -> list[Run]:
        """List the runs of a ritual, oldest first."""
        async with self.database.read() as uow:
            return list(reversed(await uow.runs.list_last(self.chat_id, ritual, 1000)))

    async def sent(self, *, kind: DeliveryKind = DeliveryKind.POST, private: bool = False) -> list[Sent]:
        """List what was promised to the group (or to anybody in private), oldest first."""
        async with self.database.read() as uow:
            rows = await uow.connection.exec_driver_sql("SELECT key, chat_id FROM deliveries ORDER BY id")
            found = [await uow.promises.find(key) for key, _ in rows]
        return [
            Sent(
                d.key,
                d.chat_id,
                d.kind,
                decode(d.content) if d.content else Message(),
                d.due_at,
                d.member_id,
                d.subject,
            )
            for d in found
            if d is not None and d.kind is kind and (d.chat_id != self.chat_id) is private
        ]

    async def posts(self) -> list[str]:
        """List the words posted in the group, oldest first."""
        return [sent.text for sent in await self.sent()]

    def context(self, uow: UnitOfWork) -> Context:
        """Return the context of a ritual."""
        plans = Plans(self.rituals, self.work)
        return Context(uow, self.time.at, self.settings, TEXTS, self.capabilities, self.work, plans)
