"""Guess what a member's text is: its class, whether negative, whether urgent. Offline, without jieba.

Called when feedback is captured, by `huixiang retrain`, and for untagged chat if `complaints.detect` is on.
"""

import json
from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from math import sqrt
from pathlib import Path
from typing import Self

from storage.records import FeedbackClass
from storage.text.danger import shipped
from storage.text.features import BUCKETS, Features, features, layout
from storage.text.guess import Guess, Thresholds, decide
from storage.text.packing import STEP, pack, steps, unpack
from storage.text.training import (
    COLUMNS,
    COMPLAINT,
    KINDS,
    Example,
    Settings,
    Weights,
    sigmoid,
    train,
)

SHIPPED = Path(__file__).parent / "data" / "triage.json"
"""The weights that come with the project, made by benchmarks/train_triage.py."""

FORMAT = 1

_RETRAIN = Settings(rounds=5, rate=0.2, gram_decay=0.002, dense_rate=0.0, bias_rate=0.0, enough=0.6)
"""Corrections move n-grams alone, and only where the model erred or hardly knew: two hundred corrections of one class
must not teach it that everything is of that class (measured: .51 instead of .92 where all weights may move)."""


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
        values = unpack(stored["dense"], places.size * COLUMNS)
        dense = [
            tuple(value * STEP for value in values[start : start + COLUMNS])
            for start in range(0, len(values), COLUMNS)
        ]
        limits = Thresholds(float(stored["sure"]), float(stored["complaint"]))
        return cls(
            dense,
            unpack(stored["grams"], BUCKETS * COLUMNS),
            [float(value) for value in stored["bias"]],
            limits,
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
            "dense": pack(steps(value for row in self._dense for value in row)),
            "grams": pack(self._grams),
        }
        fresh = path.with_name(path.name + ".new")
        fresh.write_text(json.dumps(stored, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
        fresh.replace(path)

    def guess(self, text: str, hint: str | None = None) -> Guess:
        """Guess the class of a text; `hint` is its author's tag (with or without #) or class. Pure."""
        found = features(text)
        return decide(text, found, self.scores(found), self.thresholds, hint)

    def complaint(self, text: str) -> float:
        """Return how likely an untagged text is a complaint; compare with `thresholds.complaint`."""
        return sigmoid(self.scores(features(text))[COMPLAINT])

    def is_complaint(self, text: str) -> bool:
        """Tell whether staff should hear of an untagged text: it complains of the product, or tells of danger."""
        found = features(text)
        is_unhappy = sigmoid(self.scores(found)[COMPLAINT]) >= self.thresholds.complaint
        return is_unhappy or shipped().is_urgent(text, found)

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
            grams[bucket * COLUMNS : (bucket + 1) * COLUMNS] = steps(row)
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
