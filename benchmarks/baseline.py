"""The baselines beside the triage, by logistic regression. Imported only where scikit-learn is installed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from benchmarks.rows import OUR_SHARES, Row, macro_f1, ours, written_tests

if TYPE_CHECKING:
    from benchmarks.vectors import Vectors

Baseline = Callable[[], Any]
"""Makes a model that learns from texts and classes, and guesses the classes of texts."""


def by_characters() -> Any:
    """Return TF-IDF of characters 1-3 and logistic regression, untrained."""
    return make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True),
        LogisticRegression(max_iter=2000, class_weight="balanced"),
    )


def by_vectors(vectors: Vectors) -> Baseline:
    """Return what makes embeddings and logistic regression, untrained."""
    from benchmarks.vectors import matrix

    return lambda: make_pipeline(
        FunctionTransformer(lambda texts: matrix(vectors.of(texts))),
        LogisticRegression(max_iter=2000, class_weight="balanced", C=3.0),
    )


def print_baseline(name: str, make: Baseline, rows: Sequence[Row]) -> None:
    """Print a baseline's macro-F1 on each source left out, and on the sentences written for the tests."""
    print(f"\nBaseline, {name}: macro-F1 (zh, en)")
    written = written_tests()
    for what, extra in (("the sources alone", []), ("with our sentences", ours())):
        known = [*rows, *extra]
        print(f"  trained on {what}")
        if rows:
            print(f"    {'each source left out':22} {_by_language(rows, _left_out(make, known, rows))}")
        for title, asked in written.items() if known else ():
            print(f"    {title:22} {_by_language(asked, _guesses(make, known, asked))}")


def _left_out(make: Baseline, known: Sequence[Row], rows: Sequence[Row]) -> list[int]:
    guesses: dict[int, int] = {}
    for source in sorted({row.source for row in rows} - OUR_SHARES.keys()):
        places = [place for place, row in enumerate(rows) if row.source == source]
        rest = [row for row in known if row.source != source]
        found = _guesses(make, rest, [rows[place] for place in places])
        guesses.update(zip(places, found, strict=True))
    return [guesses[place] for place in range(len(rows))]


def _guesses(make: Baseline, known: Sequence[Row], asked: Sequence[Row]) -> list[int]:
    """Guess each asked row by a model trained on the known rows of its language."""
    guesses: dict[int, int] = {}
    for language in sorted({row.language for row in asked}):
        rest = [row for row in known if row.language == language]
        places = [place for place, row in enumerate(asked) if row.language == language]
        kinds = {row.kind for row in rest}
        if len(kinds) < 2:
            guesses.update(dict.fromkeys(places, next(iter(kinds), 0) or 0))
            continue
        model = make().fit([row.text for row in rest], [row.kind for row in rest])
        found = model.predict([asked[place].text for place in places])
        guesses.update(zip(places, (int(guess) for guess in found), strict=True))
    return [guesses[place] for place in range(len(asked))]


def _by_language(rows: Sequence[Row], guesses: Sequence[int]) -> str:
    found = []
    for language in ("zh", "en"):
        pairs = [
            (row.kind or 0, guess)
            for row, guess in zip(rows, guesses, strict=True)
            if row.language == language
        ]
        scored = macro_f1([kind for kind, _ in pairs], [guess for _, guess in pairs])
        found.append(f"{scored:.3f}" if pairs else "    -")
    return ", ".join(found)
