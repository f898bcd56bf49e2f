"""A community in which anything may happen in any order around people in hiding; driven by hypothesis."""

from __future__ import annotations

import asyncio
import itertools
import logging
import re
import shutil
import tempfile
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from bot import exports
from bot.adapters.base import UnreachableError
from bot.core import Core, CoreSettings
from bot.veil import KeyRing
from handlers.base import Settings
from rituals.base import RitualSettings
from rituals.base import Settings as RitualsSettings
from storage.announcements import EVENTS, Subscription
from storage.db import Database
from storage.departments import Department, Place, webhook_place
from storage.modes import Mode
from storage.records import ChatKind, ChatState, Platform, Role
from storage.staff import CONFIG, Grant
from tests.conftest import TAGS, WORDS, FixedTriage
from tests.fakes import FakeAdapter, FakeClock, at
from tests.privacy.watch import (
    People,
    Secret,
    leaks_in_export,
    leaks_in_parcels,
    leaks_in_rows,
    leaks_in_text,
    traces_of,
)
from tests.talk import GROUP, LI, PLATFORM, Person, Said, Shown, Talk

T = TypeVar("T")
QUAN = Person("5550117", "权大鹏", "quandapeng")
SU = Person("5550229", "苏晚晴", "suwanqing")
MIN = Person("7010001", "阿敏", "amin")
BO = Person("7020002", "阿博", "abo")
HIDING = (QUAN, SU)
STAFF = (LI, MIN)
WORKSHOP = "-2002"
FIRST_MICROSECOND = 700_001
CODE = re.compile(r"(?:[0-9A-Z]{4}-){5}[0-9A-Z]{4}")
ORDERS = (
    "/show {n}", "/inbox", "/claim {n}", "/class {n} 建议", "/reply {n} 已经和店长谈过了", "/note {n} 看过录像了",
    "/plan {n} 11月20日 换一批椅子", "/progress {n} 样品到了", "/resolve {n} 椅子都换了新的",
    "/decline {n} 这一批先不换",
    "/reopen {n} 还要再看看", "/hold {n} 12月1日 等样品", "/told {n}", "/similar {marker}", "/audit", "/merge {n} {m}",
    "/unmerge {n}", "/topic {n}", "/route {n} product", "/insight {n}", "/beta {n} 先来试试新椅子", "/case {n}",
    "/story {n}", "/who {alias}", "/who 权大鹏", "/pulse", "/report", "/circle", "/credit {n}", "/fb {n}",
    "/award {alias} 最佳发现", "/inbox {marker}", "/doctor", "/staff", "/split {n} 椅子 | 晃得厉害", "/cause {n} 质量",
    "/immunity", "/route {n} product", "/insight {n} 椅子的螺丝会松", "/decide {n} 接受 11月30日",
    "/decide {n} 缺信息 哪一排", "/award {n} 顾问", "/award", "/circle staff", "/case {n} 换了一排",
)  # fmt: skip


