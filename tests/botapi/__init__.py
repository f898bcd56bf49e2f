"""The project's own fake of Telegram's Bot API server, strict where Telegram is strict."""

from tests.botapi.server import BotApi

__all__ = ["BotApi"]
