"""What harm is told with: families of words, and which of them meet in a text. Called by danger.py.

Danger is told in ever other words, but always of the same few things: a cause, a part, an effect, a victim, who is
gone to. What meets near by is a feature of its own; what asks, supposes, denies or jokes is one for the whole text.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from storage.text.lexicon import Lexicon, matches, read

DATA = Path(__file__).parent / "data" / "harms.txt"
"""One family a line: `name group: words`. The group `guard` is what speaks for or against all others."""

NEAR = 12
"""Units within which two families meet: a clause or two."""


DENIED_NEAR = 3
"""Units after a denial within which what is told is denied."""


@dataclass(frozen=True, slots=True)
class Harms:
    """The families, ready to be looked up. Shape: `groups` the group of each, None for what is passed over."""

    lists: Lexicon
    groups: tuple[int | None, ...]
    is_guard: tuple[bool, ...]
    negator: int
    pair: int
    group: int
    size: int


@cache
def harms() -> Harms:
    """Read the families once a process."""
    lists = read(DATA)
    named = [name.split()[1] for name in lists.names]
    kinds = sorted(set(named) - {"-"})
    pair = 2 * len(named)
    group = pair + len(named) ** 2
    return Harms(
        lists,
        tuple(None if name == "-" else kinds.index(name) for name in named),
        tuple(name == "guard" for name in named),
        lists.names.index("negator guard"),
        pair,
        group,
        group + len(kinds) ** 2,
    )


def harms_in(found: list[str]) -> list[int]:
    """Return the places of what the units of a text hold: families, denied ones, and what meets. Pure."""
    places = harms()
    count = len(places.groups)
    result: set[int] = set()
    here: list[tuple[int, int]] = []
    denied = -DENIED_NEAR
    for match in matches(found, places.lists):
        if places.negator in match.categories:
            denied = match.end
        for family in match.categories:
            if places.groups[family] is None:
                continue
            is_near = match.start - denied < DENIED_NEAR and found[denied - 1 : match.start].count(",") == 0
            if is_near and not places.is_guard[family]:
                result.add(count + family)
            else:
                here.append((family, match.start))
    kinds: set[int] = set()
    for place, (first, start) in enumerate(here):
        result.add(first)
        kinds.add(places.groups[first] or 0)
        for second, then in here[place + 1 :]:
            if first != second and (
                then - start <= NEAR or places.is_guard[first] or places.is_guard[second]
            ):
                low, high = (first, second) if first < second else (second, first)
                result.add(places.pair + low * count + high)
    width = max(kind for kind in places.groups if kind is not None) + 1
    ranks = sorted(kinds)
    for place, low in enumerate(ranks):
        result.update(places.group + low * width + high for high in ranks[place + 1 :])
    return sorted(result)
