"""What must be answered within five seconds: welcomes, and cards that were tapped. Used by the adapter.

A welcome waits for nothing. A card waits for what its press came to, and not longer than the platform does.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from bot.adapters.wecom import cards
from bot.adapters.wecom.parse import NOT_READABLE, choices_of, read
from bot.adapters.wecom.render import Say
from bot.adapters.wecom.wire import Body

TOAST_WITHIN_SECONDS = 3.5  # of the platform's five
_MOST_CARDS = 5_000
WELCOME, TAPPED = "enter_chat", "template_card_event"


def eventtype(body: Mapping[str, Any]) -> str:
    """Return what kind of event a body is, empty for a message or what cannot be read."""
    event = body.get("event")
    kind = event.get("eventtype") if isinstance(event, Mapping) else ""
    return kind if isinstance(kind, str) else ""


class Fast:
    """Makes the answers that cannot wait, and knows the cards they change."""

    def __init__(self, say: Say, community: str, bot_name: str, public_url: str) -> None:
        self._say = say
        self._community = community
        self._bot_name = bot_name
        self._public_url = public_url
        self._cards: OrderedDict[str, cards.Card] = OrderedDict()

    def remember(self, card: cards.Card) -> None:
        """Keep a card that was sent, to show it as voted later."""
        self._cards[card["task_id"]] = card
        if len(self._cards) > _MOST_CARDS:
            self._cards.popitem(last=False)

    def welcome(self) -> dict[str, Any]:
        """Return what a person is greeted with who opens the chat for the first time that day."""
        words = self._say("wecom.welcome", community=self._community, bot=self._bot_name)
        return {"msgtype": "text", "text": {"content": words}}

    async def updated(
        self, body: Mapping[str, Any], toast: asyncio.Future[str] | None
    ) -> dict[str, Any] | None:
        """Return what a tapped card becomes, once it is known what the tap came to; None if it is no card."""
        try:
            read_body = read(body)
        except NOT_READABLE:
            return None
        words = ""
        if toast is not None:
            try:
                words = await asyncio.wait_for(asyncio.shield(toast), TOAST_WITHIN_SECONDS)
            except TimeoutError:
                words = ""
        return self._update(read_body, words)

    def _update(self, body: Body, words: str) -> dict[str, Any] | None:
        event = body.event.template_card_event if body.event is not None else None
        if event is None or not event.task_id:
            return None
        old = self._cards.get(event.task_id)
        said = words or self._say("wecom.got_it")
        if old is not None and old["card_type"] == "vote_interaction":
            card = cards.voted(old, choices_of(event), self._say("wecom.voted"))
        else:
            title = old["main_title"]["title"] if old is not None else said
            sub = old.get("sub_title_text", "") if old is not None else ""
            text = f"{sub}\n✓ {said}" if sub and len(sub) + len(said) + 3 <= cards.SUB_TITLE else said
            card = cards.notice(title, text, event.task_id, self._public_url)
        return {
            "response_type": "update_template_card",
            "userids": [body.from_.userid],
            "template_card": card,
        }
