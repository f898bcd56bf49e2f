"""The real bot as a process with its local web chat: `Web` is the community on it, `WebchatStage` a journey's view.

Nothing here but HTTP: people act through the API of the page, and what they see came over the stream of a page that
is open from the first second to the last.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.bot.adapters.webchat.conftest import Page
from tests.live import ALIAS_KEY, NOON, PATIENCE_SECONDS, zone_at
from tests.process import Bot, free_port

LOOK_AGAIN_SECONDS = 0.05  # at what cannot call us: the log and the database


@dataclass(frozen=True, slots=True)
class Crew:
    """A group of its own: 张哥 and 小雨, their KOS 小李, and who else is there; the ids of the config."""

    group: str
    zhang: str
    yu: str
    li: str
    crowd: tuple[str, ...] = ()
    rituals: tuple[str, ...] = ()
    colleague: str = ""


@dataclass(slots=True)
class Web:
    """Some crews, the bot, and what an open page shows."""

    folder: Path
    settings: str = ""
    rituals: str = ""
    crews: list[Crew] = field(default_factory=list)
    spoken: set[str] = field(default_factory=set)
    shown: dict[int, dict[str, Any]] = field(default_factory=dict)
    bot: Bot | None = None
    _page: Page | None = None
    _reading: asyncio.Task[None] | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def page(self) -> Page:
        """Return the page's API."""
        assert self._page is not None, "it has not started"
        return self._page

    def crew(self, *, crowd: int = 0, rituals: Sequence[str] = (), has_two: bool = False) -> Crew:
        """Add a group, before the start; everybody is named in the config. If it `has_two`, 小李 has a colleague."""
        number = len(self.crews) + 1
        others = tuple(f"crowd{number}-{each}" for each in range(crowd))
        people = (f"{who}{number}" for who in ("zhang", "yu", "li"))
        colleague = f"chen{number}" if has_two else ""
        self.crews.append(Crew(f"owners{number}", *people, others, tuple(rituals), colleague))
        return self.crews[-1]

    async def start(self, client: httpx.AsyncClient) -> None:
        """Start the bot, wait until it is ready, and open the page."""
        port = client.base_url.port or free_port()
        client.base_url = httpx.URL(f"http://127.0.0.1:{port}")
        config = self.folder / "config.toml"
        config.write_text(self._config(port), encoding="utf-8")
        self.bot = bot = Bot(config, {"HUIXIANG_ALIAS_KEY": ALIAS_KEY}, self.folder / "log")
        already = bot.events().count("ready") if bot.log.exists() else 0
        bot.start()
        await self.until(lambda: bot.events().count("ready") > already, "it is not ready")
        self._page = self._page or Page(client)  # one page over restarts: its acts keep their keys apart
        self._reading = asyncio.create_task(self._read(client))

    async def close(self) -> None:
        """Look back: the open page missed nothing, the bot stops while it is open, the log tells nobody's words."""
        fresh = await self.page.messages()
        await self.until(
            lambda: all(
                self.shown.get(number, {}).get("revision", 0) >= each["revision"]
                for number, each in fresh.items()
            ),
            "the stream left something out",
        )
        assert self.bot is not None
        await self.bot.stop()
        raw = self.bot.log.read_text("utf-8")
        lines = "\n".join(json.dumps(line, ensure_ascii=False) for line in self.bot.lines())
        assert ALIAS_KEY not in raw
        for words in self.spoken:
            assert words not in lines, f"the log tells {words!r}"

    async def stop(self) -> None:
        """Stop the bot, as before a change of its config; `start` begins it again on the same port."""
        assert self.bot is not None
        await self.bot.stop()
        await self._close_the_page()

    async def power_cut(self, client: httpx.AsyncClient) -> None:
        """Kill the bot, and start it again; the page comes back by itself."""
        assert self.bot is not None
        self.bot.kill()
        await self._close_the_page()
        await self.start(client)

    async def _close_the_page(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    def kill(self) -> None:
        """Leave nothing running, whatever happened."""
        if self._reading is not None:
            self._reading.cancel()
        if self.bot is not None and self.bot.process is not None:
            self.bot.kill()

    async def until(self, done: Callable[[], Any], what: str) -> Any:
        """Wait for something to be true and return it. **Errors**: AssertionError after the deadline."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while not (found := done()):
            if asyncio.get_running_loop().time() > deadline:
                last = [(each["chat"], words(each)) for each in list(self.shown.values())[-10:]]
                raise AssertionError(f"{what}; shown: {last}")
            try:
                await asyncio.wait_for(self._changed.wait(), LOOK_AGAIN_SECONDS)
            except TimeoutError:
                continue
        return found

    async def row(self, statement: str, *values: object) -> tuple[Any, ...]:
        """Wait until a question to the database has an answer, and return its first row."""
        path = self.folder / "data/huixiang.db"

        def look() -> list[tuple[Any, ...]]:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as database:
                return database.execute(statement, values).fetchall()

        found: list[tuple[Any, ...]] = await self.until(look, statement)
        return found[0]

    def in_chat(self, *chats: str) -> list[dict[str, Any]]:
        """Return what stands in these chats, in its newest state, the newest message last."""
        return [each for _, each in sorted(self.shown.items()) if each["chat"] in chats]

    async def _read(self, client: httpx.AsyncClient) -> None:
        """Take messages off the stream as a browser does; it ends when the bot stops."""
        since = max((each["revision"] for each in self.shown.values()), default=0)
        page = f"/webchat/api/stream?since={since}"
        async with client.stream("GET", page, timeout=None) as answer:
            event = ""
            async for line in answer.aiter_lines():
                name, _, value = line.partition(": ")
                if name == "event":
                    event = value
                elif name == "data" and event == "message":
                    message = json.loads(value)
                    self.shown[message["id"]] = message
                    changed, self._changed = self._changed, asyncio.Event()
                    changed.set()

    def _config(self, port: int) -> str:
        folder = self.folder.as_posix()
        people = "".join(
            f'[[webchat.people]]\nid = "{who}"\nname = "{name}"\n'
            for crew in self.crews
            for who, name in _members(crew)
        )
        chats = "".join(
            f'[[chats]]\nplatform = "webchat"\nid = "{crew.group}"\nname = "车主{number}群"\n'
            f'timezone = "{zone_at(NOON)}"\nrituals = {json.dumps(list(crew.rituals))}\n'
            + "".join(
                f'[[staff]]\nplatform = "webchat"\nid = "{who}"\nrole = "kos"\nname = "{name}"\n'
                for who, name in ((crew.li, "小李"), (crew.colleague, "小陈"))
                if who
            )
            for number, crew in enumerate(self.crews, 1)
        )
        return (
            f'[community]\nname = "车友会"\ntimezone = "{zone_at(NOON)}"\ndata_dir = "{folder}/data"\n'
            f'[storage]\nurl = "sqlite:///{folder}/data/huixiang.db"\n[web]\nport = {port}\n'
            f"[webchat]\nenabled = true\n{people}{self.settings}\n{chats}{self.rituals}"
        )


def _members(crew: Crew) -> Iterator[tuple[str, str]]:
    yield crew.zhang, "张哥"
    yield crew.yu, "小雨"
    for number, who in enumerate(crew.crowd):
        yield who, f"车友{number}"


def words(message: dict[str, Any]) -> str:
    """Return the words of a message as the page shows them."""
    parts = message.get("parts") or [message.get("text", "")]
    return "".join(part if isinstance(part, str) else part.get("name") or _inner(part) for part in parts)


def _inner(part: dict[str, str]) -> str:
    return next(part[kind] for kind in ("strong", "quote", "link") if kind in part)


class WebchatStage:
    """A crew as journeys see it; every look waits until there is something to see."""

    def __init__(self, web: Web, crew: Crew) -> None:
        self.web, self.crew = web, crew
        self.zhang, self.yu, self.li, self.colleague = crew.zhang, crew.yu, crew.li, crew.colleague

    def crowd(self, count: int) -> list[str]:
        """Return so many of the others in the group."""
        assert count <= len(self.crew.crowd), "the config names fewer"
        return list(self.crew.crowd[:count])

    async def says(self, who: str, text: str, *, dm: bool = False) -> int:
        """Let somebody post words, in the group or in private."""
        self.web.spoken.add(text)
        return await self.web.page.say(who, text, who if dm else self.crew.group)

    async def presses(self, who: str, label: str) -> None:
        """Let somebody press the newest button they can see whose label contains this; some open the private chat."""

        def newest() -> tuple[dict[str, Any], dict[str, str]] | None:
            for message in reversed(self.web.in_chat(who, self.crew.group)):
                for button in (each for row in message.get("buttons", ()) for each in row):
                    if label in button["label"] and "url" not in button:
                        return message, button
            return None

        message, button = await self.web.until(newest, f"no button {label!r}")
        if "start" in button:
            answer = await self.web.page.post("start", who=who, data=button["start"])
        else:
            where = {"chat": message["chat"], "message": message["id"], "data": button["data"]}
            answer = await self.web.page.post("press", who=who, **where)
        assert answer.status_code == 200, answer.text

    async def hears(self, who: str | None, containing: str) -> str:
        """Return the newest message of ours with these words in somebody's private chat, or in the group."""

        def found() -> list[str]:
            return [text for text in self._heard(who) if containing in text]

        texts: list[str] = await self.web.until(found, f"nobody said {containing!r} to {who}")
        return texts[-1]

    async def heard(self, who: str | None) -> list[str]:
        """Return all that is there of us."""
        return self._heard(who)

    async def counts(self, text: str) -> None:
        """Wait until the counter in the group says this."""
        await self.hears(None, text)

    async def is_marked(self, said: int) -> None:
        """Wait until a message in the group bears our reaction."""
        await self.web.until(lambda: self.web.shown.get(said, {}).get("reactions"), "a reaction")

    async def number(self, text: str) -> int:
        """Return the number under which a text was captured."""
        return int((await self.web.row("SELECT id FROM feedback WHERE text LIKE ?", f"%{text}%"))[0])

    async def becomes(self, number: int, status: str) -> None:
        """Wait until a feedback has a status."""
        await self.web.row("SELECT 1 FROM feedback WHERE id = ? AND status = ?", number, status)

    async def hides(self, who: str) -> None:
        """Refuse: whoever is on the page can be reached."""
        raise AssertionError(f"{who} cannot be out of reach on the page")

    async def later(self, **by: float) -> None:
        """Let time pass: here the config's durations are seconds, and whoever looks waits."""

    def _heard(self, who: str | None) -> list[str]:
        return [words(each) for each in self.web.in_chat(who or self.crew.group) if not each["author"]]


@asynccontextmanager
async def on_the_page(folder: Path, **options: Any) -> AsyncIterator[tuple[Web, httpx.AsyncClient]]:
    """Make a community on the web chat; on the way out the bot is stopped and everything is looked at."""
    web = Web(folder, **options)
    try:
        async with httpx.AsyncClient(verify=False, timeout=PATIENCE_SECONDS) as client:
            yield web, client
            await web.close()
    except BaseException as error:
        if web.bot is not None and web.bot.log.exists():
            error.add_note(web.bot.log.read_text("utf-8")[-4000:])
        raise
    finally:
        web.kill()
