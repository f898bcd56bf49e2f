"""Guess what a member's text is: its class, whether negative, whether urgent. Offline, without jieba.

Called when feedback is captured, by `huixiang retrain`, and for untagged chat if `complaints.detect` is on.
"""

import base64
import json
import sys
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path
from typing import Self

from storage.records import FeedbackClass
from storage.text.features import BUCKETS, Features, features, layout
from storage.text.hints import HINTS, NEGATIVE_HINTS
from storage.text.training import (
    COLUMNS,
    COMPLAINT,
    KINDS,
    Example,
    Settings,
    Weights,
    sigmoid,
    softmax,
    train,
)

SHIPPED = Path(__file__).parent / "data" / "triage.json"
"""The weights that come with the project, made by benchmarks/train_triage.py."""

FORMAT = 1

STEP = 1 / 1024
"""What one unit of a stored weight is worth."""

HINT_BONUS = 2.5
"""Score a tag adds to its class: it outvotes a guess, not an unmistakable text."""

_RETRAIN = Settings(rounds=5, rate=0.3, gram_decay=0.002, dense_rate=0.0, bias_rate=0.0, enough=0.8)
"""Corrections move n-grams alone, and only where the model erred or hardly knew: two hundred corrections of one class
must not teach it that everything is of that class (measured: .51 instead of .92 where all weights may move)."""
_KIND_OF_HINT = {tag: kind for kind, tags in HINTS.items() for tag in tags.split()}
_TROUBLE = frozenset(
    ("defect", "problem", "flaw", "complaint", "escalate", "order", "logistics", "aftersale", "account")
)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a text seems to be. Shape: `sure` means that such guesses are right 95 times in 100."""

    kind: FeedbackClass
    probability: float
    sure: bool
    negative: bool
    urgent: bool


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Limits set on data by benchmarks/train_triage.py, stored with the weights."""

    sure: float
    complaint: float


