"""Fixtures of the whole suite: a real migrated database, a movable clock, the talk, and no network but loopback."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core import Core, CoreSettings
from bot.veil import KeyRing
from handlers.base import Settings
from handlers.guesses import Meaning, NoMeaning, NoWords, Words
from handlers.veil import Veil
from rituals.base import RitualSettings
from rituals.base import Settings as RitualsSettings
from storage.db import Database
from storage.migrations import migrate
from storage.records import ChatKind, ChatState, Feedback, FeedbackClass, Role
from storage.staff import CONFIG, Grant
from storage.text.tokens import Tokens
from storage.uow import UnitOfWork
from tests.fakes import FakeAdapter, FakeClock, at
from tests.scene import Scene
from tests.talk import GROUP, LI, MIN, PLATFORM, ZHANG, Captured, Person, Said, Talk

# What plays whole stories asserts for the tests that call it: its assertions show their values, too.
pytest.register_assert_rewrite("tests.stage", "tests.live", "tests.webchat.live", "tests.wecom.live")

TAGS = {
    "反馈": "",
    "建议": "suggestion",
    "吐槽": "suggestion",
    "bug": "suggestion",
    "表扬": "praise",
    "feedback": "",
}
WORDS = frozenset({"早", "早上好", "早安", "打卡", "gm", "good morning"})


def pytest_collection_finish() -> None:
    """Spare a tenth of the time: what was imported will never be garbage, and is not gone through again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 20)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that wait for processes and browsers: begun last, one of them would keep a core alone."""
    slow = {
        item.path
        for item in items
        if item.get_closest_marker("process") or item.get_closest_marker("browser")
    }
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a test that opens a connection to anywhere but this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in (
            "127.0.0.1",
            "::1",
            "localhost",
        ):
            raise AssertionError(f"a test wants to reach {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


def pytest_configure(config: pytest.Config) -> None:
    """Put the tests' files into memory where the system offers it: a commit waits for the disk, and there are many."""
    memory = Path("/dev/shm")
    if config.option.basetemp is None and memory.is_dir() and os.access(memory, os.W_OK):
        config.option.basetemp = str(memory / f"huixiang-tests-{os.getpid()}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give the memory back."""
    if str(config.option.basetemp or "").startswith("/dev/shm/huixiang-tests-"):
        shutil.rmtree(config.option.basetemp, ignore_errors=True)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the file of a database that has just been migrated, to be copied."""
    path = tmp_path_factory.mktemp("template") / "huixiang.db"

    async def make() -> None:
        database = Database(f"sqlite:///{path}")
        await migrate(database)
        await database.close()

    asyncio.run(make())
    return path


@pytest.fixture
async def database(tmp_path: Path, template: Path) -> AsyncIterator[Database]:
    """Give a migrated SQLite database in a file of its own."""
    shutil.copy(template, tmp_path / "huixiang.db")
    database = Database(f"sqlite:///{tmp_path}/huixiang.db")
    yield database
    await database.close()


@pytest.fixture
def scene(database: Database) -> Scene:
    """Give a group with a check-in at nine, at eight in the morning on a Monday."""
    return Scene(database)


@pytest.fixture
async def uow(database: Database) -> AsyncIterator[UnitOfWork]:
    """Give one open transaction."""
    async with database.begin() as uow:
        yield uow


@pytest.fixture
def clock() -> FakeClock:
    """Give a clock that stands at Monday 2026-10-12, 10:00 in Shanghai."""
    return FakeClock(at("2026-10-12 02:00"))


@pytest.fixture
def adapter() -> FakeAdapter:
    """Give a platform in memory that can do everything."""
    return FakeAdapter()


@dataclass(frozen=True)
class FixedGuess:
    """What a classifier might say."""

    kind: str = "suggestion"
    probability: float = 0.9
    sure: bool = True
    negative: bool = False
    urgent: bool = False


class FixedTriage:
    """A classifier that trusts the tag, else says suggestion; 太差 and 等不了 say what they say.

    Of nothing it knows nothing, and says praise.
    """

    def guess(self, text: str, hint: str | None = None) -> FixedGuess:
        """Return the hint as the guess."""
        if not text.strip() and hint is None:
            return FixedGuess(kind="praise", probability=0.4, sure=False)
        return FixedGuess(
            kind=hint or "suggestion", negative=self.is_complaint(text), urgent="等不了" in text
        )

    def is_complaint(self, text: str) -> bool:
        """Look for one word."""
        return "太差" in text


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Tokens:
    """Give the dictionary, read: a second that the session spends once."""
    loaded = Tokens(tmp_path_factory.mktemp("jieba"))
    loaded.load()
    return loaded


@pytest.fixture
def settings() -> Settings:
    """Give the settings of handlers."""
    return Settings(
        community="车友会", language="zh_CN", timezone="Asia/Shanghai", tags=TAGS, checkin_words=WORDS,
        bot_names=("回响",),
    )  # fmt: skip


@pytest.fixture
def words() -> Words:
    """Give the words of texts: none, unless a test says otherwise."""
    return NoWords()


@pytest.fixture
def meaning() -> Meaning:
    """Give the meaning of texts: unknown, unless a test says otherwise."""
    return NoMeaning()


@pytest.fixture
def veil() -> Veil:
    """Give a key that hides people."""
    return KeyRing((b"a key of exactly thirty-two byte",))


@pytest.fixture
def ritual_settings() -> tuple[RitualSettings, ...]:
    """Give the rituals of the group: none, unless a test says otherwise."""
    return ()


@pytest.fixture
async def talk(
    database: Database,
    adapter: FakeAdapter,
    clock: FakeClock,
    settings: Settings,
    ritual_settings: tuple[RitualSettings, ...],
    words: Words,
    meaning: Meaning,
    veil: Veil,
    tmp_path: Path,
) -> AsyncIterator[Talk]:
    """Give a served group with a KOS (小李) and an admin (阿敏) in it."""
    async with database.begin() as uow:
        await uow.chats.add(
            PLATFORM, GROUP, ChatKind.GROUP, title="车主群", state=ChatState.SERVED, language="zh_CN",
            timezone="Asia/Shanghai", rituals=tuple(ritual.name for ritual in ritual_settings),
        )  # fmt: skip
        staff = [(LI, Role.KOS), (MIN, Role.ADMIN)]
        await uow.staff.declare(
            [Grant(PLATFORM, p.external_id, CONFIG, role, p.name) for p, role in staff], clock.at
        )
    rituals = RitualsSettings(
        settings.community,
        settings.language,
        settings.timezone,
        times=settings.times,
        service=settings.service,
        departments=settings.departments,
        complaints=settings.complaints,
    )
    core = Core(
        database, [adapter], CoreSettings(settings, rituals, ritual_settings, data_dir=tmp_path),
        triage=FixedTriage(), owner="test", now=clock.now, count=lambda *_, **__: None, words=words, meaning=meaning,
        veil=veil,
    )  # fmt: skip
    async with database.read() as uow:
        await core.plans.reload(uow)
    await core.clock.catch_up(clock.at)
    yield Talk(database, adapter, core, clock)
    await core.drawing.close()


@pytest.fixture
def captured(talk: Talk) -> Captured:
    """Give a way to have said something that was captured."""

    async def capture(
        text: str = "#反馈 按钮太小了", who: Person = ZHANG, *, said: Said | None = None,
        kind: FeedbackClass = FeedbackClass.SUGGESTION, **values: Any,
    ) -> Feedback:  # fmt: skip
        said = said or talk.message(who, text)
        async with talk.database.begin() as uow:
            people = await uow.members.meet(PLATFORM, [(who.external_id, who.name, who.username)], talk.now)
            member = people[who.external_id]
            chat = await uow.chats.find(PLATFORM, GROUP)
            assert chat is not None
            await uow.members.change(member.id, home_chat_id=chat.id)
            found = await uow.feedback.add(
                chat_id=chat.id, contributor_id=member.id, captured_by_id=member.id, message_id=said.message_id,
                text=text, tag="反馈", now=talk.now, feedback_class=kind,
                review_due=talk.now + timedelta(hours=48), link=f"https://t.me/c/1/{said.message_id}", **values,
            )  # fmt: skip
        assert found is not None
        return found

    return capture
