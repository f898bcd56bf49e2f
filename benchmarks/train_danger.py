"""Train the weights that tell danger: `python -m benchmarks.train_danger DATA_DIR`. Needs the extra `semantic`.

Learns from our own sentences (dangers.txt) and from ordinary chat of DATA_DIR, in which nothing is urgent; what is
stored are weights over families of words, features, hashed n-grams and vectors: nothing of a text. How the words' score
and the vector weigh together is learned from scores of sentences whose family the words had not seen.
"""

import sys
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.dangers import TEACH, Told, bank, untaught, written
from benchmarks.phrases import written as sentences
from benchmarks.rows import Row, read
from benchmarks.vectors import Vectors, matrix
from storage.text.danger import BUCKETS, SHIPPED, Danger, Limits, is_named, size
from storage.text.features import features, layout
from storage.text.harms import harms, harms_in
from storage.text.lexicon import fold, units
from storage.text.meaning import SIZE, Meaning
from storage.text.packing import STEP, steps
from storage.text.semantic import LENGTH

STRENGTH = 1.0
"""How much the rows weigh against keeping every weight small."""

DENSE = 0.5
"""How much a dense feature counts beside a family of words."""

SUPPOSED = {
    "zh": (
        "要是{}怎么办？",
        "万一{}，你们管吗",
        "如果{}可以退吗",
        "会不会出现{}这种情况",
        "听说有人{}，是真的吗",
    ),
    "en": (
        "what if {}?",
        "what happens if {}",
        "could it happen that {}?",
        "i read about someone else: {}. true?",
    ),
}
"""Frames that make a supposition of what happened."""

LONGEST_CORE = {"zh": 18, "en": 60}
"""Characters of what fits a frame."""

SUPPOSED_SHARE = 0.5
ROUNDS = 300
FOLDS = 6
CHAT_SHARE = 1.0
OURS_SHARE = 0.3
FALSE_ALARMS = {"words": 0.001, "both": 0.001}
"""Share of ordinary lines that may be called urgent by the weights alone; what the patterns name comes on top."""


@dataclass(frozen=True, slots=True)
class Table:
    """Sparse rows. Shape: `row`, `place` and `value` of each number that is not zero."""

    row: Any
    place: Any
    value: Any
    count: int

    def times(self, weights: Any) -> Any:
        """Return the sum of each row."""
        return np.bincount(self.row, self.value * weights[self.place], minlength=self.count)

    def back(self, slopes: Any) -> Any:
        """Return the slope of each weight."""
        return np.bincount(self.place, self.value * slopes[self.row], minlength=size() + 1)


def table(texts: Sequence[str]) -> Table:
    """Turn texts into rows, as danger.Danger.score weighs them; the last place is the bias."""
    row: list[int] = []
    place: list[int] = []
    value: list[float] = []
    dense, grams = harms().size, harms().size + layout().size
    for number, text in enumerate(texts):
        found = features(text)
        parts = [(spot, 1.0) for spot in harms_in(units(text))]
        parts += [(dense + spot, DENSE) for spot in found.dense]
        parts += [(grams + spot % BUCKETS, found.gram_value) for spot in found.grams]
        parts.append((size(), 1.0))
        row += [number] * len(parts)
        place += [spot for spot, _ in parts]
        value += [worth for _, worth in parts]
    return Table(np.array(row), np.array(place), np.array(value), len(texts))


