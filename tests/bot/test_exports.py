"""Exports in every form: complete, harmless to open, and silent about who did not speak openly."""

from __future__ import annotations

import asyncio
import csv
import json
import sqlite3
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from bot.exports import COLUMNS, FORMS, Exporter, cell, write
from storage.consents import Purpose, Scope
from storage.db import Database
from storage.messages import Document
from storage.modes import ALIAS, SEALED, mode_of
from storage.records import ChatKind, ChatState, FeedbackClass, Platform
from storage.stories import Place, StoryState
from storage.uow import UnitOfWork
from tests.fakes import at

ODD = at("2026-10-12 02:03")
OPEN_TEXT = '=HYPERLINK("http://x") <script>alert(1)</script> | 按钮\n太小'


async def say(uow: UnitOfWork, external_id: str, text: str, *, is_private: bool = False) -> int:
    people = await uow.members.meet(Platform.TELEGRAM, [(external_id, f"名字{external_id}", "")], ODD)
    where = external_id if is_private else "-1"
    chat = await uow.chats.add(
        Platform.TELEGRAM, where, ChatKind.PRIVATE if is_private else ChatKind.GROUP, title=f"群{where}",
        state=ChatState.SERVED, language="zh_CN", timezone="Asia/Shanghai",
    )  # fmt: skip
    member = people[external_id]
    feedback = await uow.feedback.add(
        chat_id=chat.id, contributor_id=member.id, captured_by_id=member.id, message_id=f"m{external_id}", text=text,
        now=ODD, feedback_class=FeedbackClass.SUGGESTION, review_due=ODD, link=f"https://t.me/c/1/{external_id}",
        mode=mode_of(external_id),
    )  # fmt: skip
    assert feedback is not None
    return feedback.id


@pytest.fixture
async def filled(database: Database) -> Database:
    """Give a database with an open, a private and two hidden voices, and a topic that is routed and described."""
    async with database.begin() as uow:
        first = await say(uow, "501", OPEN_TEXT)
        second = await say(uow, "502", "私下说的话", is_private=True)
        await say(uow, f"{ALIAS}ab", "化名说的话")
        await say(uow, f"{SEALED}cd", "密封说的话")
        topic = await uow.topics.add("按钮", None, ODD)
        voices = [await uow.feedback.get(first), await uow.feedback.get(second)]
        await uow.topics.link(voices, topic, by_id=None, now=ODD)
        point = await uow.points.find(first)
        assert point is not None
        await uow.routes.open_(point, "product", by_id=1, now=ODD, due=ODD)
        await uow.insights.put(point, by_id=1, now=ODD, sentence="可点区域太小", decision="放大吗")
    return database


@pytest.mark.parametrize("what", COLUMNS)
@pytest.mark.parametrize("form", FORMS)
async def test_no_form_of_any_export_tells_who_did_not_speak_openly(
    filled: Database, tmp_path: Path, what: str, form: str
) -> None:
    path = tmp_path / f"all.{form}"
    assert await write(filled, path, what) == {"feedback": 4, "topics": 1, "insights": 1, "stories": 0}[what]
    text = path.read_text("utf-8")
    for secret in ("私下说", "化名说", "密封说", "名字502", ALIAS, SEALED, "c/1/502", "群502"):
        assert secret not in text
    assert text.count("02:03") == (2 if what == "feedback" else 0), "only the open voice has a time of day"
    assert path.stat().st_mode & 0o077 == 0


async def test_an_export_that_fails_leaves_nothing_that_looks_like_one(
    filled: Database, tmp_path: Path
) -> None:
    path = tmp_path / "all.csv"
    async with filled.begin() as uow:
        await uow.connection.exec_driver_sql("ALTER TABLE members RENAME TO gone")
    with pytest.raises(sqlite3.OperationalError):
        await write(filled, path, "feedback")
    assert not path.exists()
    async with filled.begin() as uow:
        await uow.connection.exec_driver_sql("ALTER TABLE gone RENAME TO members")
    assert await write(filled, path, "feedback") == 4


async def test_a_spreadsheet_reads_every_cell_as_words(filled: Database, tmp_path: Path) -> None:
    path = tmp_path / "all.csv"
    await write(filled, path, "feedback")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["text"] == f"'{OPEN_TEXT}"
    assert (rows[0]["contributor"], rows[0]["topic"], rows[0]["department"]) == ("名字501", "T1", "product")
    assert rows[1]["contributor"] == rows[2]["contributor"] == rows[3]["contributor"] == ""


