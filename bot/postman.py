"""Packs what the relay carries; finds where the mail of hidden people goes, and lets its buttons speak for them.

An alias's mail goes to the person behind it, found by the key at the moment of sending and written down nowhere.
A sealed contributor's mail goes nowhere: it stays in the outbox until whoever holds the claim code asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

import msgspec

from bot.adapters.base import Adapter, Parcel, PermanentError, TemporaryError
from bot.loads import Load
from handlers.hidden import WORN, dressed, mark_of_letter, scope_of
from handlers.references import number_of
from handlers.veil import Veil
from locales.catalog import Catalog
from storage.deliveries import Leased
from storage.messages import Button, Message, decode, fold, is_foldable
from storage.modes import Mode, is_hidden, mode_of
from storage.outbox import COVERED
from storage.promises import DeliveryKind, Receipt
from storage.uow import UnitOfWork
from storage.veils import Way

_WAIT_FOR_KEY = timedelta(hours=1)


class Postman:
    """Knows addresses that nobody else does, each only while it is needed."""

    def __init__(self, veil: Veil, texts: Catalog) -> None:
        self._veil = veil
        self._texts = texts

    async def ways(self, uow: UnitOfWork, leased: Iterable[Leased]) -> Mapping[str, Way]:
        """Return the encrypted ways to the aliases among those who get something, by the ids of their chats."""
        ids = {item.chat for item in leased if is_hidden(item.chat)}
        return await uow.veils.list_of(ids) if ids else {}

    def pack(
        self, item: Leased, companions: list[tuple[int, str]], ways: Mapping[str, Way], adapter: Adapter
    ) -> Load:
        """Make a parcel of a leased Delivery and of those folded into it.

        **Errors**: ValueError if its content cannot be read; SendError if its way is not known.
        """
        delivery = item.delivery
        contents = {delivery.id: delivery.content}
        changes = delivery.kind in (DeliveryKind.EDIT, DeliveryKind.CLOSE_POLL)
        if changes and not item.target:
            raise ValueError("the message it changes never arrived")
        has_message = delivery.kind in (DeliveryKind.POST, DeliveryKind.EDIT)
        message = self._read(item) if has_message else Message()
        others = [(i, decode(content)) for i, content in companions]
        if others and is_foldable(message) and all(is_foldable(other) for _, other in others):
            message = fold((message, *(other for _, other in others)))
            contents.update(companions)
        parcel = Parcel(
            key=delivery.key, kind=delivery.kind, chat=self._address(item, ways), chat_kind=item.chat_kind,
            message=self._dress(message, item, ways),
            emoji=delivery.content if delivery.kind is DeliveryKind.REACTION else "", target=item.target,
            tag=delivery.content if delivery.kind is DeliveryKind.TAG else "",
            is_secret=is_hidden(item.chat) or delivery.content.startswith(COVERED),
        )  # fmt: skip
        return Load(item, contents, parcel, adapter.lanes(parcel))

    def sign(self, load: Load, outcome: Receipt | Exception) -> Receipt | Exception:
        """Return what may be kept of an outcome: of a message to an alias, a keyed mark instead of its number."""
        if not is_hidden(load.leased.chat) or not isinstance(outcome, Receipt):
            return outcome
        leased, chat = load.leased, load.parcel.chat
        return Receipt(mark_of_letter(self._veil, leased.platform, chat, outcome.message_id))

    def _read(self, item: Leased) -> Message:
        """Return what a Delivery says. **Errors**: ValueError if it cannot be read."""
        delivery = item.delivery
        if not delivery.content.startswith(COVERED):
            return decode(delivery.content)
        content = self._veil.uncover(delivery.content.removeprefix(COVERED), delivery.key)
        if content is None:
            raise ValueError("the key it was covered with is gone")
        return decode(content)

    def _address(self, item: Leased, ways: Mapping[str, Way]) -> str:
        """Return the platform's id of the chat a Delivery really goes to. **Errors**: SendError."""
        if mode_of(item.chat) is not Mode.ALIAS:
            return item.chat
        way = ways.get(item.chat)
        if way is None:
            raise PermanentError("the way back is forgotten")
        found = self._veil.uncover(way.covered, scope_of(way.external_id))
        if found is None:
            raise TemporaryError("the key of aliases is missing", _WAIT_FOR_KEY)
        return found

    def _dress(self, message: Message, item: Leased, ways: Mapping[str, Way]) -> Message:
        """Return a message whose buttons act for the alias it goes to, with one to write back."""
        way = ways.get(item.chat)
        if way is None:
            return message
        rows = list(dressed(message.buttons, way.member_id))
        number = number_of(item.delivery.subject)
        if number is not None:
            label = self._texts.plain(way.language, "private.write_back")
            rows.append((Button(label, action=f"{WORN}:{way.member_id}:answer:{number}"),))
        return msgspec.structs.replace(message, buttons=tuple(rows), reply_to="")


def is_kept(item: Leased) -> bool:
    """Tell whether a Delivery stays here until somebody shows its claim code."""
    return mode_of(item.chat) is Mode.SEALED
