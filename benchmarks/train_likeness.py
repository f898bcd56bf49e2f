"""Find the scales of likeness: `python -m benchmarks.train_likeness DATA_DIR`. Needs the extra.

Learns from the dev halves of defects.jsonl and reports.jsonl, from same.jsonl and from half of the folder's pairs what
each sign of likeness weighs; sets the limit where the F1 of "is it one we have, or new?" is best on what was
left out in turn. Prints that, and what stands in storage/text/signs.py.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.alike import best_and_at
from benchmarks.groups import Known
from benchmarks.rows import Pair, learnt, read
from benchmarks.things import DEFECTS, DEV, KNOWN, REPORTS, Things, around_of
from benchmarks.vectors import Vectors
from storage.text.frequencies import Frequencies
from storage.text.meaning import Meaning, cosines
from storage.text.signs import USUAL_AROUND, Said, Scale, Signs
from storage.text.tokens import Tokens

SHARES = {REPORTS: 1.0, DEFECTS: 1.0, KNOWN: 0.25}
"""How much each set weighs; the thesaurus knows the last one's things better than any others."""

FOR_LIMIT = {REPORTS: 1.0, DEFECTS: 0.5, KNOWN: 0.25}
"""How much each set's F1 counts where the limit is set: most groups write as in the first one."""

PAIRS_SHARE = 0.5
"""How much the public pairs weigh beside them."""

WRONG = 50
"""How many of the most likely wrong ones each text learns from."""

FOLDS, STEPS, PACE, RIDGE = 5, 1_500, 0.03, 0.01

NAMES = tuple(Scale.__slots__)[:-1]
"""The signs, in the order of a scale; its base is found beside them."""

BY_WORDS = [NAMES.index(name) for name in NAMES if name not in ("cosine", "around")]
UPWARDS = {"within", "notions", "both", "cosine"}
"""What speaks for the same; everything else but the lengths speaks against it, or says nothing."""

