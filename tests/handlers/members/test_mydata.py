"""Dialogues of the intent `mydata`: everything about oneself, to oneself only."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from locales.catalog import LANGUAGES, Catalog
from storage import tables
from storage.betas import TrialState
from storage.cases import CaseState
from storage.circle import Membership
from storage.consents import Purpose, Scope
from storage.contributions import Credit
from storage.modes import Mode
from storage.mydata import SECTIONS
from storage.promises import DeliveryState
from storage.records import ChatKind, FeedbackClass, Role, Status, Verdict
from storage.stories import Place, StoryState
from storage.titles import Honour
from storage.traces import TRACES
from tests.fakes import EVERYTHING
from tests.talk import LI, PLATFORM, YU, ZHANG, Talk


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_section_has_a_name(language: str) -> None:
    assert {f"mydata.section.{section}" for section in SECTIONS} <= Catalog().ids(language)


async def told(talk: Talk) -> None:
    """Let something have happened to 张哥."""
    await talk.says(ZHANG, "#反馈 按钮太小了，戴手套按不准")
    await talk.says(YU, "#反馈 小雨自己的一条反馈，别给别人看")
    await talk.says(LI, "/note 1 张哥是老客户，和小雨认识", dm=True)
    await talk.says(LI, "/resolve 1 4.3 里按钮放大了一倍", dm=True)
    talk.heard(ZHANG)


async def test_a_file_holds_everything_and_no_other_name(talk: Talk) -> None:
    can = {(PLATFORM, kind): replace(EVERYTHING, files=True) for kind in ChatKind}
    talk.dispatcher._capabilities = can
    await told(talk)
    await talk.says(ZHANG, "/mydata", dm=True)
    shown = talk.last(ZHANG)
    assert "您的反馈：1 条" in shown.text
    document = shown.message.document
    assert document is not None
    assert document.name == "mydata-2026-10-12.json"
    found = json.loads(document.text)
    assert found["profile"][0]["name"] == "张哥"
    assert found["feedback"][0]["text"] == "#反馈 按钮太小了，戴手套按不准"
    assert found["changes"][-1]["note"] == "4.3 里按钮放大了一倍"
    for hidden in ("小雨", "小李", "老客户", "601", "502"):
        assert hidden not in document.text


async def test_without_files_it_is_pages_of_text(talk: Talk) -> None:
    await told(talk)
    await talk.says(ZHANG, "我的数据", dm=True)
    page = talk.last(ZHANG)
    assert "您的反馈：1 条" in page.text
    assert "按钮太小了，戴手套按不准" in page.text
    assert "小雨" not in page.text
    assert "原话：#反馈 按钮太小了，戴手套按不准，标签：反馈，类别：建议" in page.text
    assert "何时记下：10月12日周一 10:00" in page.text  # in the group's own time
    assert "反馈：#1，之前：已收到，之后：待验证，说明：4.3 里按钮放大了一倍" in page.text
    assert not re.search(r"\d{4}-\d\d-\d\d|[a-z]+_[a-z]+|true|false", page.text)


async def test_the_pages_speak_the_language_of_who_reads_them(talk: Talk) -> None:
    await told(talk)
    async with talk.database.begin() as uow:
        (zhang,) = (
            await uow.members.meet(PLATFORM, [(ZHANG.external_id, ZHANG.name, ZHANG.username)], talk.now)
        ).values()
        await uow.members.change(zhang.id, language="en")
    await talk.says(ZHANG, "/mydata", dm=True)
    page = talk.last(ZHANG)
    assert "words: #反馈 按钮太小了，戴手套按不准, tag: 反馈, kind: suggestion" in page.text
    assert "kept since: Mon 12 Oct 10:00" in page.text
    assert not re.search(r"\d{4}-\d\d-\d\d|[a-z]+_[a-z]+|true|false", page.text)


CHOSEN = (
    Role, Verdict, Purpose, Scope, TrialState, Mode, DeliveryState, Membership, Place, StoryState, CaseState, Credit,
    Status, FeedbackClass, Honour,
)  # fmt: skip
"""What has one of several values, of what is kept about a member."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_thing_and_every_chosen_value_of_a_copy_has_a_word(language: str) -> None:
    known = Catalog().ids(language)
    things = {column.name for column in tables.members.columns} - {"id", "home_chat_id"} | {
        "home_group",
        "group",
        "feedback",
    }
    for trace in TRACES:
        columns = tables.metadata.tables[trace.table].columns if trace.section else ()
        things |= {
            column.name for column in columns if column.name not in trace.hidden and not column.foreign_keys
        }
    assert {thing for thing in things if f"mydata.key.{thing}" not in known} == set()
    values = {str(value) for kind in CHOSEN for value in kind}
    named = ("mydata.value", "status", "class", "title")
    assert {value for value in values if not any(f"{prefix}.{value}" in known for prefix in named)} == set()


async def test_many_pages_are_turned_in_place_and_none_is_too_long(talk: Talk) -> None:
    for n in range(30):
        await talk.says(ZHANG, f"#反馈 第{n}条：" + "按钮太小了，" * 30)
        await talk.advance(hours=2)
    await talk.says(ZHANG, "/mydata", dm=True)
    first = talk.last(ZHANG)
    assert "第 1/" in first.text
    seen = first.text
    pages = 1
    while "下一页" in talk.last(ZHANG).labels:
        await talk.presses(ZHANG, "下一页")
        await talk.advance(seconds=11)
        seen += talk.last(ZHANG).text
        pages += 1
        assert len(talk.last(ZHANG).text) <= EVERYTHING.text_limit
    assert pages > 1
    assert all(f"第{n}条" in seen for n in range(30))
    await talk.says(ZHANG, "/mydata 9999", dm=True)
    assert f"第 {pages}/{pages} 页" in talk.last(ZHANG).text


async def test_in_the_group_nothing_is_shown(talk: Talk) -> None:
    await talk.says(ZHANG, "/mydata")
    assert talk.heard() == ["这里人多，您的数据我只私下给：私聊我发 /mydata"]
