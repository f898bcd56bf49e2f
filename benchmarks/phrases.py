"""Sentences of our own for the triage: drawn from the grammar in phrases.txt, and as they stand in sentences.txt.

Called by rows.py.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from random import Random

GRAMMAR = Path(__file__).with_name("phrases.txt")
WRITTEN = Path(__file__).with_name("sentences.txt")

_RULE = re.compile(r"(SERVICE|SUGGESTION|PRAISE) (zh|en)(!?): ?(.*)", re.IGNORECASE)
_INNERMOST = re.compile(r"\[([^\[\]]*)\]|<(\w*)>")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of ours. Shape: `language` is zh or en; `complaint` marks an unhappy one."""

    text: str
    kind: str
    language: str
    complaint: bool


def sentences(per_rule: int, seed: int = 11) -> list[Sentence]:
    """Draw sentences from every rule of the grammar, no text twice."""
    random = Random(seed)
    slots: dict[str, list[str]] = {}
    rules: list[tuple[str, str, bool, str]] = []
    for line in GRAMMAR.read_text(encoding="utf-8").splitlines():
        rule = _RULE.fullmatch(line)
        if rule:
            rules.append((rule[1].lower(), rule[2], bool(rule[3]), rule[4]))
        elif " = " in line and not line.startswith("#"):
            name, _, choices = line.partition(" = ")
            slots[name] = [choice.strip() for choice in choices.split("|")]
    drawn: dict[str, Sentence] = {}
    for kind, language, complaint, template in rules:
        for _ in range(per_rule):
            text = _expand(template, slots, random, language)
            drawn.setdefault(text, Sentence(text, kind, language, complaint))
    return list(drawn.values())


def written() -> list[Sentence]:
    """Read the sentences that were written one by one."""
    rules = map(_RULE.fullmatch, WRITTEN.read_text(encoding="utf-8").splitlines())
    return [Sentence(rule[4], rule[1].lower(), rule[2], bool(rule[3])) for rule in rules if rule]


def _expand(template: str, slots: dict[str, list[str]], random: Random, language: str) -> str:
    def choose(found: re.Match[str]) -> str:
        if found[1] is not None:
            return random.choice(found[1].split("|"))
        return random.choice(slots[found[2]]) if found[2] in slots else found[2]

    text = re.sub(r"(?<=[\]>])(?=[\[<])", "\x00", template)
    while True:
        fuller = _INNERMOST.sub(choose, text)
        if fuller == text:
            break
        text = fuller
    text = text.replace("\x00", " " if language == "en" else "")
    text = re.sub(r"<([^<>]*)>", r"\1", text)
    text = re.sub(r"\s+([,.!?])", r"\1", re.sub(r"\s+", " ", text))
    return text.strip(" ,，") if language == "en" else text.replace(" ，", "，").strip()
