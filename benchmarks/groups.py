"""Things said in several ways: is it one we have, or new; does a search find it. By both engines. Called by eval.py.

The ways were written by hand to share as few words as people's do; what surrounds them is drawn from the folder's
labelled texts, so that there is something to be taken for.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.rows import WRITTEN, Sets
from storage.search import WORDS_BESIDE, bm25
from storage.text.likeness import ALIKE, ALIKE_FUSED, Frequencies, score
from storage.text.likeness import WORDS_BESIDE as WORDS_IN_LIKENESS
from storage.text.meaning import Meaning, cosines, is_installed
from storage.text.tokens import Tokens

AROUND = 300
"""How many other suggestions stand in the index."""


@dataclass(frozen=True, slots=True)
class Group:
    """One thing: ways to say it, and what somebody would search for."""

    texts: list[str]
    query: str


def print_groups(sets: Sets | None) -> None:
    """Print F1 and hit@1 of "have we this?", and the MRR of the searches, for words and for both engines."""
    rows = map(json.loads, (WRITTEN / "same.jsonl").read_text(encoding="utf-8").splitlines())
    groups = [Group(row["texts"], row["query"]) for row in rows]
    others = [] if sets is None else [row.text for row in sets.labelled if row.kind == 1]
    others = Random(3).sample(others, min(AROUND, len(others)))
    texts = [text for group in groups for text in group.texts] + others
    things = [number for number, group in enumerate(groups) for _ in group.texts] + [-1] * len(others)
    with TemporaryDirectory() as cache:
        cutter = Tokens(Path(cache))
        words = {text: cutter.tokens(text) for text in {*texts, *(group.query for group in groups)}}
    counts = Counter(word for text in texts for word in set(words[text]))
    frequencies = Frequencies(counts, len(texts))
    print(f"\nThings said in several ways, written by hand ({len(groups)}), among {len(others)} other texts")
    print(
        f"  {'engine':16} {'hit@1':>6} {'known or new: F1':>17} {'precision':>10} {'recall':>7} {'search MRR':>11}"
    )
    vectors = _vectors(list(words)) if is_installed() else None
    for name, found in (("words", None), ("words + meaning", vectors)):
        if name != "words" and found is None:
            continue
        table = _likeness(texts, words, frequencies, found)
        limit = ALIKE if found is None else ALIKE_FUSED
        hits, f1, precision, recall = _known(table, things, limit)
        mrr = _mrr(groups, texts, things, words, frequencies, found)
        print(f"  {name:16} {hits:6.3f} {f1:17.3f} {precision:10.3f} {recall:7.3f} {mrr:11.3f}")


def _vectors(texts: list[str]) -> dict[str, bytes]:
    from benchmarks.vectors import Vectors

    return dict(zip(texts, Vectors(Meaning()).of(texts), strict=True))


def _likeness(
    texts: Sequence[str],
    words: dict[str, list[str]],
    frequencies: Frequencies,
    vectors: dict[str, bytes] | None,
) -> list[list[float]]:
    """Return how like every text is to every other."""
    table = []
    for one in texts:
        row = [score(words[one], words[other], frequencies) for other in texts]
        if vectors is not None:
            near = cosines(vectors[one], [vectors[other] for other in texts])
            row = [cosine + WORDS_IN_LIKENESS * value for cosine, value in zip(near, row, strict=True)]
        table.append(row)
    return table


def _known(
    table: list[list[float]], things: Sequence[int], limit: float
) -> tuple[float, float, float, float]:
    """Index the first way of every other thing; ask by all other ways, half of which are of a thing not indexed."""
    firsts = {thing: things.index(thing) for thing in set(things) - {-1}}
    hits = asked = right = offered = 0
    for half in (0, 1):
        index = [first for thing, first in firsts.items() if thing % 2 == half]
        index += [place for place, thing in enumerate(things) if thing == -1]
        for place, thing in enumerate(things):
            if thing == -1 or place == firsts[thing]:
                continue
            best = max(index, key=table[place].__getitem__)
            is_hit = things[best] == thing
            is_offered = table[place][best] >= limit
            asked += thing % 2 == half
            hits += is_hit
            offered += is_offered
            right += is_offered and is_hit
    f1 = 2 * right / (offered + asked) if offered + asked else 0.0
    return hits / asked, f1, right / offered if offered else 0.0, right / asked


def _mrr(
    groups: Sequence[Group], texts: Sequence[str], things: Sequence[int], words: dict[str, list[str]],
    frequencies: Frequencies, vectors: dict[str, bytes] | None,
) -> float:  # fmt: skip
    total = 0.0
    for number, group in enumerate(groups):
        ranks = [bm25(words[group.query], words[text], frequencies) for text in texts]
        best = max(ranks) or 1.0
        ranks = [WORDS_BESIDE * rank / best for rank in ranks]
        if vectors is not None:
            near = cosines(vectors[group.query], [vectors[text] for text in texts])
            ranks = [rank + cosine for rank, cosine in zip(ranks, near, strict=True)]
        order = sorted(range(len(texts)), key=lambda place: -ranks[place])
        place = next(rank for rank, found in enumerate(order, 1) if things[found] == number)
        total += 1 / place if ranks[order[place - 1]] > 0 else 0.0
    return total / len(groups)
