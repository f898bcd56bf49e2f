"""Who is there and what they see: people, groups, and everything the bot has put before them."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

_MENTION = re.compile(r"<@([^>]+)>")


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the corporation; `name` is known to the contacts only, never to the bot's callbacks."""

    userid: str
    name: str


@dataclass(frozen=True, slots=True)
class Group:
    """An internal group, or with `is_external` one of customers."""

    chatid: str
    name: str
    is_external: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing people see. `route` is push, reply, welcome, response_url, webhook, app or assisted."""

    chat: str
    route: str
    body: Mapping[str, Any]
    at: float
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Return the msgtype."""
        return str(self.body.get("msgtype", "text"))

    @property
    def text(self) -> str:
        """Return the words as people read them; of a card its title and sub title."""
        card = self.card
        if card:
            title = card.get("main_title", {})
            lines = (title.get("title"), title.get("desc"), card.get("sub_title_text"))
            return "\n".join(line for line in lines if line)
        inner = self.body.get(self.kind, {})
        return _MENTION.sub(
            lambda found: f"@{self.names.get(found[1], found[1])}", str(inner.get("content", ""))
        )

    @property
    def card(self) -> Mapping[str, Any]:
        """Return the card, empty if it is none."""
        found: Mapping[str, Any] = self.body.get("template_card", {})
        return found

    @property
    def labels(self) -> list[str]:
        """Return what can be tapped on it."""
        card = self.card
        options = card.get("checkbox", {}).get("option_list", ())
        return [each["text"] for each in (*card.get("button_list", ()), *options) if "text" in each]

    @property
    def feedback_id(self) -> str:
        """Return the id that a 👍 or 👎 on it carries."""
        return str(self.body.get(self.kind, {}).get("feedback", {}).get("id", ""))


@dataclass(slots=True)
class Stage:
    """Everything that is known and was shown."""

    people: dict[str, Person] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    spoken: set[str] = field(default_factory=set)  # conversations in which somebody spoke to the bot
    shown: list[Shown] = field(default_factory=list)
    updates: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)  # userid, the card it became
    task_ids: set[str] = field(default_factory=set)
    media: dict[str, bytes] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self) -> None:
        """Wake who waits for something to be true."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def show(self, chat: str, route: str, body: Mapping[str, Any]) -> Shown:
        """Put something before people."""
        shown = Shown(chat, route, body, asyncio.get_running_loop().time(), self.names)
        self.shown.append(shown)
        self.note()
        return shown

    async def ticked(self, seconds: float) -> None:
        """Wait for the next thing to happen here, so long at most: for what happens elsewhere."""
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return

    async def until(self, done: Callable[[], Any], what: str, *, within_seconds: float = 5.0) -> Any:
        """Wait for something to be true and return it. **Errors**: AssertionError after the deadline."""
        deadline = asyncio.get_running_loop().time() + within_seconds
        while True:
            if found := done():
                return found
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                raise AssertionError(
                    f"{what}; shown: {[(s.chat, s.route, s.text) for s in self.shown[-10:]]}"
                )
            try:
                await asyncio.wait_for(self._changed.wait(), left)
            except TimeoutError:
                continue
