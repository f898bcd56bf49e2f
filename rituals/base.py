"""What every ritual speaks: its settings, its Context, the Ritual protocols."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from locales.catalog import Catalog
from storage.complaints import ComplaintSettings
from storage.departments import Department
from storage.honours import HonoursSettings
from storage.manners import Manners
from storage.messages import Message, Text
from storage.records import Capabilities, Chat, ChatKind, Member, Platform
from storage.retention import RetentionSettings
from storage.runs import Run
from storage.service import ServiceSettings
from storage.stories import StorySettings
from storage.suppression import PrivacySettings
from storage.text.meaning import Codes
from storage.timers import Timer
from storage.times import FeedbackTimes
from storage.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the bank."""

    ask: str
    options: tuple[str, ...]
    multiple: bool = False
    language: str = ""  # asked only in groups that speak it; empty: in all


@dataclass(frozen=True, slots=True)
class RitualSettings:
    """One `[[rituals]]` of the config, with what was changed in chat already laid over it."""

    name: str
    kind: str
    cron: str
    calendar: str | frozenset[date] = "daily"
    window: timedelta | None = None
    close: str = ""  # cron of the moment it closes, instead of a window
    grace: timedelta = timedelta(minutes=30)
    texts: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    milestones: tuple[int, ...] = (7, 30, 100, 365)


@dataclass(frozen=True, slots=True)
class Settings:
    """What rituals and timers need of the config."""

    community: str
    language: str
    timezone: str
    manners: Manners = field(default_factory=Manners)
    times: FeedbackTimes = field(default_factory=FeedbackTimes)
    privacy: PrivacySettings = field(default_factory=PrivacySettings)
    stories: StorySettings = field(default_factory=StorySettings)
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    complaints: ComplaintSettings = field(default_factory=ComplaintSettings)
    service: ServiceSettings = field(default_factory=ServiceSettings)
    honours: HonoursSettings = field(default_factory=HonoursSettings)
    departments: tuple[Department, ...] = ()


class Meaning(Protocol):
    """Knows what stored texts mean, where the semantic engine is installed."""

    @property
    def codes(self) -> Codes | None:
        """Return the index of meaning, None until it is read."""


class NoMeaning:
    """The meaning of a bot that knows words only."""

    codes = None


@dataclass(slots=True)
class Context:
    """What a ritual or a timer may use: one transaction, the moment, the words."""

    uow: UnitOfWork
    now: datetime
    settings: Settings
    texts: Catalog
    capabilities: Mapping[tuple[Platform, ChatKind], Capabilities]
    calendar: Calendar
    plans: Plans
    meaning: Meaning = field(default_factory=NoMeaning)

    def can(self, chat: Chat) -> Capabilities:
        """Return what the platform of a chat can do there."""
        return self.capabilities[chat.platform, chat.kind]

    def say(self, language: str, text_id: str, /, **params: Any) -> Text:
        """Return words in a language."""
        return self.texts.text(language, text_id, **params)

    def label(self, language: str, text_id: str, /, **params: Any) -> str:
        """Return the words of a button."""
        return self.texts.plain(language, text_id, **params)

    async def tell(self, member: Member, message: Message, *, key: str, subject: str = "") -> bool:
        """Promise a proactive private message to somebody, with all manners (PRODUCT §13)."""
        return await self.uow.outbox.tell(
            member, message, key=key, now=self.now, manners=self.settings.manners, subject=subject,
            timezone=(await self.zone_of(member)).key, language=await self.language_of(member),
        )  # fmt: skip

    async def private_chat(self, member: Member) -> Chat:
        """Return the private chat with a member, opened in their group's time zone if need be."""
        return await self.uow.outbox.private_chat(
            member, timezone=(await self.zone_of(member)).key, language=await self.language_of(member)
        )

    async def zone_of(self, member: Member) -> ZoneInfo:
        """Return the time zone a member lives in: their group's, else the config's."""
        home = await self.home_of(member)
        return home.zone if home else ZoneInfo(self.settings.timezone)

    async def home_of(self, member: Member) -> Chat | None:
        """Return the group whose hours and language a member lives in, None if none is known."""
        return None if member.home_chat_id is None else await self.uow.chats.get(member.home_chat_id)

    async def language_of(self, member: Member) -> str:
        """Return the language to speak to a member in private."""
        home = await self.home_of(member)
        return member.language or (home.language if home else self.settings.language)


class Calendar(Protocol):
    """The work calendar, as rituals and timers need it (rituals/calendar.py)."""

    def is_on(self, calendar: str | frozenset[date], day: date) -> bool:
        """Tell whether a ritual with this calendar is held on a day."""

    def is_known(self, year: int) -> bool:
        """Tell whether the year's make-up days are published."""


class Plans(Protocol):
    """What the config and the staff intend, as timers that begin a ritual by hand need it."""

    def find(self, ritual: str, chat_id: int) -> RitualSettings | None:
        """Return the settings in force for a ritual in a chat, None if there is no such ritual."""


class SkippedError(Exception):
    """A ritual that is not held after all; the history keeps the reason and nothing else happens."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Ritual(Protocol):
    """A ritual module: begins a claimed run by putting its post."""

    KIND: str

    async def begin(self, run: Run, chat: Chat, ritual: RitualSettings, ctx: Context) -> None:
        """Open what is collected and put the post, in the transaction that claimed the Slot.

        **Errors**: SkippedError when there is nothing to hold it for.
        """


class CollectingRitual(Ritual, Protocol):
    """A ritual that collects until its window ends."""

    WINDOW: timedelta

    async def finish(self, run: Run, chat: Chat, ritual: RitualSettings, ctx: Context) -> int:
        """Sum up and return how many people took part; the run is closed in the same transaction."""


class Followup(Protocol):
    """What happens when a timer of one kind comes due."""

    async def __call__(self, timer: Timer, ctx: Context) -> None:
        """Write facts and promises."""
