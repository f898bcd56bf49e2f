"""What the Telegram adapter needs of the config; read by `bot/config`."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LaneSettings:
    """How fast we may speak. **Source**: Telegram's bot FAQ, "my bot is hitting limits"."""

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
    webhook_secret: str = field(default="", repr=False)
    public_url: str = ""
    limits: LaneSettings = field(default_factory=LaneSettings)
