"""What people say to the bot: one file an intent, one folder a speaker.

`HANDLERS` is the routing table, in order: the first match wins. Menus, help and the README's command
table are built from it.
"""

from __future__ import annotations

from handlers.base import Handler
from handlers.members.first_voice import first_voice

HANDLERS: tuple[Handler, ...] = ()

FIRST_VOICE = first_voice
