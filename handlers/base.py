"""What every handler speaks: Context, Settings, the Handler protocol and the errors whose words are safe to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from handlers.events import Event, EventKind
from handlers.guesses import Meaning, NoMeaning, NoWords, Triage, Words
from handlers.veil import NoVeil, Veil
from locales.catalog import Catalog
from storage.complaints import ComplaintSettings
from storage.departments import Department
from storage.honours import HonoursSettings
from storage.manners import Manners
from storage.messages import Button, Mention, Message, Text
from storage.promises import Delivery
from storage.records import STAFF, Capabilities, Chat, ChatKind, Member, Platform, Role
from storage.resonances import Facet
from storage.service import ServiceSettings
from storage.stories import StorySettings
from storage.suppression import PrivacySettings
from storage.times import FeedbackTimes
from storage.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class RitualInfo:
    """One ritual as the handlers see it: what it is, where it runs, when it comes next."""

    name: str
    kind: str
    chat_id: int
    cron: str
    calendar: str
    is_on: bool
    overridden: frozenset[str]
    upcoming: tuple[datetime, ...]


class Plans(Protocol):
    """What the clock intends; given to handlers by the bot, so that /ritual can show it."""

    def list_rituals(self, chat: Chat, now: datetime) -> tuple[RitualInfo, ...]:
        """List the rituals of a chat with their next three occurrences."""

    def explain_cron(self, cron: str) -> str | None:
        """Return why a cron line is wrong, None if it is right."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What handlers need of the config."""

    community: str
    language: str
    timezone: str
    tags: Mapping[str, str]  # tag, case-folded -> feedback class it hints at ("" for none)
    checkin_words: frozenset[str]
    manners: Manners = field(default_factory=Manners)
    times: FeedbackTimes = field(default_factory=FeedbackTimes)
    bot_names: tuple[str, ...] = ()
    rituals: tuple[str, ...] = ()  # names of all in the config: what a group gets that /setup admits
    privacy: PrivacySettings = field(default_factory=PrivacySettings)
    stories: StorySettings = field(default_factory=StorySettings)
    facets: tuple[Facet, ...] = ()  # what is asked of who met it too, the one that matters most first
    complaints: ComplaintSettings = field(default_factory=ComplaintSettings)
    has_assistant: bool = False  # whether drafts can be asked for
    service: ServiceSettings = field(default_factory=ServiceSettings)
    honours: HonoursSettings = field(default_factory=HonoursSettings)
    departments: tuple[Department, ...] = ()


