"""The real bot as a process before the fake WeCom: `Life` is the community around it, `WecomStage` a journey's view.

The stories are those of the other platforms; only what people type and tap is this platform's.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.live import ALIAS_KEY, NOON, PATIENCE_SECONDS, zone_at
from tests.process import Bot, free_port
from tests.wecom import Group, Person, Shown, WeCom

NAME = "小助手"
_HOW = {"我也遇到": re.compile(r"\+1 \S+?(?=，)")}
_FILL = {"": "您好"}  # what somebody writes who follows a hint to write to us


@dataclass(slots=True)
class Crew:
    """A group of its own: 张哥 and 小雨, their KOS 小李."""

    group: Group
    zhang: Person
    yu: Person
    li: Person
    zone: str
    rituals: tuple[str, ...] = ()
    colleague: Person | None = None


@dataclass(slots=True)
class Life:
    """Some crews, the fake WeCom and the bot, in one of its two modes; perhaps another platform beside it."""

    wecom: WeCom
    folder: Path
    mode: str = "websocket"
    settings: str = ""
    rituals: str = ""
    more: str = ""
    database_url: str = ""  # in place of a file of its own
    env: dict[str, str] = field(default_factory=dict)
    crews: list[Crew] = field(default_factory=list)
    bots: list[Bot] = field(default_factory=list)
    spoken: set[str] = field(default_factory=set)

    def crew(self, *, rituals: Sequence[str] = (), has_two: bool = False) -> Crew:
        """Add a group whose members have written to the bot before; if it `has_two`, 小李 has a colleague."""
        number, wecom = len(self.crews) + 1, self.wecom
        people = [wecom.person(f"{who}{number}", name) for who, name in PEOPLE.items()]
        colleague = wecom.person(f"chen{number}", "小陈") if has_two else None
        wecom.stage.spoken.update(person.userid for person in (*people, colleague) if person is not None)
        key = f"KEY{number}" if self.mode == "callback" else ""
        group = wecom.group(f"wrGROUP{number}", f"车主{number}群", spoken=True, webhook_key=key)
        self.crews.append(Crew(group, *people, zone_at(NOON), tuple(rituals), colleague))
        return self.crews[-1]

    def bot(self) -> Bot:
        """Make one more process, not started; each with a log and a port of its own."""
        number, port = len(self.bots) + 1, free_port()
        config = self.folder / f"config{number}.toml"
        config.write_text(self._config(port), encoding="utf-8")
        if self.mode == "callback":
            self.wecom.callback_url = f"http://127.0.0.1:{port}/wecom/bot"
            self.wecom.app_callback_url = f"http://127.0.0.1:{port}/wecom/app"
        self.bots.append(Bot(config, self.secrets | self.env, self.folder / f"log{number}"))
        return self.bots[-1]

    @property
    def secrets(self) -> dict[str, str]:
        """Return the environment that the config names."""
        wecom = self.wecom
        env = {
            "W_SECRET": wecom.secret, "W_TOKEN": "tokOfTheTests", "W_AES": wecom.aes_key, "W_APP": wecom.app_secret,
            "W_APP_TOKEN": "tokOfTheApp", "W_APP_AES": wecom.app_aes_key,
            "HUIXIANG_ALIAS_KEY": ALIAS_KEY,
        }  # fmt: skip
        return env | {f"W_{key}": key for key in wecom.webhooks}

    async def start(self) -> Bot:
        """Start one more process and wait until it listens."""
        bot = self.bot()
        already = self.wecom.socket.subscribed
        self.wecom.callback_token, self.wecom.app_token = "tokOfTheTests", "tokOfTheApp"
        bot.start()
        if self.mode == "callback":
            await self.until(lambda: bot.log.exists() and "ready" in bot.events(), "it never got ready")
            await self.wecom.webside.verify()
        else:
            await self.wecom.connected(times=already + 1, within_seconds=PATIENCE_SECONDS)
        return bot

    async def until(self, done: Any, what: str) -> Any:
        """Wait for something that the fake cannot notice by itself, such as a row in the database."""
        import asyncio

        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (found := done()):
                await self.wecom.stage.ticked(0.05)
        assert found, what
        return found

    async def close(self) -> None:
        """Stop the processes and look back: no broken rule, nothing in the log that is nobody's business."""
        for bot in self.bots:
            await bot.stop()
        self.wecom.assert_clean()
        for bot in self.bots:
            raw = bot.log.read_text("utf-8")
            lines = "\n".join(json.dumps(line, ensure_ascii=False) for line in bot.lines())
            for secret in (*self.secrets.values(), "access_token=", "response_code="):
                assert secret not in raw, "the log tells a secret"
            for words in self.spoken:
                assert words not in lines, f"the log tells {words!r}"

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Read from the database, beside the bot."""
        path = self.folder / "data/huixiang.db"
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as database:
                return database.execute(statement, values).fetchall()
        except sqlite3.OperationalError:
            return []

    async def row(self, statement: str, *values: object) -> tuple[Any, ...]:
        """Wait until a question to the database has an answer, and return its first row."""
        found: list[tuple[Any, ...]] = await self.until(lambda: self.rows(statement, *values), statement)
        return found[0]

    def _config(self, port: int) -> str:
        wecom, folder = self.wecom, self.folder.as_posix()
        is_callback = self.mode == "callback"
        named = [person for crew in self.crews for person in (crew.zhang, crew.yu)]
        names = "".join(f'{person.userid} = "{person.name}"\n' for person in named)
        chats = "".join(
            f'[[chats]]\nplatform = "wecom"\nid = "{crew.group.chatid}"\nname = "{crew.group.name}"\n'
            f'timezone = "{crew.zone}"\nrituals = {json.dumps(list(crew.rituals))}\n'
            + (f'webhook_key_env = "W_KEY{number}"\n' if is_callback else "")
            + "".join(
                f'[[staff]]\nplatform = "wecom"\nid = "{who.userid}"\nrole = "kos"\nname = "{who.name}"\n'
                for who in (crew.li, crew.colleague)
                if who is not None
            )
            for number, crew in enumerate(self.crews, 1)
        )
        app = (
            f'[wecom.app]\ncorp_id = "{wecom.corp_id}"\nagent_id = {wecom.agent_id}\nsecret_env = "W_APP"\n'
            f'token_env = "W_APP_TOKEN"\naes_key_env = "W_APP_AES"\napi_base_url = "{wecom.url}"\n'
        )
        return (
            f'[community]\nname = "车友会"\ntimezone = "{zone_at(NOON)}"\ndata_dir = "{folder}/data"\n'
            f'[storage]\nurl = "{self.database_url or f"sqlite:///{folder}/data/huixiang.db"}"\n'
            f'[web]\nport = {port}\npublic_url = "http://127.0.0.1:{port}"\n'
            f'[wecom]\nwebhook_base_url = "{wecom.url}"\n[wecom.bot]\nid = "{wecom.bot_id}"\nnames = ["{NAME}"]\n'
            f'mode = "{self.mode}"\nws_url = "{wecom.ws_url}"\nsecret_env = "W_SECRET"\ntoken_env = "W_TOKEN"\n'
            f'aes_key_env = "W_AES"\n{app if is_callback else ""}'
            f"[wecom.names]\n{names}"
            f"{self.settings}\n{self.more}\n{chats}{self.rituals}"
        )


PEOPLE = {"zhang": "张哥", "yu": "小雨", "li": "小李"}


class WecomStage:
    """A crew as journeys see it; every look waits until there is something to see."""

    def __init__(self, life: Life, crew: Crew) -> None:
        self.life, self.wecom, self.crew = life, life.wecom, crew
        self.zhang, self.yu, self.li, self.colleague = crew.zhang, crew.yu, crew.li, crew.colleague

    def crowd(self, count: int) -> list[Person]:
        """Let so many more people be in the group, who have written to the bot before."""
        place = self.crew.group.chatid
        people = [self.wecom.person(f"{place}-{number}".lower(), f"车友{number}") for number in range(count)]
        self.wecom.stage.spoken.update(person.userid for person in people)
        return people

    async def says(self, who: Person, text: str, *, dm: bool = False) -> int:
        """Let somebody say something; in the group the bot hears it only when it is called."""
        self.life.spoken.add(text)
        seen = len(self.wecom.seen(self.crew.group))
        if dm:
            await self.wecom.says(who, text)
        else:
            await self.wecom.says(who, f"@{NAME}\u2005{text}", self.crew.group)
        return seen

    async def presses(self, who: Person, label: str) -> None:
        """Let somebody tap the newest card in private that says so; where there is none they say it in words."""
        if label in _FILL:
            self.wecom.stage.people[who.userid] = who
            await self.wecom.says(who, _FILL[label])
            return
        if label == "私聊说":  # there is no button: whoever looks after it is who they write to
            return
        if label == "打卡":
            await self.says(who, label)
            return
        if label == "我也遇到":  # the card in the group says how, for it has no buttons
            card = await self.hears(None, "@我 说 +1")
            await self.says(who, _HOW[label].findall(card)[-1])
            return

        def newest() -> Shown | None:
            """Find the newest such card, once the words that come before their card have it."""
            for shown in reversed(self.wecom.seen(who)):
                if any(label in each for each in shown.labels):
                    return shown
                if shown.feedback_id:
                    return None
            return None

        shown = await self.wecom.stage.until(newest, f"no card {label!r}", within_seconds=PATIENCE_SECONDS)
        await self.wecom.clicks(who, shown, label)

    async def hears(self, who: Person | None, containing: str) -> str:
        """Return the newest message with these words in somebody's private chat, or in the group."""
        shown = await self.wecom.sees(who or self.crew.group, containing, within_seconds=PATIENCE_SECONDS)
        return shown.text

    async def heard(self, who: Person | None) -> list[str]:
        """Return all words that are there of us; a card that only asks for a tap says none."""
        seen = self.wecom.seen(who or self.crew.group)
        return [shown.text for shown in seen if not shown.card or shown.card.get("sub_title_text")]

    async def is_marked(self, said: int) -> None:
        """Wait until a message in the group was answered by one line: there are no reactions."""
        await self.wecom.stage.until(
            lambda: any("收到 #" in s.text for s in self.wecom.seen(self.crew.group)[said:]), "not answered",
            within_seconds=PATIENCE_SECONDS,
        )  # fmt: skip

    async def counts(self, text: str) -> None:
        """Wait until somebody is checked in, or so many met it too: there is no counter to edit."""
        if people := re.match(r"(\d+) 人遇到", text):
            joined = int(people[1]) - 1  # who said it first is counted as well
            await self.life.row("SELECT 1 FROM resonances GROUP BY feedback_id HAVING count(*) = ?", joined)
            return
        await self.life.row("SELECT 1 FROM checkins")

    async def number(self, text: str) -> int:
        """Return the number under which a text was captured."""
        return int((await self.life.row("SELECT id FROM feedback WHERE text LIKE ?", f"%{text}%"))[0])

    async def becomes(self, number: int, status: str) -> None:
        """Wait until a feedback has a status."""
        await self.life.row("SELECT 1 FROM feedback WHERE id = ? AND status = ?", number, status)

    async def hides(self, who: Person) -> None:
        """Let somebody never have written to the bot, and not see the app."""
        self.wecom.stage.spoken.discard(who.userid)
        self.wecom.stage.people.pop(who.userid)

    async def later(self, **by: float) -> None:
        """Let time pass: here the config's durations are seconds, and whoever looks waits."""


@asynccontextmanager
async def living(folder: Path, **options: Any) -> AsyncIterator[Life]:
    """Open the fake WeCom and a community before it; on the way out everything is stopped and looked at."""
    async with WeCom() as wecom:
        life = Life(wecom, folder, **options)
        try:
            yield life
            await life.close()
        finally:
            for bot in life.bots:
                if bot.process is not None:
                    bot.kill()
