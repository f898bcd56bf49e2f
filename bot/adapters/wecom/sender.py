"""Carries parcels: by the first road that takes them, on to the next only after a definite refusal.

A group's parcel: answer to the callback it replies to, push, answer to the group's last callback, webhook. A
person's: push, answer, app. In the callback mode: response_url, then webhook
or app, at last response_url without a card. A group of customers:
assisted send alone. An ack that never came is no reason to try another road.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.adapters.base import OutcomeUnknownError, Parcel, PermanentError, TemporaryError
from bot.adapters.wecom import errors
from bot.adapters.wecom.errors import NotPossibleError, RefusedError
from bot.adapters.wecom.lanes import WecomLanes
from bot.adapters.wecom.render import Piece, Say, render
from bot.adapters.wecom.routes.assisted import Assisted
from bot.adapters.wecom.routes.base import Route
from bot.adapters.wecom.routes.webhook import Webhook, mentions_all
from bot.logs import get_logger
from storage.records import ChatKind, DeliveryKind, Receipt

_log = get_logger(__name__)
_CUT_FOR = timedelta(minutes=5)  # until somebody has stopped the other process, or written the right secret
_MOST_REMEMBERED = 1_000  # parcels of several pieces that are half way
_REPEATED = frozenset({40058})  # what a card that was sent before is refused with


@dataclass(slots=True)
class _Progress:
    """How far a parcel has come: by which road, how many pieces, and whether the next one may have arrived."""

    road: str = ""
    sent: int = 0
    in_doubt: bool = False
    refusals: list[RefusedError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sent:
    """What went out, and under which id of our own."""

    receipt: Receipt
    pieces: tuple[Piece, ...]


class WecomSender:
    """All roads in their order."""

    def __init__(
        self, roads: Sequence[Route], lanes: WecomLanes, seal_key: bytes, say: Say, is_cut: Callable[[], bool]
    ) -> None:
        """`is_cut` tells whether the long connection is gone for good."""
        self._roads = roads
        self._lanes = lanes
        self._seal_key = seal_key
        self._say = say
        self._is_cut = is_cut
        self._progress: OrderedDict[str, _Progress] = OrderedDict()

    async def send(self, parcel: Parcel) -> Sent:
        """Carry a parcel. **Errors**: SendError."""
        if parcel.kind is not DeliveryKind.POST:
            raise PermanentError("WeCom cannot change what was sent")
        progress = self._progress.pop(parcel.key, None) or _Progress()
        progress.refusals.clear()
        self._progress[parcel.key] = progress
        for road in self._in_order(parcel):
            if progress.sent and road.name != progress.road:
                continue  # what has begun on one road ends there
            if sent := await self._try(road, parcel, progress):
                self._progress.pop(parcel.key, None)
                return sent
        while len(self._progress) > _MOST_REMEMBERED:
            self._progress.popitem(last=False)
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

    async def _try(self, road: Route, parcel: Parcel, progress: _Progress) -> Sent | None:
        """Try one road; None if it is not open, or refused for certain."""
        pieces = render(parcel, road.shape, self._seal_key, self._say)
        if not road.is_open(parcel, len(pieces) - progress.sent):
            return None
        if not pieces:
            raise PermanentError("nothing to say")
        for number in range(progress.sent, len(pieces)):
            if number:
                await self._lanes.one_more(parcel.chat)
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
        return Sent(_receipt(pieces), tuple(pieces))

    def _refused(self, refusal: RefusedError, parcel: Parcel, progress: _Progress) -> None:
        """Note a refusal. **Errors**: TemporaryError if the same road will do later."""
        _log.info("wecom_refused", route=refusal.route, errcode=refusal.code, key=parcel.key)
        if errors.is_passing(refusal.code):
            raise errors.wait_after(refusal.code, refusal.route)
        progress.refusals.append(refusal)


def _can_do_without(piece: Piece, progress: _Progress) -> bool:
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
