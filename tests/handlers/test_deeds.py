"""Whatever is written into the audit has words in both languages."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers import HANDLERS
from locales.catalog import LANGUAGES, Catalog

_ROOT = Path(__file__).parents[2]


def _actions() -> Iterator[str]:
    """Yield the actions that are written out where the audit is written."""
    for path in (_ROOT / "handlers").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("audit.add") and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield str(first.value)
    yield from (f"ritual.{verb}" for verb in ("on", "off", "time", "cron", "now", "reset", "keep"))
    for handler in HANDLERS:
        if inspect.ismodule(handler) and re.search(
            r"orders\.move\([^)]*intent=NAME", inspect.getsource(handler)
        ):
            yield f"feedback.{handler.NAME}"
        if inspect.ismodule(handler) and "orders.record(ctx, feedback, NAME" in inspect.getsource(handler):
            yield f"feedback.{handler.NAME}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_deed_has_words(language: str) -> None:
    ids = Catalog().ids(language)
    actions = set(_actions())
    assert len(actions) > 25
    assert {action for action in actions if f"deed.{action}" not in ids} == set()
