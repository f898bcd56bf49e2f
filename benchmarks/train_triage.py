"""Train the weights that the project ships: `python -m benchmarks.train_triage DATA_DIR`.

Learns from the labelled rows of DATA_DIR and from our own sentences; nothing of a text is stored but weights
over hashed n-grams. The two limits are set on texts that the model they are set with never saw.
"""

import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.rows import OUR_SHARES, Row, examples, ours, read
from storage.text.features import Features, features
from storage.text.training import COMPLAINT, Settings, Weights, sigmoid, softmax, train
from storage.text.triage import SHIPPED, Thresholds, blank

RIGHT_WHEN_SURE = 0.97
FALSE_CAPTURES = 0.005
SETTINGS = Settings(rounds=8, rate=0.08, dense_decay=0.15)


@dataclass(frozen=True, slots=True)
class Judged:
    """One text judged by a model that never saw its source."""

    row: Row
    probabilities: tuple[float, ...]
    complaint: float

    @property
    def guess(self) -> int:
        """Return the class with the highest probability."""
        return max(range(len(self.probabilities)), key=self.probabilities.__getitem__)

    @property
    def right(self) -> bool:
        """Tell whether the guess is the row's class."""
        return self.guess == self.row.kind


def learn(rows: Sequence[Row]) -> Weights:
    """Train on rows as the shipped model is trained."""
    return train(examples(rows), SETTINGS)


class Scorer(Protocol):
    """What judges a text: trained weights or a whole model."""

    def scores(self, found: Features) -> list[float]:
        """Return the raw score of each column for a text."""


def judge(weights: Scorer, rows: Sequence[Row]) -> list[Judged]:
    """Judge rows by weights."""
    result = []
    for row in rows:
        scores = weights.scores(features(row.text))
        result.append(Judged(row, tuple(softmax(scores[:COMPLAINT])), sigmoid(scores[COMPLAINT])))
    return result


def leave_out(task: tuple[str, list[Row]]) -> list[Judged]:
    """Train without one source and judge that source."""
    source, rows = task
    return judge(
        learn([row for row in rows if row.source != source]), [row for row in rows if row.source == source]
    )


def held_out(rows: list[Row]) -> dict[str, list[Judged]]:
    """Judge every source by a model trained on all the others and on our own sentences."""
    sources = sorted({row.source for row in rows if row.source not in OUR_SHARES and row.kind is not None})
    with ProcessPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
        return dict(zip(sources, pool.map(leave_out, [(source, rows) for source in sources]), strict=True))


def confidence(judged: dict[str, list[Judged]]) -> float:
    """Return the lowest probability from which on 95 in 100 are right, each source counting the same."""
    weighed = sorted(
        ((max(one.probabilities), one.right, 1 / len(rows)) for rows in judged.values() for one in rows),
        reverse=True,
    )
    total = hits = 0.0
    lowest = 1.0
    for probability, right, weight in weighed:
        total += weight
        hits += weight * right
        if hits >= RIGHT_WHEN_SURE * total:
            lowest = probability
    return lowest


def quiet_limit(weights: Weights, rows: Sequence[Row]) -> float:
    """Return the complaint score that all but five in a thousand of the texts of each source of chat stay below."""
    scores: dict[str, list[float]] = {}
    for one in judge(weights, rows):
        scores.setdefault(one.row.source, []).append(one.complaint)
    limits = [sorted(found, reverse=True)[int(len(found) * FALSE_CAPTURES)] for found in scores.values()]
    return min(0.999, max(limits) + 1e-4)


def halves(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Split chat rows into some to learn from and the rest to measure on."""
    return [row for place, row in enumerate(rows) if place % 2 == 0], [
        row for place, row in enumerate(rows) if place % 2
    ]


def main(folder: Path) -> None:
    """Train, set the limits, and write the shipped model."""
    sets = read(folder)
    rows = sets.labelled + ours()
    talk, quiet = halves(sets.chat)
    sure = confidence(held_out(rows))
    weights = learn(rows + talk)
    limits = Thresholds(round(sure, 4), round(quiet_limit(weights, quiet), 4))
    blank().patched(weights).calibrated(limits).save(SHIPPED)
    size = SHIPPED.stat().st_size
    print(f"{SHIPPED.name}: {size:,} bytes; sure at {limits.sure}, complaint at {limits.complaint}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m benchmarks.train_triage DATA_DIR")
    main(Path(sys.argv[1]))