@dataclass(slots=True)
class Context:
    """What a handler may use: one savepoint of one transaction, the moment, the words."""

    uow: UnitOfWork
    now: datetime
    event: Event
    chat: Chat
    sender: Member
    settings: Settings
    texts: Catalog
    capabilities: Mapping[tuple[Platform, ChatKind], Capabilities]
    plans: Plans
    triage: Triage
    words: Words = field(default_factory=NoWords)
    meaning: Meaning = field(default_factory=NoMeaning)
    veil: Veil = field(default_factory=NoVeil)
    answers_from: datetime | None = None  # when answers may leave, if not at `now`
    toast: str = ""  # a short line shown to who pressed a button
    has_left: bool = False  # the sender was forgotten: what they say next, somebody new says
    _replies: int = field(default=0)

    @property
    def language(self) -> str:
        """Return the language to answer in: the member's in private, else the group's."""
        if self.chat.kind is ChatKind.PRIVATE and self.sender.language:
            return self.sender.language
        return self.chat.language

    def can(self, chat: Chat) -> Capabilities:
        """Return what the platform of a chat can do there."""
        return self.capabilities[chat.platform, chat.kind]

    def say(self, text_id: str, /, **params: Any) -> Text:
        """Return words in the language of the conversation."""
        return self.texts.text(self.language, text_id, **params)

    def label(self, text_id: str, /, **params: Any) -> str:
        """Return the words of a button or a toast."""
        return self.texts.plain(self.language, text_id, **params)

    def button(self, text_id: str, action: str, /, **params: Any) -> Button:
        """Return a button labelled in the language of the conversation."""
        return Button(self.label(text_id, **params), action=action)

    async def reply(self, text: Text | Message, *, subject: str = "") -> None:
        """Answer where the event came from; in a group as a reply to the message."""
        message = text if isinstance(text, Message) else Message(text=text)
        if not message.reply_to and self.chat.kind is ChatKind.GROUP and self.event.kind is EventKind.MESSAGE:
            message = Message(
                text=message.text, buttons=message.buttons, picture=message.picture, ballot=message.ballot,
                reply_to=self.event.message_id, about=message.about,
            )  # fmt: skip
        self._replies += 1
        key = f"reply:{self.event.platform}:{self.event.update_id}:{self._replies}"
        due = self.answers_from
        await self.uow.outbox.put(self.chat.id, message, key=key, now=self.now, subject=subject, due=due)

    async def acknowledge(self, emoji: str, otherwise: Text) -> None:
        """Answer with one reaction where reactions exist, otherwise with one line."""
        if self.can(self.chat).reactions and self.event.message_id and self.event.kind is EventKind.MESSAGE:
            key = f"react:{self.event.platform}:{self.event.update_id}"
            await self.uow.outbox.react(self.chat.id, self.event.message_id, emoji, key=key, now=self.now)
        else:
            await self.reply(otherwise)

    async def pressed(self, subject: str = "") -> Delivery | None:
        """Return our message whose button was pressed, if it can be edited (and is about `subject`), else None."""
        if self.event.kind is not EventKind.PRESS or not self.can(self.chat).edits:
            return None
        shown = await self.uow.promises.find_by_receipt(self.chat.id, self.event.message_id)
        return None if shown is None or (subject and shown.subject != subject) else shown

    async def replace(self, message: Message, *, subject: str = "") -> bool:
        """Put a message in place of ours whose button was pressed; False where it has to be said anew."""
        shown = await self.pressed(subject)
        if shown is not None:
            await self.uow.outbox.edit(shown.key, message, now=self.now)
        return shown is not None

    async def own_chat(self) -> Chat:
        """Return the sender's private chat; one opened now keeps the hours of this chat."""
        return await self.uow.outbox.private_chat(
            self.sender, timezone=self.chat.timezone, language=self.sender.language or self.chat.language
        )

    async def tell(self, member: Member, message: Message, *, key: str, subject: str = "") -> bool:
        """Promise a proactive private message to somebody, with all manners (PRODUCT §13)."""
        home = await self.home_of(member)
        return await self.uow.outbox.tell(
            member, message, key=key, now=self.now, manners=self.settings.manners, subject=subject,
            timezone=home.timezone, language=member.language or home.language,
        )  # fmt: skip

    async def home_of(self, member: Member) -> Chat:
        """Return the group whose hours and language a member lives in; the present chat if none is known."""
        if member.home_chat_id is None or member.home_chat_id == self.chat.id:
            return self.chat
        return await self.uow.chats.get(member.home_chat_id)

    async def language_of(self, member: Member) -> str:
        """Return the language to speak to a member in private."""
        return member.language or (await self.home_of(member)).language


class Handler(Protocol):
    """The shape of a handler module (HOUSE §7)."""

    NAME: str
    ROLES: frozenset[Role]
    COMMANDS: tuple[str, ...]
    EXAMPLE: str

    def match(self, event: Event, settings: Settings) -> Any:
        """Return the argument if the event is this intent, else None. Pure."""

    async def handle(self, event: Event, argument: Any, ctx: Context) -> None:
        """Write facts and promises."""


class UserError(Exception):
    """Something the sender should know, in one line: a text id and its parameters."""

    def __init__(self, text_id: str, /, **params: Any) -> None:
        super().__init__(text_id)
        self.text_id = text_id
        self.params = params


class NotAllowedError(UserError):
    """The sender's role may not do this; staff who are no admins are not told that staff may."""

    def __init__(self, role: Role = Role.MEMBER) -> None:
        super().__init__("error.admins_only" if role in STAFF else "error.not_allowed")


class NotUnderstoodError(UserError):
    """The input is malformed; the line shows an example of a right one."""

    def __init__(self, text_id: str, *, example: str, **params: Any) -> None:
        super().__init__(text_id, example=example, **params)


def mention(member: Member) -> Mention:
    """Return a part that names a member so that their platform notifies them."""
    return Mention(member.external_id, member.shown_name)
