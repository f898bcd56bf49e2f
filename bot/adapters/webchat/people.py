"""Who is in the web chat and which groups it has; part of the settings, read by every file of this adapter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from storage.records import Capabilities, ChatKind, Role

TEXT_LIMIT = 20_000  # characters a person may send at once
PHOTO_LIMIT = 5 * 1024 * 1024  # bytes

_ALL = Capabilities(
    reactions=True, native_polls=True, buttons=True, edits=True, quotes_author=True,
    reaches_first=True, deep_links=True, text_limit=TEXT_LIMIT,
)  # fmt: skip
CAPABILITIES = {ChatKind.GROUP: _ALL, ChatKind.PRIVATE: _ALL}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a visitor of the page can be. The role is only shown: what they may do is in `[[staff]]`."""

    id: str
    name: str
    role: Role = Role.MEMBER


@dataclass(frozen=True, slots=True)
class Group:
    """A group everybody is in."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class WebchatSettings:
    """What the web chat needs of the config."""

    people: tuple[Person, ...]
    groups: tuple[Group, ...]
    data_dir: Path
    community: str
    bot_names: tuple[str, ...] = ("回响", "Huixiang")
    language: str = "zh_CN"
    timezone: str = "Asia/Shanghai"
    away: Mapping[str, str] = field(default_factory=dict)  # members nobody on the page can be: id and name
    overhears: bool = False  # whether ordinary talk comes with its words, for `[complaints] detect`

    def person(self, person_id: str) -> Person | None:
        """Return a person, or None."""
        return next((person for person in self.people if person.id == person_id), None)

    def kind_of(self, chat: str) -> ChatKind | None:
        """Tell what kind of chat this is, None if there is no such chat; a private chat's id is its person's."""
        if any(group.id == chat for group in self.groups):
            return ChatKind.GROUP
        return ChatKind.PRIVATE if self.person(chat) or chat in self.away else None

    def title_of(self, chat: str) -> str:
        """Return a group's title or the person's name."""
        titles = {group.id: group.title for group in self.groups} | {p.id: p.name for p in self.people}
        return titles.get(chat, "") or self.away.get(chat, "")

    def may_enter(self, person: str, chat: str) -> bool:
        """Tell whether somebody is in a chat."""
        kind = self.kind_of(chat)
        return kind is ChatKind.GROUP or (kind is ChatKind.PRIVATE and person == chat)
