"""What a guess is, and how scores become one: shared by both engines of the triage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.records import FeedbackClass
from storage.text.danger import shipped
from storage.text.features import Features
from storage.text.hints import HINTS, NEGATIVE_HINTS
from storage.text.training import COMPLAINT, KINDS, sigmoid, softmax

NO_PRAISE = 2.5
"""Score that danger takes from praise: whoever is hurt, and tells it calmly, is not praising."""

HINT_BONUS = 2.5
"""Score a tag adds to its class: it outvotes a guess, not an unmistakable text."""

_KIND_OF_HINT = {tag: kind for kind, tags in HINTS.items() for tag in tags.split()}
_TROUBLE = frozenset(
    ("defect", "problem", "flaw", "complaint", "escalate", "order", "logistics", "aftersale", "account")
)
_OTHERS = frozenset(("wish", "danger"))


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
    """Limits set on data by the training scripts, stored with the weights."""

    sure: float
    complaint: float


def decide(
    text: str, found: Features, scores: Sequence[float], thresholds: Thresholds, hint: str | None,
    values: Sequence[float] = (), model: str = "",
) -> Guess:  # fmt: skip
    """Turn the scores of a text into a guess; `hint` is its author's tag (with or without #) or class. Pure.

    **Shape**: `values` is the text's vector by `model`, where it is known (semantic.unit).
    """
    weighed = list(scores[:COMPLAINT])
    is_dangerous = shipped().is_urgent(text, found, values, model)
    if is_dangerous:
        weighed[KINDS.index(FeedbackClass.PRAISE)] -= NO_PRAISE
    tag = hint.strip("#＃ ").lower() if hint else ""
    kind_of_tag = _KIND_OF_HINT.get(tag)
    if kind_of_tag is not None:
        weighed[KINDS.index(kind_of_tag)] += HINT_BONUS
    probabilities = softmax(weighed)
    probability = max(probabilities)
    kind = KINDS[probabilities.index(probability)]
    is_unhappy = sigmoid(scores[COMPLAINT]) >= thresholds.complaint
    return Guess(
        kind=kind,
        probability=probability,
        sure=probability >= thresholds.sure,
        negative=tag in NEGATIVE_HINTS or _negative(found, kind, is_unhappy=is_unhappy),
        urgent=is_dangerous or _is_hurried(found),
    )


def _negative(found: Features, kind: FeedbackClass, *, is_unhappy: bool) -> bool:
    here = found.categories
    if "escalate" in here or "complaint" in here:
        return kind is not FeedbackClass.PRAISE or "praise" not in here
    return kind is not FeedbackClass.PRAISE and is_unhappy


def _is_hurried(found: Features) -> bool:
    """Tell whether somebody says themselves that it cannot wait, and of a trouble that is no danger (danger.py)."""
    here = found.categories
    return "urgent" in here and not here.isdisjoint(_TROUBLE) and here.isdisjoint(_OTHERS)
