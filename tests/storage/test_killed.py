"""The real bot, killed in the middle of telling many people: nobody is told before everybody is, and then each once.

The power goes at one of them: a trigger in the database keeps the statement that promises from ever going on.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import sqlalchemy as sa

from storage import tables
from storage.db import Database
from storage.records import ChatKind, ChatState, FeedbackClass, Platform, Status
from tests.live import NOON, PATIENCE_SECONDS, zone_at
from tests.process import Bot, free_port

pytestmark = pytest.mark.process

TOLD = 100
"""How many are told: two thousand are promised as fast, but then the test would wait for thousands of commits."""

BALLAST = (
    8_000_000  # bytes; more than SQLite keeps in memory, so that the file beside the database shows them
)
CONFIG = """
[community]
timezone = "{zone}"
data_dir = "{folder}/data"
[storage]
url = "{url}"
[web]
port = {port}
[webchat]
enabled = true
{people}
[[staff]]
platform = "webchat"
id = "li"
role = "kos"
name = "小李"
[[chats]]
platform = "webchat"
id = "owners"
name = "车主群"
timezone = "{zone}"
rituals = []
"""


class SqliteSwitch:
    """Where the power goes, on SQLite: the promise to one person goes on for ever."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def arm(self, member_id: int) -> None:
        """Keep the promise to somebody from being written."""
        self._run(
            "CREATE TABLE ballast (x)",
            "CREATE VIEW forever AS WITH RECURSIVE f(n) AS (SELECT 1 UNION ALL SELECT n FROM f) SELECT n FROM f",
            f"CREATE TRIGGER power_cut AFTER INSERT ON deliveries WHEN NEW.member_id = {member_id} BEGIN"
            f" INSERT INTO ballast VALUES (zeroblob({BALLAST})); INSERT INTO ballast SELECT count(*) FROM forever;"
            " END",
        )

    async def is_reached(self) -> bool:
        """Tell whether the promise is being written."""
        return self._log_bytes() > BALLAST / 2  # the rest is still in memory

    async def disarm(self) -> None:
        """Let promises be written again."""
        self._run("DROP TRIGGER power_cut", "DROP VIEW forever", "DROP TABLE ballast")

    def _log_bytes(self) -> int:
        log = Path(f"{self._path}-wal")
        return log.stat().st_size if log.exists() else 0

    def _run(self, *statements: str) -> None:
        with closing(sqlite3.connect(self._path)) as connection, connection:
            for statement in statements:
                connection.execute(statement)