class Triage:
    """The classifier: weights over dense features and hashed n-grams. Immutable; safe in any thread."""

    def __init__(
        self, dense: list[tuple[float, ...]], grams: "array[int]", bias: list[float], thresholds: Thresholds
    ) -> None:
        self._dense = dense
        self._grams = grams
        self._bias = bias
        self.thresholds = thresholds

    @classmethod
    def load(cls, path: Path = SHIPPED) -> Self:
        """Read a model.

        Errors: OSError if it cannot be read; ValueError if it is no model, or one made for other word lists.
        """
        stored = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(stored, dict) or stored.get("format") != FORMAT:
            raise ValueError(f"{path.name} is not a triage model of format {FORMAT}")
        places = layout()
        if stored["lists"] != list(places.lists.names) or stored["dense_places"] != places.size:
            raise ValueError(f"{path.name} was made for other word lists: run benchmarks/train_triage.py")
        values = _unpack(stored["dense"], places.size)
        dense = [
            tuple(value * STEP for value in values[start : start + COLUMNS])
            for start in range(0, len(values), COLUMNS)
        ]
        limits = Thresholds(float(stored["sure"]), float(stored["complaint"]))
        return cls(
            dense, _unpack(stored["grams"], BUCKETS), [float(value) for value in stored["bias"]], limits
        )

    def save(self, path: Path) -> None:
        """Write the model to a file that `load` reads, replaced in one step: no reader sees half of it."""
        places = layout()
        stored = {
            "format": FORMAT,
            "lists": list(places.lists.names),
            "dense_places": places.size,
            "sure": self.thresholds.sure,
            "complaint": self.thresholds.complaint,
            "bias": [round(value, 5) for value in self._bias],
            "dense": _pack(_steps(value for row in self._dense for value in row)),
            "grams": _pack(self._grams),
        }
        fresh = path.with_name(path.name + ".new")
        fresh.write_text(json.dumps(stored, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
        fresh.replace(path)

    def guess(self, text: str, hint: str | None = None) -> Guess:
        """Guess the class of a text; `hint` is its author's tag (with or without #) or class. Pure."""
        found = features(text)
        scores = self.scores(found)
        tag = hint.strip("#＃ ").lower() if hint else ""
        kind_of_tag = _KIND_OF_HINT.get(tag)
        if kind_of_tag is not None:
            scores[KINDS.index(kind_of_tag)] += HINT_BONUS
        probabilities = softmax(scores[:COMPLAINT])
        probability = max(probabilities)
        kind = KINDS[probabilities.index(probability)]
        return Guess(
            kind=kind,
            probability=probability,
            sure=probability >= self.thresholds.sure,
            negative=tag in NEGATIVE_HINTS
            or _negative(found, kind, unhappy=sigmoid(scores[COMPLAINT]) >= self.thresholds.complaint),
            urgent=_urgent(found),
        )

    def complaint(self, text: str) -> float:
        """Return how likely an untagged text is a complaint; compare with `thresholds.complaint`."""
        return sigmoid(self.scores(features(text))[COMPLAINT])

    def is_complaint(self, text: str) -> bool:
        """Tell whether an untagged text complains of the product."""
        return self.complaint(text) >= self.thresholds.complaint

    def learn(self, rows: Iterable[tuple[str, FeedbackClass]]) -> "Triage":
        """Return a model that also knows these (text, kind) rows, the KOS's corrections; this one stays."""
        pairs = [(features(text), KINDS.index(kind)) for text, kind in rows]
        sizes = Counter(kind for _, kind in pairs)
        most = max(sizes.values(), default=1)
        examples = [Example(found, kind, weight=sqrt(most / sizes[kind])) for found, kind in pairs]
        places = {place for found, _ in pairs for place in found.dense}
        buckets = {bucket for found, _ in pairs for bucket in found.grams}
        start = Weights(
            {place: list(self._dense[place]) for place in places},
            {
                bucket: [self._grams[bucket * COLUMNS + column] * STEP for column in range(COLUMNS)]
                for bucket in buckets
            },
            list(self._bias),
        )
        return self.patched(train(examples, _RETRAIN, start))

    def patched(self, weights: Weights) -> "Triage":
        """Return a model with these weights in place of its own; places they don't name stay."""
        dense = list(self._dense)
        grams = self._grams[:]
        for place, row in weights.dense.items():
            dense[place] = tuple(row)
        for bucket, row in weights.grams.items():
            grams[bucket * COLUMNS : (bucket + 1) * COLUMNS] = _steps(row)
        return Triage(dense, grams, list(weights.bias), self.thresholds)

    def calibrated(self, thresholds: Thresholds) -> "Triage":
        """Return the same model with other limits."""
        return Triage(self._dense, self._grams, self._bias, replace(thresholds))

    def scores(self, found: Features) -> list[float]:
        """Return the raw score of each column for a text: the classes, then the complaint."""
        first, second, third, fourth = self._bias
        dense = self._dense
        for place in found.dense:
            a, b, c, d = dense[place]
            first += a
            second += b
            third += c
            fourth += d
        grams = self._grams
        w = x = y = z = 0
        for bucket in found.grams:
            place = bucket * COLUMNS
            w += grams[place]
            x += grams[place + 1]
            y += grams[place + 2]
            z += grams[place + 3]
        value = found.gram_value * STEP
        return [first + value * w, second + value * x, third + value * y, fourth + value * z]


def blank() -> Triage:
    """Return a model that knows nothing, to be trained."""
    zeros = array("h", bytes(2 * BUCKETS * COLUMNS))
    return Triage([(0.0,) * COLUMNS] * layout().size, zeros, [0.0] * COLUMNS, Thresholds(0.9, 0.9))


def _negative(found: Features, kind: FeedbackClass, *, unhappy: bool) -> bool:
    here = found.categories
    if "escalate" in here or "complaint" in here:
        return kind is not FeedbackClass.PRAISE or "praise" not in here
    return kind is not FeedbackClass.PRAISE and unhappy


def _urgent(found: Features) -> bool:
    here = found.categories
    return "danger" in here or ("urgent" in here and not here.isdisjoint(_TROUBLE) and "wish" not in here)


def _steps(values: Iterable[float]) -> "array[int]":
    return array("h", (max(-32768, min(32767, round(value / STEP))) for value in values))


def _pack(values: "array[int]") -> str:
    values = values[:]
    if sys.byteorder == "big":
        values.byteswap()
    return base64.b85encode(zlib.compress(values.tobytes(), 9)).decode()


def _unpack(stored: str, places: int) -> "array[int]":
    values = array("h", zlib.decompress(base64.b85decode(stored)))
    if sys.byteorder == "big":
        values.byteswap()
    if len(values) != places * COLUMNS:
        raise ValueError("the model's weights are cut short")
    return values
