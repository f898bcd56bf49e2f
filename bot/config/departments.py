"""Reads `[[webhooks]]` and `[[departments]]`: who can change something, and where we carry what members say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from pathlib import PurePosixPath

from bot.adapters.webhook.settings import WebhookSettings
from bot.config.addresses import is_address, split
from bot.config.community import ServedChat
from bot.config.tables import Table
from rituals import packet
from rituals.base import RitualSettings
from storage.announcements import EVENTS
from storage.departments import Department, Place, webhook_place
from storage.records import TALKING, ChatKind, Platform
from storage.staff import Grant

_KEY = re.compile(r"[\w-]+")
_KEY_BYTES = 24
_PLACES = ("chat", "member", "file", "webhook")
WEEKLY = "0 10 * * mon"  # when packets go, if no ritual of the config says it
_EXAMPLE = "telegram:-1001234567890"


def read_webhooks(root: Table) -> tuple[WebhookSettings, ...]:
    """Read where facts are sent to other programs; addresses are unique."""
    found: dict[str, WebhookSettings] = {}
    for table in root.tables("webhooks"):
        url = table.text("url")
        parts = split(url)
        if url and (parts is None or not is_address(url) or parts.username):
            table.wrong("url", "config.url", example="https://tracker.example.com/hooks/huixiang")
        if url in found:
            table.wrong("url", "config.duplicate", found=url)
        events = table.texts("events", tuple(EVENTS))
        for event in events:
            if event not in EVENTS:
                table.wrong("events", "config.choice", found=event, possible=", ".join(EVENTS))
        found[url] = WebhookSettings(
            url=url, secret=table.variable("secret_env", "HUIXIANG_WEBHOOK_SECRET", needed=True), events=events,
            allow_private=table.flag("allow_private", default=False),
        )  # fmt: skip
        table.finish()
    return tuple(found.values())


def read_departments(
    root: Table, chats: Sequence[ServedChat], staff: Sequence[Grant], webhooks: Sequence[WebhookSettings]
) -> tuple[Department, ...]:
    """Read the departments; keys and names are unique, and each has a place where its packet goes."""
    served = {Place(chat.platform, chat.external_id, ChatKind.GROUP) for chat in chats}
    people = {grant.name: Place(grant.platform, grant.external_id) for grant in staff if grant.name}
    found: dict[str, Department] = {}
    for table in root.tables("departments"):
        key = table.text("key")
        if key and (not _KEY.fullmatch(key) or len(key.encode()) > _KEY_BYTES):
            table.wrong("key", "config.department.key", found=key)
        name = table.text("name", key)
        taken = {word.casefold() for other in found.values() for word in (other.key, other.name)}
        for field in ("key", "name"):
            word = {"key": key, "name": name}[field]
            if word.casefold() in taken:
                table.wrong(field, "config.duplicate", found=word)
        places = _places(table, people, served, webhooks)
        if not any(table.has(field) for field in _PLACES):
            table.wrong("chat", "config.department.place", example=f'chat = "{_EXAMPLE}"')
        members = [_person(table, "members", who, people) for who in table.texts("members")]
        found[key] = Department(
            key=key, name=name, places=tuple(places), members=frozenset(who for who in members if who),
            answer_within=table.duration("answer_within", timedelta(days=7)),
        )  # fmt: skip
        table.finish()
    return tuple(found.values())


def with_packet(
    rituals: tuple[RitualSettings, ...], departments: Sequence[Department]
) -> tuple[RitualSettings, ...]:
    """Return the rituals, with a weekly packet if there are departments and the config names none."""
    if not departments or any(ritual.kind == packet.KIND for ritual in rituals):
        return rituals
    name = next(
        name
        for name in (packet.KIND, *(f"{packet.KIND}-{number}" for number in range(2, len(rituals) + 3)))
        if name not in {ritual.name for ritual in rituals}
    )
    return (*rituals, RitualSettings(name, packet.KIND, WEEKLY))


def _places(
    table: Table, people: dict[str, Place], served: set[Place], webhooks: Sequence[WebhookSettings]
) -> list[Place]:
    """Read where the packet goes: any of a group, a person, a folder and a webhook."""
    places: list[Place | None] = []
    for field in _PLACES:
        if not table.has(field):
            continue
        word = table.text(field)
        if field == "chat":
            place = _place(table, field, word)
            if place in served:
                table.wrong(field, "config.department.public", found=word)
        elif field == "member":
            place = _person(table, field, word, people)
        elif field == "file":
            place = _folder(table, word)
        else:
            place = webhook_place(word)
            if word not in {webhook.url for webhook in webhooks}:
                table.wrong(field, "config.department.webhook", found=word)
        places.append(place)
    return [place for place in places if place is not None]


def _folder(table: Table, word: str) -> Place | None:
    path = PurePosixPath(word.replace("\\", "/"))
    if not word or path.is_absolute() or ".." in path.parts or ":" in word:
        table.wrong("file", "config.department.folder", found=word)
        return None
    return Place(Platform.FILE, str(path))


def _person(table: Table, field: str, word: str, people: dict[str, Place]) -> Place | None:
    """Return who is meant by the name of one of the staff, or by `platform:id`."""
    return people.get(word) or _place(table, field, word)


def _place(table: Table, field: str, word: str) -> Place | None:
    platform, colon, external_id = word.partition(":")
    if colon and platform in TALKING and external_id:
        kind = ChatKind.GROUP if field == "chat" else ChatKind.PRIVATE
        is_folded = platform == Platform.WECOM and kind is ChatKind.PRIVATE
        return Place(Platform(platform), external_id.lower() if is_folded else external_id, kind)
    table.wrong(field, "config.department.who", found=word, example=_EXAMPLE)
    return None
