"""No report shows a slice of fewer than five people: every count that divides people is written out here.

Who adds one is named by the first three tests: it goes through storage/suppression.py, or has a reason not to.
"""

from __future__ import annotations

import ast
import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot import exports
from handlers.base import Settings
from locales.catalog import Catalog
from rituals.base import RitualSettings
from storage.departments import Department, Place
from storage.records import ChatKind, ChatState
from storage.resonances import Facet
from tests.fakes import Shown
from tests.privacy.cast import WORKSHOP
from tests.talk import GROUP, LI, MIN, PLATFORM, ZHANG, Person, Talk

SUPPRESSED = "through storage/suppression.py"
WHOLE = "everybody one matter is about; no slice of them"
OPEN = "a tally of what people tap in the open, as it grows"
STAFFS = "whom staff themselves asked or told, each by name"

TEXTS = {
    "attend.done": OPEN, "checkin.counter": OPEN, "checkin.summary": OPEN, "list.more": OPEN, "poll.people": OPEN,
    "poll.tie": OPEN, "poll.winner": OPEN, "spread.me": OPEN, "spread.not_me": OPEN,
    "beta.head": STAFFS, "told.both": STAFFS, "told.followers": STAFFS, "person.several": STAFFS,
    "insight.draft_bare": WHOLE, "insight.draft_quote": WHOLE, "insight.draft_shared": WHOLE, "insight.people": WHOLE,
    "packet.line": WHOLE, "packet.line_info": WHOLE, "packet.line_late": WHOLE, "webchat.group.people": WHOLE,
    "honours.nameless": SUPPRESSED, "immunity.cause": SUPPRESSED, "immunity.cause_alone": SUPPRESSED,
    "immunity.cause_few": SUPPRESSED, "immunity.recovered": SUPPRESSED, "insight.not_me": SUPPRESSED,
    "spread.all": SUPPRESSED, "spread.from": SUPPRESSED, "spread.most": SUPPRESSED,
}  # fmt: skip
"""Every text that says how many people, and why it may."""

COUNTS = {
    "points._count_people": WHOLE,
    "boards._contributors": "named people, in order, and what they did", "contributions.count": "one member's own",
    "boards.signals": "one member's own reports, for staff", "boards.list_closers": "staff",
    "immunity.list_messengers": "staff",
    "immunity.count_causes": SUPPRESSED, "immunity.list_fixes": SUPPRESSED, "member_tags.count": SUPPRESSED,
    "recoveries.count_": SUPPRESSED, "resonances._answers": SUPPRESSED,
}  # fmt: skip
"""Every query that counts by something and knows of people, and what it counts or why that may be shown."""

FIELDS = {("topics", "people"): WHOLE, ("topics", "voices"): "voices", ("insights", "people"): WHOLE}
"""Every column of an export that is a count."""

_SAYS_HOW_MANY = {
    "zh_CN": re.compile(r"\{(?!names?\b|who\b)\w+\}\s*(?:位|人|名)|(?:位|人)[：:]\s*\{\w+\}"),
    "en": re.compile(r"\{\w+\}\s*(?:people|members|friends|others)\b|(?:people|members)[：:]\s*\{\w+\}"),
}
_PEOPLE = re.compile(r"member_id|contributor_id|by_id|people|answers that")
_DIVIDES = re.compile(r"group_by\(|GROUP BY|Counter\(|\.filter\(")
_COUNTS = re.compile(r"func\.(?:count|sum)\(|COUNT\(|count\(|Counter\(")


def test_every_text_that_says_how_many_people_is_accounted_for() -> None:
    found = {
        text_id
        for language, pattern in _SAYS_HOW_MANY.items()
        for text_id, forms in Catalog().raw(language, "").items()
        if any(pattern.search(form) for form in forms)
    }
    assert found - set(TEXTS) == set(), "count through storage/suppression.py, or say here why not"
    assert set(TEXTS) - found == set()