_LENGTHS = {"uneven", "short"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One text: the signs of some others, and which of them are the same thing."""

    rows: np.ndarray
    same: np.ndarray
    thing: int
    share: float


class Learnt:
    """A set, with the signs of each text beside each other one."""

    def __init__(self, path: Path, things: Things) -> None:
        """Compare them all."""
        self.things, self.share = things, SHARES[path]
        self.part = None if path == KNOWN else DEV
        self.name = path.stem
        near = things.near(things.vectors())
        self.rows = np.array(
            [
                [
                    _row(signs, cosine, around_of(near[place], place))
                    for signs, cosine in zip(things.signs(place), near[place], strict=True)
                ]
                for place in range(len(things.texts))
            ]
        )

    def asked(self) -> list[Asked]:
        """Return what each text of the part learns from: those of the same thing, and the likeliest others."""
        result = []
        things = np.array(self.things.things)
        theirs = np.array([thing == -1 or self.part in (None, self.things.parts[thing]) for thing in things])
        for place in np.flatnonzero((things != -1) & theirs):
            rows = self.rows[place]
            likely = rows @ np.array(
                [{"cosine": 1.0, "within": 0.3, "notions": 0.1}.get(n, 0.0) for n in NAMES]
            )
            order = np.argsort(-likely, kind="stable")
            order = order[(order != place) & theirs[order]]
            same = things[order] == things[place]
            kept = np.concatenate([order[same], order[~same][:WRONG]])
            result.append(Asked(rows[kept], things[kept] == things[place], int(things[place]), 0.0))
        share = self.share / len(result)
        return [Asked(one.rows, one.same, one.thing, share) for one in result]

    def known(self, weights: Sequence[np.ndarray]) -> Known:
        """Ask "is it one we have?", each thing by the weights of its fold; the last of a row is the base."""
        table = [
            (
                self.rows[place] @ weights[thing % len(weights)][:-1] + weights[thing % len(weights)][-1]
            ).tolist()
            for place, thing in enumerate(self.things.things)
        ]
        return Known(self.things, table, self.part)


def main(folder: Path) -> None:
    """Learn both scales and print them."""
    sets = read(folder)
    learnt_from = [Learnt(path, Things(path, sets if path == KNOWN else None)) for path in SHARES]
    pairs, is_same = _public(learnt(sets.pairs))
    for name, columns in (("BY_WORDS", BY_WORDS), ("TOGETHER", list(range(len(NAMES))))):
        asked = [one for found in learnt_from for one in found.asked()]
        folds = [
            _fit(
                columns,
                [one for one in asked if one.thing % FOLDS != fold],
                np.delete(pairs, np.s_[fold::FOLDS], axis=0),
                np.delete(is_same, np.s_[fold::FOLDS]),
            )
            for fold in range(FOLDS)
        ]
        scored = [
            (float(row @ folds[n % FOLDS][:-1] + folds[n % FOLDS][-1]), bool(same))
            for n, (row, same) in enumerate(zip(pairs, is_same, strict=True))
        ]
        known = {found.name: found.known(folds) for found in learnt_from}
        limits = np.arange(-3.0, 2.0, 0.05)
        worth = [
            sum(FOR_LIMIT[path] * known[path.stem].f1(at) for path in SHARES)
            + (PAIRS_SHARE * best_and_at(scored, at)[0] if scored else 0.0)
            for at in limits
        ]
        limit = float(limits[int(np.argmax(worth))])
        print(f"\n{name}, left out in turn; limit {limit:.2f}")
        for source, one in known.items():
            print(f"  {source}: hit@1 {one.hit:.3f}, F1 {one.f1(limit):.3f}, best {one.best:.3f}")
        if scored:
            f1, best, _ = best_and_at(scored, limit)
            print(f"  public pairs: F1 {f1:.3f}, best {best:.3f}")
        found = _fit(columns, asked, pairs, is_same)
        found[-1] -= limit
        told = {one: round(float(value), 2) for one, value in zip((*NAMES, "base"), found, strict=True)}
        print(f"{name} = Scale(" + ", ".join(f"{one}={value}" for one, value in told.items() if value) + ")")


def _public(pairs: Sequence[Pair]) -> tuple[np.ndarray, np.ndarray]:
    texts = list(dict.fromkeys(text for pair in pairs for text in (pair.one, pair.other)))
    with TemporaryDirectory() as cache:
        cutter = Tokens(Path(cache))
        words = {text: cutter.tokens(text) for text in texts}
    frequencies = Frequencies.of(words.values())
    vectors = dict(zip(texts, Vectors(Meaning()).of(texts), strict=True))
    rows = [
        _row(
            Signs.of(Said(words[pair.one]), Said(words[pair.other]), frequencies),
            cosines(vectors[pair.one], [vectors[pair.other]])[0],
            USUAL_AROUND,  # such pairs lie far denser than feedback does: nothing is to be learnt of that
        )
        for pair in pairs
    ]
    return np.array(rows).reshape(-1, len(NAMES)), np.array([float(pair.same) for pair in pairs])


def _row(signs: Signs, cosine: float, around: float) -> list[float]:
    return [*(float(getattr(signs, name)) for name in NAMES[:-2]), cosine, around - USUAL_AROUND]


def _fit(
    columns: Sequence[int], asked: Sequence[Asked], pairs: np.ndarray, is_same: np.ndarray
) -> np.ndarray:
    """Return what each sign weighs, the base last.

    The likeliest of a text's others is to be the same thing, with a chance that can be believed; so is a pair.
    """
    rows = np.concatenate([one.rows for one in asked])[:, columns]
    spread = np.concatenate([rows, pairs[:, columns]]).std(axis=0) + 1e-6
    rows, pairs = rows / spread, pairs[:, columns] / spread
    same = np.concatenate([one.same for one in asked])
    lengths = np.array([len(one.same) for one in asked])
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    share = np.array([one.share for one in asked])
    share = share / share.sum()
    right = np.add.reduceat(same.astype(float), starts)
    wanted = same / np.repeat(right, lengths)
    signs = np.array([_direction(NAMES[column]) for column in columns] + [0])
    found = np.zeros(len(columns) + 1)
    first, second = np.zeros_like(found), np.zeros_like(found)
    for step in range(1, STEPS + 1):
        worth = rows @ found[:-1]
        slope = np.zeros_like(found)
        all_of, _ = _soft(worth, np.ones_like(same), starts, lengths)
        slope[:-1] += (np.repeat(share, lengths) * (all_of - wanted)) @ rows
        for sign, mask in ((1, same), (-1, ~same)):
            parts, top = _soft(worth, mask, starts, lengths)
            top = top + found[-1] - (np.log(right) if sign == 1 else 0.0)
            push = -sign / (1 + np.exp(sign * top)) * share
            slope[:-1] += (np.repeat(push, lengths) * parts) @ rows
            slope[-1] += push.sum()
        if len(pairs):
            push = (1 / (1 + np.exp(-(pairs @ found[:-1] + found[-1]))) - is_same) * PAIRS_SHARE / len(pairs)
            slope[:-1] += push @ pairs
            slope[-1] += push.sum()
        slope[:-1] += RIDGE * found[:-1]
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
        pace = PACE * (1 - step / STEPS) + 1e-4
        found -= pace * first / (1 - 0.9**step) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        found = np.where(signs * found < 0, 0.0, found)
    result = np.zeros(len(NAMES) + 1)
    result[list(columns)] = found[:-1] / spread
    result[-1] = found[-1]
    return result


def _soft(
    worth: np.ndarray, mask: np.ndarray, starts: np.ndarray, lengths: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return each one's part of the masked ones' worth, and the logarithm of their sum, a text's others together."""
    masked = np.where(mask, worth, -1e9)
    most = np.maximum.reduceat(masked, starts)
    powers = np.exp(masked - np.repeat(most, lengths))
    sums = np.add.reduceat(powers, starts)
    return powers / np.repeat(sums, lengths), most + np.log(sums)


def _direction(name: str) -> int:
    return 0 if name in _LENGTHS else 1 if name in UPWARDS else -1


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m benchmarks.train_likeness DATA_DIR")
    main(Path(sys.argv[1]))
