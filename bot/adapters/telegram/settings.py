"""What the Telegram adapter needs of the config; read by `bot/config`."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LaneSettings:
    """How fast we may speak, edits included. **Source**: Telegram's bot FAQ, "my bot is hitting limits"."""

    account_per_second: int = 30
    chat_per_second: int = 1
    group_per_minute: int = 20
    reactions_per_second: int = 30


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """One bot account, and how its updates come in."""

    token: str = field(repr=False)
    api_base_url: str = "https://api.telegram.org"
    mode: str = "polling"  # or "webhook"
    webhook_secret: str = field(default="", repr=False)  # 1–256 of A-Za-z0-9_-
    public_url: str = ""  # where Telegram reaches our web server, without path
    limits: LaneSettings = field(default_factory=LaneSettings)
    webhook_path: str = "/telegram/webhook"
    max_connections: int = 40  # at the webhook; Source: Bot API, setWebhook, its default
    long_poll_seconds: int = 40
    answer_seconds: float = 20.0  # how long we wait for the answer to a request that left
    overhears: bool = False  # whether ordinary talk comes with its words, for `[complaints] detect`