def test_every_query_that_counts_people_by_something_is_accounted_for() -> None:
    found = set()
    for path in Path("storage").glob("*.py"):
        source = path.read_text("utf-8")
        for node in ast.walk(ast.parse(source)):
            words = (
                ast.get_source_segment(source, node) or ""
                if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)
                else ""
            )
            if _DIVIDES.search(words) and _COUNTS.search(words) and _PEOPLE.search(words):
                found.add(f"{path.stem}.{node.name}")  # type: ignore[attr-defined]
    assert found - set(COUNTS) == set(), "count through storage/suppression.py, or say here why not"
    assert set(COUNTS) - found == set()


VERSION = Facet("版本", "您用的是哪个版本？", ("4.1", "4.2", "4.3"))
CROWD = [Person(f"88{n:03}", f"车友{n:03}") for n in range(15)]
FEW = re.compile(r"4\.1\D{0,8}[1-4]\b|\b[1-4] ?人\D{0,4}4\.1|摄影 [1-4]\b|质量：1")
OFFICE = Place(PLATFORM, WORKSHOP, ChatKind.GROUP)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Give the settings with a department, and a facet that is asked for."""
    return replace(
        settings, facets=(VERSION,), departments=(Department("product", "产品部", (OFFICE,), frozenset()),)
    )


@pytest.fixture
def ritual_settings() -> tuple[RitualSettings, ...]:
    """Give the rituals that report."""
    return (
        RitualSettings("packet", "packet", "0 10 * * mon"), RitualSettings("digest", "digest", "30 17 * * fri"),
        RitualSettings("honours", "honours", "0 10 * * *"), RitualSettings("immunity", "immunity", "0 11 * * *"),
    )  # fmt: skip


async def met(talk: Talk, who: Person, answer: str) -> None:
    """Have somebody say that they met it too, and in which version."""
    await talk.says(who, "/start", dm=True)
    await talk.says(who, "+1 1", dm=True)
    await talk.says(who, answer, dm=True)


@pytest.mark.parametrize("few", [1, 4])
async def test_no_report_shows_how_many_few_people_are(talk: Talk, tmp_path: Path, few: int) -> None:
    async with talk.database.begin() as uow:
        await uow.chats.add(
            PLATFORM, WORKSHOP, ChatKind.GROUP, title="产品部", state=ChatState.SERVED, language="zh_CN",
            timezone="Asia/Shanghai", rituals=("packet",),
        )  # fmt: skip
        uow.written.add("plans")
    for who in (LI, MIN):
        await talk.says(who, "/start", dm=True)
    await talk.says(ZHANG, "#反馈 按钮太差，总是按不准")
    for place, who in enumerate(CROWD):
        await met(talk, who, "4.1" if place < few else "4.2" if place < few + 6 else "4.3")
    for who in CROWD[:few]:
        await talk.says(LI, f"/tag {who.name} 摄影", dm=True)
    await talk.says(LI, "/route 1 product", dm=True)
    await talk.says(LI, "/resolve 1 换了按钮", dm=True)
    await talk.says(LI, "/cause 1 质量", dm=True)
    await talk.says(LI, "/topic 1")
    for order in (
        "/topic 1 按钮难按",
        "/insight 1",
        "/topic T1",
        "/show 1",
        "/report",
        "/immunity",
        "/tag",
        "/circle",
        "/inbox",
        "/export csv 话题",
    ):
        await talk.says(MIN, order, dm=True)
    await talk.advance(days=8)
    seen: list[Shown] = talk.adapter.shown
    assert any(shown.chat == GROUP and "人遇到" in shown.text for shown in seen)
    assert any(re.search(r"4\.[23] [5-9]", shown.text) for shown in seen), "large slices are shown"
    told = [
        shown.text
        for shown in seen
        if FEW.search(shown.text) and shown.chat not in {who.external_id for who in CROWD}
    ]
    assert not told, "\n\n".join(told)
    for what in exports.COLUMNS:
        path = tmp_path / f"{what}.csv"
        await exports.write(talk.database, path, what)
        assert not FEW.search(path.read_text("utf-8"))
        counts = {
            (what, column)
            for row in csv.DictReader(io.StringIO(path.read_text("utf-8-sig")))
            for column, value in row.items()
            if value.isdecimal() and column not in ("id", "number")
        }
        assert counts <= set(FIELDS)
