"""Learning the triage's weights: AdaGrad over a softmax and one logistic column. Called by triage.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt
from random import Random

from storage.records import FeedbackClass
from storage.text.features import Features

KINDS = tuple(FeedbackClass)
"""The three classes, in the order of the columns."""

COMPLAINT = 3
"""The column of "a member is unhappy with the product"."""

COLUMNS = 4

Row = list[float]


@dataclass(frozen=True, slots=True)
class Example:
    """One text to learn from. Shape: `kind` a column or None; `complaint` None where nobody knows."""

    features: Features
    kind: int | None
    complaint: bool | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Settings:
    """How to learn.

    Shape: the decays pull towards the weights one started from; `dense_rate` and `bias_rate` scale `rate`; an example
    whose class has the probability `enough` already moves nothing.
    """

    rounds: int = 4
    rate: float = 0.15
    dense_decay: float = 0.02
    gram_decay: float = 0.01
    dense_rate: float = 1.0
    bias_rate: float = 1.0
    enough: float = 1.0
    seed: int = 7


@dataclass(slots=True)
class Weights:
    """Learned weights. Shape: a row of COLUMNS floats for each touched place; what is absent is zero."""

    dense: dict[int, Row]
    grams: dict[int, Row]
    bias: Row

    @classmethod
    def blank(cls) -> "Weights":
        """Return weights that know nothing."""
        return cls({}, {}, [0.0] * COLUMNS)

    def scores(self, found: Features) -> Row:
        """Return the raw score of each column for a text."""
        zero = [0.0] * COLUMNS
        first, second, third, fourth = self.bias
        for place in found.dense:
            row = self.dense.get(place, zero)
            first, second, third, fourth = first + row[0], second + row[1], third + row[2], fourth + row[3]
        value = found.gram_value
        for place in found.grams:
            row = self.grams.get(place, zero)
            first, second = first + value * row[0], second + value * row[1]
            third, fourth = third + value * row[2], fourth + value * row[3]
        return [first, second, third, fourth]


def softmax(scores: Sequence[float]) -> Row:
    """Turn scores into probabilities."""
    top = max(scores)
    powers = [exp(score - top) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def sigmoid(score: float) -> float:
    """Turn one score into a probability."""
    if score < -60:
        return 0.0
    return 1.0 / (1.0 + exp(-score))


def train(examples: Sequence[Example], settings: Settings, start: Weights | None = None) -> Weights:
    """Learn weights from examples, going on from `start`, which the decay pulls towards."""
    start = start or Weights.blank()
    weights = Weights(dict(start.dense), dict(start.grams), list(start.bias))
    learner = _Learner(weights, start, settings)
    order = list(range(len(examples)))
    random = Random(settings.seed)  # noqa: S311  an order of rows, no secret
    for _ in range(settings.rounds):
        random.shuffle(order)
        for index in order:
            learner.step(examples[index])
    return weights


class _Learner:
    """One run of AdaGrad: the weights, their anchors, and the squared gradients so far."""

    def __init__(self, weights: Weights, start: Weights, settings: Settings) -> None:
        self._weights = weights
        self._start = start
        self._settings = settings
        self._dense_sums: dict[int, Row] = {}
        self._gram_sums: dict[int, Row] = {}
        self._bias_sums = [0.1] * COLUMNS

    def step(self, example: Example) -> None:
        """Move the weights of one example's features."""
        found = example.features
        scores = self._weights.scores(found)
        slope = [0.0] * COLUMNS
        if example.kind is not None:
            probabilities = softmax(scores[:COMPLAINT])
            if probabilities[example.kind] >= self._settings.enough:
                return
            for column, probability in enumerate(probabilities):
                slope[column] = example.weight * (probability - (column == example.kind))
        if example.complaint is not None:
            slope[COMPLAINT] = example.weight * (sigmoid(scores[COMPLAINT]) - example.complaint)
        columns = [column for column, value in enumerate(slope) if value]
        settings, weights, start = self._settings, self._weights, self._start
        dense = (weights.dense, start.dense, self._dense_sums, settings.dense_decay)
        self._move(found.dense, slope, columns, dense, settings.rate * settings.dense_rate)
        scaled = [found.gram_value * part for part in slope]
        grams = (weights.grams, start.grams, self._gram_sums, settings.gram_decay)
        self._move(found.grams, scaled, columns, grams, settings.rate)
        for column in columns:
            self._bias_sums[column] += slope[column] ** 2
            weights.bias[column] -= (
                settings.rate * settings.bias_rate * slope[column] / sqrt(self._bias_sums[column])
            )

    def _move(
        self,
        places: list[int],
        slope: Row,
        columns: list[int],
        table: tuple[dict[int, Row], dict[int, Row], dict[int, Row], float],
        rate: float,
    ) -> None:
        rows, anchors, sums, decay = table
        zero = [0.0] * COLUMNS
        for place in places:
            anchor = anchors.get(place, zero)
            row = rows.get(place)
            if row is None or row is anchor:
                row = rows[place] = list(anchor)
            total = sums.get(place)
            if total is None:
                total = sums[place] = [0.1] * COLUMNS
            for column in columns:
                step = slope[column] + decay * (row[column] - anchor[column])
                total[column] += step * step
                row[column] -= rate * step / sqrt(total[column])
