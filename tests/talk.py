"""Dialogues in tests: people say things, the bot answers, the clock moves. Everything is real but network and clock."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.adapters.base import Chatter, Taken
from bot.core import Core
from handlers.addressed import is_addressed, read_call
from handlers.events import Event, EventKind, Replied, Sender
from storage.db import Database
from storage.messages import plain
from storage.records import Attachment, Chat, ChatKind, Feedback, Platform
from storage.timers import Timer
from tests.fakes import FakeAdapter, FakeClock, Shown

GROUP = "-1001"
Captured = Callable[..., Awaitable[Feedback]]
"""How the fixture `captured` lets something have been said that was captured."""


@dataclass(frozen=True, slots=True)
class Person:
    """One of the cast."""

    external_id: str
    name: str
    username: str = ""
    is_bot: bool = False
    is_person: bool = True

    @property
    def sender(self) -> Sender:
        """Return who they are to the platform."""
        return Sender(self.external_id, self.name, self.username, self.is_bot, self.is_person)


ZHANG = Person("501", "张哥", "zhang")
YU = Person("502", "小雨", "yu")
LI = Person("601", "小李", "li")
MIN = Person("701", "阿敏", "min")


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a person."""

    chat: str
    message_id: str
    text: str
    by: Person
    attachments: tuple[Attachment, ...] = ()


