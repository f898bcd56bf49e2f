"""What two texts share besides their meaning, what tells them apart, and what each of it weighs. Called by likeness.py.

All of it is told by the words and notions of an index, so that no text has to be fetched to judge it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log

from storage.text.frequencies import COMMON, Frequencies
from storage.text.thesaurus import THING, is_notion, is_pair

NEIGHBOURS = 11
"""How many after the nearest tell how crowded its surroundings are."""

USUAL_AROUND, LEAST_AROUND, MOST_AROUND = 0.37, 0.24, 0.5
"""Mean cosine of those neighbours: what is taken for each that is missing, and the bounds of what is believed."""

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LETTERS = 3
_LEAST = 6.0  # what two short words weigh: of a text that says less, to hold all of it proves little
_RARE = 6.4  # what a word tells that one in 600 texts holds: among more texts, rarer ones are no stranger
_FEWEST_TEXTS = 400  # among fewer, a word that was said twice is no usual one
_SINGLE, _FILLER = 0.6, 0.2
_FILLERS = frozenset(
    "的了是我你您他她它们这那个有在和也就都还要想去能可以会请吗呢吧啊呀哦嗯哈好行不没很太真再又把被让对到从为跟与或"
    "但如果因所最更比较么啥先然后现已经一直老总每次时候点"
)
_KEPT_WORDS = 20_000


class Said:
    """A text as it is compared with others: its words, their parts, its notions, its numbers."""

    def __init__(self, tokens: Iterable[str]) -> None:
        """Sort the words of an index."""
        found = set(tokens)
        notions = {word for word in found if is_notion(word)}
        self.words = found - notions
        self.notions = {one for one in notions if not is_pair(one)}
        self.things = {one for one in self.notions if one[0] == THING}
        self.troubles = self.notions - self.things
        self.characters = set("".join(map(_characters, self.words)))
        self.parts = set().union(*map(_parts, self.words))
        self.length = _weight(self.characters, self.parts) or 1.0

    def within(self, other: Said) -> float:
        """Return how much of its characters and their pairs another text holds."""
        shared = _weight(self.characters & other.characters, self.parts & other.parts)
        return shared / max(self.length, _LEAST)

    @cached_property
    def numbers(self) -> set[str]:
        """Return the numbers in it."""
        return set(_NUMBER.findall(" ".join(self.words)))


@dataclass(frozen=True, slots=True)
class Scale:
    """What each sign weighs, so that zero is what is offered from on.

    **Source**: benchmarks/train_likeness.py, which learns them from the dev halves of our sets and public pairs.
    """

    within: float = 0.0
    notions: float = 0.0
    both: float = 0.0
    clash: float = 0.0
    other_trouble: float = 0.0
    uneven: float = 0.0
    other_number: float = 0.0
    strange: float = 0.0
    short: float = 0.0
    cosine: float = 0.0
    around: float = 0.0
    base: float = 0.0


BY_WORDS = Scale(
    within=9.99, notions=1.37, both=1.58, clash=-1.57, other_trouble=-0.34, uneven=-1.99, other_number=-1.98,
    strange=-3.33, short=-0.9, base=2.05,
)  # fmt: skip
TOGETHER = Scale(
    within=0.08, notions=0.88, both=1.27, clash=-1.18, other_trouble=-0.39, uneven=-1.29, other_number=-3.17,
    strange=-3.7, short=-0.69, cosine=15.07, around=-17.99, base=-2.07,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signs:
    """What two texts share, and what tells them apart.

    **Shape**: `within` is how much of the first one's characters the second holds, `notions` how much of their
    notions they share; `both` a thing and a trouble, `clash` other things, `other_trouble` other troubles,
    `other_number` other numbers; `uneven` how much longer one is, `short` the logarithm of the shorter one's length;
    `strange` how rare a word each of them has that the other has not; `lone`: no more than one word is shared, which
    is not enough where words alone decide.
    """

    within: float = 0.0
    notions: float = 0.0
    both: bool = False
    clash: bool = False
    other_trouble: bool = False
    uneven: float = 0.0
    other_number: bool = False
    strange: float = 0.0
    short: float = 0.0
    lone: bool = True

    @classmethod
    def of(cls, one: Said, other: Said, frequencies: Frequencies) -> Signs:
        """Compare two texts; what the first holds of the second is not asked."""
        is_thing = not one.things.isdisjoint(other.things)
        is_trouble = not one.troubles.isdisjoint(other.troubles)
        return cls(
            one.within(other),
            share(one.notions, other.notions, frequencies) if is_thing or is_trouble else 0.0,
            is_thing and is_trouble,
            bool(one.things and other.things) and not is_thing,
            bool(one.troubles and other.troubles) and not is_trouble,
            abs(log(one.length / other.length)),
            bool(one.numbers and other.numbers) and one.numbers != other.numbers,
            min(_rarest(one.words - other.words, frequencies), _rarest(other.words - one.words, frequencies)),
            log(1 + min(one.length, other.length)),
            not (is_thing and is_trouble) and _is_lone(one.words & other.words - COMMON),
        )

    def weigh(self, scale: Scale, cosine: float = 0.0, around: float = USUAL_AROUND) -> float:
        """Return what these signs and the nearness of meaning weigh together, above zero if enough to be offered."""
        return (
            scale.within * self.within
            + scale.notions * self.notions
            + scale.both * self.both
            + scale.clash * self.clash
            + scale.other_trouble * self.other_trouble
            + scale.uneven * self.uneven
            + scale.other_number * self.other_number
            + scale.strange * self.strange
            + scale.short * self.short
            + scale.cosine * cosine
            + scale.around * (around - USUAL_AROUND)
            + scale.base
        )


def crowd(cosines: Iterable[float]) -> float:
    """Return how crowded it is around a text, given its nearest cosines: where all is near, it proves little. Pure."""
    after = sorted(cosines, reverse=True)[1 : 1 + NEIGHBOURS]
    mean = (sum(after) + USUAL_AROUND * (NEIGHBOURS - len(after))) / NEIGHBOURS
    return min(MOST_AROUND, max(LEAST_AROUND, mean))


def share(mine: set[str], theirs: set[str], frequencies: Frequencies) -> float:
    """Return the weight of shared words over that of the text with less.

    **Shape**: from 0 (no word in common) to 1 (one holds all that the other says); a text that says less than one
    rare word counts as if it said that much, so that a shared everyday word proves nothing.
    """
    least = 0.8 * log(2 + frequencies.texts)
    smaller = min(sum(map(frequencies.idf, mine)), sum(map(frequencies.idf, theirs)))
    return sum(map(frequencies.idf, mine & theirs)) / max(smaller, least)


def _is_lone(words: set[str]) -> bool:
    """Tell whether words are one alone, parts of a longer one aside."""
    longest = max(words, key=len, default="")
    return all(word in longest for word in words)


def _rarest(words: set[str], frequencies: Frequencies) -> float:
    telling = words - COMMON
    if not telling:
        return 0.0
    try:
        fewest = min(map(frequencies.texts_with.__getitem__, telling))
    except KeyError:
        fewest = 0
    texts = max(frequencies.texts, _FEWEST_TEXTS)
    return min(1.0, log(1 + (texts + 1) / (fewest + 1)) / min(_RARE, log(2 + texts)))


@lru_cache(_KEPT_WORDS)
def _characters(word: str) -> str:
    return word if _CHINESE.match(word) or len(word) == 1 else ""


@lru_cache(_KEPT_WORDS)
def _parts(word: str) -> tuple[str, ...]:
    """Return what each two neighbours of a Chinese word make; of another each three letters."""
    letters = 2 if _CHINESE.match(word) else _LETTERS
    if len(word) <= letters:
        return (word,) if len(word) > 1 else ()
    return tuple(word[n : n + letters] for n in range(len(word) - letters + 1))


def _weight(characters: set[str], parts: set[str]) -> float:
    return len(parts) + _SINGLE * len(characters) - (_SINGLE - _FILLER) * len(characters & _FILLERS)
