"""Reads who is served and how: the community, chats, staff, feedback, check-in words, manners, calendar, texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.config.facets import read_facets
from bot.config.tables import Table
from bot.config.tags import read_tags
from bot.config.words import read_words
from locales.catalog import LANGUAGES
from rituals.calendar import WorkCalendar, YearOverride
from storage.manners import Manners
from storage.records import TALKING, Platform, Role
from storage.resonances import Facet
from storage.staff import CONFIG, Grant
from storage.text.hints import HINTS
from storage.times import FeedbackTimes

TAGS = ("反馈", "建议", "吐槽", "bug", "表扬", "feedback")
CHECKIN_WORDS = ("早", "早上好", "早安", "打卡", "gm", "good morning")
_YEARS = range(2000, 2101)
_TELEGRAM_GROUP = re.compile(
    r"-\d+", re.ASCII
)  # Source: Bot API, Chat: groups have negative ids, people positive
_TELEGRAM_PERSON = re.compile(r"\d+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Community:
    """Whose bot this is."""

    name: str
    language: str
    timezone: str
    data_dir: Path


@dataclass(frozen=True, slots=True)
class ServedChat:
    """One of `[[chats]]`, with the community's language and time zone filled in."""

    platform: Platform
    external_id: str
    name: str
    language: str
    timezone: str
    rituals: tuple[str, ...]
    webhook_key: str = field(default="", repr=False)  # WeCom only
    assisted_by: str = ""  # WeCom only: the KOS who taps send in a group of customers


def read_community(root: Table) -> Community:
    """Read whose bot this is."""
    table = root.table("community")
    community = Community(
        name=table.text("name", "回响"), language=table.text("language", "zh_CN", choices=LANGUAGES),
        timezone=table.zone("timezone", "Asia/Shanghai"), data_dir=Path(table.text("data_dir", "data")),
    )  # fmt: skip
    table.finish()
    return community


def read_chats(root: Table, community: Community, names: tuple[str, ...]) -> tuple[ServedChat, ...]:
    """Read the groups we serve; without `rituals` a group has all of them."""
    chats: dict[tuple[Platform, str], ServedChat] = {}
    for table in root.tables("chats"):
        platform = _platform(table)
        is_wecom = platform is Platform.WECOM
        chat = ServedChat(
            platform=platform, external_id=table.identifier("id"), name=table.text("name", ""),
            language=table.text("language", community.language, choices=LANGUAGES),
            timezone=table.zone("timezone", community.timezone), rituals=table.texts("rituals", names),
            webhook_key=table.variable("webhook_key_env", needed=True) if is_wecom else "",
            assisted_by=table.text("assisted_by", "") if is_wecom else "",
        )  # fmt: skip
        is_telegram = chat.platform is Platform.TELEGRAM and chat.external_id
        if is_telegram and not _TELEGRAM_GROUP.fullmatch(chat.external_id):
            table.wrong("id", "config.telegram.group", found=chat.external_id)
        for name in chat.rituals:
            if name not in names:
                table.wrong("rituals", "config.no_ritual", found=name, known=", ".join(names) or "—")
        if (chat.platform, chat.external_id) in chats:
            table.wrong("id", "config.duplicate", found=chat.external_id)
        chats[chat.platform, chat.external_id] = chat
        table.finish()
    return tuple(chats.values())


def read_staff(root: Table) -> tuple[Grant, ...]:
    """Read who is KOS or admin."""
    staff: dict[tuple[Platform, str], Grant] = {}
    for table in root.tables("staff"):
        platform, external_id = _platform(table), table.identifier("id")
        grant = Grant(
            platform=platform, source=CONFIG,
            external_id=external_id.lower() if platform is Platform.WECOM else external_id,
            role=Role(table.text("role", choices=("kos", "admin"))), name=table.text("name", ""),
            salutation=table.text("salutation", ""),
        )  # fmt: skip
        is_telegram = grant.platform is Platform.TELEGRAM and grant.external_id
        if is_telegram and not _TELEGRAM_PERSON.fullmatch(grant.external_id):
            table.wrong("id", "config.telegram.person", found=grant.external_id)
        if (grant.platform, grant.external_id) in staff:
            table.wrong("id", "config.duplicate", found=grant.external_id)
        staff[grant.platform, grant.external_id] = grant
        table.finish()
    return tuple(staff.values())


def _platform(table: Table) -> Platform:
    return Platform(table.text("platform", choices=TALKING))


def read_feedback(
    root: Table,
) -> tuple[Mapping[str, str], FeedbackTimes, tuple[Facet, ...], Table]:
    """Read the tags, each with the class it hints at, how long the loop waits, and what who meets it too is asked.

    The rest of the table is for the fields of a report.
    """
    table = root.table("feedback")
    tags = {
        tag: next((str(kind) for kind, words in HINTS.items() if tag in words.split()), "")
        for tag in read_tags(table, "tags", TAGS)
    }
    assumed = FeedbackTimes()
    times = FeedbackTimes(
        review_within=table.duration("review_within", assumed.review_within),
        reminder_after=table.duration("verify_after_reminder", assumed.reminder_after),
        unconfirmed_after=table.duration("unconfirmed_after", assumed.unconfirmed_after),
        update_within=table.duration("update_within", assumed.update_within),
    )
    if times.unconfirmed_after <= times.reminder_after:
        table.wrong("unconfirmed_after", "config.unconfirmed")
    return tags, times, read_facets(table), table


def read_checkin(root: Table) -> frozenset[str]:
    """Read the words that check in."""
    table = root.table("checkin")
    words = table.texts("words", CHECKIN_WORDS)
    table.finish()
    return frozenset(word.strip().casefold() for word in words)


def read_manners(root: Table) -> Manners:
    """Read quiet hours and fatigue budget."""
    table = root.table("manners")
    start, end = table.hours("quiet_hours", "22:00-08:00")
    manners = Manners(
        quiet_from_minute=start, quiet_until_minute=end,
        posts_per_day=table.number("posts_per_day", 4, 0, 100),
        posts_per_hour=table.number("posts_per_hour", 2, 0, 100),
        dms_per_day=table.number("dms_per_day", 2, 1, 100),
    )  # fmt: skip
    table.finish()
    return manners


def read_calendar(root: Table) -> WorkCalendar:
    """Read the years that no package knows yet."""
    table = root.table("calendar")
    overrides = {}
    for key in table.names():
        if not key.isdecimal() or int(key) not in _YEARS:
            table.wrong(key, "config.year")
            continue
        year = table.table(key)
        overrides[int(key)] = YearOverride(off=year.dates("off"), work=year.dates("work"))
        year.finish()
    try:
        return WorkCalendar(overrides)
    except ValueError as error:
        root.wrong("calendar", "config.calendar", detail=str(error))
        return WorkCalendar()


def read_texts(root: Table) -> Mapping[str, Mapping[str, str]]:
    """Read the texts that replace ours."""
    table = root.table("texts")
    texts: dict[str, Mapping[str, str]] = {}
    for language in LANGUAGES:
        if table.has(language):
            texts[language] = read_words(table.table(language), language)
    table.finish()
    return texts
