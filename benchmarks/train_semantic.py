"""Train the semantic weights the project ships: `python -m benchmarks.train_semantic DATA_DIR`. Needs the extra.

Learns from the same rows as train_triage.py; what is stored are weights over features and vectors, and the mean of
all vectors: nothing of a text. The limits are set on texts that the model they are set with never saw.
"""

import json
import sys
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.rows import OUR_SHARES, Row, examples, ours, plain, read
from benchmarks.train_triage import (
    FALSE_CAPTURES,
    Judged,
    Scorer,
    confidence,
    halves,
)
from benchmarks.train_triage import learn as learn_words
from benchmarks.vectors import Vectors, matrix
from storage.text.features import features, layout
from storage.text.guess import Thresholds
from storage.text.meaning import CENTRE, SIZE, Meaning, load_encoders
from storage.text.packing import STEP, pack
from storage.text.semantic import DENSE, LENGTH, SHIPPED, SemanticTriage, mixed
from storage.text.training import COLUMNS, COMPLAINT, sigmoid, softmax
from storage.text.triage import Triage

STRENGTH = 0.1
"""How much the rows weigh against keeping every weight small."""

STEPS = 250
CHAT_LINES = 3_000


def learn(rows: Sequence[Row], vectors: Vectors) -> SemanticTriage:
    """Train on rows: softmax over the classes, one logistic column for the complaint."""
    made = examples(rows)
    whole = _matrix([one.features.dense for one in made], vectors.of(plain(row) for row in rows))
    used = whole.any(axis=0)
    given = np.ascontiguousarray(whole[:, used])
    kinds = np.array([-1 if one.kind is None else one.kind for one in made])
    unhappy = np.array([-1 if one.complaint is None else int(one.complaint) for one in made])
    weight = np.array([one.weight for one in made], dtype=np.float32)[:, None]
    wanted = np.zeros((len(made), COLUMNS), dtype=np.float32)
    wanted[np.arange(len(made))[kinds >= 0], kinds[kinds >= 0]] = 1
    wanted[:, COMPLAINT] = unhappy == 1
    counts = np.concatenate(
        [np.repeat(kinds[:, None] >= 0, COMPLAINT, axis=1), unhappy[:, None] >= 0], axis=1
    )
    counts = counts * weight
    known = np.zeros((given.shape[1], COLUMNS), dtype=np.float32)
    ahead, speed = known.copy(), 1.0
    # Nesterov's gradient: the step is safe for the steepest direction, found by a few powers.
    steep = np.ones(given.shape[1], dtype=np.float32)
    for _ in range(12):
        steep = given.T @ (given @ steep * weight[:, 0])
        top = float(np.linalg.norm(steep))
        steep /= top
    rate = 1 / (0.5 * STRENGTH * top + 1)
    for _ in range(STEPS):
        slope = STRENGTH * (given.T @ ((_chances(given @ ahead) - wanted) * counts))
        decay = ahead.copy()
        decay[-1] = 0
        fresh = ahead - rate * (slope + decay)
        faster = (1 + (1 + 4 * speed * speed) ** 0.5) / 2
        ahead = fresh + (speed - 1) / faster * (fresh - known)
        known, speed = fresh, faster
    learned = np.zeros((whole.shape[1], COLUMNS), dtype=np.float32)
    learned[used] = known
    places = layout().size
    return SemanticTriage(
        vectors.meaning.name,
        learned[:places].tolist(),
        learned[places:-1].T.tolist(),
        learned[-1].tolist(),
        Thresholds(0.9, 0.9),
    )


def judge(model: SemanticTriage, words: Scorer, rows: Sequence[Row], vectors: Vectors) -> list[Judged]:
    """Judge rows by a model and the lexical engine together."""
    result = []
    for row, vector in zip(rows, vectors.of(row.text for row in rows), strict=True):
        found = features(row.text)
        scores = mixed(model.own_scores(found, vector), words.scores(found))
        result.append(Judged(row, tuple(softmax(scores[:COMPLAINT])), sigmoid(scores[COMPLAINT])))
    return result


def held_out(rows: list[Row], vectors: Vectors) -> dict[str, list[Judged]]:
    """Judge every source by models trained on all the others and on our own sentences."""
    sources = sorted({row.source for row in rows if row.source not in OUR_SHARES and row.kind is not None})
    result = {}
    for source in sources:
        others = [row for row in rows if row.source != source]
        asked = [row for row in rows if row.source == source]
        result[source] = judge(learn(others, vectors), learn_words(others), asked, vectors)
    return result


def main(folder: Path) -> None:
    """Find the mean, train, set the limits, and write what is shipped."""
    sets = read(folder)
    rows = sets.labelled + ours()
    if not CENTRE.exists():  # another one makes every stored vector stale: raise meaning.RULES with it
        _write_centre([row.text for row in rows[::5]])
    vectors = Vectors(Meaning())
    chat = sets.chat[:: max(1, len(sets.chat) // CHAT_LINES)]
    talk, quiet = halves(chat)
    left_out = held_out(rows, vectors)
    model = learn(rows + talk, vectors)
    words = Triage.load()
    sure = confidence(left_out)
    by_source: dict[str, list[float]] = {}
    for one in judge(model, words, quiet, vectors):
        by_source.setdefault(one.row.source, []).append(one.complaint)
    limits = [sorted(found, reverse=True)[int(len(found) * FALSE_CAPTURES)] for found in by_source.values()]
    complaint = min(0.999, max(limits, default=0.9) + 1e-4)
    model.thresholds = Thresholds(round(sure, 4), round(complaint, 4))
    model.save(SHIPPED)
    print(
        f"{SHIPPED.name}: {SHIPPED.stat().st_size:,} bytes; sure at {sure:.4f}, complaint at {complaint:.4f}"
    )


def _chances(scores: Any) -> Any:
    top = np.exp(scores[:, :COMPLAINT] - scores[:, :COMPLAINT].max(axis=1, keepdims=True))
    unhappy = 1 / (1 + np.exp(-np.clip(scores[:, COMPLAINT:], -60, 60)))
    return np.concatenate([top / top.sum(axis=1, keepdims=True), unhappy], axis=1)


def _matrix(dense: Sequence[Sequence[int]], found: Sequence[bytes]) -> Any:
    places = layout().size
    whole = np.zeros((len(dense), places + SIZE + 1), dtype=np.float32)
    for row, spots in enumerate(dense):
        whole[row, spots] = DENSE
    whole[:, places:-1] = matrix(found) * LENGTH
    whole[:, -1] = 1
    return whole


def _write_centre(texts: list[str]) -> None:
    means = [encode(texts).mean(axis=0) for encode in load_encoders()]
    packed = [pack(array("h", (round(float(value) / STEP**1.5) for value in mean))) for mean in means]
    CENTRE.write_text(
        json.dumps(dict(zip(("centre", "second"), packed, strict=True))) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m benchmarks.train_semantic DATA_DIR")
    main(Path(sys.argv[1]))
