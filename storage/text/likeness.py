"""Likeness of texts by their rare words: the pure part. The postings and their SQL live in a repository.

A new text is looked up by its few rarest words, since what everybody says finds everything; a found text is scored by
what both say and what only one does (signs.py), in shares that hardly depend on how many texts there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import exp

from storage.text.frequencies import COMMON, Frequencies
from storage.text.signs import BY_WORDS, TOGETHER, USUAL_AROUND, Said, Signs
from storage.text.thesaurus import is_notion

RAREST = 8
"""Words looked up. Source: measured, all of them take 100 times as long at 100,000 texts and find hardly more."""

SHOWN = 5
"""Words shown as the reason."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """One found text.

    Shape: `score` from 0 to 1; `words` shared, the most telling first; `is_alike`: enough to be offered as the same
    thing; `by_meaning`: what it says is near, whatever its words.
    """

    item: int
    score: float
    words: tuple[str, ...]
    is_alike: bool = False
    by_meaning: bool = False
    signs: Signs = field(default_factory=Signs)


def rarest(tokens: Iterable[str], frequencies: Frequencies, count: int = RAREST) -> list[str]:
    """Choose the words that tell most, each once, the rarest first; of equals the longer, then the earlier."""
    words = list(dict.fromkeys(tokens))
    words.sort(key=lambda word: (word in COMMON, frequencies.texts_with.get(word, 0), -len(word)))
    return words[:count]


def candidates(
    words: Sequence[str], postings: Mapping[str, Collection[int]], frequencies: Frequencies, count: int = 20
) -> list[int]:
    """Return the items that share most of the looked-up words' weight, best first, of equals the newest first."""
    sums: dict[int, float] = {}
    for word in words:
        weight = frequencies.idf(word)
        for item in postings.get(word, ()):
            sums[item] = sums.get(item, 0.0) + weight
    return sorted(sums, key=lambda item: (-sums[item], -item))[:count]


def nearest(
    tokens: Sequence[str], texts: Mapping[int, Collection[str]], frequencies: Frequencies, count: int = 5
) -> list[Likeness]:
    """Rank found texts, given their words, by likeness; those with nothing in common are left out."""
    found = compare(tokens, texts, frequencies)
    found.sort(key=lambda one: (-one.score, -one.item))
    return [one for one in found[:count] if one.words or one.signs.both]


def compare(
    tokens: Sequence[str], texts: Mapping[int, Collection[str]], frequencies: Frequencies
) -> list[Likeness]:
    """Judge texts, given their words, by what they share and what tells them apart."""
    mine = Said(tokens)
    result = []
    for item, others in texts.items():
        signs = Signs.of(mine, Said(others), frequencies)
        worth = signs.weigh(BY_WORDS)
        words = why(tokens, others, frequencies)
        is_alike = worth >= 0 and not signs.lone
        result.append(Likeness(item, _chance(worth), words, is_alike=is_alike, signs=signs))
    return result


def fused(by_words: Likeness, cosine: float | None, around: float = USUAL_AROUND) -> Likeness:
    """Judge by meaning and words what was judged by words; a text without a vector keeps its words' judgement. Pure.

    **Shape**: `around` is what `crowd` returns.
    """
    if cosine is None:
        return by_words
    worth = by_words.signs.weigh(TOGETHER, cosine, around)
    return replace(
        by_words, score=_chance(worth), is_alike=worth >= 0, by_meaning=worth >= 0 or not by_words.words
    )


def _chance(worth: float) -> float:
    return 1 / (1 + exp(-worth))


def why(
    tokens: Iterable[str], others: Collection[str], frequencies: Frequencies | None = None, count: int = SHOWN
) -> tuple[str, ...]:
    """Return the words two texts share, the most telling first; parts of a shown word are not shown again."""
    shared = {word for word in set(tokens) & set(others) if word not in COMMON and not is_notion(word)}
    shown: list[str] = []
    weights = {word: frequencies.idf(word) if frequencies else float(len(word)) for word in shared}
    for word in sorted(shared, key=lambda word: (-weights[word], -len(word), word)):
        if any(word in longer for longer in shared if longer != word):
            continue
        shown.append(word)
    return tuple(shown[:count])
