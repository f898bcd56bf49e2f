"""What WeCom needs of the config, and what it can do in a group and in private; read by every file of this adapter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from storage.records import Capabilities, ChatKind

WS_URL = "wss://openws.work.weixin.qq.com"  # Source: document 101463
API_URL = "https://qyapi.weixin.qq.com"
TEXT_LIMIT = 6_000  # characters; three bytes each stay below the 20,480 bytes of a markdown message


@dataclass(frozen=True, slots=True)
class BotSettings:
    """The 智能机器人: `mode` is "websocket" (id and secret) or "callback" (token and AES key), never both."""

    id: str
    names: tuple[str, ...] = ("小助手",)
    mode: str = "websocket"
    secret: str = field(default="", repr=False)
    ws_url: str = WS_URL
    token: str = field(default="", repr=False)
    aes_key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class AppSettings:
    """The 自建应用; token and AES key only if its callback is set up, and then its cards have buttons."""

    corp_id: str
    agent_id: int
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)
    aes_key: str = field(default="", repr=False)
    api_base_url: str = API_URL

    @property
    def has_callback(self) -> bool:
        """Tell whether what people tap in the app's messages comes back to us."""
        return bool(self.token and self.aes_key)


@dataclass(frozen=True, slots=True)
class GroupSettings:
    """A group of the config. `assisted_by` is the KOS who taps send in a group of customers."""

    id: str
    webhook_key: str = field(default="", repr=False)
    assisted_by: str = ""


@dataclass(frozen=True, slots=True)
class LaneSettings:
    """What the platform allows. **Source**: documents 101463, 99110, 90236. `minute` is shorter in benches only."""

    chat_per_minute: int = 30
    chat_per_hour: int = 1000
    webhook_per_minute: int = 20
    member_per_minute: int = 30
    minute: timedelta = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class WecomSettings:
    """What WeCom needs of the config."""

    bot: BotSettings | None
    app: AppSettings | None = None
    groups: tuple[GroupSettings, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)  # the alias table: userid, lower case -> name
    groups_may_show_cards: bool = False
    webhook_base_url: str = API_URL
    public_url: str = ""
    data_dir: Path = Path("data")
    community: str = ""
    language: str = "zh_CN"
    timezone: str = "Asia/Shanghai"
    remember_for: timedelta = timedelta(days=7)  # what was said, for quotes; zero: not at all
    limits: LaneSettings = field(default_factory=LaneSettings)
    assisted_every: timedelta = timedelta(minutes=10)  # how often it is asked what KOS have sent by a tap
    ack_within: timedelta = timedelta(seconds=5)
    ping_every: timedelta = timedelta(seconds=30)
    reconnect_after: timedelta = timedelta(seconds=1)

    @property
    def bot_names(self) -> tuple[str, ...]:
        """Return what people call the bot by."""
        return self.bot.names if self.bot else ()

    def group(self, chat: str) -> GroupSettings | None:
        """Return the group of this id, None if the config has none."""
        return next((group for group in self.groups if group.id == chat), None)


def capabilities(settings: WecomSettings) -> dict[ChatKind, Capabilities]:
    """Return what WeCom can do: less than others in groups, cards in private."""
    group = Capabilities(
        reactions=False, native_polls=False, buttons=settings.groups_may_show_cards, edits=False,
        quotes_author=False, reaches_first=False, deep_links=False, text_limit=TEXT_LIMIT,
    )  # fmt: skip
    private = Capabilities(
        reactions=False, native_polls=True, buttons=True, edits=False, quotes_author=False,
        reaches_first=settings.app is not None, deep_links=False, text_limit=TEXT_LIMIT,
    )  # fmt: skip
    return {ChatKind.GROUP: group, ChatKind.PRIVATE: private}
