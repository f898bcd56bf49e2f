"""The measured figures in the README and docs/architecture.md: `make bench`, then `python -m docs.figures`.

Reads what the bench wrote (`benchmarks/results/latest.json`, or a file that is named) and puts the table between
`<!-- figures -->` and `<!-- /figures -->`, and what staff's commands take between `<!-- growth -->` and
`<!-- /growth -->`. A bench that was not run leaves its lines out: no figure is made up.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks/results/latest.json"
README = ROOT / "README.md"
ARCHITECTURE = ROOT / "docs/architecture.md"

_BLOCK = re.compile(r"(<!-- figures -->\n).*?(<!-- /figures -->)", re.DOTALL)
_GROWTH = re.compile(r"(<!-- growth -->\n).*?(<!-- /growth -->)", re.DOTALL)
_DATABASES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def with_figures(text: str, results: Mapping[str, Any]) -> str:
    """Return a document with the figures of a bench in it."""
    rows = [
        "| what | 回响 | bare python-telegram-bot | aim |",
        "|---|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in _rows(results)),
    ]
    said = f"Measured {_days(results)} by `make bench`, Python {results['python']}, {os.cpu_count()} cores."
    table = "\n".join([*rows, "", said])
    return _BLOCK.sub(lambda found: f"{found[1]}\n{table}\n\n{found[2]}", text)


def with_growth(text: str, results: Mapping[str, Any]) -> str:
    """Return a document with how what staff's commands take grows with a community, if that was measured."""
    measured = results.get("commands")
    if not measured:
        return text
    places = [place.partition(" ") for place in measured]
    head = [f"{_DATABASES[database]}, {int(size):,}" for database, _, size in places]
    rows = [f"| p95, ms | {' | '.join(head)} |", "|---|" + "---:|" * len(head)]
    found = list(measured.values())
    rows += [
        _growth(f"`{line}`", [each["commands"][line]["p95"] for each in found])
        for line in found[0]["commands"]
    ]
    rows.append(_growth("a capture, the median", [each["capture_ms_p50"] for each in found]))
    rows.append(_growth("a capture", [each["capture_ms_p95"] for each in found]))
    told = " / ".join(f"{each['told']:,}" for each in found)
    rows.append(_growth(f"a `/resolve` that tells {told}, the slowest", [e["tell_all_ms"] for e in found]))
    table = "\n".join(rows)
    return _GROWTH.sub(lambda block: f"{block[1]}\n{table}\n\n{block[2]}", text)


def _growth(label: str, values: Sequence[float]) -> str:
    return f"| {label.replace('|', chr(92) + '|')} | {' | '.join(f'{value:.1f}' for value in values)} |"


def _days(results: Mapping[str, Any]) -> str:
    """Say when: the newest day, and which benches were run on an earlier one."""
    newest = str(results["at"])[:10]
    earlier: dict[str, list[str]] = {}
    for bench, at in results.get("measured", {}).items():
        if at[:10] != newest:
            earlier.setdefault(at[:10], []).append(bench)
    return "; ".join([newest, *(f"{', '.join(names)} {day}" for day, names in sorted(earlier.items()))])


