"""Measure how well texts are understood: `make eval DATA=dir`, or `python -m benchmarks.eval [DATA=dir]`.

Prints, for the labelled texts, pairs and chat of a folder (rows.read tells their shape): the shipped model; the same
training with each source left out, which is what an unknown source may expect; TF-IDF and logistic regression beside it
where scikit-learn is installed; complaints in ordinary chat; and likeness. Without a folder: our own sentences alone.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from benchmarks.alike import print_likeness
from benchmarks.rows import OUR_SHARES, Row, Sets, macro_f1, ours, read
from benchmarks.train_triage import Judged, halves, held_out, judge, learn, quiet_limit
from storage.records import FeedbackClass
from storage.text.features import features
from storage.text.training import COMPLAINT, KINDS, sigmoid
from storage.text.triage import Triage

DEFAULT = Path(__file__).resolve().parents[2] / "shared" / "data"
"""Where the development data lies beside a checkout, if anywhere."""

WRITTEN = Path(__file__).resolve().parents[1] / "tests" / "data"
"""Sentences written by hand for the tests; nothing is trained on them."""

Item = TypeVar("Item")

LIMITS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


def main(folder: Path | None) -> None:
    """Print every table."""
    triage = Triage.load()
    print(f"shipped model: sure from {triage.thresholds.sure}, complaint from {triage.thresholds.complaint}")
    _print_written(triage)
    if folder is None:
        print("\nNo DATA folder: only our own sentences were measured.")
        return
    sets = read(folder)
    print(
        f"\n{folder.name}: {len(sets.labelled)} labelled texts, {len(sets.pairs)} pairs, {len(sets.chat)} lines of chat"
    )
    if sets.labelled:
        _print_shipped(triage, sets.labelled)
        _print_left_out(triage, sets.labelled)
        _print_speed(triage, [row.text for row in sets.labelled])
    if sets.chat:
        _print_complaints(triage, sets)
    if sets.pairs:
        with TemporaryDirectory() as cache:
            print_likeness(sets.pairs, Path(cache))


def _print_written(triage: Triage) -> None:
    for name in ("hand", "unseen", "strangers"):
        lines = (WRITTEN / f"triage_{name}.jsonl").read_text(encoding="utf-8").splitlines()
        found = [json.loads(line) for line in lines]
        rows = [
            Row(row["text"], KINDS.index(FeedbackClass(row["kind"])), f"our {name} set", row["language"])
            for row in found
        ]
        _print_sources(
            f"Sentences written for the tests ({name})",
            _by_source(judge(triage, rows)),
            triage.thresholds.sure,
        )


def _print_shipped(triage: Triage, rows: Sequence[Row]) -> None:
    judged = judge(triage, rows)
    _print_sources(
        "Shipped model (it was trained on the sources of the development data)",
        _by_source(judged),
        triage.thresholds.sure,
    )
    known = [(one, triage.guess(one.row.text)) for one in judged if one.row.escalate is not None]
    if any(one.row.escalate for one, _ in known):
        for name, flags in (
            ("negative", [guess.negative for _, guess in known]),
            ("negative or urgent", [guess.negative or guess.urgent for _, guess in known]),
        ):
            hits = sum(1 for (one, _), flag in zip(known, flags, strict=True) if flag and one.row.escalate)
            must = sum(1 for one, _ in known if one.row.escalate)
            print(
                f"escalate by `{name}`: recall {hits / must:.3f}, precision {hits / max(1, sum(flags)):.3f} of {must}"
            )


def _print_left_out(triage: Triage, rows: list[Row]) -> None:
    sources = {row.source for row in rows}
    if len(sources) < 2:
        print("\nLeave-one-source-out: needs two sources at least.")
        return
    left_out = held_out(rows + ours())
    _print_sources("Leave-one-source-out, lexical engine", left_out, triage.thresholds.sure)
    judged = [one for found in left_out.values() for one in found]
    print("\nCoverage and accuracy of the held-out guesses from a probability on")
    print(f"  {'from':>6} {'covered':>8} {'right':>6}")
    for limit in (*LIMITS, triage.thresholds.sure):
        sure = [one for one in judged if max(one.probabilities) >= limit]
        mark = "  <- sure" if limit == triage.thresholds.sure else ""
        print(
            f"  {limit:6.2f} {len(sure) / len(judged):8.3f} {_share(sure, lambda one: one.right):6.3f}{mark}"
        )
    _print_baseline(rows)


def _print_baseline(rows: Sequence[Row]) -> None:
    if find_spec("sklearn") is None:
        print("\nBaseline: scikit-learn is not installed, so TF-IDF + logistic regression is not measured.")
        return
    from benchmarks.baseline import leave_one_source_out

    print("\nBaseline, leave-one-source-out: TF-IDF of characters 1-3 + logistic regression")
    for name, extra in (("the sources alone", []), ("with our sentences", ours())):
        guesses = leave_one_source_out(rows, extra)
        for language in ("zh", "en"):
            pairs = [
                (row.kind or 0, guess)
                for row, guess in zip(rows, guesses, strict=True)
                if row.language == language
            ]
            if pairs:
                found = macro_f1([kind for kind, _ in pairs], [guess for _, guess in pairs])
                print(f"  {name}, {language}: macro-F1 {found:.3f}")


def _print_complaints(triage: Triage, sets: Sets) -> None:
    lines = (WRITTEN / "complaints_unseen.jsonl").read_text(encoding="utf-8").splitlines()
    written = [json.loads(line)["text"] for line in lines]
    print("\nComplaints in untagged chat: false captures, and recall on complaints written for the tests")
    limit = triage.thresholds.complaint
    _, quiet = halves(sets.chat)
    by_source: dict[str, list[float]] = {}
    for row in quiet:
        by_source.setdefault(row.source, []).append(triage.complaint(row.text))
    false = {source: _above(scores, limit) for source, scores in by_source.items()}
    everything = [score for scores in by_source.values() for score in scores]
    print(f"  shipped: false {_above(everything, limit):.4f} of {len(everything)} lines never trained on")
    print("    " + ", ".join(f"{source} {share:.4f}" for source, share in false.items()))
    print(f"    recall {_above([triage.complaint(text) for text in written], limit):.3f} of {len(written)}")
    if not sets.labelled or len(by_source) < 2:
        return
    rows = sets.labelled + ours()
    for held in sorted(by_source):
        talk, quiet = halves([row for row in sets.chat if row.source != held])
        weights = learn(rows + talk)
        limit = quiet_limit(weights, quiet)
        there = [one.complaint for one in judge(weights, [row for row in sets.chat if row.source == held])]
        ours_there = [sigmoid(weights.scores(features(text))[COMPLAINT]) for text in written]
        print(
            f"  without {held}: false {_above(there, limit):.4f} there, recall {_above(ours_there, limit):.3f}"
        )


def _print_speed(triage: Triage, texts: Sequence[str]) -> None:
    started = time.perf_counter()
    for text in texts:
        triage.guess(text)
    micros = (time.perf_counter() - started) / len(texts) * 1e6
    started = time.perf_counter()
    Triage.load()
    print(f"\nSpeed: {micros:.0f} µs a guess, {(time.perf_counter() - started) * 1000:.0f} ms to load")


def _by_source(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    result: dict[str, list[Judged]] = {}
    for one in judged:
        result.setdefault(one.row.source, []).append(one)
    return result


def _print_sources(title: str, by_source: dict[str, list[Judged]], sure: float) -> None:
    print(
        f"\n{title}\n  {'source':24} {'n':>5} {'macro-F1':>9} {'right':>6} {'sure':>6} {'right when sure':>16}"
    )
    everything = [one for found in by_source.values() for one in found if one.row.source not in OUR_SHARES]
    groups = {**by_source, "all zh": _of(everything, "zh"), "all en": _of(everything, "en")}
    for source, found in groups.items():
        if not found:
            continue
        certain = [one for one in found if max(one.probabilities) >= sure]
        print(
            f"  {source:24} {len(found):5} {_f1(found):9.3f} {_share(found, lambda one: one.right):6.3f} "
            f"{len(certain) / len(found):6.3f} {_share(certain, lambda one: one.right):16.3f}"
        )
    for language in ("zh", "en"):
        confusion = Counter((one.row.kind, one.guess) for one in _of(everything, language))
        if confusion:
            print(f"  {language}: true \\ guessed  " + " ".join(f"{kind:>11}" for kind in KINDS))
            for true, kind in enumerate(KINDS):
                print(
                    f"  {kind:>19}  "
                    + " ".join(f"{confusion[true, guess]:11}" for guess in range(len(KINDS)))
                )


def _of(judged: Sequence[Judged], language: str) -> list[Judged]:
    return [one for one in judged if one.row.language == language]


def _f1(judged: Sequence[Judged]) -> float:
    return macro_f1(
        [one.row.kind for one in judged if one.row.kind is not None], [one.guess for one in judged]
    )


def _above(scores: Sequence[float], limit: float) -> float:
    return sum(score >= limit for score in scores) / len(scores) if scores else 0.0


def _share(found: Sequence[Item], test: Callable[[Item], bool]) -> float:
    return sum(1 for one in found if test(one)) / len(found) if found else 0.0


if __name__ == "__main__":
    given = [argument.removeprefix("DATA=") for argument in sys.argv[1:] if argument.removeprefix("DATA=")]
    if given and not Path(given[0]).is_dir():
        sys.exit(f"{given[0]} is no folder")
    main(Path(given[0]) if given else DEFAULT if DEFAULT.is_dir() else None)