class Hiding(RuleBasedStateMachine):
    """People speak in hiding and by name, staff do everything they can, time passes: nothing may leak."""

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
        self.lines: list[str] = []
        self.handler = _Lines(self.lines)
        logging.getLogger().addHandler(self.handler)

    @initialize()
    def open(self) -> None:
        """Open a group with a KOS and two admins."""
        self.do(self._open())

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run one thing to its end."""
        return self.loop.run_until_complete(work)

    async def _open(self) -> None:
        self.database = Database(f"sqlite:///{self.path}")
        self.adapter, clock = FakeAdapter(), FakeClock(at("2026-10-12 02:07"))
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
        settings = Settings(*where, TAGS, WORDS, bot_names=("回响",), departments=departments)
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
        for person in (LI, MIN, BO, *HIDING):
            await self.talk.says(person, "/start", dm=True)
            await self.talk.says(person, "大家好呀", chat=GROUP)

    def teardown(self) -> None:
        """Look once more, a day later."""
        self.do(self.talk.advance(hours=26))
        self.look()
        self.do(self.talk.core.drawing.close())
        self.do(self.database.close())
        self.loop.close()
        logging.getLogger().removeHandler(self.handler)
        shutil.rmtree(self.folder)

    # What people do.

    @rule(who=st.sampled_from(HIDING), mode=st.sampled_from(("化名", "密封")), tagged=st.booleans())
    def speak(self, who: Person, mode: str, tagged: bool) -> None:
        """Say something in hiding, with or without a tag that would capture it elsewhere."""
        if who in self.gone:
            return
        self.do(self._speak(who, mode, tagged=tagged))
        self.look()

    async def _speak(self, who: Person, mode: str, *, tagged: bool) -> None:
        number = next(self.numbers)
        secret = Secret(who, f"椅子第{number}排晃得太差", is_named_too=who is SU)
        self.secrets.append(secret)
        await self.away(secret)
        before = len(self.adapter.shown)
        await self.says(secret, f"/private {mode}")
        await self.says(secret, f"#反馈 {secret.marker}" if tagged else secret.marker)
        async with self.database.read() as uow:
            newest = (await uow.feedback.list_after(0, 1_000))[-1]
            member = await uow.members.get(newest.contributor_id)
        if secret.marker not in newest.text:  # that was enough for today
            self.secrets.remove(secret)
            return
        secret.number, secret.member_id, secret.chat_id = newest.id, member.id, newest.chat_id
        secret.alias, secret.external_id = member.name, member.external_id
        assert newest.mode is (Mode.ALIAS if mode == "化名" else Mode.SEALED)
        for shown in self.adapter.shown[before:]:
            if code := CODE.search(shown.text):
                self.codes[code.group()] = secret

    async def away(self, secret: Secret) -> None:
        """Let a few minutes go by, so that what others do has another time; then note when they act."""
        await self.talk.advance(minutes=4, seconds=7)
        self.talk.clock.at = self.talk.now.replace(microsecond=FIRST_MICROSECOND + next(self.numbers))
        secret.moments.append(self.talk.now)

    async def says(self, secret: Secret, text: str, *, reply_to: Shown | None = None) -> Said:
        """Say something in private in a message whose number is known."""
        secret.message_ids.append(f"hiddenmessage{next(self.numbers)}x")
        said = Said(secret.person.external_id, secret.message_ids[-1], text, secret.person)
        await self.talk.take(self.talk.taken(said, reply_to=reply_to))
        return said

    @precondition(lambda self: self.secrets)
    @rule(
        data=st.data(),
        word=st.sampled_from(
            ("顺手多了", "还不行", "没法试", "撤回", "补一句", "确认", "我也遇到", "我来试", "这次算了")
        ),
    )
    def press(self, data: st.DataObject, word: str) -> None:
        """Press whatever button is there, as the person behind the thread."""
        secret = data.draw(st.sampled_from(self.secrets))
        if secret.person in self.gone:
            return
        for shown in reversed(self.adapter.shown):
            if shown.chat == secret.person.external_id and any(word in label for label in shown.labels):
                self.do(self.away(secret))
                self.do(self.talk.presses(secret.person, word, on=shown))
                self.do(self.says(secret, f"补充：{secret.marker}，上周六又晃了", reply_to=shown))
                self.look()
                return

    @precondition(lambda self: self.codes)
    @rule(data=st.data())
    def claim(self, data: st.DataObject) -> None:
        """Read what waits behind a claim code."""
        code, secret = data.draw(st.sampled_from(list(self.codes.items())))
        if secret.person in self.gone:
            return
        self.do(self.away(secret))
        self.do(self.says(secret, f"/private 取信 {code}"))
        self.look()

    @precondition(lambda self: self.secrets)
    @rule(data=st.data(), words=st.sampled_from(("", " 还是那张椅子", " #反馈 后来又晃了一次")))
    def further(self, data: st.DataObject, words: str) -> None:
        """Write to a thread by its number, whosever it is."""
        secret = data.draw(st.sampled_from(self.secrets))
        if secret.person in self.gone:
            return
        self.do(self.away(secret))
        self.do(self.says(secret, f"/private {secret.number}{words}"))
        self.do(self.says(secret, "悄悄话 我的"))
        self.look()

    @precondition(lambda self: self.secrets)
    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        """Edit the message that was said in hiding, and put a tag into it."""
        secret = data.draw(st.sampled_from(self.secrets))
        if secret.person in self.gone:
            return
        self.do(self.away(secret))
        said = Said(secret.person.external_id, secret.message_ids[1], "", secret.person)
        self.do(self.talk.edits(said, f"#反馈 {secret.marker}，改了一个字"))
        self.look()

    @precondition(lambda self: self.secrets)
    @rule(
        data=st.data(),
        who=st.sampled_from((*HIDING, LI)),
        way=st.sampled_from(("forge", "follow", "withdraw", "group")),
    )
    def pry(self, data: st.DataObject, who: Person, way: str) -> None:
        """Try at somebody's thread: a forged button, its number, a question in the group."""
        secret = data.draw(st.sampled_from(self.secrets))
        if (
            who is secret.person
            and secret.external_id.startswith("sealed:")
            and way in ("follow", "withdraw")
        ):
            return  # who names the number of what nobody can know to be theirs gives it away themselves
        if who is secret.person:
            self.do(self.away(secret))
        if way == "forge":
            shown = Shown(who.external_id, "1", self.adapter.shown[-1].message)
            action = f"as:{secret.member_id}:withdraw:{secret.number}:0:yes"
            self.do(self.talk.presses_action(who, action, on=shown))
        else:
            words = {"follow": f"/follow {secret.number}", "withdraw": f"/withdraw {secret.number}",
                     "group": "/private 我想说点事"}[way]  # fmt: skip
            said = self.do(self.talk.says(who, words, dm=way != "group"))
            assert said.by is who
        self.look()

    @rule(who=st.just(SU))
    def speak_by_name(self, who: Person) -> None:
        """Say something in the group, by name; 权大鹏 never does."""
        if who in self.gone:
            return
        self.named += 1
        self.do(self.talk.advance(minutes=4))
        self.do(self.talk.says(who, f"#反馈 车门的声音有点大，第{self.named}回"))
        self.look()

    @rule(who=st.sampled_from(HIDING), is_gone=st.booleans())
    def go_or_come(self, who: Person, is_gone: bool) -> None:
        """Shut the private chat, or come back."""
        if who in self.gone:
            return
        if is_gone:
            self.adapter.unreachable[who.external_id] = UnreachableError(f"chat {who.external_id} blocked us")
        else:
            self.adapter.unreachable.pop(who.external_id, None)
            self.do(self.talk.advance(minutes=4))
            self.do(self.talk.says(who, "/start", dm=True))
        self.look()

    # What staff do.

    @precondition(lambda self: self.secrets)
    @rule(data=st.data(), who=st.sampled_from(STAFF), order=st.sampled_from(ORDERS), in_group=st.booleans())
    def order(self, data: st.DataObject, who: Person, order: str, in_group: bool) -> None:
        """Do anything staff can do, to a thread said in hiding."""
        secret = data.draw(st.sampled_from(self.secrets))
        other = data.draw(st.integers(1, max(secret.number, self.named) + 1))
        words = order.format(n=secret.number, m=other, marker=secret.marker, alias=secret.alias)
        self.do(self.talk.advance(minutes=4))
        self.do(self.talk.says(who, words, dm=not in_group))
        self.look()

    @precondition(lambda self: self.secrets)
    @rule(data=st.data(), who=st.sampled_from((MIN, BO)))
    def unmask(self, data: st.DataObject, who: Person) -> None:
        """Ask to look behind an alias, or agree to it."""
        secret = data.draw(st.sampled_from(self.secrets))
        self.do(self.talk.advance(minutes=4))
        self.do(self.talk.says(who, f"/unmask {secret.number} 有人受伤，要联系本人", dm=True))
        self.seers = frozenset({MIN.external_id, BO.external_id})
        self.look()

    @precondition(lambda self: len(self.gone) < len(HIDING))
    @rule(who=st.sampled_from(HIDING))
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

    # What must hold.

    def look(self) -> None:
        """Look at every row, every message and every line of the log; then a second goes by."""
        self.talk.clock.at = self.talk.now.replace(microsecond=0) + timedelta(seconds=1)
        secrets = [secret for secret in self.secrets if secret.number]
        people = People()
        for row in self.do(self._numbers()):
            (people.members if row[0] == "m" else people.chats)[row[2]] = row[1]
        found = leaks_in_rows(self.path, secrets, people)
        sent = (*self.adapter.parcels, *self.hook.parcels)
        found += leaks_in_parcels(sent, secrets, self.seers)
        found += leaks_in_export(self.do(_exported(self.database, self.folder)), secrets)
        found += leaks_in_text("\n".join(self.lines), secrets)
        found += [line for line in self.lines if "handler_failed" in line]
        found += [line for person in self.gone for line in traces_of(self.path, person)]
        total = self.do(self._count())
        found += [f"{who}'s words are not counted" for who, count in self.counts.items() if total < count]
        assert not found, "\n".join(found)

    async def _count(self) -> int:
        async with self.database.read() as uow:
            return len(await uow.feedback.list_after(0, 1_000))

    async def _numbers(self) -> list[tuple[str, int, str]]:
        async with self.database.read() as uow:
            members = await uow.connection.exec_driver_sql("SELECT 'm', id, external_id FROM members")
            chats = await uow.connection.exec_driver_sql("SELECT 'c', id, external_id FROM chats")
            return [tuple(row) for row in (*members, *chats)]


async def _exported(database: Database, folder: Path) -> str:
    """Return all that is ever exported."""
    texts = []
    for what in exports.COLUMNS:
        path = folder / f"{what}.csv"
        path.unlink(missing_ok=True)
        await exports.write(database, path, what)
        texts.append(path.read_text("utf-8"))
    return "\n".join(texts)


class _Lines(logging.Handler):
    """Keeps what was logged as it would be written."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        from bot.logs import Formatter

        self._lines = lines
        self.setFormatter(Formatter((), is_terminal=False))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self._lines.append(self.format(record))