def fit(
    times: Callable[[Any], Any],
    back: Callable[[Any], Any],
    width: int,
    wanted: Any,
    weight: Any,
    strength: float,
) -> Any:
    """Learn logistic weights by Nesterov's gradient; the last one, the bias, is free."""
    known = np.zeros(width)
    ahead, speed = known, 1.0
    steep, top = np.ones(width), 1.0
    for _ in range(12):
        steep = back(weight * times(steep))
        top = float(np.linalg.norm(steep))
        steep /= top
    rate = 1 / (0.25 * strength * top + 1)
    for _ in range(ROUNDS):
        off = (1 / (1 + np.exp(-np.clip(times(ahead), -60, 60))) - wanted) * weight
        decay = ahead.copy()
        decay[-1] = 0
        fresh = ahead - rate * (strength * back(off) + decay)
        faster = (1 + (1 + 4 * speed * speed) ** 0.5) / 2
        ahead = fresh + (speed - 1) / faster * (fresh - known)
        known, speed = fresh, faster
    return known


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is learned from. Shape: `fold` of each row, by its family."""

    texts: list[str]
    wanted: Any
    weight: Any
    fold: Any


def supposed(told: Sequence[Told]) -> list[Told]:
    """Return what happened as a supposition, which is calm; a threat stays one with an if in it, and is left out."""
    happened = [
        one
        for one in told
        if one.urgent and len(one.text) < LONGEST_CORE[one.language] and not is_threat(one)
    ]
    return [
        replace(
            one,
            text=SUPPOSED[one.language][place % len(SUPPOSED[one.language])].format(one.text),
            urgent=False,
        )
        for place, one in enumerate(happened)
    ]


def is_threat(told: Told) -> bool:
    """Tell whether a sentence is of a family of threats."""
    return told.family.startswith(("Authorities", "Lawyers", "Press", "Lives"))


def lesson(told: Sequence[Told], chat: Sequence[Row]) -> Lesson:
    """Put our sentences, calm ones of the triage, and ordinary chat together."""
    real = len(told)
    told = [*told, *supposed(told)]
    families = sorted({one.family for one in told})
    calm = [one.text for one in sentences() if not is_named(fold(one.text))]
    texts = [one.text for one in told] + calm + [row.text for row in chat]
    wanted = np.zeros(len(texts))
    wanted[: len(told)] = [one.urgent for one in told]
    weight = np.array(
        [1.0 if place < real else SUPPOSED_SHARE for place in range(len(told))]
        + [OURS_SHARE] * len(calm)
        + [CHAT_SHARE] * len(chat),
    )
    fold_of = [families.index(one.family) % FOLDS for one in told]
    fold_of += [place % FOLDS for place in range(len(calm) + len(chat))]
    return Lesson(texts, wanted, weight, np.array(fold_of))


def learn_words(found: Table, asked: Lesson, without: int | None = None) -> Any:
    """Learn the weights of the words, from all rows or from those of other folds."""
    weight = asked.weight if without is None else asked.weight * (asked.fold != without)
    return fit(found.times, found.back, size() + 1, asked.wanted, weight, STRENGTH)


def unseen_scores(found: Table, asked: Lesson) -> Any:
    """Return the score of each row by words that never saw its family."""
    scores = np.zeros(len(asked.texts))
    for number in range(FOLDS):
        there = asked.fold == number
        scores[there] = found.times(learn_words(found, asked, number))[there]
    return scores


def learn_meaning(
    scores: Any, vectors: Any, asked: Lesson, strength: float = 0.3, without: int | None = None
) -> Any:
    """Learn how the words' score and the vector weigh together: the column, the share, the bias."""
    weight = asked.weight if without is None else asked.weight * (asked.fold != without)
    given = np.concatenate([vectors * LENGTH, scores[:, None], np.ones((len(scores), 1))], axis=1)
    return fit(lambda w: given @ w, lambda r: given.T @ r, given.shape[1], asked.wanted, weight, strength)


def limit_of(scores: Any, named: Any, share: float) -> float:
    """Return the score that all but `share` of ordinary lines stay below, those aside that a pattern names."""
    calm = np.sort(scores[~named])[::-1]
    return float(calm[int(len(scores) * share)]) + 1e-4


def held_limit(scores: Any, limit: float) -> float:
    """Return from which score on what a pattern names is urgent: whatever the patterns were made with."""
    return min(limit, float(scores.min()) - 0.05)


def main(folder: Path) -> None:
    """Train, set the limits, and write what is shipped."""
    chat = read(folder).chat
    vectors = Vectors(Meaning())
    asked = lesson(bank(), chat[TEACH])
    found = table(asked.texts)
    words = learn_words(found, asked)
    known = unseen_scores(found, asked)
    both = learn_meaning(known, matrix(vectors.of(asked.texts)), asked)
    held = [told.text for told in written()["patterns were made with"] if told.urgent]
    held = [text for text in held if is_named(fold(text))]
    quiet = [row.text for row in untaught(chat)]
    seen = [row.text for row in untaught(chat, with_vectors=True)]

    def by_words(texts: Sequence[str]) -> Any:
        return table(texts).times(words)

    def by_both(texts: Sequence[str]) -> Any:
        apart = matrix(vectors.of(texts)) * LENGTH
        return apart @ both[:SIZE] + both[SIZE] * by_words(texts) + both[-1]

    def named(texts: Sequence[str]) -> Any:
        return np.array([is_named(fold(text)) for text in texts])

    first = limit_of(by_words(quiet), named(quiet), FALSE_ALARMS["words"])
    second = limit_of(by_both(seen), named(seen), FALSE_ALARMS["both"])
    limits = Limits(
        round(first, 4),
        round(held_limit(by_words(held), first), 4),
        round(float(second - both[-1]), 4),
        round(float(held_limit(by_both(held), second) - both[-1]), 4),
    )
    weights = array("h", steps(words[:-1]))
    for place in range(harms().size, harms().size + layout().size):
        weights[place] = round(DENSE * words[place] / STEP)
    Danger(
        weights, float(words[-1]), vectors.meaning.name, both[:SIZE].tolist(), float(both[SIZE]), limits
    ).save(SHIPPED)
    print(f"{SHIPPED.name}: {SHIPPED.stat().st_size:,} bytes; {limits}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m benchmarks.train_danger DATA_DIR")
    main(Path(sys.argv[1]))
