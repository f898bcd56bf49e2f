"""What honours are made of: the ladder and its settings. Shared by handlers and rituals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from storage.modes import is_hidden
from storage.records import STAFF, Member
from storage.seasons import SeasonKind

BOARD_DAYS = timedelta(days=90)
"""How far back the core circle is counted (PRODUCT §9)."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder: reached with so many contributions, and what it opens.

    **Shape**: name and unlocks are words of the config, or ids of our own texts.
    """

    name: str
    at: int
    unlocks: tuple[str, ...] = ()


LADDER = (
    Rung("rung.new_voice", 0),
    Rung("rung.regular", 1, ("unlock.materials",)),
    Rung("rung.contributor", 3, ("unlock.beta",)),
    Rung("rung.adviser", 8, ("unlock.roundtable", "unlock.moderator")),
    Rung("rung.core", 20, ("unlock.workshop", "unlock.equipment", "unlock.co_creation")),
)


@dataclass(frozen=True, slots=True)
class HonoursSettings:
    """How honours are counted, in the settings of storage."""

    season: SeasonKind = SeasonKind.QUARTER
    ladder: tuple[Rung, ...] = LADDER
    discovery_tags: tuple[str, ...] = ("发现", "discovery")
    helper_after: int = 5  # different people who said thanks
    thanks_per_day: int = 3  # lines a helper gets a day
    thanks_per_pair: int = 3  # lines two people give each other in `pair_window`, both ways
    pair_window: timedelta = timedelta(days=30)


def rung_at(ladder: Sequence[Rung], contributions: int) -> Rung:
    """Return the highest rung that so many contributions reach."""
    return max(
        (rung for rung in ladder if rung.at <= contributions), key=lambda rung: rung.at, default=ladder[0]
    )


def rung_after(ladder: Sequence[Rung], contributions: int) -> Rung | None:
    """Return the next rung, None at the top."""
    return min((rung for rung in ladder if rung.at > contributions), key=lambda rung: rung.at, default=None)


def may_be_honoured(member: Member) -> bool:
    """Tell whether a member may have titles and stand on boards: no staff, nobody hidden, and nobody against it."""
    return member.is_honoured and member.role not in STAFF and not is_hidden(member.external_id)
