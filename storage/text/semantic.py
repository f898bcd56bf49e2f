"""The triage that also weighs meaning: hand-made features and a vector, one set of weights. Pure Python, no numpy.

The vectors come from meaning.py. Called by `bot/late_meaning.py` and by `huixiang retrain`.
"""

import json
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain
from math import sqrt
from operator import mul
from pathlib import Path
from typing import Self

from storage.records import FeedbackClass
from storage.text.features import Features, features, layout
from storage.text.guess import Guess, Thresholds, decide
from storage.text.packing import STEP, pack, steps, unpack
from storage.text.training import COLUMNS, COMPLAINT, KINDS, Row, sigmoid, softmax
from storage.text.triage import Triage

SHIPPED = Path(__file__).parent / "data" / "semantic.json"
"""The weights that come with the project, made by benchmarks/train_semantic.py."""

FORMAT = 1

LENGTH = 3.0
"""Length of every vector beside the dense features, each of which counts DENSE."""

DENSE = 0.5

WORDS = 0.5
"""How much the lexical engine's scores count in the guess of both. Source: benchmarks/eval.py, sources left out."""

_ROUNDS, _RATE, _DECAY, _ENOUGH = 20, 0.05, 0.02, 0.8


class SemanticTriage:
    """The classifier over features and vectors of one named model. Immutable; safe in any thread."""

    def __init__(
        self, model: str, dense: list[Row], columns: list[Row], bias: Row, thresholds: Thresholds
    ) -> None:
        """`columns` holds a row for each class and one for the complaint, each as long as a vector."""
        self.model = model
        self.thresholds = thresholds
        self._dense = dense
        self._columns = columns
        self._bias = bias

    @classmethod
    def load(cls, path: Path = SHIPPED) -> Self:
        """Read a model. **Errors**: OSError; ValueError if it is none, or made for other word lists."""
        stored = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(stored, dict) or stored.get("format") != FORMAT:
            raise ValueError(f"{path.name} is not a semantic model of format {FORMAT}")
        places = layout()
        if stored["lists"] != list(places.lists.names) or stored["dense_places"] != places.size:
            raise ValueError(f"{path.name} was made for other word lists: run benchmarks/train_semantic.py")
        size = int(stored["size"])
        dense = [value * STEP for value in unpack(stored["dense"], places.size * COLUMNS)]
        columns = [value * STEP for value in unpack(stored["columns"], size * COLUMNS)]
        return cls(
            stored["model"],
            [dense[start : start + COLUMNS] for start in range(0, len(dense), COLUMNS)],
            [columns[start : start + size] for start in range(0, len(columns), size)],
            [float(value) for value in stored["bias"]],
            Thresholds(float(stored["sure"]), float(stored["complaint"])),
        )

    def save(self, path: Path) -> None:
        """Write the model to a file that `load` reads, replaced in one step."""
        places = layout()
        stored = {
            "format": FORMAT,
            "model": self.model,
            "lists": list(places.lists.names),
            "dense_places": places.size,
            "size": len(self._columns[0]),
            "sure": self.thresholds.sure,
            "complaint": self.thresholds.complaint,
            "bias": [round(value, 5) for value in self._bias],
            "dense": pack(steps(chain.from_iterable(self._dense))),
            "columns": pack(steps(chain.from_iterable(self._columns))),
        }
        fresh = path.with_name(path.name + ".new")
        fresh.write_text(json.dumps(stored, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
        fresh.replace(path)

    def guess(self, text: str, vector: bytes, words: Triage, hint: str | None = None) -> Guess:
        """Guess the class of a text, given its vector, the lexical engine and its author's tag or class. Pure."""
        found, values = features(text), unit(vector)
        scores = mixed(self._scores(found, values, self._columns), words.scores(found))
        return decide(text, found, scores, self.thresholds, hint, values, self.model)

    def complaint(self, text: str, vector: bytes, words: Triage) -> float:
        """Return how likely an untagged text is a complaint; compare with `thresholds.complaint`."""
        return sigmoid(self.scores(features(text), vector, words)[COMPLAINT])

    def scores(self, found: Features, vector: bytes, words: Triage) -> Row:
        """Return the score of each column for a text, both engines together: the classes, then the complaint."""
        return mixed(self.own_scores(found, vector), words.scores(found))

    def own_scores(self, found: Features, vector: bytes) -> Row:
        """Return the score of each column for a text by this engine alone."""
        return self._scores(found, unit(vector), self._columns)

    def learn(self, rows: Iterable[tuple[str, bytes, FeedbackClass]]) -> "SemanticTriage":
        """Return a model that also knows these (text, vector, kind) rows, the KOS's corrections; this one stays.

        Only the weights of the meaning move, and only where the model erred or hardly knew.
        """
        known = [(features(text), unit(vector), KINDS.index(kind)) for text, vector, kind in rows]
        sizes = Counter(kind for *_, kind in known)
        most = max(sizes.values(), default=1)
        columns = [list(column) for column in self._columns]
        for _ in range(_ROUNDS):
            for found, values, kind in known:
                probabilities = softmax(self._scores(found, values, columns)[:COMPLAINT])
                if probabilities[kind] >= _ENOUGH:
                    continue
                weight = sqrt(most / sizes[kind])
                for place, probability in enumerate(probabilities):
                    step = _RATE * weight * ((place == kind) - probability)
                    columns[place] = [
                        new + step * value - _DECAY * _RATE * (new - old)
                        for new, value, old in zip(columns[place], values, self._columns[place], strict=True)
                    ]
        return SemanticTriage(self.model, self._dense, columns, self._bias, self.thresholds)

    def _scores(self, found: Features, values: Sequence[float], columns: list[Row]) -> Row:
        result = []
        for place, column in enumerate(columns):
            dense = sum(self._dense[spot][place] for spot in found.dense)
            result.append(self._bias[place] + DENSE * dense + sum(map(mul, column, values)))
        return result


def mixed(own: Sequence[float], words: Sequence[float]) -> Row:
    """Return the scores of both engines as one: their probabilities' weighed geometric mean. Pure."""
    return [(1 - WORDS) * mine + WORDS * other for mine, other in zip(own, words, strict=True)]


def unit(vector: bytes) -> Row:
    """Return a vector as numbers, LENGTH long. Pure."""
    whole = array("b", vector)
    scale = LENGTH / sqrt(sum(map(mul, whole, whole)) or 1.0)
    return [value * scale for value in whole]
