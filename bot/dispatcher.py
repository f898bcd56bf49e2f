"""The dispatcher: a batch of Updates, one UnitOfWork, a savepoint each, one commit. The adapters' Intake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.adapters.base import Chatter, Taken
from bot.logs import get_logger
from handlers import FIRST_VOICE, HANDLERS, REACHED
from handlers.base import (
    Context,
    Event,
    EventKind,
    Handler,
    NotAllowedError,
    Plans,
    Settings,
    Triage,
    UserError,
)
from locales.catalog import Catalog
from storage.db import Database
from storage.errors import ConflictError, StorageBusyError
from storage.messages import Message
from storage.records import Capabilities, Chat, ChatKind, ChatState, Member, Platform
from storage.uow import UnitOfWork

_log = get_logger(__name__)
_MOST_ACQUAINTED = 100_000  # members of the busiest groups; about 20 MiB
_SPOKEN = frozenset({EventKind.MESSAGE, EventKind.PRESS})
_SILENT = frozenset({EventKind.BOT_REMOVED, EventKind.MIGRATED})


@dataclass(slots=True)
class _Batch:
    """What one batch has loaded so far."""

    uow: UnitOfWork
    platform: Platform
    now: datetime
    chats: dict[str, Chat]
    members: dict[str, Member]
    toasts: dict[str, str]


class Dispatcher:
    """Turns what adapters took into facts and promises."""

    def __init__(
        self, database: Database, *, settings: Settings, texts: Catalog, plans: Plans, triage: Triage,
        capabilities: Mapping[tuple[Platform, ChatKind], Capabilities], now: Callable[[], datetime],
        count: Callable[..., None], handlers: tuple[Handler, ...] = HANDLERS,
    ) -> None:  # fmt: skip
        self._database = database
        self._settings = settings
        self._texts = texts
        self._plans = plans
        self._triage = triage
        self._capabilities = capabilities
        self._now = now
        self._tick = count
        self._handlers = handlers
        self._acquainted: dict[
            tuple[int, str], int
        ] = {}  # (chat, platform id) -> member id, stored for certain

    async def __call__(self, platform: Platform, batch: Sequence[Taken]) -> Mapping[str, str]:
        """Commit a batch; return the toast of each press.

        **Errors**: StorageBusyError: nothing was stored, the batch may be offered again.
        """
        now = self._now()
        met: dict[tuple[int, str], int] = {}
        async with self._database.begin() as uow:
            fresh = await uow.updates.mark_seen(platform, [taken.update_id for taken in batch], now)
            todo = [taken for taken in _each_once(batch) if taken.update_id in fresh]
            for taken in todo:
                if taken.error:
                    await uow.updates.add_quarantined(platform, taken.raw, taken.error, now)
                    _log.warning("update_quarantined", platform=str(platform), update_id=taken.update_id)
            contents = [taken.content for taken in todo if taken.content is not None]
            loaded = _Batch(uow, platform, now, {}, {}, {})
            loaded.chats = await uow.chats.known(platform, {c.chat for c in contents if c.chat})
            await self._meet(loaded, contents)
            await self._count(loaded, contents, met)
            for content in contents:
                if isinstance(content, Event):
                    await self._dispatch(loaded, content)
        self._remember(met)
        self._tick("updates", str(platform), times=len(todo))
        for taken in todo:
            if taken.error:
                self._tick("quarantined", str(platform))
        return loaded.toasts

    async def _meet(self, batch: _Batch, contents: Iterable[Event | Chatter]) -> None:
        """Load everybody an Event comes from, in one statement."""
        people = {
            content.sender.external_id: (
                content.sender.external_id,
                content.sender.name,
                content.sender.username,
            )
            for content in contents
            if isinstance(content, Event) and content.sender.is_person and not content.sender.is_bot
        }
        if people:
            batch.members = await batch.uow.members.meet(batch.platform, people.values(), batch.now)

    async def _count(
        self, batch: _Batch, contents: Iterable[Event | Chatter], met: dict[tuple[int, str], int]
    ) -> None:
        """Add up who said how much, and notice first voices: a statement each a batch, whatever its size."""
        said: Counter[tuple[int, str]] = Counter()
        people: dict[str, tuple[str, str, str]] = {}
        first_message: dict[tuple[int, str], str] = {}
        for content in contents:
            spoken = _spoken(content)
            chat = batch.chats.get(content.chat)
            if spoken is None or chat is None or chat.state is not ChatState.SERVED:
                continue
            external_id, name, username, message_id = spoken
            who = (chat.id, external_id)
            said[who] += 1
            first_message.setdefault(who, message_id)
            if who not in self._acquainted:
                people[external_id] = (external_id, name, username)
        if not said:
            return
        if people:
            strangers = [person for person in people.values() if person[0] not in batch.members]
            if strangers:
                batch.members.update(await batch.uow.members.meet(batch.platform, strangers, batch.now))
            pairs = {who: batch.members[who[1]].id for who in said if who[1] in people}
            firsts = await batch.uow.updates.add_acquaintances(
                [(chat_id, member_id) for (chat_id, _), member_id in pairs.items()], batch.now
            )
            met.update(pairs)
            for who, member_id in pairs.items():
                if (who[0], member_id) in firsts:
                    await self._welcome(batch, who, first_message[who])
        days = {chat.id: batch.now.astimezone(chat.zone).date() for chat in batch.chats.values()}
        await batch.uow.updates.add_activity(
            (who[0], met.get(who) or self._acquainted[who], days[who[0]], count)
            for who, count in said.items()
        )

    async def _welcome(self, batch: _Batch, who: tuple[int, str], message_id: str) -> None:
        """Mark a member's first ever message in a group."""
        chat = next(chat for chat in batch.chats.values() if chat.id == who[0])
        capabilities = self._capabilities[chat.platform, chat.kind]
        await FIRST_VOICE(batch.uow, chat, batch.members[who[1]], message_id, capabilities, batch.now)

    def _remember(self, met: dict[tuple[int, str], int]) -> None:
        """Keep who is stored for certain; only after the commit."""
        if len(self._acquainted) + len(met) > _MOST_ACQUAINTED:
            self._acquainted.clear()
        self._acquainted.update(met)

    async def _dispatch(self, batch: _Batch, event: Event) -> None:
        """Give an Event to the first handler that matches; whatever it raises, the batch goes on."""
        ctx: Context | None = None
        try:
            async with batch.uow.savepoint():  # who and where stay stored, whatever the handler does
                ctx = await self._context(batch, event)
                if ctx is not None and ctx.event.is_private and ctx.event.kind in _SPOKEN:
                    await REACHED(ctx)
            if ctx is not None:
                async with batch.uow.savepoint():
                    await self._route(ctx)
                if event.kind is EventKind.MIGRATED:
                    batch.chats.pop(event.chat, None)
                    batch.chats.pop(event.text, None)
        except UserError as error:
            await self._say(ctx, error.text_id, error.params)
        except ConflictError:
            await self._say(ctx, "error.conflict", {})
        except StorageBusyError:
            raise
        except Exception:
            _log.exception("handler_failed", platform=str(batch.platform), update_id=event.update_id)
            self._tick("handler_failures", str(event.kind))
            await self._say(ctx, "error.failed", {})
        if ctx is not None and ctx.toast and event.press_id:
            batch.toasts[event.press_id] = ctx.toast

    async def _context(self, batch: _Batch, event: Event) -> Context | None:
        """Load who and where; None if the Event is not for us."""
        event = await self._located(batch, event)
        chat = await self._chat(batch, event)
        if event.sender.is_bot or chat is None:
            return None
        who = event.sender
        sender = (
            batch.members[who.external_id]
            if who.is_person
            else Member(0, batch.platform, who.external_id, who.name)  # a group or a channel gets no profile
        )
        if _may_answer(event):
            awaited = await batch.uow.expectations.find(chat.id, sender.id, batch.now)
            event = replace(event, awaited=awaited)
        return Context(
            uow=batch.uow, now=batch.now, event=event, chat=chat, sender=sender, settings=self._settings,
            texts=self._texts, capabilities=self._capabilities, plans=self._plans, triage=self._triage,
        )  # fmt: skip

    async def _located(self, batch: _Batch, event: Event) -> Event:
        """Find the chat of a poll answer, which the platform does not tell."""
        if event.kind is not EventKind.POLL_ANSWER or event.chat:
            return event
        delivery = await batch.uow.outbox.find_by_poll(event.poll_id)
        if delivery is None:
            return event
        chat = await batch.uow.chats.get(delivery.chat_id)
        batch.chats[chat.external_id] = chat
        return replace(event, chat=chat.external_id, chat_kind=chat.kind)

    async def _chat(self, batch: _Batch, event: Event) -> Chat | None:
        """Return the stored chat; private ones are opened, unknown groups stored as strangers."""
        if not event.chat:
            return None
        chat = batch.chats.get(event.chat)
        if chat is None and event.kind is EventKind.MIGRATED:
            return None  # it moved before: platforms tell it twice, from either side
        if chat is None:
            chat = await batch.uow.chats.add(
                batch.platform, event.chat, event.chat_kind, title=event.chat_title,
                state=ChatState.SERVED if event.is_private else ChatState.STRANGE,
                language=self._settings.language, timezone=self._settings.timezone,
            )  # fmt: skip
        elif event.chat_title and event.chat_title != chat.title and not event.is_private:
            await batch.uow.chats.change(chat.id, title=event.chat_title)
            chat = replace(chat, title=event.chat_title)
        batch.chats[event.chat] = chat
        return chat

    async def _route(self, ctx: Context) -> None:
        for handler in self._handlers:
            argument = handler.match(ctx.event, self._settings)
            if argument is None:
                continue
            if ctx.sender.role not in handler.ROLES:
                if ctx.event.kind is EventKind.MESSAGE and not ctx.event.is_command:
                    continue  # a member's own words that begin like a staff command
                raise NotAllowedError
            if ctx.chat.state is not ChatState.SERVED and not getattr(handler, "SERVES_STRANGERS", False):
                return
            await handler.handle(ctx.event, argument, ctx)
            return

    async def _say(self, ctx: Context | None, text_id: str, params: Mapping[str, object]) -> None:
        """Answer an error with one line: in a toast for a press, as a reply otherwise."""
        if ctx is None or ctx.event.kind in _SILENT or ctx.chat.state is not ChatState.SERVED:
            return
        if ctx.event.kind is EventKind.PRESS:
            ctx.toast = ctx.label(text_id, **params)
        elif ctx.event.kind is EventKind.MESSAGE:
            async with ctx.uow.savepoint():
                await ctx.reply(Message(text=ctx.say(text_id, **params)))


def _spoken(content: Event | Chatter) -> tuple[str, str, str, str] | None:
    """Return (member, name, username, message id) if a person said something in a group."""
    if isinstance(content, Chatter):
        return content.sender, content.name, content.username, content.message_id
    sender = content.sender
    if content.kind is not EventKind.MESSAGE or content.is_private or sender.is_bot or not sender.is_person:
        return None
    return sender.external_id, sender.name, sender.username, content.message_id


def _may_answer(event: Event) -> bool:
    """Tell whether an Event may be the answer to something we asked its sender."""
    is_said = event.kind is EventKind.MESSAGE and not event.is_command and event.sender.is_person
    to_us = event.is_private or event.mentions_us or (event.reply_to is not None and event.reply_to.by_us)
    return is_said and to_us


def _each_once(batch: Sequence[Taken]) -> Iterable[Taken]:
    """Yield each Update of a batch once, in order."""
    return {taken.update_id: taken for taken in reversed(batch)}.values().__reversed__()
