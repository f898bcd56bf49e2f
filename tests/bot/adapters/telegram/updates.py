"""The recorded updates, and who we are in them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.adapters.telegram.people import Us

RECORDED: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parents[3] / "data" / "telegram" / "updates.json").read_text("utf-8")
)
KEY = bytes(range(32))
US = Us(5_000_000_000, "huixiang_bot", KEY)
GROUP = "-1001234567890"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SAID_AT = datetime.fromtimestamp(1_795_000_000, UTC)
