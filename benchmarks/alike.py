"""Likeness of pairs: how well the score tells same from different, and finds the other one. Called by eval.py."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.plain import product, weighed
from benchmarks.rows import Pair, sources_of
from storage.text.frequencies import Frequencies
from storage.text.likeness import candidates, nearest, rarest
from storage.text.signs import BY_WORDS, Said, Signs
from storage.text.tokens import Tokens


def print_likeness(pairs: Sequence[Pair], cache: Path) -> None:
    """Print F1, precision and recall at the threshold and at the best one, and how often the other one comes first."""
    cutter = Tokens(cache)
    cutter.load()
    texts = list(dict.fromkeys(text for pair in pairs for text in (pair.one, pair.other)))
    words = {text: cutter.tokens(text) for text in texts}
    frequencies = Frequencies.of(words.values())
    said = {text: Said(found) for text, found in words.items()}
    print(f"\nLikeness: alike from 0; tokens by {cutter.name}")
    print(
        f"  {'source':18} {'n':>5} {'AUC':>6} {'F1':>6} {'precision':>10} {'recall':>7} {'best F1':>8} {'at':>6}"
        f" {'TF-IDF, best':>12}"
    )
    plain = dict(zip(texts, weighed([words[text] for text in texts]), strict=True))
    for source, rows in sources_of(pairs).items():
        scored = [
            (Signs.of(said[pair.one], said[pair.other], frequencies).weigh(BY_WORDS), pair.same)
            for pair in rows
        ]
        f1, precision, recall = _at(scored, 0.0)
        _, best, limit = best_and_at(scored, 0.0)
        _, first, _ = best_and_at(
            [(product(plain[pair.one], plain[pair.other]), pair.same) for pair in rows], 0.0
        )
        numbers = f"{f1:6.3f} {precision:10.3f} {recall:7.3f} {best:8.3f} {limit:6.3f} {first:12.3f}"
        print(f"  {source:18} {len(rows):5} {auc(scored):6.3f} {numbers}")
    _print_hits(pairs, texts, words, frequencies)


def _print_hits(
    pairs: Sequence[Pair], texts: list[str], words: dict[str, list[str]], frequencies: Frequencies
) -> None:
    postings: dict[str, list[int]] = {}
    for item, text in enumerate(texts):
        for word in set(words[text]):
            postings.setdefault(word, []).append(item)
    firsts: Counter[str] = Counter()
    fives: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for pair in pairs:
        if not pair.same or pair.one == pair.other:
            continue
        asked[pair.source] += 1
        mine = words[pair.one]
        found = [
            item
            for item in candidates(rarest(mine, frequencies), postings, frequencies, 50)
            if texts[item] != pair.one
        ]
        ranked = nearest(mine, {item: words[texts[item]] for item in found}, frequencies)
        names = [texts[one.item] for one in ranked]
        firsts[pair.source] += names[:1] == [pair.other]
        fives[pair.source] += pair.other in names
    for source, count in asked.items():
        print(
            f"  {source}: the other text of a pair comes first {firsts[source] / count:.3f}, among five "
            f"{fives[source] / count:.3f}, of {len(texts)} texts"
        )


def _at(scored: Sequence[tuple[float, bool]], limit: float) -> tuple[float, float, float]:
    hits = sum(1 for value, same in scored if same and value >= limit)
    offered = sum(1 for value, _ in scored if value >= limit)
    wanted = sum(1 for _, same in scored if same)
    f1 = 2 * hits / (offered + wanted) if offered + wanted else 0.0
    return f1, hits / offered if offered else 0.0, hits / wanted if wanted else 0.0


def best_and_at(scored: Sequence[tuple[float, bool]], limit: float) -> tuple[float, float, float]:
    """Return the F1 at a limit, the best there is, and where that is."""
    best, where = max((_at(scored, value)[0], value) for value, _ in scored)
    return _at(scored, limit)[0], best, where


def auc(scored: Sequence[tuple[float, bool]]) -> float:
    """Return how often the same scores higher than the different."""
    positive = [value for value, same in scored if same]
    negative = [value for value, same in scored if not same]
    if not positive or not negative:
        return 0.0
    wins = sum((high > low) + (high == low) / 2 for high in positive for low in negative)
    return wins / (len(positive) * len(negative))
