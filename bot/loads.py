"""What the relay carries at once: one leased Delivery with its parcel and lanes. Made and used by `bot/relay.py`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.adapters.base import Parcel
from bot.drawing import Drawing, DrawingError
from bot.exports import Exporter
from bot.limits import Lane
from bot.logs import get_logger
from storage.deliveries import Leased
from storage.letters import Letter


@dataclass(frozen=True, slots=True)
class Posted:
    """The outcome of what went to an alias, whether it arrived or not: what is kept of each promise in it."""

    alias_id: int
    letters: tuple[Letter, ...]


_log = get_logger(__name__)


@dataclass(slots=True, eq=False)
class Load:
    """One leased Delivery with the held ones folded into it."""

    leased: Leased
    contents: dict[int, str]  # what each said when it was leased, by delivery id
    parcel: Parcel
    lanes: tuple[Lane, ...]
    alias_id: int = 0  # of whom it goes to, if they hide
    letters: tuple[int, ...] = ()  # promises to that alias that it carries out once more
    slots: tuple[float, ...] = ()  # when the slot reserved in each lane comes free

    @property
    def ids(self) -> list[int]:
        """Return the deliveries it carries."""
        return list(self.contents)

    def free_at(self, now: float) -> float | None:
        """Return when all lanes are free, None while an answer must come first."""
        at = now
        for lane in self.lanes:
            free = lane.free_at(now)
            if free is None:
                return None
            at = max(at, free)
        return at


async def filled(parcel: Parcel, drawing: Drawing, exporter: Exporter | None) -> Parcel:
    """Return a parcel with what is made only when it is sent: its picture, its export."""
    if parcel.message.picture is not None:
        try:
            parcel = replace(parcel, png=await drawing.png(parcel.message.picture))
        except DrawingError:  # its words are better than nothing
            _log.error("picture_left_out", delivery=parcel.key)
    document = parcel.message.document
    if document is not None and document.export and exporter is not None:
        parcel = replace(parcel, file=await exporter.file_of(document))
    return parcel
