"""Search: which feedback some words are about, by words and by meaning. Called by `handlers/searching.py`.

Words rank by BM25 over the postings, meaning by cosine; the sum of both ranks what either found. Without a `Sense`
words alone do it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from storage.meanings import Coming, arrived
from storage.records import Status
from storage.text.frequencies import Frequencies
from storage.text.meaning import cosines
from storage.uow import UnitOfWork

POOL = 60
"""How many each engine brings."""

WORDS_BESIDE = 0.3
"""How much the words count beside the cosine, the best match by words counting 1. **Source**: benchmarks/eval.py."""

NEAR = 0.4
"""Cosine from which a text is found by its meaning alone. **Source**: benchmarks/eval.py."""

ENOUGH_WORDS = 0.45
"""Share of the asked words' weight from which a text is found by its words alone."""

_SATURATION, _BY_LENGTH, _USUAL_LENGTH = 1.2, 0.5, 15


async def find(
    uow: UnitOfWork, tokens: Sequence[str], sense: Coming, statuses: Iterable[Status], limit: int
) -> list[int]:
    """Return the feedback in these statuses that are found, the best first."""
    statuses = tuple(statuses)
    texts, frequencies = await uow.likeness.search(tokens, POOL, statuses)
    asked = sum(map(frequencies.idf, set(tokens))) or 1.0
    worth = {item: bm25(tokens, words, frequencies) for item, words in texts.items()}
    best = max(worth.values(), default=0.0) or 1.0
    ranks = {item: WORDS_BESIDE * value / best for item, value in worth.items()}
    is_found = {
        item
        for item, words in texts.items()
        if sum(map(frequencies.idf, set(tokens) & set(words))) >= ENOUGH_WORDS * asked
    }
    meant = await arrived(sense)
    if meant is not None:
        near = await uow.meanings.nearest(meant, POOL, statuses)
        vectors = await uow.meanings.list_([item for item in ranks if item not in near])
        near |= dict(zip(vectors, cosines(meant.vector, list(vectors.values())), strict=True))
        is_found |= {item for item, cosine in near.items() if cosine >= NEAR}
        ranks = {item: ranks.get(item, 0.0) + near.get(item, 0.0) for item in ranks | near}
    return sorted(is_found, key=lambda item: (-ranks[item], -item))[:limit]


def bm25(tokens: Iterable[str], words: Sequence[str], frequencies: Frequencies) -> float:
    """Return how well a text answers the asked words: rare ones count most, long texts a little less. Pure."""
    counts = Counter(words)
    length = 1 - _BY_LENGTH + _BY_LENGTH * len(words) / _USUAL_LENGTH
    return sum(
        frequencies.idf(word) * counts[word] * (_SATURATION + 1) / (counts[word] + _SATURATION * length)
        for word in set(tokens)
        if counts[word]
    )
