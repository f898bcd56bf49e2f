"""Assisted send to groups of customers: we write, a KOS taps send in WeCom. **Source**: documents 92135, 93338.

No bot can be in such a group. A group may receive so many of these a month as the month has days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.adapters.base import Parcel
from bot.adapters.wecom.errors import NotPossibleError
from bot.adapters.wecom.render import Piece, Shape
from bot.adapters.wecom.routes.app import App
from bot.adapters.wecom.settings import WecomSettings
from storage.records import ChatKind

LIMIT = 4000  # bytes; Source: document 92135
_SENT = 1


@dataclass(frozen=True, slots=True)
class Task:
    """What waits for somebody's tap."""

    task_id: str
    sender: str
    failed: tuple[str, ...] = ()


class Assisted:
    """Makes tasks for KOS, and asks what became of them."""

    name = "assisted send"

    def __init__(self, settings: WecomSettings, app: App) -> None:
        self._settings = settings
        self._app = app
        self.shape = Shape(LIMIT, cards=False)
        self.made: list[tuple[Task, str]] = []  # tasks and their groups, taken by the adapter

    def is_open(self, parcel: Parcel, pieces: int) -> bool:
        """Tell whether the group of a parcel is one of customers."""
        del pieces
        return parcel.chat_kind is ChatKind.GROUP and bool(self.sender_of(parcel.chat))

    def sender_of(self, chat: str) -> str:
        """Return who taps send for a group, empty if it is not one of customers."""
        group = self._settings.group(chat)
        return group.assisted_by if group is not None else ""

    async def send(self, parcel: Parcel, piece: Piece) -> None:
        """Make a task of one piece."""
        if piece.png is not None or piece.card is not None:
            raise NotPossibleError("only words can be sent with a tap")
        task = await self.ask(self.sender_of(parcel.chat), parcel.chat, piece.text)
        self.made.append((task, parcel.chat))

    async def ask(self, sender: str, chat: str, text: str) -> Task:
        """Make a task for one group. **Errors**: RefusedError, TemporaryError, OutcomeUnknownError."""
        body = {"chat_type": "group", "sender": sender, "chat_id_list": [chat], "text": {"content": text}}
        answer = await self._app.call("externalcontact/add_msg_template", body=body)
        return Task(str(answer.get("msgid", "")), sender, tuple(answer.get("fail_list") or ()))

    def _spelled(self, sender: str) -> str:
        """Return a KOS's id as the config spells it."""
        given = (group.assisted_by for group in self._settings.groups)
        return next((userid for userid in given if userid.lower() == sender), sender)

    async def has_been_sent(self, task_id: str, sender: str, chat: str) -> bool:
        """Tell whether the KOS has tapped. **Errors**: RefusedError, TemporaryError, OutcomeUnknownError."""
        body = {"msgid": task_id, "userid": self._spelled(sender), "limit": 500}
        answer: Mapping[str, Any] = await self._app.call(
            "externalcontact/get_groupmsg_send_result", body=body
        )
        return any(
            each.get("chat_id") == chat and each.get("status") == _SENT
            for each in answer.get("send_list") or ()
        )
