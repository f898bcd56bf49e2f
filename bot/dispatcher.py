"""The dispatcher: a batch of Updates, one UnitOfWork, a savepoint each, one commit. The adapters' Intake."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot import disguises
from bot.activity import Activity
from bot.adapters.base import Chatter, Taken
from bot.batches import fresh, is_met, places, set_aside
from bot.logs import get_logger
from handlers import HANDLERS, REACHED
from handlers.asides import aside
from handlers.base import Context, Handler, NotAllowedError, Plans, Settings, UserError
from handlers.events import Event, EventKind, Sender
from handlers.guesses import Meaning, NoMeaning, NoWords, Triage, Words
from handlers.overhearing import MOST_CHARACTERS
from handlers.veil import NoVeil, Veil
from locales.catalog import Catalog
from storage.db import Database
from storage.errors import ConflictError, StorageBusyError
from storage.members import is_as_met
from storage.messages import Message
from storage.records import STAFF, Capabilities, Chat, ChatKind, ChatState, Member, Platform
from storage.uow import UnitOfWork

_log = get_logger(__name__)
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
        count: Callable[..., None], handlers: tuple[Handler, ...] = HANDLERS, words: Words | None = None,
        meaning: Meaning | None = None,
        veil: Veil | None = None,
    ) -> None:  # fmt: skip
        self._database = database
        self._settings = settings
        self._texts = texts
        self._plans = plans
        self._triage = triage
        self._words = words or NoWords()
        self._meaning = meaning or NoMeaning()
        self._veil = veil or NoVeil()
        self._capabilities = capabilities
        self._now = now
        self._tick = count
        self._handlers = handlers
        self._activity = Activity(capabilities)
        database.on_commit(self._activity.renew)

    async def __call__(self, platform: Platform, batch: Sequence[Taken]) -> Mapping[str, str]:
        """Commit a batch; return the toast of each press.

        **Errors**: StorageBusyError: nothing was stored, the batch may be offered again.
        """
        try:
            return await self._commit(platform, batch)
        except StorageBusyError:
            raise
        except Exception:
            # What fails outside a handler fails a whole batch, which would come again for ever: find the culprit.
            _log.exception("batch_failed", platform=str(platform), updates=len(batch))
        toasts: dict[str, str] = {}
        for taken in batch:
            try:
                toasts.update(await self._commit(platform, [taken]))
            except StorageBusyError:
                raise
            except Exception as error:
                await self._commit(platform, [set_aside(taken, error)])
        return toasts

    async def _commit(self, platform: Platform, batch: Sequence[Taken]) -> Mapping[str, str]:
        """Do what a batch says in one transaction."""
        now = self._now()
        async with self._database.begin() as uow:
            stored = await uow.intake.take(platform, *places(batch), now)
            todo = list(fresh(batch, stored.fresh))
            contents = [taken.content for taken in todo if taken.content is not None]
            loaded = _Batch(uow, platform, now, stored.chats, stored.members, {})
            events = [content for content in contents if isinstance(content, Event)]
            if self._settings.complaints.detect:
                events += self._overheard(platform, contents, now)
            await self._meet(loaded, events)
            counted = await self._activity.count(uow, platform, contents, loaded.chats, loaded.members, now)
            await self._quarantine(loaded, todo)
            for event in events:
                await self._dispatch(loaded, event)
            await self._activity.keep(uow, counted)
        self._activity.remember(counted)
        self._tick("updates", str(platform), times=len(todo))
        return loaded.toasts

    def _overheard(
        self, platform: Platform, contents: Iterable[Event | Chatter], now: datetime
    ) -> Iterable[Event]:
        """Return the ordinary talk that complains of the product, for staff to hear of (PRODUCT §7)."""
        for said in contents:
            if isinstance(said, Event) or not said.text:
                continue
            if not self._triage.is_complaint(said.text[:MOST_CHARACTERS]):
                continue
            yield Event(
                update_id=f"overheard:{said.chat}:{said.message_id}", kind=EventKind.MESSAGE, platform=platform,
                chat=said.chat, chat_kind=ChatKind.GROUP, sender=Sender(said.sender, said.name, said.username),
                at=now, message_id=said.message_id, text=said.text, link=said.link,
            )  # fmt: skip

    async def _quarantine(self, batch: _Batch, todo: Iterable[Taken]) -> None:
        """Keep what could not be parsed, raw."""
        for taken in todo:
            if taken.error:
                await batch.uow.updates.add_quarantined(batch.platform, taken.raw, taken.error, batch.now)
                _log.warning("update_quarantined", platform=str(batch.platform), update_id=taken.update_id)
                self._tick("quarantined", str(batch.platform))

    async def _meet(self, batch: _Batch, events: Iterable[Event]) -> None:
        """Load everybody an Event comes from who is not, or goes by another name by now, in one statement."""
        senders = {event.sender.external_id: event.sender for event in events if is_met(event.sender)}
        people = [
            (who.external_id, who.name, who.username)
            for who in senders.values()
            if not is_as_met(batch.members.get(who.external_id), who.name, who.username)
        ]
        if people:
            batch.members |= await batch.uow.members.meet(batch.platform, people, batch.now)

    async def _dispatch(self, batch: _Batch, event: Event) -> None:
        """Give an Event to the first handler that matches; whatever it raises, the batch goes on."""
        ctx: Context | None = None
        try:
            async with batch.uow.savepoint():  # who and where stay stored, whatever the handler does
                ctx = await self._context(batch, event)
                if ctx is not None and ctx.event.is_private and ctx.event.kind in _SPOKEN:
                    await REACHED(ctx)
            if ctx is not None:
                person, ctx = ctx, await disguises.put_on(ctx)
                async with batch.uow.savepoint():
                    await self._route(ctx)
                    await disguises.take_off(person, ctx)
                if event.kind is EventKind.MIGRATED:
                    batch.chats.pop(event.chat, None)
                    batch.chats.pop(event.text, None)
                if ctx.has_left:
                    batch.members.pop(event.sender.external_id, None)
                    batch.chats.pop(event.chat, None)
        except UserError as error:
            await self._say(ctx, error.text_id, error.params, is_about_somebody=_is_about_somebody(error))
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
        if who.is_person and who.external_id not in batch.members:
            await self._meet(batch, [event])
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
            words=self._words, meaning=self._meaning, veil=self._veil,
        )  # fmt: skip

    async def _located(self, batch: _Batch, event: Event) -> Event:
        """Find the chat of a poll answer, which the platform does not tell."""
        if event.kind is not EventKind.POLL_ANSWER or event.chat:
            return event
        delivery = await batch.uow.promises.find_by_poll(event.poll_id)
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
                raise NotAllowedError(ctx.sender.role)
            if ctx.chat.state is not ChatState.SERVED and not getattr(handler, "SERVES_STRANGERS", False):
                return
            await handler.handle(ctx.event, argument, ctx)
            return

    async def _say(
        self,
        ctx: Context | None,
        text_id: str,
        params: Mapping[str, object],
        *,
        is_about_somebody: bool = False,
    ) -> None:
        """Answer an error with one line: in a toast for a press, as a reply otherwise.

        What staff are told of somebody's words is told in private: a group need not read whose they are, or where
        they stand.
        """
        if ctx is None or ctx.event.kind in _SILENT or ctx.chat.state is not ChatState.SERVED:
            return
        try:
            if ctx.event.kind is EventKind.PRESS:
                ctx.toast = ctx.label(text_id, **params)
            elif ctx.event.kind is EventKind.MESSAGE:
                answer = aside if is_about_somebody and ctx.sender.role in STAFF else Context.reply
                async with ctx.uow.savepoint():
                    await answer(ctx, Message(text=ctx.say(text_id, **params)))
        except StorageBusyError:
            raise
        except Exception:
            _log.exception("answer_failed", text_id=text_id, update_id=ctx.event.update_id)


def _is_about_somebody(error: UserError) -> bool:
    """Tell whether an error says something of somebody or of what they said."""
    return bool(error.params.keys() & {"number", "who", "name"})


def _may_answer(event: Event) -> bool:
    """Tell whether an Event may be the answer to something we asked its sender."""
    is_said = event.kind is EventKind.MESSAGE and not event.is_command and event.sender.is_person
    to_us = event.is_private or event.mentions_us or (event.reply_to is not None and event.reply_to.by_us)
    return is_said and to_us
