"""Labelled rows, read and made into examples for the triage. Called by train_triage.py and eval.py."""

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.phrases import Sentence, sentences, written
from storage.records import FeedbackClass
from storage.text.features import features
from storage.text.training import KINDS, Example

OURS = "phrases"
"""The source name of our own sentences."""

BANK = "sentences"
"""The source name of our own sentences that no grammar drew: each written by hand."""

A_RULE = 35
"""How many sentences each rule of our grammar draws."""

OUR_SHARES = {OURS: 4.0, BANK: 12.0}
"""How much our own sentences weigh against all other sources of their class together."""

WRITTEN = Path(__file__).resolve().parents[1] / "tests" / "data"
"""Sentences written by hand for the tests; nothing is trained on them."""

TUNED = ("hand", "unseen", "strangers")
"""Sets of them whose errors were looked at, by their kinds, when the word lists were last made fuller."""

BLIND = ("passersby",)
"""Sets of them whose errors nobody looked at: written before a look at what the triage knows."""

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LOG_HEAD = re.compile(r"^(新增|优化|修复|增加|添加|更新|调整|移除|改进)\s*")
_LOG_TAIL = re.compile(r"(的)?(异常)?(问题|Bug|bug|BUG)[。.]?(（.*）)?$")


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled text. Shape: `kind` a place in KINDS, None for chat; `complaint`, `escalate` None if unknown."""

    text: str
    kind: int | None
    source: str
    language: str
    complaint: bool | None = None
    escalate: int | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts and whether they mean the same."""

    one: str
    other: str
    same: bool
    source: str


@dataclass(frozen=True, slots=True)
class Sets:
    """What a folder holds: labelled texts, pairs, and chat in which nothing is feedback."""

    labelled: list[Row]
    pairs: list[Pair]
    chat: list[Row]


def read(folder: Path) -> Sets:
    """Read every .jsonl of a folder by the fields of its rows; rows of another shape are passed over, and counted.

    Shape: `text`, `label` (service, suggestion, praise) and `source`; or `a`, `b`, `label` (1, 0) and `source`; or
    `chat`, `text` and `source`. A labelled text may have `escalate` (1, 0): must a person hear of it at once.
    """
    sets = Sets([], [], [])
    for path in sorted(folder.glob("*.jsonl")):
        odd = 0
        for line in path.read_text(encoding="utf-8-sig").splitlines():
            odd += bool(line.strip()) and not _take(line, path.stem, sets)
        if odd:
            print(f"{path.name}: {odd} rows of another shape were passed over")
    return sets


def _take(line: str, stem: str, sets: Sets) -> bool:
    """Put a row where it belongs; False if it belongs nowhere."""
    try:
        found = json.loads(line)
    except ValueError:
        return False
    if not isinstance(found, dict):
        return False
    source, label = str(found.get("source", stem)), found.get("label")
    text, one, other = found.get("text"), found.get("a"), found.get("b")
    if isinstance(one, str) and isinstance(other, str) and label in (0, 1, "0", "1"):
        sets.pairs.append(Pair(one, other, bool(int(label)), source))
    elif isinstance(text, str) and isinstance(label, str) and label.lower() in set(FeedbackClass):
        kind = KINDS.index(FeedbackClass(label.lower()))
        language = "zh" if _CHINESE.search(text) else "en"
        complaint = None if kind == 1 else False
        sets.labelled.append(Row(text, kind, source, language, complaint, found.get("escalate")))
    elif isinstance(text, str) and "chat" in found:
        sets.chat.append(Row(text, None, source, "zh", complaint=False))
    else:
        return False
    return True


def learnt(pairs: Sequence[Pair], *, is_rest: bool = False) -> list[Pair]:
    """Return the pairs that likeness learns from: every other one, none of those made to mislead; or the rest."""
    return [pair for pair in pairs if not pair.source.startswith("paws")][is_rest::2]


def sources_of(pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    """Return the pairs of each source, and beside them those of all that likeness did not learn from."""
    sources = sorted({pair.source for pair in pairs})
    found = {source: [pair for pair in pairs if pair.source == source] for source in sources}
    rest = learnt(pairs, is_rest=True)
    return {**found, "never learnt from": rest} if rest else found


def ours(per_rule: int = A_RULE) -> list[Row]:
    """Return our own sentences: those the grammar draws, and those written one by one."""
    return [
        Row(one.text, KINDS.index(FeedbackClass(one.kind)), source, one.language, _unhappy(one))
        for source, found in ((OURS, sentences(per_rule)), (BANK, written()))
        for one in found
    ]


def written_tests() -> dict[str, list[Row]]:
    """Read the sentences written for the tests, which nothing is trained on, by the name of their set."""
    result = {}
    for name in (*TUNED, *BLIND):
        lines = (WRITTEN / f"triage_{name}.jsonl").read_text(encoding="utf-8").splitlines()
        found = [json.loads(line) for line in lines]
        result[f"our {name} set"] = [
            Row(row["text"], KINDS.index(FeedbackClass(row["kind"])), f"our {name} set", row["language"])
            for row in found
        ]
    return result


def _unhappy(one: Sentence) -> bool | None:
    """Return whether one of our sentences is a complaint; of a calm wish or defect nobody can say."""
    return True if one.complaint else None if one.kind == FeedbackClass.SUGGESTION else False


def plain(row: Row) -> str:
    """Return a row's text without its source's style: what a changelog puts before and after a line."""
    if "changelog" not in row.source:
        return row.text
    if len(row.text) % 3 == 0:
        return row.text
    return _LOG_TAIL.sub("", _LOG_HEAD.sub("", row.text)) or row.text


def examples(rows: Sequence[Row]) -> list[Example]:
    """Make an example of each row; each class of a language weighs the same, and within it sources by their root."""
    groups: dict[tuple[str, int | None], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, row in enumerate(rows):
        groups[row.language, row.kind][row.source].append(place)
    weights = [0.0] * len(rows)
    for (_, kind), sources in groups.items():
        shares = {
            source: float(len(found)) ** 0.5 for source, found in sources.items() if source not in OUR_SHARES
        }
        total = sum(shares.values())
        shares = {source: share / total for source, share in shares.items()}
        shares |= {source: share for source, share in OUR_SHARES.items() if source in sources}
        for source, found in sources.items():
            share = (4.0 if kind is None else 1.0) * shares[source] / sum(shares.values()) / len(found)
            for place in found:
                weights[place] = share
    mean = sum(weights) / len(weights)
    return [
        Example(features(plain(row)), row.kind, row.complaint, weight / mean)
        for row, weight in zip(rows, weights, strict=True)
    ]


def macro_f1(truth: Sequence[int], guesses: Sequence[int]) -> float:
    """Return the mean of the F1 of each class that occurs in the truth."""
    scores = []
    for kind in sorted(set(truth)):
        hits = sum(1 for true, guess in zip(truth, guesses, strict=True) if true == guess == kind)
        wrong = sum(
            1 for true, guess in zip(truth, guesses, strict=True) if (true == kind) != (guess == kind)
        )
        scores.append(2 * hits / (2 * hits + wrong) if hits or wrong else 0.0)
    return sum(scores) / len(scores) if scores else 0.0
