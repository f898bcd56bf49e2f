"""What is exported: voices, topics, insights and stories, as CSV, Markdown, HTML or JSON.

What was said in private, under an alias or sealed is a number with its class and status: its words, author, link and
time of day are in no export. Files are readable by their owner only.
"""

from __future__ import annotations

import asyncio
import csv
import html
import json
import os
import re
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from storage.consents import Purpose, Scope
from storage.db import Database
from storage.insights import Insight
from storage.messages import Document
from storage.points import Point
from storage.records import ChatKind, Feedback, Status
from storage.routes import Route
from storage.uow import UnitOfWork

FORMS = ("csv", "md", "html", "json")
FOLDER = "exports"
_BREATH = 20  # rows, a millisecond or two
_PAGE = 500
_KEPT_SECONDS = 7 * 24 * 3600.0
_MOST_SENT_BYTES = 45_000_000  # Source: Bot API, a bot may send files of up to 50 MB
_FORMULA = "=+-@＝＋－＠"
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")

Row = dict[str, Any]
_ROUTED = ("department", "answer", "promised_for")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "feedback": (
        "id", "created_at", "updated_at", "group", "contributor", "class", "is_guess", "status", "owner", "negative",
        "urgent", "tag", "topic", *_ROUTED, "text", "link",
    ),
    "topics": ("topic", "title", "people", "voices", "numbers", "status", *_ROUTED, "sentence"),
    "insights": (
        "about", "title", "people", "numbers", "status", *_ROUTED, "sentence", "decision", "decide_by",
    ),
    "stories": ("number", "wording", "signature", "places", "published_at"),
}  # fmt: skip
"""What can be exported, each with its columns."""


class Exporter:
    """Makes the files that messages ask for, at the moment they are sent."""

    def __init__(self, database: Database, data_dir: Path) -> None:
        self._database = database
        self._folder = data_dir / FOLDER

    async def file_of(self, document: Document) -> bytes | None:
        """Write the file of a document and return what is in it; None if it is too large to be sent."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._forget_old()
        path = self._folder / Path(document.name).name
        path.unlink(missing_ok=True)
        await write(self._database, path, document.export)
        return path.read_bytes() if path.stat().st_size <= _MOST_SENT_BYTES else None

    def _forget_old(self) -> None:
        """Drop what was exported more than a week ago: it holds what members wrote."""
        oldest = time.time() - _KEPT_SECONDS
        for path in self._folder.iterdir():
            if path.is_file() and path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)


async def write(database: Database, path: Path, what: str) -> int:
    """Write an export to a new file, in the form its ending names; return how many rows there are."""
    form = path.suffix.lower().removeprefix(".")
    # The mark at the beginning makes spreadsheets read Chinese.
    with _new(path, "utf-8-sig" if form == "csv" else "utf-8") as file:
        async with database.read() as uow:
            return await _WRITERS[form](file, COLUMNS[what], _politely(_READERS[what](uow)))


@contextmanager
def _new(path: Path, encoding: str) -> Iterator[TextIO]:
    """Open a file that must not be there yet, and leave none that is not whole."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding=encoding, newline="") as file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise


async def _politely(rows: AsyncIterator[Row]) -> AsyncIterator[Row]:
    """Yield rows, and let others work between them: a database in a file is read without ever waiting."""
    count = 0
    async for row in rows:
        yield row
        count += 1
        if count % _BREATH == 0:
            await asyncio.sleep(0)


async def _feedback(uow: UnitOfWork) -> AsyncIterator[Row]:
    after = 0
    while page := await uow.feedback.list_after(after, _PAGE):
        after = page[-1].id
        people = await uow.members.list_by_id(
            {item.contributor_id for item in page} | {item.owner_id for item in page if item.owner_id}
        )
        chats = await uow.chats.list_by_id({item.chat_id for item in page})
        routes = await _routes(uow, page)
        for item in page:
            chat = chats[item.chat_id]
            is_open = item.is_open_voice and chat.kind is ChatKind.GROUP
            is_shown = is_open and item.status is not Status.WITHDRAWN  # words that were taken back are gone
            yield {
                "id": item.id, "created_at": _moment(item.created_at, is_open=is_open),
                "updated_at": _moment(item.updated_at, is_open=is_open),
                "group": chat.title if chat.kind is ChatKind.GROUP else "",
                "contributor": (item.on_behalf_of or people[item.contributor_id].name) if is_open else "",
                "class": str(item.feedback_class), "is_guess": item.is_guess, "status": str(item.status),
                "owner": people[item.owner_id].name if item.owner_id else "", "negative": item.negative,
                "urgent": item.urgent, "tag": item.tag, "topic": f"T{item.topic_id}" if item.topic_id else "",
                **_routed(routes.get(("topic", item.topic_id or 0)) or routes.get(("feedback", item.id))),
                "text": item.text if is_shown else "", "link": item.link if is_shown else "",
            }  # fmt: skip


async def _topics(uow: UnitOfWork) -> AsyncIterator[Row]:
    after = 0
    while points := await uow.points.list_topics(after, _PAGE):
        after = max(point.topic_id or 0 for point in points)
        insights, routes = await uow.insights.list_of(points), await _routes_of(uow, points)
        for point in points:
            insight = insights.get(point.subject, Insight())
            yield {
                "topic": point.name, "title": point.title, "people": point.people, "voices": len(point.voices),
                "numbers": _numbers(point), "status": str(point.status), "sentence": insight.sentence,
                **_routed(_route(point, routes)),
            }  # fmt: skip


