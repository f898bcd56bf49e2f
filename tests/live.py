"""The real bot as a process before the fake Bot API: `Live` is the community around it.

Used by the journeys that go over real HTTP. What people do and see is the fake's (`tests.botapi`); here are the
config, the process (`tests.process`), its log and its database.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.botapi import BotApi, Chat, Limits, Person, Shown
from tests.process import Bot, free_port

SECRET = "a-webhook-secret-of-the-tests"
ALIAS_KEY = "bm9ib2R5IGhpZGVzIGJlaGluZCB0aGlzIGtleSwgZWg="
PATIENCE_SECONDS = 60.0
NOON = 12  # nobody sleeps
NIGHT = 2  # everybody does


def zone_at(hour: int, now: datetime | None = None) -> str:
    """Return a time zone in which it is about this hour now, so that quiet hours and days are the test's choice."""
    now = now or datetime.now(UTC)
    ahead = (hour - now.hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def cron_before(zone_hour: int, by: timedelta, now: datetime | None = None) -> str:
    """Return a daily cron line that was due this long ago in `zone_at(zone_hour)`."""
    now = now or datetime.now(UTC)
    then = now.replace(hour=zone_hour) - by
    return f"{then.minute} {then.hour} * * *"


@dataclass(slots=True)
class Crew:
    """A group of its own: 张哥 and 小雨, their KOS 小李."""

    group: Chat
    zhang: Person
    yu: Person
    li: Person
    zone: str
    rituals: tuple[str, ...] = ()
    colleague: Person | None = None


@dataclass(slots=True)
class Live:
    """Some crews, the fake Bot API and the bot; several processes may serve one database."""

    api: BotApi
    folder: Path
    mode: str = "polling"
    settings: str = ""
    rituals: str = ""
    crews: list[Crew] = field(default_factory=list)
    bots: list[Bot] = field(default_factory=list)
    database_url: str = ""
    spoken: set[str] = field(default_factory=set)

    def crew(
        self,
        *,
        hour: int = NOON,
        rituals: Sequence[str] = (),
        kind: str = "supergroup",
        has_two: bool = False,
    ) -> Crew:
        """Add a group where it is about this hour now; before the first start, as the config names it.

        If it `has_two`, 小李 has a colleague.
        """
        api, number = self.api, len(self.crews) + 1
        zhang = api.person("张哥", username=f"zhang{number}", started=True)
        yu = api.person("小雨", username=f"yu{number}", started=True)
        li = api.person("小李", username=f"li{number}", started=True)
        group = api.group(f"车主{number}群", zhang, yu, li, type=kind)
        colleague = api.person("小陈", username=f"chen{number}", started=True) if has_two else None
        self.crews.append(Crew(group, zhang, yu, li, zone_at(hour), tuple(rituals), colleague))
        return self.crews[-1]

    def bot(self) -> Bot:
        """Make one more process, not started; each with a log and a port of its own."""
        number = len(self.bots) + 1
        port = free_port() if self.mode == "webhook" else 0
        config = self.folder / f"config{number}.toml"
        config.write_text(self._config(port), encoding="utf-8")
        env = {
            "HUIXIANG_TELEGRAM_TOKEN": self.api.token,
            "HUIXIANG_TELEGRAM_WEBHOOK_SECRET": SECRET,
            "HUIXIANG_ALIAS_KEY": ALIAS_KEY,
        }
        self.bots.append(Bot(config, env, self.folder / f"log{number}"))
        return self.bots[-1]

    async def start(self) -> Bot:
        """Start one more process and wait until it listens to Telegram."""
        bot = self.bot()
        await self.run(bot)
        return bot

    async def run(self, bot: Bot) -> None:
        """Start a process, again perhaps, and wait until it listens to Telegram."""
        already, is_polling = self.api.intake.polls, self.mode == "polling"
        bot.start()

        def listens() -> bool:
            return self.api.intake.polls > already if is_polling else "ready" in bot.events()

        await self.api.until(listens, PATIENCE_SECONDS, "listening")
        await self.api.polled(seconds=PATIENCE_SECONDS)

    async def close(self) -> None:
        """Stop the processes and look back: nothing malformed, nothing told in the log that is nobody's business."""
        for bot in self.bots:
            await bot.stop()
        self.api.assert_clean()
        for bot in self.bots:
            if bot.log.exists():
                self.assert_discreet(bot)

    def assert_discreet(self, bot: Bot) -> None:
        """Fail if the log tells a token, a secret, or what a member said."""
        lines = "\n".join(json.dumps(line, ensure_ascii=False) for line in bot.lines())
        raw = bot.log.read_text("utf-8")
        for secret in (self.api.token, self.api.token.partition(":")[2], SECRET, ALIAS_KEY):
            assert secret not in raw
        for words in self.spoken:
            assert words not in lines, f"the log tells {words!r}"

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Read from the database, beside the bot."""
        path = self.folder / "data/huixiang.db"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as database:
            return database.execute(statement, values).fetchall()

    async def row(self, statement: str, *values: object, what: str = "") -> tuple[Any, ...]:
        """Wait until a question to the database has an answer, and return its first row."""

        def look() -> list[tuple[Any, ...]]:
            try:
                return self.rows(statement, *values)
            except sqlite3.OperationalError as error:
                if "syntax" in str(error) or "column" in str(error) or "HAVING" in str(error):
                    raise
                return []  # not there yet, or taken

        found = await self.api.until(look, PATIENCE_SECONDS, what or statement)
        row: tuple[Any, ...] = found[0]
        return row

    def _config(self, port: int) -> str:
        folder = self.folder.as_posix()
        web = f'port = {port}\npublic_url = "http://127.0.0.1:{port}"' if port else "port = 0"
        chats = "".join(
            f'[[chats]]\nplatform = "telegram"\nid = {crew.group.id}\nname = "{crew.group.title}"\n'
            f'timezone = "{crew.zone}"\nrituals = {json.dumps(list(crew.rituals))}\n'
            + "".join(
                f'[[staff]]\nplatform = "telegram"\nid = {who.id}\nrole = "kos"\nname = "{who.first_name}"\n'
                for who in (crew.li, crew.colleague)
                if who is not None
            )
            for crew in self.crews
        )
        url = self.database_url or f"sqlite:///{folder}/data/huixiang.db"
        return (
            f'[community]\nname = "车友会"\ntimezone = "{zone_at(NOON)}"\ndata_dir = "{folder}/data"\n'
            f'[storage]\nurl = "{url}"\n'
            f'[web]\n{web}\n[telegram]\napi_base_url = "{self.api.url}"\nmode = "{self.mode}"\n'
            f"{self.settings}\n{chats}{self.rituals}"
        )


class LiveStage:
    """A crew as journeys see it; every look waits until there is something to see."""

    def __init__(self, live: Live, crew: Crew) -> None:
        self.live, self.api, self.crew = live, live.api, crew
        self.zhang, self.yu, self.li, self.colleague = crew.zhang, crew.yu, crew.li, crew.colleague

    def crowd(self, count: int) -> list[Person]:
        """Let so many more people join the group, who once pressed Start."""
        people = [self.api.person(f"车友{number}", started=True) for number in range(count)]
        for person in people:
            self.api.joins(person, self.crew.group)
        return people

    async def says(self, who: Person, text: str, *, dm: bool = False) -> Any:
        """Let somebody say something, in the group or in private."""
        self.live.spoken.add(text)
        return self.api.says(who, text, None if dm else self.crew.group)

    async def presses(self, who: Person, label: str) -> None:
        """Let somebody press the newest button they can see whose label contains this."""

        def newest() -> tuple[Shown, str] | None:
            for place in (who, self.crew.group):
                for shown in reversed(self.api.heard(place)):
                    for row in shown.buttons:
                        for each in row:
                            if label in each:
                                return shown, each
            return None

        shown, exact = await self.api.until(newest, PATIENCE_SECONDS, f"a button {label!r}")
        self.api.presses(who, shown, exact)

    async def hears(self, who: Person | None, containing: str) -> str:
        """Return the newest message with these words in somebody's private chat, or in the group."""
        return (await self.api.hears(who or self.crew.group, containing, seconds=PATIENCE_SECONDS)).text

    async def heard(self, who: Person | None) -> list[str]:
        """Return all that is there of us."""
        return [shown.text for shown in self.api.heard(who or self.crew.group)]

    async def counts(self, text: str) -> None:
        """Wait until the counter in the group says this."""
        await self.hears(None, text)

    async def is_marked(self, said: Any) -> None:
        """Wait until a message in the group bears our reaction."""

        def marked() -> bool:
            return any(
                shown.reactions
                for shown in self.api.sees(self.crew.group)
                if shown.message_id == said["message_id"]
            )

        await self.api.until(marked, PATIENCE_SECONDS, "a reaction")

    async def number(self, text: str) -> int:
        """Return the number under which a text was captured."""
        return int((await self.live.row("SELECT id FROM feedback WHERE text LIKE ?", f"%{text}%"))[0])

    async def becomes(self, number: int, status: str) -> None:
        """Wait until a feedback has a status."""
        await self.live.row("SELECT 1 FROM feedback WHERE id = ? AND status = ?", number, status)

    async def hides(self, who: Person) -> None:
        """Let somebody never have pressed Start."""
        who.started = False

    async def later(self, **by: float) -> None:
        """Let time pass: here the config's durations are seconds, and whoever looks waits."""


@asynccontextmanager
async def going_live(folder: Path, **options: Any) -> AsyncIterator[Live]:
    """Open the fake Bot API and a community before it; on the way out everything is stopped and looked at."""
    async with BotApi(limits=Limits()) as api:
        live = Live(api, folder, **options)
        try:
            yield live
            await live.close()
        except BaseException as error:
            for bot in live.bots:
                if bot.log.exists():
                    error.add_note(f"{bot.log.name}:\n{bot.log.read_text('utf-8')[-4000:]}")
            raise
        finally:
            for bot in live.bots:
                if bot.process is not None:
                    bot.kill()
