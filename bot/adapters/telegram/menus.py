"""The menus of commands that Telegram shows: one for everybody, and one for each of the staff in private.

Built by `bot/menus.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")  # Source: Bot API, BotCommand
_DESCRIPTION_LIMIT = 256  # the same
_MOST_COMMANDS = 100  # Source: Bot API, setMyCommands


@dataclass(frozen=True, slots=True)
class Menu:
    """One menu in one language.

    **Shape**: `language` is one of ours, empty for everybody who has none of them; `commands` are name and
    description; `member` is the platform's id of who sees it in their private chat, empty for everybody.
    """

    language: str
    commands: tuple[tuple[str, str], ...]
    member: str = ""

    def params(self) -> dict[str, Any]:
        """Return what setMyCommands takes."""
        params: dict[str, Any] = {
            "commands": [
                {"command": name, "description": words[:_DESCRIPTION_LIMIT]}
                for name, words in self.commands[:_MOST_COMMANDS]
                if _COMMAND.fullmatch(name)
            ]
        }
        if self.member:
            params["scope"] = {"type": "chat", "chat_id": int(self.member)}
        if self.language:
            params["language_code"] = self.language.partition("_")[0]
        return params
