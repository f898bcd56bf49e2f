"""Packs what the relay carries; finds where the mail of hidden people goes, and lets its buttons speak for them.

An alias's mail goes to the person behind it, found by the key at the moment of sending and written down nowhere.
A sealed contributor's mail goes nowhere: it stays in the outbox until whoever holds the claim code asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from bot.adapters.base import Adapter, Parcel, PermanentError, TemporaryError, UnreachableError
from bot.loads import Load, Posted
from handlers import mailbag
from handlers.hidden import read_whisper, scope_of
from handlers.veil import Veil
from locales.catalog import Catalog
from storage.deliveries import Leased
from storage.messages import Message, decode, fold, is_foldable
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
        hidden = {(item.platform, item.chat) for item in leased if is_hidden(item.chat)}
        found: dict[str, Way] = {}
        for platform in {platform for platform, _ in hidden}:
            found |= await uow.veils.list_of(platform, [chat for p, chat in hidden if p is platform])
        return found

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
        alias_id, letters, message = self._read(item) if has_message else (0, (), Message())
        if item.chat in ways:
            alias_id = ways[item.chat].member_id
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
        return Load(item, contents, parcel, adapter.lanes(parcel), alias_id, letters)

    def sign(self, load: Load, outcome: Receipt | Exception) -> Receipt | Posted | Exception:
        """Return what may be kept of an outcome: of what went to an alias, nothing that tells if anybody was there."""
        delivery = load.leased.delivery
        if not load.alias_id or not isinstance(outcome, Receipt | PermanentError):
            return outcome
        ids = load.letters or (load.ids if delivery.kind is DeliveryKind.POST else ())
        fate = mailbag.LOST
        if isinstance(outcome, Receipt):
            fate = mailbag.sent(outcome.message_id)
        elif isinstance(outcome, UnreachableError) and (load.letters or delivery.member_id is not None):
            fate = mailbag.WAITS
        return Posted(load.alias_id, mailbag.written(self._veil, load.alias_id, ids, fate))

    def _read(self, item: Leased) -> tuple[int, tuple[int, ...], Message]:
        """Return what a Delivery says, and what it carries out once more for whom. **Errors**: ValueError."""
        delivery = item.delivery
        if not delivery.content.startswith(COVERED):
            return 0, (), decode(delivery.content)
        content = self._veil.uncover(delivery.content.removeprefix(COVERED), delivery.key)
        if content is None:
            raise ValueError("the key it was covered with is gone")
        return read_whisper(content)

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
        return mailbag.dressed_letter(message, way, item.delivery.subject, self._texts)


def is_kept(item: Leased) -> bool:
    """Tell whether a Delivery stays here until somebody shows its claim code."""
    return mode_of(item.chat) is Mode.SEALED
