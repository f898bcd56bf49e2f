"""What must reach a person at once: somebody in danger or hurt, money or data taken, a threat. Called by guess.py.

Two judges, and either may raise the alarm. Patterns name what is said again and again. Weights know what is like it,
over families of words (harms.py), the triage's own features, n-grams and, where it is known, the text's vector. What
the patterns name, the weights may still call a question, a supposition or a joke.
"""

import json
import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from operator import mul
from pathlib import Path
from typing import Self

from storage.text.features import Features, layout
from storage.text.harms import harms, harms_in
from storage.text.lexicon import fold, units
from storage.text.packing import STEP, pack, steps, unpack

DATA = Path(__file__).parent / "data" / "danger.txt"
"""One pattern a line, Chinese and English."""

SHIPPED = Path(__file__).parent / "data" / "danger.json"
"""The weights that come with the project, made by benchmarks/train_danger.py."""

FORMAT = 1

BUCKETS = 1 << 13
"""Places the n-grams are hashed into."""

_DOUBTS = frozenset(("supposed", "joke", "good", "solved"))
"""Families of words that speak against a danger."""

_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Limits:
    """From which score on a text is urgent: by words, by both engines; and where a pattern has spoken, too."""

    words: float
    words_named: float
    both: float
    both_named: float


class Danger:
    """Weights that tell danger. Immutable; safe in any thread."""

    def __init__(
        self,
        weights: "array[int]",
        bias: float,
        model: str,
        column: Sequence[float],
        share: float,
        limits: Limits,
    ) -> None:
        """`weights`: harms, dense features, n-grams; `column` and `share` weigh the vector of `model` and the words."""
        self.model = model
        self.limits = limits
        self._weights = weights
        self._bias = bias
        self.column = column
        self._share = share

    @classmethod
    def load(cls, path: Path = SHIPPED) -> Self:
        """Read the weights. **Errors**: OSError; ValueError if these are none, or made for other word lists."""
        stored = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(stored, dict) or stored.get("format") != FORMAT:
            raise ValueError(f"{path.name} holds no weights of danger of format {FORMAT}")
        if stored["lists"] != lists_in_use():
            raise ValueError(f"{path.name} was made for other word lists: run benchmarks/train_danger.py")
        return cls(
            unpack(stored["weights"], size()),
            float(stored["bias"]),
            stored["model"],
            [value * STEP for value in unpack(stored["column"], int(stored["size"]))],
            float(stored["share"]),
            Limits(**stored["limits"]),
        )

    def save(self, path: Path) -> None:
        """Write the weights to a file that `load` reads."""
        stored = {
            "format": FORMAT,
            "model": self.model,
            "lists": lists_in_use(),
            "size": len(self.column),
            "bias": round(self._bias, 5),
            "share": round(self._share, 5),
            "limits": {name: getattr(self.limits, name) for name in Limits.__slots__},
            "weights": pack(self._weights),
            "column": pack(steps(self.column)),
        }
        path.write_text(json.dumps(stored, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")

    def limited(self, limits: Limits) -> "Danger":
        """Return the same weights with other limits."""
        return Danger(self._weights, self._bias, self.model, self.column, self._share, limits)

    def is_urgent(self, text: str, found: Features, values: Sequence[float] = (), model: str = "") -> bool:
        """Tell whether a text must reach a person at once; `values` are its vector by `model`, where known. Pure."""
        score = self.score(text, found)
        limit, named = self.limits.words, self.limits.words_named
        if values and model == self.model:
            score = self.with_meaning(score, values)
            limit, named = self.limits.both, self.limits.both_named
        if score >= limit:
            return True
        return score >= named and is_named(fold(text)) and not is_doubted(text)

    def score(self, text: str, found: Features) -> float:
        """Return how much the words of a text speak for danger. Pure."""
        weights = self._weights
        total = sum(weights[place] for place in harms_in(units(text)))
        start = harms().size
        total += sum(weights[start + place] for place in found.dense)
        start += layout().size
        grams = sum(weights[start + bucket % BUCKETS] for bucket in found.grams)
        score: float = self._bias + STEP * (total + found.gram_value * grams)
        return score

    def with_meaning(self, score: float, values: Sequence[float]) -> float:
        """Return the score of both, given that of the words and a vector as semantic.unit makes it. Pure."""
        apart: float = sum(map(mul, self.column, values))
        return self._share * score + apart


@cache
def shipped() -> Danger:
    """Read the shipped weights once a process. **Errors**: OSError, ValueError: the installation is broken."""
    return Danger.load()


def size() -> int:
    """Return how many weights there are beside the vector's."""
    return harms().size + layout().size + BUCKETS


def lists_in_use() -> list[str]:
    """Name the lists that the weights belong to."""
    return [*harms().lists.names, *layout().lists.names]


def is_named(text: str) -> bool:
    """Tell whether a folded text (lower case, half-width) names a danger by one of the patterns. Pure."""
    chinese, english = _patterns()
    return (chinese if _HAN.search(text) else english).search(text) is not None


def is_doubted(text: str) -> bool:
    """Tell whether a text supposes, denies, jokes or praises, so that a pattern alone proves nothing. Pure."""
    return not _doubts().isdisjoint(harms_in(units(text)))


@cache
def _doubts() -> frozenset[int]:
    """Return the places of what speaks against danger, once a process."""
    places = harms()
    names = [name.split()[0] for name in places.lists.names]
    spoken = {place for place, name in enumerate(names) if name in _DOUBTS}
    denied = {len(names) + place for place, is_guard in enumerate(places.is_guard) if not is_guard}
    return frozenset(spoken | denied)


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Read them, once a process."""
    chinese, _, english = DATA.read_text(encoding="utf-8").partition("\n[en]\n")
    return _joined(chinese), _joined(english)


def _joined(part: str) -> re.Pattern[str]:
    return re.compile("|".join(line for line in part.splitlines() if line and not line.startswith("#")))
