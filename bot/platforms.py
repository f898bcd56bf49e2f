"""The platforms a config names, and the doors by which the web server reaches them. Called by `bot/app.py`.

Every adapter is imported when it is built, so nobody pays for a platform they do not use.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.adapters.base import Adapter, Intake
from locales.catalog import Catalog
from storage.db import Database
from storage.records import Platform
from storage.uow import UnitOfWork

if TYPE_CHECKING:
    from bot.config import Config
    from bot.web import Site

Receive = Callable[[Mapping[str, str], bytes], Awaitable[int]]
Now = Callable[[], datetime]
Advance = Callable[[datetime], Awaitable[None]]
Retell = Callable[[UnitOfWork, str], Awaitable[None]]


def build(config: Config, database: Database, key: bytes, now: Now) -> tuple[Adapter, ...]:
    """Build the adapters that the config names; `key` seals their buttons."""
    adapters: list[Adapter] = []
    if config.telegram is not None:
        from bot.adapters.telegram.adapter import TelegramAdapter

        adapters.append(TelegramAdapter(config.telegram, key, now=now))
    if config.webchat is not None:
        from bot.adapters.webchat.adapter import WebchatAdapter

        adapters.append(WebchatAdapter(config.webchat, database, key=key, now=now))
    if config.wecom is not None:
        from bot.adapters.wecom.adapter import WecomAdapter

        adapters.append(WecomAdapter(config.wecom, database, Catalog(config.texts), key=key, now=now))
    if any(
        place.platform is Platform.FILE for department in config.departments for place in department.places
    ):
        from bot.adapters.file.adapter import FileAdapter

        adapters.append(FileAdapter(config.community.data_dir, now, ZoneInfo(config.community.timezone)))
    if config.webhooks:
        from bot.adapters.webhook.adapter import WebhookAdapter

        adapters.append(WebhookAdapter(config.webhooks, now))
    return tuple(adapters)


def webhook(adapters: Sequence[Adapter], take: Intake) -> Receive | None:
    """Return what takes Telegram's webhook calls, in webhook mode: in every process, whoever leads."""
    telegram = next((adapter for adapter in adapters if adapter.platform is Platform.TELEGRAM), None)
    if telegram is None:
        return None
    from bot.adapters.telegram.adapter import TelegramAdapter

    assert isinstance(telegram, TelegramAdapter)  # noqa: S101 - one adapter a platform
    if not telegram.is_called:
        return None
    telegram.listen(take)
    return telegram.receive


def sites(
    adapters: Sequence[Adapter], texts: Catalog, take: Intake, now: Now, advance: Advance | None,
    retell: Retell | None,
) -> tuple[Site, ...]:  # fmt: skip
    """Return the web chat's page and WeCom's callbacks, if there are any: in every process, whoever leads."""
    from bot.web import Site

    found: list[Site] = []
    for adapter in adapters:
        if adapter.platform is Platform.WEBCHAT:
            from bot.adapters.webchat.adapter import WebchatAdapter
            from bot.adapters.webchat.api import build as build_page

            assert isinstance(adapter, WebchatAdapter)  # noqa: S101 - one adapter a platform
            found.append(
                Site("/webchat", partial(build_page, adapter, texts, advance, retell), adapter.news.close)
            )
        elif adapter.platform is Platform.WECOM:
            from bot.adapters.wecom.adapter import WecomAdapter
            from bot.adapters.wecom.routes.callback import CallbackSite

            assert isinstance(adapter, WecomAdapter)  # noqa: S101 - one adapter a platform
            if adapter.is_called:
                adapter.listen(take)
                found.append(Site("/wecom", partial(CallbackSite, adapter, now), lambda: None))
    return tuple(found)
