"""Reads where we live: `[storage]`, `[web]`, `[telegram]`, `[webchat]`."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs

from bot.adapters.telegram.settings import LaneSettings, TelegramSettings
from bot.adapters.webchat.people import Group, Person, WebchatSettings
from bot.config.addresses import is_address, split
from bot.config.community import Community, ServedChat
from bot.config.tables import Table
from bot.web import WebSettings, is_loopback
from storage.records import Platform, Role
from storage.staff import Grant

BOT_NAMES = ("回响", "Huixiang")
_TELEGRAM = "https://api.telegram.org"
_TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)
_SECRET = re.compile(r"[\w-]{1,256}", re.ASCII)  # Source: Bot API, setWebhook
_WEBHOOK_PORTS = frozenset({None, 80, 88, 443, 8443})  # Source: Bot API, setWebhook
_MOST_PER_SECOND = 10_000


def read_storage(root: Table, data_dir: Path) -> str:
    """Read where the database is; returns its URL, which may hold a password."""
    table = root.table("storage")
    written, by_variable = table.has("url"), table.has("url_env")
    if written and by_variable:
        table.wrong("url_env", "config.storage.both")
    if by_variable:
        key, url = "url_env", table.variable("url_env", needed=True)
    else:
        key, url = "url", table.text("url", f"sqlite:///{data_dir.as_posix()}/huixiang.db")
        _hide_password(table, url)
    table.finish()
    if url and not (written and by_variable) and not _is_database(url):
        table.wrong(key, "config.storage.url")
    return url


def _is_database(url: str) -> bool:
    if url.startswith("sqlite:///"):
        return bool(Path(url.removeprefix("sqlite:///")).name)
    parts = split(url)
    if parts is None or parts.scheme != "postgresql":
        return False
    is_somewhere = parts.hostname or "host" in parse_qs(parts.query)  # a Unix socket is named behind the ?
    return bool(is_somewhere and parts.path.strip("/"))


def _hide_password(table: Table, url: str) -> None:
    """Keep a password that was written into the file out of what is printed."""
    parts = split(url)
    if parts is not None and parts.password:
        table.reading.secrets += [parts.password, url]
        table.hide("url", url.replace(f":{parts.password}@", ":…@"))


def read_web(root: Table) -> WebSettings:
    """Read where the server listens."""
    table = root.table("web")
    web = WebSettings(
        host=table.text("host", "127.0.0.1"), port=table.number("port", 8080, 0, 65535),
        public_url=table.text("public_url", "").rstrip("/"),
    )  # fmt: skip
    if web.public_url and not is_address(web.public_url):
        table.wrong("public_url", "config.url", example="https://bot.example.com")
    table.finish()
    return web


def read_telegram(root: Table, web: WebSettings) -> TelegramSettings | None:
    """Read the Telegram bot; None if there is no such table."""
    if not root.has("telegram"):
        return None
    table = root.table("telegram")
    token = table.variable("token_env", "HUIXIANG_TELEGRAM_TOKEN", needed=True)
    if token and not _TOKEN.fullmatch(token):
        table.wrong("token_env", "config.telegram.token")
    base_url = table.text("api_base_url", _TELEGRAM).rstrip("/")
    if not is_address(base_url):
        table.wrong("api_base_url", "config.url", example=_TELEGRAM)
    mode = table.text("mode", "polling", choices=("polling", "webhook"))
    secret = ""
    if mode == "webhook":
        secret = _webhook(table, web, base_url)
    elif table.has("webhook_secret_env"):
        table.variable("webhook_secret_env", needed=False)
    telegram = TelegramSettings(
        token=token, api_base_url=base_url, mode=mode, webhook_secret=secret, public_url=web.public_url,
        limits=_limits(table.table("limits")),
    )  # fmt: skip
    table.finish()
    return telegram


def _webhook(table: Table, web: WebSettings, base_url: str) -> str:
    """Check what Telegram needs in order to call us; returns the secret it must show."""
    secret = table.variable("webhook_secret_env", "HUIXIANG_TELEGRAM_WEBHOOK_SECRET", needed=True)
    if secret and not _SECRET.fullmatch(secret):
        table.wrong("webhook_secret_env", "config.telegram.secret")
    parts = split(web.public_url)
    if not web.public_url:
        table.wrong("mode", "config.telegram.public_url")
    elif base_url == _TELEGRAM and parts and (parts.scheme != "https" or parts.port not in _WEBHOOK_PORTS):
        table.wrong("mode", "config.telegram.https", found=web.public_url)
    return secret


def _limits(table: Table) -> LaneSettings:
    assumed = LaneSettings()
    limits = LaneSettings(
        account_per_second=table.number(
            "account_per_second", assumed.account_per_second, 1, _MOST_PER_SECOND
        ),
        chat_per_second=table.number("chat_per_second", assumed.chat_per_second, 1, _MOST_PER_SECOND),
        group_per_minute=table.number("group_per_minute", assumed.group_per_minute, 1, _MOST_PER_SECOND),
        reactions_per_second=table.number(
            "reactions_per_second", assumed.reactions_per_second, 1, _MOST_PER_SECOND
        ),
    )
    table.finish()
    return limits


def read_webchat(
    root: Table, web: WebSettings, community: Community, chats: tuple[ServedChat, ...], staff: tuple[Grant, ...]
) -> WebchatSettings | None:  # fmt: skip
    """Read the web chat: its groups are the `[[chats]]` and its staff the `[[staff]]` of that platform."""
    table = root.table("webchat")
    is_enabled = table.flag("enabled", default=False)
    people = {
        grant.external_id: Person(grant.external_id, grant.name or grant.external_id, Role(grant.role))
        for grant in staff
        if grant.platform is Platform.WEBCHAT
    }
    for person in table.tables("people"):
        found = Person(person.identifier("id"), person.text("name"))
        if found.id in people:
            person.wrong("id", "config.duplicate", found=found.id)
        people[found.id] = found
        person.finish()
    table.finish()
    if not is_enabled:
        return None
    if not is_loopback(web.host):
        table.wrong("enabled", "config.webchat.open", host=web.host)
    groups = tuple(
        Group(chat.external_id, chat.name or chat.external_id)
        for chat in chats
        if chat.platform is Platform.WEBCHAT
    )
    if not groups:
        table.wrong("enabled", "config.webchat.groups")
    if not people:
        table.wrong("people", "config.webchat.people")
    return WebchatSettings(
        people=tuple(people.values()), groups=groups, data_dir=community.data_dir, community=community.name,
        bot_names=BOT_NAMES, language=community.language, timezone=community.timezone,
    )  # fmt: skip
