"""Things said in several ways, and how like their texts are. Called by groups.py and train_likeness.py."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.rows import WRITTEN, Sets
from storage.text.frequencies import Frequencies
from storage.text.meaning import Meaning, cosines
from storage.text.signs import Said, Scale, Signs, crowd
from storage.text.tokens import Tokens

KNOWN = Path(__file__).parent / "same.jsonl"
"""The scales of likeness and the thesaurus are made with these."""

UNSEEN = WRITTEN / "same_unseen.jsonl"
"""Nothing was made or set with these."""

DEFECTS, REPORTS = (Path(__file__).parent / f"{name}.jsonl" for name in ("defects", "reports"))
"""Short chatter in which hardly a word is shared, and whole sentences about as alike as those of most groups."""

DEV, TEST = 0, 1
"""The halves of these two: one to set things by, one to look at."""

AROUND = 300
"""How many other suggestions stand in the index."""


@dataclass(frozen=True, slots=True)
class Group:
    """One thing: ways to say it, and what somebody would search for. Shape: one way alone only stands around.

    `part` is drawn from the first way, so that it never changes.
    """

    texts: list[str]
    query: str
    part: int


class Things:
    """The texts of a file of groups, and others around them, with their words."""

    def __init__(self, path: Path, sets: Sets | None) -> None:
        """Read the groups; around them is what is written as near to them, and some of the folder's suggestions."""
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        read = [
            Group(row["texts"], row.get("query", ""), zlib.crc32(row["texts"][0].encode()) % 2)
            for row in rows
        ]
        self.groups = [group for group in read if len(group.texts) > 1]
        others = [group.texts[0] for group in read if len(group.texts) == 1]
        others += [text for row in rows for text in row.get("near", ())]
        found = [] if sets is None else [row.text for row in sets.labelled if row.kind == 1]
        others += Random(3).sample(found, min(AROUND, len(found)))
        self.texts = [text for group in self.groups for text in group.texts] + others
        self.things = [n for n, group in enumerate(self.groups) for _ in group.texts] + [-1] * len(others)
        self.around = len(others)
        self.parts = [group.part for group in self.groups]
        with TemporaryDirectory() as cache:
            cutter = Tokens(Path(cache))
            asked = {*self.texts, *(group.query for group in self.groups)}
            self.words = {text: cutter.tokens(text) for text in asked}
        self.frequencies = Frequencies.of([self.words[text] for text in self.texts])
        self._said = [Said(self.words[text]) for text in self.texts]

    def vectors(self) -> dict[str, bytes]:
        """Return the vector of every text and search."""
        from benchmarks.vectors import Vectors

        return dict(zip(self.words, Vectors(Meaning()).of(self.words), strict=True))

    def signs(self, place: int) -> list[Signs]:
        """Return what a text shares with every text."""
        return [Signs.of(self._said[place], other, self.frequencies) for other in self._said]

    def near(self, vectors: Mapping[str, bytes]) -> list[list[float]]:
        """Return the cosine of every text with every other."""
        found = [vectors[text] for text in self.texts]
        return [cosines(one, found) for one in found]


def worth(
    signs: Sequence[Signs], scale: Scale, near: Sequence[float] | None = None, place: int = -1
) -> list[float]:
    """Return how much alike a text is to each, above zero if enough to be offered."""
    if near is None:
        return [min(one.weigh(scale), -1e-6 if one.lone else inf) for one in signs]
    around = around_of(near, place)
    return [one.weigh(scale, cosine, around) for one, cosine in zip(signs, near, strict=True)]


def around_of(near: Sequence[float], place: int) -> float:
    """Return how crowded it is around a text among the others."""
    return crowd(value for other, value in enumerate(near) if other != place)
