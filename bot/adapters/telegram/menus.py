"""The menus of commands that Telegram shows: one for everybody, and one for each of the staff."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Menu:
    """One menu in one language.

    **Shape**: `language` is one of ours (zh_CN, en), empty for everybody who has none of them; `commands` are
    name and description; `member` is the platform's id of who sees it in their private chat, empty for everybody.
    """

    language: str
    commands: tuple[tuple[str, str], ...]
    member: str = ""