class Talk:
    """A community in memory over a real database: `says`, `presses`, `reacts`, `votes`, `heard`, `advance`."""

    def __init__(self, database: Database, adapter: FakeAdapter, core: Core, clock: FakeClock) -> None:
        self.database = database
        self.adapter = adapter
        self.core = core
        self.dispatcher = core.dispatcher
        self.relay = core.relay
        self.clock = clock
        self.toast = ""
        self.overhears = False  # whether ordinary talk comes with its words
        self._ids = itertools.count(1)
        self._heard = 0
        self._heard_in: dict[str, int] = {}
        self._commits = 0
        database.on_commit(self._note_commit)

    @property
    def now(self) -> datetime:
        """Return the moment."""
        return self.clock.at

    async def says(
        self, who: Person, text: str, *, dm: bool = False, chat: str = GROUP, reply_to: Said | Shown | None = None,
        attachments: Sequence[Attachment] = (), album: str = "", is_album_rest: bool = False, mentions_us: bool = False,
    ) -> Said:  # fmt: skip
        """Let somebody say something, in the group or in private, and carry out what follows."""
        said = self.message(who, text, dm=dm, chat=chat, attachments=attachments)
        await self.take(
            self.taken(
                said, reply_to=reply_to, album=album, is_album_rest=is_album_rest, mentions_us=mentions_us
            )
        )
        return said

    def message(
        self,
        who: Person,
        text: str,
        *,
        dm: bool = False,
        chat: str = GROUP,
        attachments: Sequence[Attachment] = (),
    ) -> Said:
        """Make a message without handing it in."""
        return Said(who.external_id if dm else chat, str(next(self._ids)), text, who, tuple(attachments))

    def taken(
        self, said: Said, *, reply_to: Said | Shown | None = None, album: str = "", is_album_rest: bool = False,
        mentions_us: bool = False, update_id: str = "",
    ) -> Taken:  # fmt: skip
        """Read a message as an adapter would."""
        update_id = update_id or f"u{next(self._ids)}"
        private = said.chat == said.by.external_id
        replied = _replied(reply_to)
        addressed = private or is_addressed(
            said.text, is_reply_to_us=bool(replied and replied.by_us), mentions_us=mentions_us,
            has_reply=replied is not None,
        )  # fmt: skip
        who = said.by
        if not addressed and not album:
            words = (said.text, f"https://t.me/c/1/{said.message_id}") if self.overhears else ()
            return Taken(
                update_id,
                Chatter(said.chat, who.external_id, who.name, who.username, said.message_id, *words),
            )
        call = read_call(said.text)
        calls = call.is_command or private or mentions_us
        event = Event(
            update_id=update_id, kind=EventKind.MESSAGE, platform=self.adapter.platform, chat=said.chat,
            chat_kind=ChatKind.PRIVATE if private else ChatKind.GROUP, sender=who.sender,
            at=self.now.replace(microsecond=0),  # platforms date in whole seconds
            message_id=said.message_id, text=said.text, word=call.word if calls else "",
            rest=call.rest if calls else "", is_command=call.is_command, mentions_us=mentions_us, reply_to=replied,
            attachments=said.attachments, album=album, is_album_rest=is_album_rest,
            link=f"https://t.me/c/1/{said.message_id}",
        )  # fmt: skip
        return Taken(update_id, event)

    async def edits(self, said: Said, text: str) -> Said:
        """Let somebody edit their message."""
        edited = Said(said.chat, said.message_id, text, said.by, said.attachments)
        private = said.chat == said.by.external_id
        await self._event(
            EventKind.EDIT, said.by, chat=said.chat, private=private, message_id=said.message_id, text=text,
            attachments=said.attachments, link=f"https://t.me/c/1/{said.message_id}",
        )  # fmt: skip
        return edited

    async def presses(self, who: Person, label: str, *, on: Shown | None = None) -> str:
        """Let somebody press the newest button they can see whose label contains this; return the toast."""
        candidates = (
            [on] if on else [s for s in reversed(self.adapter.shown) if s.chat in (GROUP, who.external_id)]
        )
        for shown in candidates:
            for row in shown.message.buttons:
                for button in row:
                    if label in button.label:
                        if button.start:
                            await self.says(who, f"/start {button.start}", dm=True)
                            return self.toast
                        return await self.presses_action(who, button.action, on=shown)
        visible = [(s.text, s.labels) for s in candidates]
        raise AssertionError(f"no button {label!r} for {who.name} in {visible}")

    async def presses_action(self, who: Person, action: str | None, *, on: Shown) -> str:
        """Let somebody press a button with this action, forged perhaps; return the toast."""
        taken = self.pressed(who, action, on=on)
        toasts = await self.take(taken)
        self.toast = next(iter(toasts.values()), "")
        return self.toast

    def pressed(self, who: Person, action: str | None, *, on: Shown) -> Taken:
        """Press a button without handing it in."""
        update_id = f"u{next(self._ids)}"
        kind = ChatKind.PRIVATE if on.chat == who.external_id else ChatKind.GROUP
        event = Event(
            update_id=update_id, kind=EventKind.PRESS, platform=self.adapter.platform, chat=on.chat, chat_kind=kind,
            sender=who.sender, at=self.now, message_id=on.message_id, action=action, press_id=f"press{update_id}",
        )  # fmt: skip
        return Taken(update_id, event)

    async def reacts(self, who: Person, on: Said | Shown, emoji: str = "👍") -> None:
        """Let somebody react to a message."""
        await self._event(EventKind.REACTION, who, chat=on.chat, message_id=on.message_id, emoji=emoji)

    async def votes(self, who: Person, poll: Shown, *choices: int) -> None:
        """Let somebody vote in a native poll (0-based)."""
        await self._event(EventKind.POLL_ANSWER, who, chat="", poll_id=poll.poll_id, choices=choices)

    async def happens(
        self, kind: EventKind, who: Person, *, chat: str = GROUP, title: str = "", text: str = ""
    ) -> None:
        """Let something else happen: added, removed, migrated."""
        private = chat == who.external_id
        await self._event(kind, who, chat=chat, private=private, chat_title=title, text=text)

    async def _event(
        self, kind: EventKind, who: Person, *, chat: str, private: bool = False, message_id: str = "", text: str = "",
        emoji: str = "", poll_id: str = "", choices: tuple[int, ...] = (),
        attachments: tuple[Attachment, ...] = (), link: str = "", chat_title: str = "",
    ) -> None:  # fmt: skip
        update_id = f"u{next(self._ids)}"
        event = Event(
            update_id=update_id, kind=kind, platform=self.adapter.platform, chat=chat,
            chat_kind=ChatKind.PRIVATE if private else ChatKind.GROUP, chat_title=chat_title, sender=who.sender,
            at=self.now, message_id=message_id, text=text, emoji=emoji,
            poll_id=poll_id, choices=choices, attachments=attachments, link=link,
        )  # fmt: skip
        await self.take(Taken(update_id, event))

    async def take(self, *batch: Taken) -> dict[str, str]:
        """Hand Updates in as one batch, and carry out what follows."""
        toasts = dict(await self.dispatcher(self.adapter.platform, list(batch)))
        await self.settle()
        return toasts

    async def settle(self) -> None:
        """Fire what is due and send what is due, until nothing is."""
        for _ in range(5):
            commits = self._commits
            await self.core.clock.run_due(self.now)
            await self.relay.drain()
            if self._commits == commits:
                return

    def _note_commit(self, written: frozenset[str]) -> None:
        del written
        self._commits += 1

    async def timers(self, *kinds: str) -> list[Timer]:
        """Return the timers of these kinds that have yet to fire, earliest first."""
        async with self.database.read() as uow:
            waiting = await uow.timers.list_due(self.now + timedelta(days=400))
        return [timer for timer in waiting if timer.kind in kinds]

    async def advance(self, **by: float) -> None:
        """Move the clock, carrying out on the way whatever comes due."""
        until = self.now + timedelta(**by)
        await self.settle()
        while self.now < until:
            due = await self.next_due()
            self.clock.at = (
                until if due is None or due > until else max(due, self.now + timedelta(microseconds=1))
            )
            await self.settle()

    async def next_due(self) -> datetime | None:
        """Return the next moment at which something happens by itself."""
        planned = await self.core.clock.next_moment()
        async with self.database.read() as uow:
            delivery = await uow.deliveries.next_due([self.adapter.platform], self.now)
        return min((due for due in (planned, delivery) if due is not None), default=None)

    def heard(self, who: Person | None = None) -> list[str]:
        """Return the words posted since last asked: in somebody's private chat, or in the group."""
        return [shown.text for shown in self.posts(who)]

    def posts(self, who: Person | None = None, *, chat: str = GROUP) -> list[Shown]:
        """Return the messages posted since last asked: in somebody's private chat, or in the group."""
        where = who.external_id if who else chat
        fresh = [shown for shown in self.adapter.shown if shown.chat == where][self._heard_in.get(where, 0) :]
        self._heard_in[where] = self._heard_in.get(where, 0) + len(fresh)
        return fresh

    def last(self, who: Person | None = None, *, chat: str = GROUP) -> Shown:
        """Return the newest message in somebody's private chat, or in the group, as it shows now."""
        where = who.external_id if who else chat
        return next(shown for shown in reversed(self.adapter.shown) if shown.chat == where)

    async def group(self) -> Chat:
        """Return the group's record."""
        async with self.database.read() as uow:
            chat = await uow.chats.find(self.adapter.platform, GROUP)
        assert chat is not None
        return chat


def _replied(to: Said | Shown | None) -> Replied | None:
    if to is None:
        return None
    if isinstance(to, Said):
        return Replied(
            to.message_id,
            to.by.sender,
            to.text,
            attachments=to.attachments,
            link=f"https://t.me/c/1/{to.message_id}",
        )
    return Replied(to.message_id, None, plain(to.message.text), by_us=True)


PLATFORM = Platform.TELEGRAM
