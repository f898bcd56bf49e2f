"""Which function answers which method. Methods of the queue (getUpdates, webhooks) are the server's own."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.botapi import sending
from tests.botapi.world import World

Answer = Callable[[World, Mapping[str, Any]], Any]


def get_me(world: World, params: Mapping[str, Any]) -> dict[str, Any]:
    """Answer getMe."""
    flags = ("has_topics_enabled", "can_connect_to_business", "supports_inline_queries", "has_main_web_app")
    me = world.bot.user() | {"can_join_groups": True, "can_read_all_group_messages": world.reads_all}
    return me | dict.fromkeys(flags, False)


METHODS: dict[str, Answer] = {
    "getMe": get_me,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendPoll": sending.send_poll,
}
