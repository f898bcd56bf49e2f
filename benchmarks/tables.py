"""Tables of what was judged, for both engines. Called by eval.py and meaning.py."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TypeVar

from benchmarks.rows import OUR_SHARES, macro_f1
from benchmarks.train_triage import Judged
from storage.text.training import KINDS

Item = TypeVar("Item")
LIMITS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


def print_coverage(judged: Sequence[Judged], sure: float) -> None:
    """Print how many guesses are made, and are right, from a probability on."""
    print("\nCoverage and accuracy of the held-out guesses from a probability on")
    print(f"  {'from':>6} {'covered':>8} {'right':>6}")
    for limit in (*LIMITS, sure):
        found = [one for one in judged if max(one.probabilities) >= limit]
        mark = "  <- sure" if limit == sure else ""
        print(
            f"  {limit:6.2f} {len(found) / len(judged):8.3f} {share(found, lambda one: one.right):6.3f}{mark}"
        )


def by_source(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    """Group what was judged by source."""
    result: dict[str, list[Judged]] = {}
    for one in judged:
        result.setdefault(one.row.source, []).append(one)
    return result


def print_sources(title: str, by_source: dict[str, list[Judged]], sure: float) -> None:
    """Print each source, each language, and who is taken for whom."""
    print(
        f"\n{title}\n  {'source':24} {'n':>5} {'macro-F1':>9} {'right':>6} {'sure':>6} {'right when sure':>16}"
    )
    everything = [one for found in by_source.values() for one in found if one.row.source not in OUR_SHARES]
    groups = {**by_source, "all zh": of(everything, "zh"), "all en": of(everything, "en")}
    for source, found in groups.items():
        if not found:
            continue
        certain = [one for one in found if max(one.probabilities) >= sure]
        print(
            f"  {source:24} {len(found):5} {f1(found):9.3f} {share(found, lambda one: one.right):6.3f} "
            f"{len(certain) / len(found):6.3f} {share(certain, lambda one: one.right):16.3f}"
        )
    for language in ("zh", "en"):
        confusion = Counter((one.row.kind, one.guess) for one in of(everything, language))
        if confusion:
            print(f"  {language}: true \\ guessed  " + " ".join(f"{kind:>11}" for kind in KINDS))
            for true, kind in enumerate(KINDS):
                print(
                    f"  {kind:>19}  "
                    + " ".join(f"{confusion[true, guess]:11}" for guess in range(len(KINDS)))
                )


def of(judged: Sequence[Judged], language: str) -> list[Judged]:
    """Return what is in a language."""
    return [one for one in judged if one.row.language == language]


def f1(judged: Sequence[Judged]) -> float:
    """Return the macro-F1."""
    return macro_f1(
        [one.row.kind for one in judged if one.row.kind is not None], [one.guess for one in judged]
    )


def above(scores: Sequence[float], limit: float) -> float:
    """Return the share of scores at or above a limit."""
    return sum(score >= limit for score in scores) / len(scores) if scores else 0.0


def share(found: Sequence[Item], test: Callable[[Item], bool]) -> float:
    """Return the share that passes a test."""
    return sum(1 for one in found if test(one)) / len(found) if found else 0.0
