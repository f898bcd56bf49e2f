"""The app: starts in order, serves, stops cleanly, and only one of a database leads."""

from __future__ import annotations

import asyncio
import json
import socket
import urllib.request
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import App
from bot.demo import build
from storage.records import FeedbackClass
from tests.fakes import at

PATIENCE_SECONDS = 10
NOW = at("2026-10-12 02:00")


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for a condition."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - what is waited for is another task's doing
            await asyncio.sleep(0.01)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the demo's data lie in a folder of the test."""
    monkeypatch.chdir(tmp_path)


async def is_leading(app: App) -> bool:
    """Tell whether an app leads."""
    return await app.leadership.is_ours()


async def health(app: App) -> dict[str, object]:
    """Ask an app's web server how it is."""

    async def is_up() -> bool:
        return app.web_port is not None

    await until(is_up)

    def ask() -> dict[str, object]:
        with urllib.request.urlopen(f"http://127.0.0.1:{app.web_port}/healthz", timeout=5) as answer:
            found: dict[str, object] = json.load(answer)
            return found

    return await asyncio.to_thread(ask)


async def test_the_demo_starts_says_it_is_well_and_stops_cleanly() -> None:
    stop = asyncio.Event()
    app = build(0)
    running = asyncio.create_task(app.run(stop))
    found = await health(app)
    assert found["ok"] is True
    assert found["leads"] is True
    stop.set()
    async with asyncio.timeout(5):
        await running


async def test_of_two_apps_on_one_database_one_leads_and_the_other_takes_over() -> None:
    first, second = build(0), build(0, keep=True)
    await first.start()
    await until(lambda: is_leading(first))
    await second.start()
    await health(second)
    assert not await is_leading(second)
    await first.stop()
    await until(lambda: is_leading(second))
    await second.stop()


async def test_a_demo_that_goes_on_keeps_the_clock_where_its_visitor_moved_it() -> None:
    app = build(0)
    await app.start()
    there = app.clock.now() + timedelta(days=3)
    await app.advance(there)
    await app.stop()
    again = build(0, keep=True)
    await again.start()
    assert again.clock.now() >= there
    await again.stop()


async def test_a_chat_that_left_the_config_is_served_no_longer() -> None:
    from dataclasses import replace

    app = build(0)
    await app.start()
    await app.stop()
    again = build(0, keep=True)
    again.config = replace(again.config, chats=())
    await again.start()
    async with again.database.read() as uow:
        assert await uow.chats.list_served() == []
    await again.stop()


async def test_a_port_that_is_taken_ends_the_bot_with_the_reason() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        await build(taken.getsockname()[1]).run(asyncio.Event())


async def test_a_group_that_moved_is_found_by_the_id_the_config_still_names() -> None:
    app = build(0)
    await app.start()
    (chat,) = app.config.chats
    async with app.database.begin() as uow:
        await uow.chats.rename(chat.platform, chat.external_id, "elsewhere")
    await app.stop()
    again = build(0, keep=True)
    await again.start()
    async with again.database.read() as uow:
        assert [served.external_id for served in await uow.chats.list_served()] == ["elsewhere"]
    await again.stop()


async def test_what_was_captured_is_indexed_once_the_start_has_settled(tmp_path: Path) -> None:
    app = build(0)
    app.settled_seconds = 1.0
    await app.start()
    async with app.database.begin() as uow:
        (chat, *_) = await uow.chats.list_served()
        who = (await uow.members.meet(chat.platform, [("zhang", "张哥", "")], NOW))["zhang"].id
        feedback = await uow.feedback.add(
            chat_id=chat.id, contributor_id=who, captured_by_id=who, message_id="0", text="#反馈 按钮太小了", now=NOW,
            feedback_class=FeedbackClass.SUGGESTION, review_due=NOW,
        )  # fmt: skip
    assert feedback is not None

    async def is_indexed() -> bool:
        async with app.database.read() as uow:
            return await uow.likeness.find_words(feedback.id) is not None

    assert not await is_indexed()
    await until(is_indexed, seconds=30)
    async with app.database.read() as uow:
        assert "按钮" in (await uow.likeness.find_words(feedback.id) or [])
    folder = tmp_path / app.config.community.data_dir / "cache"
    assert folder.stat().st_mode & 0o777 == 0o700
    await app.stop()
