"""Carries parcels: by the first road that takes them, on to the next only after a definite refusal.

A group's parcel: answer to the callback it replies to, push, answer to the group's last callback, webhook. A
person's: push, answer, app. In the callback mode: response_url, then webhook
or app, at last response_url without a card. A group of customers:
assisted send alone. An ack that never came is no reason to try another road.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.adapters.base import OutcomeUnknownError, Parcel, PermanentError, TemporaryError
from bot.adapters.wecom import errors
from bot.adapters.wecom.errors import NotPossibleError, RefusedError
from bot.adapters.wecom.lanes import WecomLanes
from bot.adapters.wecom.progress import Progress, Progresses, beginning
from bot.adapters.wecom.render import Piece, Say, render
from bot.adapters.wecom.routes.assisted import Assisted
from bot.adapters.wecom.routes.base import Route
from bot.adapters.wecom.routes.webhook import Webhook, mentions_all
from bot.logs import get_logger
from storage.promises import DeliveryKind, Receipt
from storage.records import ChatKind

_log = get_logger(__name__)
_CUT_FOR = timedelta(minutes=5)  # until somebody has stopped the other process, or written the right secret
_REPEATED = frozenset({40058})  # what a card that was sent before is refused with


@dataclass(frozen=True, slots=True)
class Sent:
    """What went out, and under which id of our own."""

    receipt: Receipt
    pieces: tuple[Piece, ...]


class WecomSender:
    """All roads in their order."""

    def __init__(
        self, roads: Sequence[Route], lanes: WecomLanes, progress: Progresses, seal_key: bytes, say: Say,
        is_cut: Callable[[], bool],
    ) -> None:  # fmt: skip
        """`is_cut` tells whether the long connection is gone for good."""
        self._roads = roads
        self._lanes = lanes
        self._seal_key = seal_key
        self._say = say
        self._is_cut = is_cut
        self._progress = progress

    async def send(self, parcel: Parcel) -> Sent:
        """Carry a parcel. **Errors**: SendError."""
        if parcel.kind is not DeliveryKind.POST:
            raise PermanentError("WeCom cannot change what was sent")
        progress = await self._progress.take(parcel)
        for road in self._left(parcel, progress):
            if sent := await self._try(road, parcel, progress):
                self._progress.done(parcel)
                return sent
        if self._is_cut():
            raise TemporaryError("the long connection is gone for good", _CUT_FOR)
        raise errors.verdict(progress.refusals, is_private=parcel.chat_kind is ChatKind.PRIVATE)

    def _in_order(self, parcel: Parcel) -> Sequence[Route]:
        """Return the roads as they are tried: customers are reached by a tap alone, everybody by the webhook first."""
        assisted = [road for road in self._roads if road.name == Assisted.name and road.is_open(parcel, 1)]
        if assisted:
            return assisted
        if not mentions_all(parcel.message):
            return self._roads
        return sorted(self._roads, key=lambda road: road.name != Webhook.name)

    def _left(self, parcel: Parcel, progress: Progress) -> Sequence[Route]:
        """Return the roads that are left: of what has begun, its own first, then those that cut it alike.

        What may have arrived already takes no other road while its own is open. What has changed begins anew.
        """
        roads = self._in_order(parcel)
        if not progress.sent:
            return roads
        alike = [
            road
            for road in roads
            if beginning(self._cut(road, parcel)[: progress.sent]) == progress.beginning
        ]
        if not alike:
            progress.road, progress.sent, progress.in_doubt = "", 0, False
            return roads
        own = [road for road in alike if road.name == progress.road and road.is_open(parcel, 1)]
        others = [road for road in alike if road not in own]
        return own if own and progress.in_doubt else [*own, *others]

    def _cut(self, road: Route, parcel: Parcel) -> list[Piece]:
        return render(parcel, road.shape, self._seal_key, self._say)

    async def _try(self, road: Route, parcel: Parcel, progress: Progress) -> Sent | None:
        """Try one road; None if it is not open, or refused for certain."""
        pieces = self._cut(road, parcel)
        if not road.is_open(parcel, len(pieces) - progress.sent):
            return None
        if not pieces:
            raise PermanentError("nothing to say")
        for number in range(progress.sent, len(pieces)):
            if number:
                await self._make_room(parcel, progress)
            try:
                await road.send(parcel, pieces[number])
            except NotPossibleError:
                if not _can_do_without(pieces[number], progress):
                    return None
            except RefusedError as refusal:
                if not (progress.in_doubt and refusal.code in _REPEATED and pieces[number].card):
                    self._refused(refusal, parcel, progress)
                    return None
            except OutcomeUnknownError:
                progress.road, progress.in_doubt = road.name, True
                raise
            progress.road, progress.sent, progress.in_doubt = road.name, number + 1, False
            progress.beginning = beginning(pieces[: number + 1])
        return Sent(_receipt(pieces), tuple(pieces))

    async def _make_room(self, parcel: Parcel, progress: Progress) -> None:
        """Wait for room for a further piece, and write down that it leaves; while it waits, that it has not left."""
        if not self._lanes.has_room(parcel.chat):
            await self._progress.keep(parcel, progress, is_next_gone=False)
        await self._lanes.one_more(parcel.chat)
        await self._progress.keep(parcel, progress, is_next_gone=True)

    def _refused(self, refusal: RefusedError, parcel: Parcel, progress: Progress) -> None:
        """Note a refusal. **Errors**: TemporaryError if the same road will do later."""
        if not parcel.is_secret:  # who could not be reached in hiding is nobody's to know
            _log.info("wecom_refused", route=refusal.route, errcode=refusal.code, key=parcel.key)
        if errors.is_passing(refusal.code):
            raise errors.wait_after(refusal.code, refusal.route)
        progress.refusals.append(refusal)


def _can_do_without(piece: Piece, progress: Progress) -> bool:
    """Tell whether a message is whole enough without this piece: a picture whose words have been said."""
    return progress.sent > 0 and piece.png is not None


def _receipt(pieces: Sequence[Piece]) -> Receipt:
    """Return an id of our own: the platform's acks hold none. A card's is what its events bring back."""
    task_ids = [str(piece.card["task_id"]) for piece in pieces if piece.card is not None]
    is_ballot = bool(task_ids) and any(
        piece.card is not None and piece.card["card_type"] == "vote_interaction" for piece in pieces
    )
    message_id = task_ids[0] if task_ids else f"w{secrets.token_hex(10)}"
    return Receipt(message_id, message_id if is_ballot else "")
