"""`[honours]` and `[[ladder]]` arrive as handlers and rituals want them, and what is wrong in them is named."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import ConfigError, load
from storage.honours import LADDER, HonoursSettings, Rung
from storage.seasons import SeasonKind

TOKEN = {"HUIXIANG_TELEGRAM_TOKEN": "123456:AA-bb_cc"}
WHOLE = """
[telegram]
[honours]
season = "month"
discovery_tags = ["＃妙用", "Tip"]
helper_after = 3
thanks_per_day = 2
thanks_per_pair = 1
pair_window = "7d"
[[ladder]]
name = "粉丝"
at = 2
unlocks = ["样书"]
[[ladder]]
name = "铁粉"
at = 9
[[rituals]]
name = "monthly"
kind = "honours"
cron = "0 10 1 * *"
"""


def read(tmp_path: Path, text: str) -> HonoursSettings:
    """Load a config and return what handlers and rituals alike get."""
    file = tmp_path / "config.toml"
    file.write_text(text, "utf-8")
    config = load(file, TOKEN)
    assert config.for_handlers.honours == config.for_rituals.honours
    return config.for_handlers.honours


def test_a_whole_one_arrives_with_the_lowest_rung_added(tmp_path: Path) -> None:
    assert read(tmp_path, WHOLE) == HonoursSettings(
        season=SeasonKind.MONTH, ladder=(LADDER[0], Rung("粉丝", 2, ("样书",)), Rung("铁粉", 9)),
        discovery_tags=("妙用", "tip"), helper_after=3, thanks_per_day=2, thanks_per_pair=1,
        pair_window=timedelta(days=7),
    )  # fmt: skip


def test_without_any_of_it_the_ladder_is_ours(tmp_path: Path) -> None:
    assert read(tmp_path, "[telegram]\n") == HonoursSettings()


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ("[honours]\nseason = 'week'", "honours.season", "quarter"),
        ("[honours]\ndiscovery_tags = ['a b']", "honours.discovery_tags", "cannot be a tag"),
        ("[honours]\nhelper_after = 0", "honours.helper_after", "1"),
        ("[honours]\nseasons = 'month'", "honours.seasons", "season"),
        ("[[ladder]]\nname = 'a'\nat = 3\n[[ladder]]\nname = 'b'\nat = 3", "ladder[2].at", "4 or more"),
        ("[[ladder]]\nname = 'a'\n[[ladder]]\nname = 'a'\nat = 3", "ladder[2].name", "twice"),
        ("[[ladder]]\nat = 3", "ladder[1].name", "missing"),
        ("[[ladder]]\nname = '一二三四五六七八九十一二三四五六七八九十一'", "ladder[1].name", "20"),
        ("\n".join(f"[[ladder]]\nname = 'r{n}'\nat = {n}" for n in range(13)), "ladder[13].name", "12"),
    ],
)
def test_what_is_wrong_is_named_with_its_remedy(tmp_path: Path, text: str, key: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, f"[telegram]\n{text}")
    [mistake] = caught.value.mistakes
    assert mistake.key == key
    assert words in f"{mistake.why} {mistake.fix}"
