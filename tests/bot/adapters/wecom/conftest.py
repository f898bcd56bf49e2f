"""Fixtures: the fake platform, the whole bot on it, and the cast in one group."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.wecom.adapter import WecomAdapter
from bot.adapters.wecom.settings import (
    AppSettings,
    BotSettings,
    GroupSettings,
    LaneSettings,
    WecomSettings,
)
from bot.core import Core, CoreSettings
from bot.veil import KeyRing
from handlers.base import Settings
from locales.catalog import Catalog
from rituals.base import RitualSettings
from rituals.base import Settings as RitualsSettings
from storage.db import Database
from storage.manners import Manners
from storage.records import ChatKind, ChatState, Platform, Role
from storage.staff import CONFIG, Grant
from tests.conftest import FixedTriage
from tests.wecom import Group, Person, WeCom

KEY = b"k" * 32
GROUP = "wrGROUP"


@dataclass(slots=True)
class Community:
    """A group on the fake with two members and a KOS, and the bot that serves it."""

    wecom: WeCom
    database: Database
    adapter: WecomAdapter
    core: Core
    zhang: Person
    yu: Person
    li: Person
    group: Group


Begin = Callable[..., Awaitable[Community]]


@pytest.fixture
async def wecom() -> AsyncIterator[WeCom]:
    async with WeCom() as wecom:
        yield wecom


def settings_for(
    wecom: WeCom, data_dir: Path, *, app: bool = False, app_callback: bool = False, webhook: bool = False,
    mode: str = "websocket", ack_seconds: float = 1.0, **more: object,
) -> WecomSettings:  # fmt: skip
    """Return settings that point at the fake."""
    bot = BotSettings(
        id=wecom.bot_id, names=wecom.names, mode=mode, secret=wecom.secret, ws_url=wecom.ws_url,
        token=wecom.callback_token, aes_key=wecom.aes_key,
    )  # fmt: skip
    keys = {"token": wecom.app_token, "aes_key": wecom.app_aes_key} if app_callback else {}
    ours = AppSettings(wecom.corp_id, wecom.agent_id, wecom.app_secret, api_base_url=wecom.url, **keys)
    settings = WecomSettings(
        bot=bot, app=ours if app else None, groups=(GroupSettings(GROUP, "KEY" if webhook else ""),),
        names={"zhangsan": "张哥", "likos": "小李"},
        webhook_base_url=wecom.url, data_dir=data_dir, community="车友会", ack_within=timedelta(seconds=ack_seconds),
        ping_every=timedelta(seconds=0.2), reconnect_after=timedelta(seconds=0.05), limits=LaneSettings(),
    )  # fmt: skip
    return replace(settings, **more)  # type: ignore[arg-type]


@pytest.fixture
async def begin(
    wecom: WeCom,
    database: Database,
    settings: Settings,
    ritual_settings: tuple[RitualSettings, ...],
    tmp_path: Path,
) -> AsyncIterator[Begin]:
    """Give what starts the bot on the fake."""
    started: list[Community] = []

    async def start(*, connected: bool = True, **options: object) -> Community:
        wanted = settings_for(wecom, tmp_path, **options)  # type: ignore[arg-type]
        zhang, yu, li = (
            wecom.person("ZhangSan", "张哥"),
            wecom.person("xiaoyu", "小雨"),
            wecom.person("LiKOS", "小李"),
        )
        group = wecom.group(GROUP, "车主群", spoken=True, webhook_key="KEY")
        async with database.begin() as uow:
            await uow.chats.add(
                Platform.WECOM, GROUP, ChatKind.GROUP, title="车主群", state=ChatState.SERVED, language="zh_CN",
                timezone="Asia/Shanghai", rituals=tuple(ritual.name for ritual in ritual_settings),
            )  # fmt: skip
            await uow.staff.declare(
                [Grant(Platform.WECOM, "likos", CONFIG, Role.KOS, "小李", "小李")], datetime.now(UTC)
            )
        adapter = WecomAdapter(wanted, database, Catalog(), key=KEY, now=lambda: datetime.now(UTC))
        awake = replace(settings, manners=Manners(quiet_from_minute=0, quiet_until_minute=0))
        rituals = RitualsSettings(settings.community, settings.language, settings.timezone)
        core = Core(
            database, [adapter], CoreSettings(awake, rituals, ritual_settings), triage=FixedTriage(), owner="test",
            now=lambda: datetime.now(UTC), count=lambda *_, **__: None,
            veil=KeyRing((b"a key of exactly thirty-two byte",)),
        )  # fmt: skip
        async with database.read() as uow:
            await core.plans.reload(uow)
        await core.relay.start()
        await core.clock.start()
        await adapter.start(core.dispatcher)
        community = Community(wecom, database, adapter, core, zhang, yu, li, group)
        started.append(community)
        if connected and wanted.bot is not None and wanted.bot.mode == "websocket":
            await wecom.connected()
        return community

    yield start
    for community in started:
        await community.adapter.stop()
        await community.core.clock.stop()
        await community.core.relay.stop()
        await community.core.drawing.close()
