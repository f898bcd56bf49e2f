"""What anybody would try first to tell same from other: TF-IDF, and an embedding as it comes. Called by groups.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import log

from storage.text.meaning import load_encoders
from storage.text.thesaurus import is_notion

_BATCH = 64


def tfidf(texts: Sequence[Sequence[str]]) -> list[list[float]]:
    """Return the cosine of every text with every other by its words alone, weighed as scikit-learn does."""
    rows = weighed(texts)
    return [[product(row, other) for other in rows] for row in rows]


def weighed(texts: Sequence[Sequence[str]]) -> list[dict[str, float]]:
    """Return what each text's words weigh, all together one."""
    counted = [Counter(word for word in words if not is_notion(word)) for words in texts]
    texts_with = Counter(word for found in counted for word in found)
    rows: list[dict[str, float]] = []
    for found in counted:
        row = {word: n * (1 + log((1 + len(texts)) / (1 + texts_with[word]))) for word, n in found.items()}
        length = sum(value * value for value in row.values()) ** 0.5 or 1.0
        rows.append({word: value / length for word, value in row.items()})
    return rows


def product(row: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return how near two weighed texts are."""
    return sum(value * other[word] for word, value in row.items() if word in other)


def embedded(texts: Sequence[str]) -> list[list[float]]:
    """Return the cosine of every text with every other by the first encoder, nothing taken away from it."""
    import numpy as np

    encode = load_encoders()[0]
    parts = [encode(list(texts[start : start + _BATCH])) for start in range(0, len(texts), _BATCH)]
    found = np.concatenate(parts)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    near: list[list[float]] = (found @ found.T).tolist()
    return near
