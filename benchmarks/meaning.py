"""Both engines together, measured: triage, complaints, likeness of pairs, speed. Called by eval.py with the extra."""

import json
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.alike import auc, best_and_at
from benchmarks.dangers import print_dangers, untaught
from benchmarks.rows import WRITTEN, Pair, Row, Sets, ours, sources_of, written_tests
from benchmarks.tables import above, by_source, print_coverage, print_sources
from benchmarks.train_semantic import CHAT_LINES, held_out, judge
from benchmarks.train_triage import halves
from benchmarks.vectors import Vectors
from storage.text.frequencies import Frequencies
from storage.text.meaning import Meaning, cosines
from storage.text.semantic import SemanticTriage
from storage.text.signs import TOGETHER, Said, Signs
from storage.text.tokens import Tokens
from storage.text.triage import Triage


def print_meaning(words: Triage, sets: Sets) -> None:
    """Print every table that needs the extra."""
    vectors = Vectors(Meaning())
    model = SemanticTriage.load()
    sure = model.thresholds.sure
    print(f"\n==== Words and meaning: {vectors.meaning.name}; sure from {sure}")
    for name, rows in written_tests().items():
        print_sources(
            f"Sentences written for the tests: {name}", by_source(judge(model, words, rows, vectors)), sure
        )
    print_dangers(
        lambda texts: [
            model.guess(text, vector, words).urgent
            for text, vector in zip(texts, vectors.of(texts), strict=True)
        ],
        untaught(sets.chat, with_vectors=True),
    )
    if sets.labelled:
        judged = by_source(judge(model, words, sets.labelled, vectors))
        print_sources("Shipped weights (trained on the sources of the development data)", judged, sure)
        if len(judged) > 1:
            left_out = held_out(sets.labelled + ours(), vectors)
            print_sources("Leave-one-source-out, words and meaning", left_out, sure)
            print_coverage([one for found in left_out.values() for one in found], sure)
            _print_baseline(sets.labelled, vectors)
    if sets.chat:
        _print_complaints(model, words, sets, vectors)
    if sets.pairs:
        _print_pairs(sets.pairs, vectors)
    _print_speed(vectors.meaning)


def _print_baseline(rows: Sequence[Row], vectors: Vectors) -> None:
    if find_spec("sklearn") is not None:
        from benchmarks.baseline import by_vectors, print_baseline

        print_baseline("embeddings + logistic regression", by_vectors(vectors), rows)


def _print_complaints(model: SemanticTriage, words: Triage, sets: Sets, vectors: Vectors) -> None:
    lines = (WRITTEN / "complaints_unseen.jsonl").read_text(encoding="utf-8").splitlines()
    said = [json.loads(line)["text"] for line in lines]
    limit = model.thresholds.complaint
    _, quiet = halves(sets.chat[:: max(1, len(sets.chat) // CHAT_LINES)])
    false = above([one.complaint for one in judge(model, words, quiet, vectors)], limit)
    recall = above(
        [model.complaint(text, vector, words) for text, vector in zip(said, vectors.of(said), strict=True)],
        limit,
    )
    print(
        f"\nComplaints in untagged chat: false {false:.4f} of {len(quiet)}, recall {recall:.3f} of {len(said)}"
    )


def _print_pairs(pairs: Sequence[Pair], vectors: Vectors) -> None:
    with TemporaryDirectory() as cache:
        cutter = Tokens(Path(cache))
        words = {text: cutter.tokens(text) for pair in pairs for text in (pair.one, pair.other)}
    frequencies = Frequencies.of(words.values())
    said = {text: Said(found) for text, found in words.items()}
    print("\nLikeness of pairs by meaning and words: alike from 0")
    print(f"  {'source':18} {'n':>5} {'AUC':>6} {'F1':>6} {'best F1':>8} {'at':>6}")
    for source, rows in sources_of(pairs).items():
        ones, others = vectors.of(pair.one for pair in rows), vectors.of(pair.other for pair in rows)
        scored = [
            (
                Signs.of(said[pair.one], said[pair.other], frequencies).weigh(
                    TOGETHER, cosines(one, [other])[0]
                ),
                pair.same,
            )
            for one, other, pair in zip(ones, others, rows, strict=True)
        ]
        f1, best, limit = best_and_at(scored, 0.0)
        print(f"  {source:18} {len(rows):5} {auc(scored):6.3f} {f1:6.3f} {best:8.3f} {limit:6.3f}")


def _print_speed(meaning: Meaning) -> None:
    texts = [f"第 {number} 次打开导航，声音还是太小" for number in range(100)]
    times = []
    for text in texts:
        started = time.perf_counter()
        meaning.vectors([text])
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    print(f"\nSpeed: a vector takes {times[50]:.1f} ms (p50), {times[95]:.1f} ms (p95)")
