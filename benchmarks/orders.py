"""What staff type, one line or more a command, about feedback that the command is for. Used by commands.py."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from string import Formatter

import sqlalchemy as sa

from benchmarks.community import Size
from benchmarks.writer import Writer
from handlers.departments import DEPARTMENTS
from handlers.kos import KOS
from storage import tables
from storage.db import Database
from storage.records import OPEN, Status

SAID: Mapping[str, Sequence[str]] = {
    "inbox": ("/inbox", "/inbox {word}"),
    "show": ("/show {open}", "/show T{topic}"),
    "similar": ("/similar {open}", "/similar {words}"),
    "class": ("/class {open} 建议",),
    "claim": ("/claim {received}",),
    "route": ("/route {routed} 产品部",),
    "decide": ("/decide {asked} 接受 12月1日 跟 4.3 一起上",),
    "reply": ("/reply {open} 已经补发，单号尾号 6021",),
    "note": ("/note {open} 问过仓库，周三补货",),
    "plan": ("/plan {open} 12月1日 跟 4.3 一起上", "/plan T{topic} 12月{day}日"),
    "progress": ("/progress {open} 样机已经改好，这周内测",),
    "hold": ("/hold {open} 月底 等供应商回话",),
    "merge": ("/merge {free} {free}",),
    "unmerge": ("/unmerge {linked}",),
    "split": ("/split {cut}",),
    "topic": ("/topic", "/topic T{topic}"),
    "insight": ("/insight {open}", "/insight {open} 戴手套时按不准"),
    "draft": ("/draft {open}",),
    "beta": ("/beta {open} 4.3 测试版里按钮放大了",),
    "case": ("/case {open}",),
    "cause": ("/cause {closed} 物流",),
    "story": ("/story {verified}",),
    "for": ("/for 王姐 {words}",),
    "fb": ("/fb",),
    "told": ("/told {open}",),
    "award": ("/award @{who} 创意生活家 拿它当露营灯",),
    "credit": ("/credit {open} @{who} 低温下才会出现",),
    "circle": ("/circle",),
    "tag": ("/tag @{who} 摄影 -新手",),
    "who": ("/who @{who}",),
    "poll": ("/poll 周末去哪儿？ | 山里 | 海边",),
    "report": ("/report",),
    "immunity": ("/immunity",),
    "audit": ("/audit 20",),
    "export": ("/export csv 话题",),
    "staff": ("/staff",),
    "ritual": ("/ritual",),
    "resolve": ("/resolve {open} 新版本里按钮放大了",),
    "decline": ("/decline {open} 这代模具改不了，下一代会考虑进去",),
    "reopen": ("/reopen {closed} 夜间模式下还是太小",),
}
"""By the name of the handler; what stands in braces is found anew each time (see Finds)."""


_SHOWN = {
    "open": "128", "routed": "128", "asked": "128", "received": "128", "closed": "96", "verified": "96", "free": "131",
    "linked": "131", "topic": "7", "who": "小雨", "word": "按钮", "words": "按钮太小，戴手套按不准",
    "cut": "128 | 座椅加热也太慢", "day": "1",
}  # fmt: skip


def shown(line: str) -> str:
    """Return a line as a reader would type it."""
    return line.format_map(_SHOWN)


def commands_of_staff() -> set[str]:
    """Return the names of all handlers that have a command for KOS or for those who answer for a department."""
    return {handler.NAME for handler in (*KOS, *DEPARTMENTS) if handler.COMMANDS}


class Finds:
    """Finds what a command is for, something else each time as long as there is any."""

    def __init__(self, pools: Mapping[str, Sequence[str]], writer: Writer) -> None:
        self._left: dict[str, Iterator[str]] = {
            name: itertools.cycle(values) for name, values in pools.items() if values
        }
        self._left["day"] = itertools.cycle(map(str, range(1, 32)))  # the same plan twice would be refused
        self._writer = writer
        self._routed: list[str] = []

    def fill(self, line: str) -> str:
        """Return a line with what its braces stand for."""
        return "".join(
            before + (self._find(name) if name else "") for before, name, _, _ in Formatter().parse(line)
        )

    def _find(self, name: str) -> str:
        if name == "words":
            return self._writer.text()
        if name == "word":
            return self._writer.text().split()[0]
        if name == "asked":  # a department is asked by /route, before it can answer
            return self._routed.pop()
        if name == "routed":
            self._routed.append(next(self._left["open"]))
            return self._routed[-1]
        return next(self._left[name])


async def look_around(database: Database, size: Size, writer: Writer) -> Finds:
    """Find what commands can be about in a community."""
    f = tables.feedback
    async with database.read() as uow:
        found = await uow.connection.execute(
            sa.select(f.c.id, f.c.status, f.c.topic_id, f.c.text).where(f.c.id > 1).order_by(f.c.id)
        )
        rows = list(found)
    writer.random.shuffle(rows)
    open_ = [row for row in rows if row.status in OPEN]
    pools = {
        "open": [str(row.id) for row in open_ if row.id % 2],
        "free": [str(row.id) for row in open_ if row.id % 4 == 0 and row.topic_id is None],
        "cut": [
            f"{row.id} | {' '.join(row.text.split()[-2:])}"
            for row in open_
            if row.id % 4 == 2 and row.topic_id is None
        ],
        "linked": [str(row.id) for row in rows if row.id % 2 == 0 and row.topic_id is not None],
        "received": [str(row.id) for row in open_ if row.id % 2 == 0 and row.status == Status.RECEIVED],
        "verified": [str(row.id) for row in rows if row.status == Status.VERIFIED],
        "closed": [str(row.id) for row in rows if row.status in (Status.VERIFIED, Status.DECLINED)],
        "topic": [str(number) for number in range(2, size.topics + 1)],
        "who": [f"driver{number}" for number in range(10, size.members)],
    }
    return Finds(pools, writer)
