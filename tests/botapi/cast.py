"""The small cast that tests of one adapter, and of the fake itself, speak with."""

from __future__ import annotations

from dataclasses import dataclass

from tests.botapi.people import Chat, Person
from tests.botapi.server import BotApi


@dataclass(frozen=True, slots=True)
class Cast:
    """张哥 pressed Start, 小雨 never did, 小李 is an admin of the group."""

    zhang: Person
    yu: Person
    li: Person
    group: Chat


def cast_on(api: BotApi) -> Cast:
    """Let them meet in a group."""
    zhang = api.person("张哥", username="zhangge", started=True)
    yu, li = api.person("小雨"), api.person("小李", started=True)
    return Cast(zhang, yu, li, api.group("车主群", zhang, yu, admins=(li,)))
