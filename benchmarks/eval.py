"""Measure how well texts are understood: `make eval DATA=dir`, or `python -m benchmarks.eval [DATA=dir]`.

Prints, for the labelled texts, pairs and chat of a folder (rows.read tells their shape): the shipped model; the same
training with each source left out, which is what an unknown source may expect; TF-IDF and logistic regression beside it
where scikit-learn is installed; complaints in ordinary chat; and likeness. Without a folder: our own sentences alone.
With `quick`: words alone, and nothing that takes minutes. With `rules=1` as well, only one sentence of each rule of our
grammar is learnt beside the sources that are not left out: a look within seconds whether everything runs.
"""

import json
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.alike import print_likeness
from benchmarks.dangers import print_dangers, untaught
from benchmarks.groups import print_groups
from benchmarks.rows import A_RULE, WRITTEN, Row, Sets, ours, read, written_tests
from benchmarks.tables import above, by_source, print_coverage, print_sources
from benchmarks.train_triage import halves, held_out, judge, learn, quiet_limit
from storage.text.features import features
from storage.text.meaning import is_installed
from storage.text.training import COMPLAINT, sigmoid
from storage.text.triage import Triage

DEFAULT = Path(__file__).resolve().parents[2] / "shared" / "data"
"""Where the development data lies beside a checkout, if anywhere."""


def main(folder: Path | None, *, is_quick: bool = False, per_rule: int = A_RULE) -> None:
    """Print every table, or with `is_quick` those of words that take seconds."""
    triage = Triage.load()
    print(f"shipped model: sure from {triage.thresholds.sure}, complaint from {triage.thresholds.complaint}")
    _print_written(triage)
    if folder is None:
        print_dangers(lambda texts: [triage.guess(text).urgent for text in texts], ())
        if not is_quick:
            print_groups(None)
        print("\nNo DATA folder: only our own sentences were measured.")
        return
    sets = read(folder)
    parts = {"labelled texts": sets.labelled, "pairs": sets.pairs, "lines of chat": sets.chat}
    print(f"\n{folder.name}: " + ", ".join(f"{len(found)} {name}" for name, found in parts.items()))
    for name, found in parts.items():
        if not found:
            print(f"  no {name}: what needs them is skipped")
    print_dangers(lambda texts: [triage.guess(text).urgent for text in texts], untaught(sets.chat))
    if sets.labelled:
        _print_shipped(triage, sets.labelled)
        _print_left_out(triage, sets.labelled, per_rule)
        _print_speed(triage, [row.text for row in sets.labelled])
    if sets.chat:
        _print_complaints(triage, sets)
    if sets.pairs:
        with TemporaryDirectory() as cache:
            print_likeness(sets.pairs, Path(cache))
    if is_quick:
        return
    print_groups(sets)
    if is_installed():
        from benchmarks.meaning import print_meaning

        print_meaning(triage, sets)
    else:
        print("\nThe extra `semantic` is not installed: only the lexical engine was measured.")


def _print_written(triage: Triage) -> None:
    for name, rows in written_tests().items():
        print_sources(
            f"Sentences written for the tests: {name}", by_source(judge(triage, rows)), triage.thresholds.sure
        )


def _print_shipped(triage: Triage, rows: Sequence[Row]) -> None:
    judged = judge(triage, rows)
    print_sources(
        "Shipped model (it was trained on the sources of the development data)",
        by_source(judged),
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


def _print_left_out(triage: Triage, rows: list[Row], per_rule: int) -> None:
    sources = {row.source for row in rows}
    if len(sources) < 2:
        print("\nLeave-one-source-out: needs two sources at least.")
        return
    left_out = held_out(rows + ours(per_rule))
    print_sources("Leave-one-source-out, lexical engine", left_out, triage.thresholds.sure)
    print_coverage([one for found in left_out.values() for one in found], triage.thresholds.sure)
    _print_baseline(rows)


def _print_baseline(rows: Sequence[Row]) -> None:
    if find_spec("sklearn") is None:
        print("\nBaseline: scikit-learn is not installed, so TF-IDF + logistic regression is not measured.")
        return
    from benchmarks.baseline import by_characters, print_baseline

    print_baseline("TF-IDF of characters 1-3 + logistic regression", by_characters, rows)


def _print_complaints(triage: Triage, sets: Sets) -> None:
    lines = (WRITTEN / "complaints_unseen.jsonl").read_text(encoding="utf-8").splitlines()
    written = [json.loads(line)["text"] for line in lines]
    print("\nComplaints in untagged chat: false captures, and recall on complaints written for the tests")
    limit = triage.thresholds.complaint
    _, quiet = halves(sets.chat)
    found: dict[str, list[float]] = {}
    for row in quiet:
        found.setdefault(row.source, []).append(triage.complaint(row.text))
    false = {source: above(scores, limit) for source, scores in found.items()}
    everything = [score for scores in found.values() for score in scores]
    print(f"  shipped: false {above(everything, limit):.4f} of {len(everything)} lines never trained on")
    print("    " + ", ".join(f"{source} {share:.4f}" for source, share in false.items()))
    print(f"    recall {above([triage.complaint(text) for text in written], limit):.3f} of {len(written)}")
    heard = sum(triage.is_complaint(row.text) for row in quiet) / len(quiet)
    recall = sum(map(triage.is_complaint, written)) / len(written)
    print(f"  with what tells of danger, as staff hear of it: false {heard:.4f}, recall {recall:.3f}")
    if not sets.labelled or len(found) < 2:
        return
    rows = sets.labelled + ours()
    for held in sorted(found):
        talk, quiet = halves([row for row in sets.chat if row.source != held])
        weights = learn(rows + talk)
        limit = quiet_limit(weights, quiet)
        there = [one.complaint for one in judge(weights, [row for row in sets.chat if row.source == held])]
        ours_there = [sigmoid(weights.scores(features(text))[COMPLAINT]) for text in written]
        print(
            f"  without {held}: false {above(there, limit):.4f} there, recall {above(ours_there, limit):.3f}"
        )


def _print_speed(triage: Triage, texts: Sequence[str]) -> None:
    started = time.perf_counter()
    for text in texts:
        triage.guess(text)
    micros = (time.perf_counter() - started) / len(texts) * 1e6
    started = time.perf_counter()
    Triage.load()
    print(f"\nSpeed: {micros:.0f} µs a guess, {(time.perf_counter() - started) * 1000:.0f} ms to load")


if __name__ == "__main__":
    words = [argument for argument in sys.argv[1:] if argument != "quick"]
    rules = [int(word.removeprefix("rules=")) for word in words if word.startswith("rules=")]
    words = [word for word in words if not word.startswith("rules=")]
    given = [word.removeprefix("DATA=") for word in words if word.removeprefix("DATA=")]
    if given and not Path(given[0]).is_dir():
        sys.exit(f"{given[0]} is no folder")
    main(
        Path(given[0]) if given else DEFAULT if DEFAULT.is_dir() else None,
        is_quick="quick" in sys.argv[1:],
        per_rule=rules[0] if rules else A_RULE,
    )
