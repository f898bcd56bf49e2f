"""The documents are true: links lead somewhere, commands and settings exist, examples load, tables are current."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bot.commands import arguments
from bot.config import ConfigError, load
from docs import figures, tables

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "README.zh.md", *sorted((ROOT / "docs").glob("*.md"))]
NAMES = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]

LINK = re.compile(r"\]\((?!https?:|mailto:)(?P<path>[^)#\s]*)(?:#(?P<anchor>[^)\s]+))?\)")
FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"(?:bot|handlers|rituals|storage|locales|tests|benchmarks|docs)/[\w./*-]*")
SETTING = re.compile(r"(?P<open>\[{1,2})(?P<table>[a-z_.]+)\]{1,2} (?P<key>\w+)(?: = .*)?")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
TREE_LINE = re.compile(r"(?P<indent> *)(?P<names>\S+(?: \S+)*?)  +\S")
NO_SUCH_SETTING = "there is no such setting"
PLATFORMS = ("telegram", "webchat", "wecom")


class Environment(Mapping[str, str]):
    """An environment that has whatever a document asks for, each in its own form."""

    def __getitem__(self, name: str) -> str:
        if name.endswith("DATABASE_URL"):
            return "postgresql://huixiang:password@db.internal/huixiang"
        if name.endswith("ALIAS_KEY"):
            return "bm9ib2R5IGhpZGVzIGJlaGluZCB0aGlzIGtleSwgZXg="
        return "123456:a-token_of-nobody" if name.endswith("TELEGRAM_TOKEN") else "a_secret_of_nobody"

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def prose(text: str) -> str:
    return FENCE.sub("", text)


def fenced(text: str, *languages: str) -> list[str]:
    return [found["text"] for found in FENCE.finditer(text) if found["language"] in languages]


def anchors(text: str) -> set[str]:
    """Return what a forge makes of the headings: lower case, hyphens for spaces, no punctuation."""
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in HEADING.findall(prose(text))}


def commands(text: str) -> list[str]:
    """Return every line of shell and every piece of code that calls one of our commands, without comments."""
    lines = [line.partition("  #")[0].strip() for block in fenced(text, "sh") for line in block.splitlines()]
    lines += CODE.findall(prose(text))
    return [
        line.replace(".venv/bin/", "")
        for line in lines
        if re.match(r"(?:\w+=\S+ )?(?:\.venv/bin/)?(?:huixiang|make) [a-z]", line)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_link_and_picture_is_there(name: str) -> None:
    for found in LINK.finditer(read(name)):
        target = (ROOT / name).parent / found["path"] if found["path"] else ROOT / name
        assert target.exists(), found.group()
        if found["anchor"] and target.suffix == ".md":
            assert found["anchor"] in anchors(target.read_text("utf-8")), found.group()


@pytest.mark.parametrize("name", NAMES)
def test_every_path_that_is_named_exists(name: str) -> None:
    for code in CODE.findall(prose(read(name))):
        if PATH.fullmatch(code) and "NAME" not in code and "KIND" not in code and "results" not in code:
            assert list(ROOT.glob(code.rstrip("/"))), code


@pytest.mark.parametrize("name", NAMES)
def test_every_command_exists_and_takes_what_it_is_given(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    for line in commands(read(name)):
        words = [word for word in shlex.split(line.replace("…", "X")) if "=" not in word or word[0] == "-"]
        if words[0] == "make":
            assert words[1] in targets, line
        elif words[1:2] and words[1] in arguments._COMMANDS:
            arguments.parse(words[1:])
        else:
            pytest.fail(f"no such command: {line}")


@pytest.mark.parametrize("name", NAMES)
def test_every_example_of_a_config_can_be_served(name: str, tmp_path: Path) -> None:
    examples = fenced(read(name), "toml")
    for number, example in enumerate(examples):
        given = tomllib.loads(example)
        file = tmp_path / f"{number}.toml"
        lacks_platform = not any(platform in given for platform in PLATFORMS)
        file.write_text(example + ("\n[telegram]\n" if lacks_platform else ""), "utf-8")
        load(file, Environment())


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_that_is_named_is_known_to_the_config(name: str, tmp_path: Path) -> None:
    for code in CODE.findall(prose(read(name))):
        if found := SETTING.fullmatch(code):
            file = tmp_path / "setting.toml"
            table = f"{found['open']}{found['table']}{']' * len(found['open'])}"
            file.write_text(f"{table}\n{found['key']} = {{}}\n", "utf-8")
            with pytest.raises(ConfigError) as wrong:
                load(file, Environment())
            said = [m.why for m in wrong.value.mistakes if m.key.endswith(f".{found['key']}")]
            assert NO_SUCH_SETTING not in said, code


@pytest.mark.parametrize("name", tables.FILES)
def test_the_tables_made_from_the_code_are_current(name: str) -> None:
    assert read(name) == tables.renewed(read(name)), "run: python -m docs.tables"


def test_every_event_of_the_log_is_explained() -> None:
    rows = [line for line in read("docs/operating.md").splitlines() if line.startswith("| `")]
    assert [row for row in rows if row.endswith(f"| {tables.NOT_EXPLAINED} |")] == []
    assert {"handler_failed", "telegram_intake_waits"} <= {logged.event for logged in tables.list_events()}


def test_a_new_event_is_listed_and_keeps_the_words_of_the_others() -> None:
    before = "<!-- events -->\n| `handler_failed` | | | It raised. |\n<!-- /events -->\n"
    after = tables.renewed(before)
    assert "| `handler_failed` | error | `bot/dispatcher.py` | It raised. |" in after
    assert "| `ready` | info | `bot/app.py` | — |" in after
    assert tables.renewed(after) == after


def test_the_tree_in_the_readme_is_the_tree() -> None:
    [tree] = [block for block in fenced(read("README.md"), "text") if block.startswith("bot/")]
    folder = ""
    for line in tree.splitlines():
        found = TREE_LINE.match(line)
        assert found, line
        if not found["indent"]:
            folder = found["names"]
        for entry in found["names"].split():
            path = entry if not found["indent"] else f"{folder}{entry}"
            assert (ROOT / path).exists(), path


def test_only_benches_that_were_run_stand_among_the_figures() -> None:
    intake = {"cpu_s_per_1k_ordinary": 0.0152, "updates_per_s": 21_234.5}
    results = {
        "at": "2026-11-21T23:00:00Z", "python": "3.11.7",
        "intake": {"huixiang": intake, "bare_ptb": {"cpu_s_per_1k_ordinary": 0.171, "updates_per_s": 4_144}},
    }  # fmt: skip
    text = figures.with_figures("<!-- figures -->\nold\n<!-- /figures -->\n", results)
    assert "0.015 s | 0.171 s" in text
    assert "21,234" in text
    assert "old" not in text
    assert "SIGKILL" not in text
    assert figures.with_figures(text, results) == text


def test_what_commands_take_is_shown_for_the_largest_community_and_as_it_grows() -> None:
    def of(p95: float) -> dict[str, object]:
        commands = {"/inbox": {"p50": 1.0, "p95": p95}, "/show {open}": {"p50": 1.0, "p95": p95 / 2}}
        return {
            "commands": commands, "capture_ms_p50": 0.9, "capture_ms_p95": 1.4, "told": 2001, "tell_all_ms": 187.2
        }  # fmt: skip

    results = {
        "at": "2026-11-22T05:00:00Z", "python": "3.11.7",
        "measured": {"commands": "2026-11-22T05:00:00Z", "intake": "2026-11-21T05:00:00Z"},
        "commands": {"sqlite 1000": of(2.0), "sqlite 100000": of(31.0), "postgres 100000": of(44.0)},
    }  # fmt: skip
    text = figures.with_figures("<!-- figures -->\n<!-- /figures -->\n", results)
    assert "among 100,000 feedback, p95 | SQLite 31 ms (`/inbox`); PostgreSQL 44 ms (`/inbox`)" in text
    assert "Measured 2026-11-22; intake 2026-11-21 by" in text
    growth = figures.with_growth("<!-- growth -->\nold\n<!-- /growth -->\n", results)
    assert "| `/show {open}` | 1.0 | 15.5 | 22.0 |" in growth
    assert "old" not in growth
    assert figures.with_growth(growth, {"at": "x"}) == growth


def test_what_likeness_takes_is_shown_by_words_and_where_it_was_there_by_meaning() -> None:
    by_words = {"nearest_ms_p95": 6.2, "both_ms_p95": 0.0}
    results = {
        "at": "2026-11-22T05:00:00Z", "python": "3.11.7",
        "likeness": {"sqlite 1000": by_words, "sqlite 100000": by_words, "postgres 100000": by_words},
    }  # fmt: skip
    empty = "<!-- figures -->\n<!-- /figures -->\n"
    text = figures.with_figures(empty, results)
    assert "among 100,000 feedback by words, p95 | SQLite 6 ms; PostgreSQL 6 ms |  | ≤ 10 ms |" in text
    assert "meaning" not in text
    results["likeness"] = {"sqlite 100000": {**by_words, "both_ms_p95": 24.6}}
    assert "own vector included, p95 | SQLite 25 ms |  | ≤ 30 ms |" in figures.with_figures(empty, results)


def test_a_setting_that_is_not_there_would_be_noticed(tmp_path: Path) -> None:
    file = tmp_path / "setting.toml"
    file.write_text("[manners]\npeace = {}\n", "utf-8")
    with pytest.raises(ConfigError) as wrong:
        load(file, Environment())
    assert NO_SUCH_SETTING in [mistake.why for mistake in wrong.value.mistakes]
