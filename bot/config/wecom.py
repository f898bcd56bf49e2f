"""Reads `[wecom]`: the bot, the app, the alias table, and what the `[[chats]]` of WeCom add to it."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.adapters.wecom.settings import (
    API_URL,
    WS_URL,
    AppSettings,
    BotSettings,
    GroupSettings,
    WecomSettings,
)
from bot.config.addresses import is_address
from bot.config.community import Community, ServedChat
from bot.config.tables import Table
from bot.web import WebSettings
from storage.records import Platform
from storage.staff import Grant

_BOT = "HUIXIANG_WECOM_BOT"
_APP = "HUIXIANG_WECOM_APP"
_AES_KEY = re.compile(r"[A-Za-z0-9+/]{43}", re.ASCII)  # Source: document 101033
_TOKEN = re.compile(r"[A-Za-z0-9]{1,32}", re.ASCII)
_SCHEMES = ("http", "https", "ws", "wss")
_NAMES = ("小助手",)


def read_wecom(
    root: Table, web: WebSettings, community: Community, chats: tuple[ServedChat, ...], staff: tuple[Grant, ...]
) -> WecomSettings | None:  # fmt: skip
    """Read the WeCom bot and app; None if there is no such table."""
    if not root.has("wecom"):
        return None
    table = root.table("wecom")
    bot = _bot(table.table("bot"), web) if table.has("bot") else None
    app = _app(table.table("app")) if table.has("app") else None
    if bot is None and app is None:
        table.wrong("bot", "config.wecom.nobody")
    aliases = table.table("names")
    given = {key.lower(): aliases.text(key) for key in aliases.names()}
    aliases.finish()
    called = {
        grant.external_id: grant.name for grant in staff if grant.platform is Platform.WECOM and grant.name
    }
    groups = tuple(
        GroupSettings(chat.external_id, chat.webhook_key, chat.assisted_by)
        for chat in chats
        if chat.platform is Platform.WECOM
    )
    if app is None and any(group.assisted_by for group in groups):
        table.wrong("app", "config.wecom.assisted")
    settings = WecomSettings(
        bot=bot, app=app, groups=groups, names=called | given, public_url=web.public_url,
        groups_may_show_cards=table.flag("groups_may_show_cards", default=False),
        webhook_base_url=_address(table, "webhook_base_url", API_URL),
        remember_for=table.duration("remember_quotes", timedelta(days=7), zero=True),
        data_dir=community.data_dir, community=community.name, language=community.language,
        timezone=community.timezone,
    )  # fmt: skip
    table.finish()
    return settings


def _bot(table: Table, web: WebSettings) -> BotSettings:
    mode = table.text("mode", "websocket", choices=("websocket", "callback"))
    is_callback = mode == "callback"
    secret = table.variable("secret_env", f"{_BOT}_SECRET", needed=not is_callback)
    token = table.variable("token_env", f"{_BOT}_TOKEN", needed=is_callback)
    aes_key = table.variable("aes_key_env", f"{_BOT}_AES_KEY", needed=is_callback)
    if is_callback:
        _check_keys(table, token, aes_key)
        if not web.public_url:
            table.wrong("mode", "config.wecom.public_url")
    bot = BotSettings(
        id=table.text("id"), names=table.texts("names", _NAMES), mode=mode, secret=secret, token=token,
        aes_key=aes_key, ws_url=_address(table, "ws_url", WS_URL),
    )  # fmt: skip
    table.finish()
    return bot


def _app(table: Table) -> AppSettings:
    has_callback = table.has("token_env") or table.has("aes_key_env")
    token = table.variable("token_env", f"{_APP}_TOKEN", needed=True) if has_callback else ""
    aes_key = table.variable("aes_key_env", f"{_APP}_AES_KEY", needed=True) if has_callback else ""
    if has_callback:
        _check_keys(table, token, aes_key)
    app = AppSettings(
        corp_id=table.text("corp_id"), agent_id=table.number("agent_id", 0, 1, 2**31),
        secret=table.variable("secret_env", f"{_APP}_SECRET", needed=True), token=token, aes_key=aes_key,
        api_base_url=_address(table, "api_base_url", API_URL),
    )  # fmt: skip
    table.finish()
    return app


def _check_keys(table: Table, token: str, aes_key: str) -> None:
    if token and not _TOKEN.fullmatch(token.replace("_", "0")):
        table.wrong("token_env", "config.wecom.token")
    if aes_key and not _AES_KEY.fullmatch(aes_key):
        table.wrong("aes_key_env", "config.wecom.aes_key")


def _address(table: Table, key: str, default: str) -> str:
    found = table.text(key, default).rstrip("/")
    if not is_address(found, _SCHEMES):
        table.wrong(key, "config.url", example=default)
    return found