@pytest.mark.parametrize(
    "words", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1", "＋1", "－1", "＠x", "\n=1"]
)  # fmt: skip
def test_what_may_be_a_formula_is_marked_as_words(words: str) -> None:
    assert cell(words) == f"'{words}"


@pytest.mark.parametrize("words", ["按钮太小", "1-1", "", 5, True])
def test_what_is_no_formula_stays_as_it_is(words: Any) -> None:
    assert cell(words) == words


async def test_html_shows_words_and_runs_nothing(filled: Database, tmp_path: Path) -> None:
    path = tmp_path / "all.html"
    await write(filled, path, "feedback")
    tags: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append(tag)

    Reader().feed(path.read_text("utf-8"))
    assert set(tags) == {"html", "head", "meta", "title", "body", "table", "tr", "th", "td"}


async def test_a_markdown_table_keeps_its_rows(filled: Database, tmp_path: Path) -> None:
    path = tmp_path / "all.md"
    await write(filled, path, "feedback")
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) == 6
    bars = [line.replace("\\|", "").count("|") for line in lines]
    assert set(bars) == {len(COLUMNS["feedback"]) + 1}


async def test_topics_and_insights_say_what_was_written_and_asked(filled: Database, tmp_path: Path) -> None:
    for what in ("topics", "insights"):
        await write(filled, tmp_path / f"{what}.json", what)
    [topic] = json.loads((tmp_path / "topics.json").read_text("utf-8"))
    [insight] = json.loads((tmp_path / "insights.json").read_text("utf-8"))
    assert (topic["topic"], topic["people"], topic["voices"], topic["numbers"]) == ("T1", 2, 2, "#1 #2")
    assert (insight["sentence"], insight["decision"]) == ("可点区域太小", "放大吗")
    assert (insight["department"], insight["answer"]) == ("product", "asked")


async def test_what_is_sent_lies_in_the_data_folder_for_a_week(filled: Database, tmp_path: Path) -> None:
    exporter = Exporter(filled, tmp_path)
    sent = await exporter.file_of(Document("feedback-1.csv", export="feedback"))
    assert sent == (tmp_path / "exports/feedback-1.csv").read_bytes()
    await exporter.file_of(Document("../../feedback-1.csv", export="feedback"))
    assert [path.name for path in (tmp_path / "exports").iterdir()] == ["feedback-1.csv"]


async def test_only_stories_that_are_still_agreed_to_are_exported(filled: Database, tmp_path: Path) -> None:
    async with filled.begin() as uow:
        for number, who in ((1, "501"), (2, "502")):
            member = await uow.members.find(Platform.TELEGRAM, who)
            assert member is not None
            story = await uow.stories.ask(
                number, member.id, f"故事{number}", (Place.LIBRARY,), by_id=member.id, now=ODD
            )
            assert story is not None
            subject = f"feedback:{number}"
            await uow.consents.give(
                member.id, Purpose.STORY, subject, Scope.NAMED, ODD, wording=story.agreed_to
            )
            state = str(StoryState.PUBLISHED)
            await uow.stories.change(
                story, ODD, state=state, is_named=True, signature=member.name, published_at=ODD
            )
        taken_back = await uow.members.find(Platform.TELEGRAM, "502")
        assert taken_back is not None
        await uow.consents.revoke(taken_back.id, Purpose.STORY, "feedback:2", ODD)
    assert await write(filled, tmp_path / "stories.json", "stories") == 1
    [told] = json.loads((tmp_path / "stories.json").read_text("utf-8"))
    assert (told["number"], told["wording"], told["signature"]) == (1, "故事1", "名字501")
    assert await write(filled, tmp_path / "stories.md", "stories") == 1


async def test_others_go_on_while_much_is_exported(database: Database, tmp_path: Path) -> None:
    async with database.begin() as uow:
        for number in range(100):
            await say(uow, str(1_000 + number), "按钮太小了")
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    others = asyncio.create_task(count_turns())
    assert await write(database, tmp_path / "all.csv", "feedback") == 100
    others.cancel()
    assert turns >= 4
