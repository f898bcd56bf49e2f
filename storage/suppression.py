"""What a report may say of a slice of people: a small one would point at somebody (PRODUCT §8).

Called by whatever counts people by facet, class, department or anything else that divides them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

FLOOR = 3  # Source: PRODUCT §8; no config goes below it
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class PrivacySettings:
    """How few people are too few to be shown (**Units**: people), and whether forgetting takes the words as well."""

    least_slice: int = 5
    deletes_words: bool = False

    @property
    def least(self) -> int:
        """Return the least number that is shown, never below the floor."""
        return max(self.least_slice, FLOOR)


def is_shown(count: int, settings: PrivacySettings) -> bool:
    """Tell whether a slice of so many people may be shown; an empty one says nothing about anybody. Pure."""
    return count <= 0 or count >= settings.least


def shown(count: int, settings: PrivacySettings) -> str:
    """Return how a slice of so many people is written: the number, or that it is less than the least. Pure."""
    return str(count) if is_shown(count, settings) else f"<{settings.least}"


def part(count: int, total: int, settings: PrivacySettings) -> str:
    """Return how so many of a total are written that stands beside them: what is left must not be few either. Pure."""
    is_clear = is_shown(count, settings) and is_shown(total, settings)
    if is_clear and not is_shown(total - count, settings):
        return f"≥{settings.least}"
    return shown(count, settings)


def slices(counts: Mapping[_Key, int], settings: PrivacySettings) -> tuple[dict[_Key, int], int]:
    """Return the slices that may be shown beside their total, and how many people all the others hold. Pure.

    Who knows the total works out a single hidden slice; so the least of the shown ones is hidden with it.
    """
    kept = {key: count for key, count in counts.items() if count > 0 and is_shown(count, settings)}
    rest = sum(count for count in counts.values() if count > 0) - sum(kept.values())
    while 0 < rest < settings.least and kept:
        least = min(kept, key=lambda key: kept[key])
        rest += kept.pop(least)
    return kept, rest
