"""Reads `[assistant]`: the endpoint that drafts for staff, off unless it is named."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.config.addresses import is_address, split
from bot.config.tables import Table


@dataclass(frozen=True, slots=True)
class AssistantSettings:
    """An OpenAI-compatible endpoint."""

    base_url: str
    model: str
    key: str = field(default="", repr=False)


def read_assistant(root: Table) -> AssistantSettings | None:
    """Read the endpoint; None without one."""
    table = root.table("assistant")
    url = table.text("base_url", "").strip().rstrip("/")
    model = table.text("model", "").strip()
    key = table.variable("key_env", needed=bool(url))
    table.finish()
    if not url:
        return None
    parts = split(url)
    if parts is None or not is_address(url) or parts.username or parts.query:
        table.wrong("base_url", "config.assistant.url")
        return None
    if not model:
        table.wrong("model", "config.assistant.model")
        return None
    return AssistantSettings(url, model, key)
