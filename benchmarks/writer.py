"""Writes texts whose words are as unevenly used as people's (Zipf); the same ones at every run."""

from __future__ import annotations

import itertools
import random

_VOCABULARY = 30_000


class Writer:
    """One writer; `random` may be used for whatever else is made up beside the texts."""

    def __init__(self, least: int, most: int) -> None:
        """Write texts of so many words, with repeats."""
        self.random = random.Random(7)
        self._lengths = (least, most)
        self._words = [f"词{number}" for number in range(_VOCABULARY)]
        self._weights = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(_VOCABULARY)))

    def words(self) -> list[str]:
        """Write a text, cut into its words."""
        length = self.random.randint(*self._lengths)
        return self.random.choices(self._words, cum_weights=self._weights, k=length)

    def text(self) -> str:
        """Write a text, with spaces between its words."""
        return " ".join(self.words())
