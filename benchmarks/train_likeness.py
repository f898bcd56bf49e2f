"""Find the scales of likeness: `python -m benchmarks.train_likeness DATA_DIR`. Needs the extra.

Learns from the things in same.jsonl and from half of the folder's pairs which signs tell same from different, and sets
each limit where the F1 of "is it one we have, or new?" is best. Prints what stands in storage/text/likeness.py.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.groups import Known
from benchmarks.rows import Pair, read
from benchmarks.things import KNOWN, Things, worth
from benchmarks.vectors import Vectors
from storage.text.likeness import USUAL_AROUND, Frequencies, Scale, Signs, crowd
from storage.text.meaning import Meaning, cosines
from storage.text.tokens import Tokens

PAIRS_SHARE = 0.3
"""How much the public pairs weigh beside our own."""

WRONG = 12
"""How many of the most likely wrong ones each text learns from."""

STEPS = 3_000
_SIGNS = 6  # cosine, words, notions, both, clash, around
_COSINE, _WORDS, _AROUND = 0, 1, 5


def main(folder: Path) -> None:
    """Learn both scales and print them."""
    sets = read(folder)
    things = Things(KNOWN, sets)
    signs = [things.signs(place) for place in range(len(things.texts))]
    near = things.near(things.vectors())
    rows, same, weight = _ours(things, signs, near)
    more, is_same = _public([pair for pair in sets.pairs if pair.source != "pawsx-zh-dev"][::2])
    share = np.full(len(more), PAIRS_SHARE * len(rows) / max(1, len(more)))
    rows, same = np.concatenate([rows, more]), np.concatenate([same, is_same])
    weight = np.concatenate([weight, share])
    for name, known in (("TOGETHER", [0, 1, 2, 3, 4, 5]), ("BY_WORDS", [1, 2, 3, 4])):
        found = dict(zip(known, _fit(rows[:, known], same, weight, known), strict=True))
        unit = found[_COSINE if _COSINE in found else _WORDS]
        scale = Scale(*(round(float(found.get(n, 0.0) / unit), 3) for n in range(1, _SIGNS)), 0.0)
        vectors = near if _COSINE in found else None
        table = [
            worth(signs[place], scale, None if vectors is None else vectors[place], place)
            for place in range(len(things.texts))
        ]
        asked = Known(things, table)
        limits = sorted(value for row in table for value in row if value > 0)
        limit = max(limits[:: max(1, len(limits) // 2000)], key=asked.f1)
        f1 = asked.f1(limit)
        print(f"{name} = {scale}  limit {limit:.3f}: F1 {f1:.3f}, precision {asked.precision:.3f}")
        print(f"  hit@1 {asked.hit:.3f}, best F1 {asked.best:.3f}")


def _ours(
    things: Things, signs: Sequence[Sequence[Signs]], near: Sequence[Sequence[float]]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows, same = [], []
    for place, thing in enumerate(things.things):
        if thing == -1:
            continue
        around = crowd(value for other, value in enumerate(near[place]) if other != place)
        order = sorted(
            (other for other in range(len(things.texts)) if other != place),
            key=lambda other: -near[place][other] - 0.3 * signs[place][other].notions,
        )
        wrong = [other for other in order if things.things[other] != thing]
        right = [other for other in order if things.things[other] == thing]
        for other in right + wrong[:WRONG] + wrong[WRONG :: max(1, len(wrong) // 8)]:
            rows.append(_row(signs[place][other], near[place][other], around))
            same.append(things.things[other] == thing)
    return np.array(rows), np.array(same, dtype=float), np.ones(len(rows))


def _public(pairs: Sequence[Pair]) -> tuple[np.ndarray, np.ndarray]:
    import tempfile
    from collections import Counter

    texts = list(dict.fromkeys(text for pair in pairs for text in (pair.one, pair.other)))
    with tempfile.TemporaryDirectory() as cache:
        cutter = Tokens(Path(cache))
        words = {text: cutter.tokens(text) for text in texts}
    counts = Counter(word for found in words.values() for word in set(found))
    frequencies = Frequencies(counts, len(texts))
    vectors = dict(zip(texts, Vectors(Meaning()).of(texts), strict=True))
    rows = [
        _row(
            Signs.of(words[pair.one], words[pair.other], frequencies),
            cosines(vectors[pair.one], [vectors[pair.other]])[0],
            USUAL_AROUND,  # such pairs lie far denser than feedback does: nothing is to be learnt of that
        )
        for pair in pairs
    ]
    return np.array(rows).reshape(-1, _SIGNS), np.array([float(pair.same) for pair in pairs])


def _row(signs: Signs, cosine: float, around: float) -> list[float]:
    return [cosine, signs.words, signs.notions, signs.is_both, signs.is_clash, around - USUAL_AROUND]


def _fit(rows: np.ndarray, same: np.ndarray, weight: np.ndarray, known: Sequence[int]) -> np.ndarray:
    """Fit a logistic regression, same and different weighing alike; words never speak against."""
    spread = rows.std(axis=0) + 1e-6
    scaled = np.concatenate([(rows - rows.mean(axis=0)) / spread, np.ones((len(rows), 1))], axis=1)
    for kind in (0.0, 1.0):
        weight = np.where(same == kind, weight / (2 * weight[same == kind].sum()), weight)
    found = np.zeros(scaled.shape[1])
    for _ in range(STEPS):
        chances = 1 / (1 + np.exp(-scaled @ found))
        slope = scaled.T @ ((chances - same) * weight)
        slope[:-1] += 1e-3 * found[:-1]
        found -= 2 * slope
        place = list(known).index(_WORDS)
        found[place] = max(0.0, found[place])
    result: np.ndarray = found[:-1] / spread
    return result


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m benchmarks.train_likeness DATA_DIR")
    main(Path(sys.argv[1]))
