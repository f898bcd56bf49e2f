"""Frozen records of chats, people and voices, which most repositories take or return; others stand beside theirs.

One class a fact; enum members say what they mean.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from storage.modes import FORMER, Mode


class Platform(enum.StrEnum):
    """Where a chat lives."""

    TELEGRAM = "telegram"
    WECOM = "wecom"
    WEBCHAT = "webchat"
    FILE = "file"  # nobody talks there: what is sent becomes a file in the data folder
    WEBHOOK = "webhook"  # nobody talks there: what is sent becomes a signed request


TALKING = (Platform.TELEGRAM, Platform.WECOM, Platform.WEBCHAT)
"""The platforms that people talk on."""


class ChatKind(enum.StrEnum):
    """Whether a chat has one member or many."""

    GROUP = "group"
    PRIVATE = "private"


class Role(enum.StrEnum):
    """What somebody may do; from config `[[staff]]` and `/staff`, never from the platform."""

    MEMBER = "member"
    KOS = "kos"
    ADMIN = "admin"


STAFF = frozenset({Role.KOS, Role.ADMIN})
EVERYBODY = frozenset(Role)
ADMINS = frozenset({Role.ADMIN})


class ChatState(enum.StrEnum):
    """Whether we serve a chat."""

    SERVED = "served"  # in the config, or admitted by an admin's /setup
    STRANGE = "strange"  # somebody added us; we said so once and stay silent
    LEFT = "left"  # we were removed, or the chat is gone


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can do in one kind of chat; handlers ask this, never the platform's name."""

    reactions: bool
    native_polls: bool
    buttons: bool
    edits: bool
    quotes_author: bool
    reaches_first: bool  # may open a private chat with somebody who never wrote to us
    deep_links: bool
    text_limit: int
    files: bool = False  # can be sent a file of text
    member_tags: bool = False  # a word of ours may stand beside a member's name


@dataclass(frozen=True, slots=True)
class Chat:
    """A group or a private conversation."""

    id: int
    platform: Platform
    external_id: str
    kind: ChatKind
    title: str
    state: ChatState
    language: str
    timezone: str
    rituals: tuple[str, ...] = ()
    paused_until: datetime | None = None

    @property
    def zone(self) -> ZoneInfo:
        """Return the chat's own time zone."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True)
class Member:
    """A person on one platform."""

    id: int
    platform: Platform
    external_id: str
    name: str
    username: str = ""
    language: str = ""
    role: Role = Role.MEMBER
    salutation: str = ""
    home_chat_id: int | None = None  # the group whose hours and language they live in
    reachable: bool | None = None  # None until a private message was tried or they wrote to us
    snoozed_until: datetime | None = None
    is_named: bool = True  # thanked by name in the group, until they say they would rather not
    is_honoured: bool = True  # has titles and stands on boards, until they say they would rather not
    city: str = ""  # as they say themselves

    @property
    def shown_name(self) -> str:
        """Return the name they go by in a group."""
        return self.name or self.username or self.external_id

    @property
    def address(self) -> str:
        """Return how they are spoken to: the salutation staff chose, else the name they go by."""
        return self.salutation or self.shown_name

    @property
    def is_former(self) -> bool:
        """Tell whether somebody was forgotten: nobody is behind the row any more."""
        return self.external_id.startswith(FORMER)

    def wants_peace(self, now: datetime) -> bool:
        """Tell whether they asked to be left alone for a while that is not over."""
        return self.snoozed_until is not None and self.snoozed_until > now


class FeedbackClass(enum.StrEnum):
    """What a feedback asks of us (PRODUCT §4)."""

    SERVICE = "service"  # can be answered now
    SUGGESTION = "suggestion"  # a wish or a defect, routed and followed until verified
    PRAISE = "praise"  # thanked, consent asked


class Status(enum.StrEnum):
    """Where a feedback stands (PRODUCT §4)."""

    RECEIVED = "received"  # captured, nobody looked yet
    IN_REVIEW = "in_review"  # a person took it
    ANSWERED = "answered"  # a service question was answered by a person
    PLANNED = "planned"  # promised for a date
    IN_PROGRESS = "in_progress"  # being worked on
    RESOLVED = "resolved"  # something changed; the contributor is being asked
    VERIFIED = "verified"  # the contributor said it is better
    UNCONFIRMED = "unconfirmed"  # asked and reminded, no answer; never counted as verified
    DECLINED = "declined"  # not now, with a person's reason
    WITHDRAWN = "withdrawn"  # taken back by its author


OPEN = frozenset({Status.RECEIVED, Status.IN_REVIEW, Status.PLANNED, Status.IN_PROGRESS})
CLOSED = frozenset({Status.VERIFIED, Status.DECLINED, Status.WITHDRAWN})


class Verdict(enum.StrEnum):
    """What the contributor answers when asked whether it is really better."""

    BETTER = "better"
    STILL = "still"
    CANNOT_TRY = "cannot_try"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file somebody sent: the platform's own reference, never a link that holds a token."""

    kind: str  # photo, video, voice, document, sticker, animation
    file_id: str
    unique_id: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """One voice, kept verbatim."""

    id: int
    chat_id: int
    contributor_id: int
    captured_by_id: int
    message_id: str
    link: str
    text: str
    tag: str
    feedback_class: FeedbackClass
    is_guess: bool  # the class is shown as a guess until a person confirms it
    negative: bool
    urgent: bool
    status: Status
    owner_id: int | None
    version: int  # the id of the last Change: compare-and-set, and what old buttons are checked against
    planned_for: date | None
    held_until: date | None
    review_due: datetime
    created_at: datetime
    updated_at: datetime
    on_behalf_of: str = ""
    attachments: tuple[Attachment, ...] = ()
    mode: Mode = Mode.NAMED
    topic_id: int | None = None
    is_unsure: bool = False  # the guess is too weak to be shown: a person has to say what it is
    update_due: datetime | None = None  # the next word, once a person has moved it; until then `review_due`

    @property
    def is_open_voice(self) -> bool:
        """Tell whether who said it is known: link, exact time and quote may be shown where it was said."""
        return self.mode is Mode.NAMED


@dataclass(frozen=True, slots=True)
class Change:
    """One status change: who, from, to, note, when."""

    id: int
    feedback_id: int
    by_id: int | None
    before: Status
    after: Status
    note: str
    at: datetime
