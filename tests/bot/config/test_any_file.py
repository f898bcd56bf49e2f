"""Whatever stands in the file, loading it gives a config or mistakes with lines, and nothing else."""

import copy
import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config import ConfigError, Mistake, load

EXAMPLE = tomllib.loads((Path(__file__).parents[3] / "config.example.toml").read_text("utf-8"))
TOKEN = {"HUIXIANG_TELEGRAM_TOKEN": "123456:AA-bb_cc", "X": "y"}

words = st.text("ab0:/.-*@ 早：“é_", max_size=12)
leaves = st.one_of(
    words, st.integers(-(2**63), 2**63 - 1), st.booleans(), st.floats(allow_nan=False, allow_infinity=False),
    st.dates(), st.sampled_from(["0 9 * * *", "workdays", "9999999d", "X", "postgresql://a:b@c/d", "-1"]),
)  # fmt: skip
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words.filter(bool), inner, max_size=3),
    max_leaves=6,
)


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{json.dumps(k, ensure_ascii=False)} = {toml(v)}" for k, v in value.items())
            + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List where something could stand instead of what stands there."""
    found = [path] if path else []
    for step, inner in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        found += paths(inner, (*path, step))
    return found


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_anything_in_any_place_is_a_config_or_mistakes(data: st.DataObject, tmp_path: Path) -> None:
    document = copy.deepcopy(EXAMPLE)
    for _ in range(data.draw(st.integers(1, 3))):
        *steps, last = data.draw(st.sampled_from(paths(document)))
        table: Any = document
        for step in steps:
            table = table[step]
        table[last] = data.draw(values)
    file = tmp_path / "config.toml"
    file.write_text("\n".join(f"{json.dumps(k)} = {toml(v)}" for k, v in document.items()), "utf-8")
    try:
        load(file, TOKEN)
        mistakes: tuple[Mistake, ...] = ()
    except ConfigError as error:
        mistakes = error.mistakes or (Mistake("", 0, "", "", ""),)
    assert all(mistake.why and mistake.fix and mistake.line for mistake in mistakes)


@pytest.mark.parametrize(
    "text", ["", "\n", "# nothing", "[", "a", "=", '"""', "\x00", "[[a]]\n[a]", "a.b = 1\na = 2"]
)
def test_scraps_are_mistakes(text: str, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    with pytest.raises(ConfigError):
        load(file, TOKEN)