def _rows(results: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    if intake := results.get("intake"):
        ours, bare = intake["huixiang"], intake["bare_ptb"]
        for what, key, form, aim in (
            ("CPU a thousand ordinary messages", "cpu_s_per_1k_ordinary", "{:.3f} s", "≤ 0.02 s"),
            (
                "messages a second, 1 in 50 a `#反馈`, each batch on the disk",
                "updates_per_s",
                "{:,.0f}",
                "≥ 4 ×",
            ),
        ):
            yield what, form.format(ours[key]), form.format(bare[key]), aim
    if killed := results.get("killed"):
        lost = killed["messages_lost"] + killed["feedback_lost"]
        twice = killed["messages_counted_twice"] + killed["feedback_doubled"] + killed["answers_doubled"]
        what = f"{killed['kills_under_backlog']} × SIGKILL under backlog, {killed['messages']:,} messages"
        found = f"{lost} lost, {twice} counted or answered twice"
        if again := killed["reactions_set_again"]:
            found += f" ({again} reactions set again, which nobody sees)"
        yield what, found, "", "0 and 0"
    if commands := results.get("commands"):
        yield from _of_staff(commands)
    if likeness := results.get("likeness"):
        yield from _of_likeness(likeness)
    if startup := results.get("startup"):
        yield "from start to the first question to Telegram", f"{startup['start_s']:.2f} s", "", "≤ 0.6 s"
        yield "memory when idle", f"{startup['memory_mib_idle']:.0f} MiB", "", "≤ 100 MiB"
    if delivery := results.get("delivery"):
        all_of_it, mixed = delivery["fan_out"], delivery["mixed"]
        trouble = f"{all_of_it['refusals']} refusals, {all_of_it['lost']} lost"
        trouble += f", {all_of_it['chats_out_of_order']} out of order"
        what = "600 messages to 300 chats within Telegram's limits"
        yield what, f"{all_of_it['efficiency']:.2f} of the possible speed; {trouble}", "", "≥ 0.95; 0, 0, 0"
        what = "300 private messages behind 25 to one busy group"
        yield what, f"there after {mixed['private_done_s']:.1f} s", "", "≤ 11 s"
    if wecom := results.get("wecom"):
        sent, burst = wecom["delivery"], wecom["burst"]
        what = f"WeCom: {sent['messages']} messages within its limits"
        trouble = f"{sent['refusals']} refusals, {sent['lost']} lost"
        yield what, f"{sent['efficiency']:.2f} of the possible speed; {trouble}", "", "≥ 0.95; 0, 0"
        what = f"WeCom: {burst['callbacks']:,} callbacks at once"
        yield what, f"{burst['lost']} lost, {burst['repeated']} counted twice", "", "0 and 0"


def _of_staff(measured: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Say what the largest community takes, on each database."""
    size, found = _largest(measured)
    slowest = []
    for name, of in found.items():
        line = max(of["commands"], key=lambda each: of["commands"][each]["p95"])
        slowest.append(f"{name} {of['commands'][line]['p95']:.0f} ms (`{line}`)")
    yield f"slowest of staff's commands among {size} feedback, p95", "; ".join(slowest), "", "≤ 50 ms"
    captures = "; ".join(f"{name} {of['capture_ms_p50']:.1f} ms" for name, of in found.items())
    yield f"a capture among {size} feedback", captures, "", "≤ 2 ms"
    tellings = "; ".join(f"{name} {of['tell_all_ms']:.0f} ms" for name, of in found.items())
    yield "a resolve that tells 2,000 people, one transaction", tellings, "", "≤ 300 ms"


def _of_likeness(measured: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Say what it takes to find what is like a text; by meaning too, where the extra was there."""
    size, found = _largest(measured)
    for how, key, aim in (
        ("by words", "nearest_ms_p95", 10),
        ("by words and meaning, the text's own vector included", "both_ms_p95", 30),
    ):
        times = "; ".join(f"{name} {of[key]:.0f} ms" for name, of in found.items() if of[key])
        if times:
            yield f"the five likest among {size} feedback {how}, p95", times, "", f"≤ {aim} ms"


def _largest(measured: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the most feedback that was measured with, and what each database took with its most."""
    largest = {
        database: max((p for p in measured if p.startswith(f"{database} ")), key=lambda p: int(p.split()[1]))
        for database in _DATABASES
        if any(place.startswith(f"{database} ") for place in measured)
    }
    size = f"{max(int(place.split()[1]) for place in largest.values()):,}"
    return size, {_DATABASES[database]: measured[place] for database, place in largest.items()}


def main() -> None:
    """Put the figures of a bench into the documents."""
    results = json.loads((Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS).read_text("utf-8"))
    README.write_text(with_figures(README.read_text("utf-8"), results), "utf-8")
    ARCHITECTURE.write_text(with_growth(ARCHITECTURE.read_text("utf-8"), results), "utf-8")


if __name__ == "__main__":
    main()