class PostgresSwitch:
    """Where the power goes, on PostgreSQL: the promise to one person waits for a lock that we hold."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def arm(self, member_id: int) -> None:
        """Keep the promise to somebody from being written."""
        await self._connection.execute(
            "CREATE FUNCTION hold_on() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN PERFORM pg_advisory_xact_lock(128); RETURN NEW; END $$;"
            f" CREATE TRIGGER power_cut BEFORE INSERT ON deliveries FOR EACH ROW WHEN (NEW.member_id = {member_id})"
            " EXECUTE FUNCTION hold_on(); SELECT pg_advisory_lock(128)"
        )

    async def is_reached(self) -> bool:
        """Tell whether the promise is being written."""
        return bool(
            await self._connection.fetchval(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 128 AND NOT granted"
            )
        )

    async def disarm(self) -> None:
        """Let promises be written again; who waited for the lock goes on and finds that nobody listens."""
        await self._connection.execute("SELECT pg_advisory_unlock_all()")
        await self._connection.execute(
            "DROP FUNCTION IF EXISTS hold_on CASCADE"
        )  # waits until that one is gone


Switch = SqliteSwitch | PostgresSwitch


@pytest.fixture
async def switch(database: Database) -> AsyncIterator[Switch]:
    """Give a way to cut the power in the middle of a telling."""
    if database.path is not None:
        yield SqliteSwitch(database.path)
        return
    connection = await asyncpg.connect(database.url)
    switch = PostgresSwitch(connection)
    yield switch
    await switch.disarm()
    await connection.close()


@pytest.fixture
async def bot(database: Database, tmp_path: Path) -> AsyncIterator[Bot]:
    """Give the bot as a process, which ends with the test."""
    config = CONFIG.format(
        zone=zone_at(NOON), folder=tmp_path.as_posix(), url=database.url, port=free_port(),
        people="".join(f'[[webchat.people]]\nid = "{who}"\nname = "{who}"\n' for who in crowd()),
    )  # fmt: skip
    path = tmp_path / "config.toml"
    path.write_text(config, "utf-8")
    bot = Bot(path, {}, tmp_path / "log")
    yield bot
    if bot.process is not None:
        bot.kill()


def crowd() -> list[str]:
    """Return who said it, and who follows it."""
    return [f"m{number}" for number in range(TOLD)]


async def until(done: Callable[[], Awaitable[bool]], what: str) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not await done():
        assert time.monotonic() < deadline, f"not within {PATIENCE_SECONDS} s: {what}"
        await asyncio.sleep(0.05)


async def run(bot: Bot) -> int:
    """Start the bot, wait until it serves, and return where."""
    before = bot.events().count("ready") if bot.log.exists() else 0
    bot.start()

    async def is_ready() -> bool:
        return bot.events().count("ready") > before

    await until(is_ready, "ready")
    ready = [line for line in bot.lines() if line["event"] == "ready"]
    return int(ready[-1]["port"])


async def followed_by_many(database: Database) -> tuple[int, list[int]]:
    """Let one have said something that all others follow; return its number and theirs."""
    now = datetime.now(UTC)
    async with database.begin() as uow:
        chat = await uow.chats.add(
            Platform.WEBCHAT, "owners", ChatKind.GROUP, title="车主群", state=ChatState.SERVED, language="zh_CN",
            timezone=zone_at(NOON),
        )  # fmt: skip
        met = await uow.members.meet(Platform.WEBCHAT, [(who, who, "") for who in crowd()], now)
        said_by, *others = [met[who].id for who in crowd()]
        said = await uow.feedback.add(
            chat_id=chat.id, contributor_id=said_by, captured_by_id=said_by, message_id="1", text="按钮太小了", now=now,
            feedback_class=FeedbackClass.SUGGESTION, review_due=now + timedelta(days=2), is_guess=False,
        )  # fmt: skip
        assert said is not None
        for member_id in others:
            await uow.followers.add(said.id, member_id, now)
    return said.id, [said_by, *others]


async def column(database: Database, statement: Any) -> list[Any]:
    """Return the first column of what is found."""
    async with database.read() as uow:
        return list((await uow.connection.execute(statement)).scalars())


async def test_a_resolve_killed_in_its_middle_tells_nobody_and_given_again_everybody_once(
    database: Database, switch: Switch, bot: Bot
) -> None:
    number, people = await followed_by_many(database)
    d, m = tables.deliveries, tables.webchat_messages
    promised = sa.select(d.c.member_id).where(d.c.member_id.in_(people))
    arrived = sa.select(m.c.chat).where(m.c.author == "", m.c.chat != "li")
    await switch.arm(people[TOLD // 2])

    port = await run(bot)
    order = {"as": "li", "client_id": "k1", "chat": "li", "text": f"/resolve {number} 新版本里按钮放大了"}
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_SECONDS) as page:
        saying = asyncio.create_task(page.post(f"http://127.0.0.1:{port}/webchat/api/say", json=order))
        await until(switch.is_reached, "the middle of the promises")
        bot.kill()
        await asyncio.gather(saying, return_exceptions=True)
    await switch.disarm()
    async with database.read() as uow:
        assert (await uow.feedback.get(number)).status is Status.RECEIVED
        assert await uow.feedback.list_changes(number) == []
    assert await column(database, promised) == []
    assert (
        await column(database, sa.select(tables.timers.c.kind).where(tables.timers.c.kind == "unconfirmed"))
        == []
    )

    await run(bot)  # the web chat gives again what was not confirmed, as Telegram does

    async def is_telling() -> bool:
        return bool(await column(database, arrived.limit(1)))

    await until(is_telling, "somebody hears of it")
    bot.kill()
    assert Counter(await column(database, promised)) == Counter(people)

    await run(bot)

    async def is_told() -> bool:
        return not await column(database, promised.where(d.c.state != "sent").limit(1))

    await until(is_told, "everybody hears of it")
    await bot.stop()
    async with database.read() as uow:
        assert [change.after for change in await uow.feedback.list_changes(number)] == [Status.RESOLVED]
    assert Counter(await column(database, promised)) == Counter(people)
    assert Counter(await column(database, arrived)) == Counter(crowd())
