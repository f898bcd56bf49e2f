"""The tables of these documents that are made from the code: `python -m docs.tables` brings them up to date.

A table stands between `<!-- NAME -->` and `<!-- /NAME -->`. Commands and their words come from `HANDLERS` and the
catalogs; events of the log are found in the code, and keep the meaning that somebody wrote beside them.
`tests/test_docs.py` fails while a table is out of date or an event has no meaning.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from handlers import HANDLERS
from handlers.base import Handler
from locales.catalog import Catalog
from storage.records import Role

ROOT = Path(__file__).parent.parent
FILES = ("README.md", "README.zh.md", "docs/operating.md")
NOT_EXPLAINED = "—"

_LEVELS = {"debug": "debug", "info": "info", "warning": "warning", "error": "error", "exception": "error"}
_EVENT = re.compile(r"[a-z]+(?:_[a-z]+)*")
_ROW = re.compile(r"^\| `(?P<event>\w+)` \|.*\| (?P<meaning>[^|]*) \|$", re.MULTILINE)


class Logged(NamedTuple):
    """One event of the log: how loud it is and which file writes it."""

    event: str
    level: str
    where: str


def renewed(text: str) -> str:
    """Return a document with every table of it made anew."""
    for name, make in _TABLES.items():
        block = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        if found := block.search(text):
            table = make(found.group())
            text = f"{text[: found.start()]}{found[1]}\n{table}\n\n{found[2]}{text[found.end() :]}"
    return text


@cache
def list_events() -> tuple[Logged, ...]:
    """List what the code logs: what is given to `_log`, and to the `_later` of a loop that logs for it."""
    found = {
        logged
        for folder in ("bot", "handlers", "rituals", "storage")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for logged in _events_of(path, path.relative_to(ROOT).as_posix())
    }
    return tuple(sorted(found, key=lambda logged: (logged.where.startswith("bot/adapters"), logged)))


def _events_of(path: Path, where: str) -> Iterator[Logged]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
            continue
        first = node.args[0]
        event = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
        if not _EVENT.fullmatch(event):
            continue
        is_log = isinstance(node.func.value, ast.Name) and node.func.value.id == "_log"
        if is_log and node.func.attr in _LEVELS:
            yield Logged(event, _LEVELS[node.func.attr], where)
        elif node.func.attr == "_later":
            yield Logged(event, "warning", where)


def _event_table(before: str) -> str:
    meanings = {row["event"]: row["meaning"] for row in _ROW.finditer(before)}
    by_event: dict[str, list[Logged]] = {}
    for logged in list_events():
        by_event.setdefault(logged.event, []).append(logged)
    rows = ["| event | level | written by | what it means |", "|---|---|---|---|"]
    for event, all_of_it in by_event.items():
        levels = " / ".join(dict.fromkeys(logged.level for logged in all_of_it))
        files = ", ".join(f"`{path}`" for path in dict.fromkeys(logged.where for logged in all_of_it))
        rows.append(f"| `{event}` | {levels} | {files} | {meanings.get(event, NOT_EXPLAINED)} |")
    return "\n".join(rows)


def _command_table(language: str) -> str:
    texts = Catalog()
    known = texts.ids(language)
    head, audiences = _WORDS[language]
    rows = [f"| {' | '.join(head)} |", "|---|---|---|---|"]
    for audience, name in audiences.items():
        for handler in HANDLERS:
            if not handler.COMMANDS or _audience(handler) is not audience:
                continue
            latin = " ".join(f"`/{word}`" for word in handler.COMMANDS if word.isascii())
            chinese = " ".join(f"`{word}`" for word in handler.COMMANDS if not word.isascii())
            own = f"{handler.NAME}.example"
            example = texts.plain(language, own) if own in known else handler.EXAMPLE
            about = texts.plain(language, f"help.{handler.NAME}")
            said = example.replace("|", "\\|")
            rows.append(f"| {latin} {chinese} | {name} | {about} | `{said}` |")
    return "\n".join(rows)


def _audience(handler: Handler) -> Role:
    """Return the humblest role that a command is shown to."""
    shown = getattr(handler, "LISTED_FOR", handler.ROLES)
    return next(role for role in (Role.MEMBER, Role.KOS, Role.ADMIN) if role in shown)


_WORDS: Mapping[str, tuple[tuple[str, ...], Mapping[Role, str]]] = {
    "en": (
        ("say", "who", "what it does", "for example"),
        {Role.MEMBER: "everybody", Role.KOS: "staff", Role.ADMIN: "admins"},
    ),
    "zh_CN": (
        ("命令", "谁能用", "做什么", "例子"),
        {Role.MEMBER: "所有人", Role.KOS: "KOS", Role.ADMIN: "管理员"},
    ),
}
_TABLES: Mapping[str, Callable[[str], str]] = {
    "commands": lambda _: _command_table("en"),
    "命令表": lambda _: _command_table("zh_CN"),
    "events": _event_table,
}


def main() -> None:
    """Bring the tables of every document up to date."""
    for name in FILES:
        path = ROOT / name
        path.write_text(renewed(path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