async def _insights(uow: UnitOfWork) -> AsyncIterator[Row]:
    after = 0
    while page := await uow.insights.list_after(after, _PAGE):
        after = page[-1].id
        points = await uow.points.list_of(page)
        insights = await uow.insights.list_of(points.values())
        routes = await _routes_of(uow, points.values())
        for place in page:
            point = points.get(place.id)
            if point is None:
                continue
            insight = insights.get(point.subject, Insight())
            yield {
                "about": point.name, "title": point.title, "people": point.people, "numbers": _numbers(point),
                "status": str(point.status), **_routed(_route(point, routes)), "sentence": insight.sentence,
                "decision": insight.decision, "decide_by": insight.decide_by.isoformat() if insight.decide_by else "",
            }  # fmt: skip


async def _stories(uow: UnitOfWork) -> AsyncIterator[Row]:
    """Read what is published and still agreed to, in these very words."""
    offset = 0
    while page := await uow.stories.list_published(_PAGE, offset):
        offset += len(page)
        consents = await uow.consents.list_living({story.member_id for story in page}, Purpose.STORY)
        for story in page:
            consent = consents.get((story.member_id, f"feedback:{story.feedback_id}"))
            if consent is None or not consent.allows or consent.wording != story.agreed_to:
                continue
            yield {
                "number": story.feedback_id, "wording": story.wording,
                "signature": story.signature if consent.scope is Scope.NAMED else "",
                "places": " ".join(story.places),
                "published_at": story.published_at.date().isoformat() if story.published_at else "",
            }  # fmt: skip


def _numbers(point: Point) -> str:
    return " ".join(f"#{voice.id}" for voice in point.voices)


def _moment(at: Any, *, is_open: bool) -> str:
    return str(at.isoformat() if is_open else at.date().isoformat())


async def _routes(uow: UnitOfWork, page: Iterable[Feedback]) -> dict[tuple[str, int], Route]:
    """Return whose hands these voices and their topics are in."""
    items = list(page)
    routes = await uow.routes.list_of(
        [item.id for item in items], {item.topic_id for item in items if item.topic_id is not None}
    )
    return {("topic", r.topic_id) if r.topic_id else ("feedback", r.feedback_id or 0): r for r in routes}


async def _routes_of(uow: UnitOfWork, points: Iterable[Point]) -> dict[tuple[str, int], Route]:
    return await _routes(uow, [voice for point in points for voice in point.voices])


def _route(point: Point, routes: Mapping[tuple[str, int], Route]) -> Route | None:
    """Return whose hands a point is in: its topic's, else the last that one of its voices was given to."""
    own = [routes["feedback", voice.id] for voice in point.voices if ("feedback", voice.id) in routes]
    last = max(own, key=lambda route: route.id, default=None)
    return routes.get(("topic", point.topic_id or 0), last)


def _routed(route: Route | None) -> Row:
    if route is None:
        return dict.fromkeys(_ROUTED, "")
    day = route.promised_for.isoformat() if route.promised_for else ""
    return {"department": route.department, "answer": str(route.state), "promised_for": day}


def cell(value: Any) -> Any:
    """Keep a spreadsheet from taking somebody's words for a formula. Pure."""
    if not isinstance(value, str):
        return value
    is_formula = value[:1] in ("\t", "\r", "\n") or value.lstrip()[:1] in tuple(_FORMULA)
    return f"'{value}" if value and is_formula else value


async def _csv(file: TextIO, columns: tuple[str, ...], rows: AsyncIterator[Row]) -> int:
    writer, count = csv.DictWriter(file, columns), 0
    writer.writeheader()
    async for row in rows:
        writer.writerow({key: cell(value) for key, value in row.items()})
        count += 1
    return count


async def _markdown(file: TextIO, columns: tuple[str, ...], rows: AsyncIterator[Row]) -> int:
    count = 0
    file.write(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}\n")
    async for row in rows:
        cells = (_MARKUP.sub(r"\\\1", " ".join(str(row[column]).split())) for column in columns)
        file.write(f"| {' | '.join(cells)} |\n")
        count += 1
    return count


async def _html(file: TextIO, columns: tuple[str, ...], rows: AsyncIterator[Row]) -> int:
    count = 0
    head = "".join(f"<th>{column}</th>" for column in columns)
    file.write('<!doctype html><html><head><meta charset="utf-8">')
    file.write('<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">')
    file.write(f"<title>Huixiang</title></head><body><table border=1><tr>{head}</tr>\n")
    async for row in rows:
        cells = "".join(f"<td>{html.escape(str(row[column]))}</td>" for column in columns)
        file.write(f"<tr>{cells}</tr>\n")
        count += 1
    file.write("</table></body></html>\n")
    return count


async def _json(file: TextIO, columns: tuple[str, ...], rows: AsyncIterator[Row]) -> int:
    count = 0
    file.write("[")
    async for row in rows:
        ordered = {column: row[column] for column in columns}
        file.write(("," if count else "") + "\n" + json.dumps(ordered, ensure_ascii=False))
        count += 1
    file.write("\n]\n")
    return count


_READERS: Mapping[str, Callable[[UnitOfWork], AsyncIterator[Row]]] = {
    "feedback": _feedback,
    "topics": _topics,
    "insights": _insights,
    "stories": _stories,
}
_WRITERS = {"csv": _csv, "md": _markdown, "html": _html, "json": _json}
