"""The config: `load(path) -> Config`. The only reader of TOML and of the environment.

Hand-written rather than given to a validation library: it names line, key and remedy of every mistake in two
languages, and costs a start 5 ms instead of pydantic-settings' 180.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.adapters.telegram.settings import TelegramSettings
from bot.adapters.webchat.people import WebchatSettings
from bot.adapters.webhook.settings import WebhookSettings
from bot.adapters.wecom.settings import WecomSettings
from bot.config.assistant import AssistantSettings, read_assistant
from bot.config.community import (
    Community,
    ServedChat,
    read_calendar,
    read_chats,
    read_checkin,
    read_community,
    read_feedback,
    read_manners,
    read_staff,
    read_texts,
)
from bot.config.complaints import read_complaints
from bot.config.departments import read_departments, read_webhooks, with_packet
from bot.config.honours import read_honours
from bot.config.lines import find_lines
from bot.config.mistakes import ConfigError, Mistake
from bot.config.platforms import BOT_NAMES, read_storage, read_telegram, read_web, read_webchat
from bot.config.privacy import read_privacy
from bot.config.reading import Reading, Setting
from bot.config.retention import read_retention
from bot.config.rituals import read_rituals
from bot.config.service import read_fields, read_service
from bot.config.stories import read_stories
from bot.config.tables import Table
from bot.config.wecom import read_wecom
from bot.web import WebSettings
from handlers.base import Settings as HandlerSettings
from rituals import packet
from rituals.base import RitualSettings
from rituals.base import Settings as RitualsSettings
from rituals.calendar import WorkCalendar
from storage.departments import Department
from storage.records import Platform
from storage.staff import Grant

__all__ = ["Community", "Config", "ConfigError", "Mistake", "ServedChat", "load"]

_LATER = (
    "console", "triage", "insights",
    "activities", "events",
)  # fmt: skip
_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")
_FULL_WIDTH = re.compile(r"[“”‘’＂＝［］｛｝，]")


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the bot is told, checked; each storey's settings are its own dataclass.

    **Shape**: `missing` are secrets that the environment lacks (only `load(…, is_complete=False)` lets them
    pass); `settings` is what is in force, in the order of reading, safe to print; `secrets` never is.
    """

    file: Path
    community: Community
    database_url: str = field(repr=False)
    web: WebSettings
    telegram: TelegramSettings | None
    webchat: WebchatSettings | None
    wecom: WecomSettings | None
    chats: tuple[ServedChat, ...]
    staff: tuple[Grant, ...]
    rituals: tuple[RitualSettings, ...]
    work_calendar: WorkCalendar
    for_handlers: HandlerSettings
    for_rituals: RitualsSettings
    texts: Mapping[str, Mapping[str, str]]
    departments: tuple[Department, ...] = ()
    webhooks: tuple[WebhookSettings, ...] = ()
    assistant: AssistantSettings | None = None
    missing: tuple[Mistake, ...] = ()
    alias_keys: tuple[bytes, ...] = field(default=(), repr=False)
    settings: tuple[Setting, ...] = field(default=(), repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)


def load(
    path: Path, environ: Mapping[str, str] = os.environ, *, language: str = "en", is_complete: bool = True
) -> Config:
    """Read a config; `is_complete=False` lets secrets be missing, for showing what would be served.

    **Errors**: ConfigError with every mistake there is, worded in `language`.
    """
    reading = Reading(str(path), environ, language)
    root = Table(reading, (), _document(path, reading))
    community = read_community(root)
    database_url = read_storage(root, community.data_dir)
    web = read_web(root)
    rituals = read_rituals(root)
    names = tuple(ritual.name for ritual in rituals if ritual.kind != packet.KIND)
    chats = read_chats(root, community, names)
    staff = read_staff(root)
    webhooks = read_webhooks(root)
    departments = read_departments(root, chats, staff, webhooks)
    rituals = with_packet(rituals, departments)
    telegram = read_telegram(root, web)
    webchat = read_webchat(root, web, community, chats, staff)
    wecom = read_wecom(root, web, community, chats, staff)
    tags, times, facets, rest = read_feedback(root)
    fields = read_fields(rest)
    rest.finish()
    checkin_words = read_checkin(root)
    manners = read_manners(root)
    privacy, alias_keys = read_privacy(root)
    honours = read_honours(root)
    complaints = read_complaints(root)
    assistant = read_assistant(root)
    stories = read_stories(root)
    retention = read_retention(root)
    work_calendar = read_calendar(root)
    service = read_service(root, community, work_calendar, staff, fields)
    texts = read_texts(root)
    root.finish(later=_LATER)
    _check_platforms(
        root, {Platform.TELEGRAM: telegram, Platform.WEBCHAT: webchat, Platform.WECOM: wecom}, chats
    )
    if reading.mistakes or (is_complete and reading.missing):
        raise ConfigError(reading.mistakes + reading.missing)
    bot_names = (*BOT_NAMES, *(wecom.bot_names if wecom else ()))
    if complaints.detect:
        telegram = telegram and replace(telegram, overhears=True)
        webchat = webchat and replace(webchat, overhears=True)
    who = (community.name, community.language, community.timezone)
    return Config(
        file=path, community=community, database_url=database_url, web=web, telegram=telegram, webchat=webchat,
        wecom=wecom, chats=chats, staff=staff, rituals=rituals, work_calendar=work_calendar, texts=texts,
        for_handlers=HandlerSettings(
            *who, tags, checkin_words, manners, times, bot_names, names, privacy, facets=facets,
            complaints=complaints, service=service, honours=honours, departments=departments,
            stories=stories, has_assistant=assistant is not None,
        ),
        for_rituals=RitualsSettings(
            *who, manners, times, privacy, complaints=complaints, service=service, honours=honours,
            departments=departments, stories=stories, retention=retention,
        ),
        departments=departments, webhooks=webhooks, assistant=assistant,
        alias_keys=alias_keys, missing=tuple(reading.missing), settings=tuple(reading.settings),
        secrets=tuple(reading.secrets),
    )  # fmt: skip


def _document(path: Path, reading: Reading) -> dict[str, Any]:
    """Parse the file, whatever editor wrote it. **Errors**: ConfigError."""
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        raise ConfigError([reading.mistake((), "config.no_file")]) from None
    except OSError as error:
        raise ConfigError([reading.mistake((), "config.unreadable", detail=error.strerror or "")]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([reading.mistake((), "config.encoding")]) from error
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([_syntax(text, str(error), reading)]) from None
    reading.lines = find_lines(text)
    return document


def _syntax(text: str, detail: str, reading: Reading) -> Mistake:
    """Say what is not TOML, and where."""
    place = _PLACE.search(detail)
    lines = text.rstrip("\n").split("\n")
    line = int(place.group(1)) if place and place.group(1) else len(lines)
    reading.lines = {(): line}
    found = _FULL_WIDTH.search(re.sub(r"#.*", "", lines[min(line, len(lines)) - 1]))
    if found:
        return reading.mistake((), "config.full_width", found=found.group())
    return reading.mistake((), "config.syntax", detail=_PLACE.sub("", detail))


def _check_platforms(
    root: Table, platforms: Mapping[Platform, object | None], chats: tuple[ServedChat, ...]
) -> None:
    """Refuse a config without a platform, and chats of one that is not there."""
    if not any(platforms.values()):
        root.wrong("telegram", "config.no_platform")
        return
    for index, chat in enumerate(chats):
        if chat.platform in platforms and platforms[chat.platform] is None:
            root.reading.wrong(("chats", index, "platform"), "config.platform_off", platform=chat.platform)
