"""Reads `[honours]` and `[[ladder]]`: seasons, caps against farming, rungs and what each opens."""

from __future__ import annotations

from bot.config.tables import Table
from bot.config.tags import read_tags
from storage.honours import LADDER, HonoursSettings, Rung
from storage.seasons import SeasonKind

_CHARACTERS_A_NAME = 20
_MOST_RUNGS = 12


def read_honours(root: Table) -> HonoursSettings:
    """Read how honours are counted, and the ladder: ours unless the config has one."""
    table = root.table("honours")
    assumed = HonoursSettings()
    settings = HonoursSettings(
        season=SeasonKind(table.text("season", str(assumed.season), choices=tuple(SeasonKind))),
        ladder=_read_ladder(root), discovery_tags=read_tags(table, "discovery_tags", assumed.discovery_tags),
        helper_after=table.number("helper_after", assumed.helper_after, 1, 1_000),
        thanks_per_day=table.number("thanks_per_day", assumed.thanks_per_day, 1, 100),
        thanks_per_pair=table.number("thanks_per_pair", assumed.thanks_per_pair, 1, 100),
        pair_window=table.duration("pair_window", assumed.pair_window),
    )  # fmt: skip
    table.finish()
    return settings


def _read_ladder(root: Table) -> tuple[Rung, ...]:
    """Read the rungs, lowest first; each begins above the one before."""
    rungs: list[Rung] = []
    for table in root.tables("ladder"):
        name = table.text("name")
        rung = Rung(name, table.number("at", 0, 0, 1_000_000), table.texts("unlocks"))
        if len(name) > _CHARACTERS_A_NAME:
            table.wrong("name", "config.too_long", most=_CHARACTERS_A_NAME, length=len(name))
        if any(name == other.name for other in rungs):
            table.wrong("name", "config.duplicate", found=name)
        if rungs and rung.at <= rungs[-1].at:
            table.wrong("at", "config.ladder.order", found=rung.at, least=rungs[-1].at + 1)
        if len(rungs) == _MOST_RUNGS:
            table.wrong("name", "config.ladder.long", most=_MOST_RUNGS)
        table.finish()
        rungs.append(rung)
    if rungs and rungs[0].at:
        rungs.insert(0, LADDER[0])
    return tuple(rungs) or LADDER
