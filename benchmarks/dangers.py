"""Sentences that tell of danger, and how well they are told from others. Called by train_danger.py and eval.py."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.rows import WRITTEN, Row

BANK = Path(__file__).with_name("dangers.txt")
TEACH, SHOW = slice(0, None, 8), slice(4, None, 8)
"""Lines of chat that are learned from, and some that are not, all of them among those that train_semantic.py embeds."""

_LINE = re.compile(r"(urgent|calm) (zh|en): (.*)")


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence. Shape: `family` is what kind of thing happens, or the half of a set."""

    text: str
    urgent: bool
    language: str
    family: str


def bank() -> list[Told]:
    """Read our own sentences, which the weights learn from."""
    family, result = "", []
    for line in BANK.read_text(encoding="utf-8").splitlines():
        if line.startswith("# ---- "):
            family = line[7:]
        elif found := _LINE.fullmatch(line):
            result.append(Told(found[3], found[1] == "urgent", found[2], family))
    return result


def written() -> dict[str, list[Told]]:
    """Read what no weight learns from. `dev` was looked at; `test` and `first unseen` never, but for their counts."""
    sets: dict[str, list[Told]] = {}
    for file, name in (
        ("escalate", "patterns were made with"),
        ("escalate_wide", "wide"),
        ("escalate_unseen", "first unseen"),
    ):
        for line in (WRITTEN / f"{file}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            urgent = row.get("urgent")
            if urgent is None:
                continue
            told = Told(row["text"], urgent, "zh" if re.search(r"[\u3400-\u9fff]", row["text"]) else "en", "")
            sets.setdefault(f"{name}, {row['half']}" if "half" in row else name, []).append(told)
    return sets


def untaught(chat: Sequence[Row], *, with_vectors: bool = False) -> list[Row]:
    """Return the lines of chat that taught danger nothing; with vectors, which take a while, some of them."""
    return [*chat[1::8], *chat[SHOW]] if with_vectors else [*chat[1::2], *chat[SHOW]]


def print_dangers(judge: Callable[[Sequence[str]], Sequence[bool]], chat: Sequence[Row]) -> None:
    """Print what of each written set is called urgent, and how much of ordinary chat never trained on."""
    print("\nDanger told: `urgent` of sentences that no weight learned from")
    print(f"  {'set':26} {'n':>4} {'recall':>7} {'precision':>10} {'false':>9}")
    for name, found in written().items():
        flags = judge([told.text for told in found])
        hits = sum(flag and told.urgent for flag, told in zip(flags, found, strict=True))
        must = sum(told.urgent for told in found)
        false = sum(flags) - hits
        precision = f"{hits / (hits + false):10.3f}" if hits + false else " " * 10
        calm = len(found) - must
        print(
            f"  {name:26} {len(found):4} {hits / must:7.3f} {precision} {f'{false} of {calm}' if calm else '–':>9}"
        )
    if chat:
        flags = judge([row.text for row in chat])
        print(f"  ordinary chat: {1000 * sum(flags) / len(flags):.1f} in 1,000 of {len(chat)} lines")
