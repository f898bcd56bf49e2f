"""Tests of the menus of commands."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.adapters.base import TemporaryError
from bot.adapters.telegram.menus import Menu
from bot.menus import MenuKeeper, in_force, menus
from handlers import HANDLERS
from locales.catalog import Catalog
from storage.db import Database
from storage.records import Platform, Role
from storage.staff import CHAT, CONFIG, Grant
from tests.fakes import at

NOW = at("2026-10-12 02:00")
LI = Grant(Platform.TELEGRAM, "601", CONFIG, Role.KOS, "小李")
MIN = Grant(Platform.TELEGRAM, "701", CONFIG, Role.ADMIN, "阿敏")
TEXTS = Catalog()


def names(menu: Menu) -> set[str]:
    return {name for name, _ in menu.commands}


def test_members_never_see_a_command_of_the_staff() -> None:
    found = menus(HANDLERS, TEXTS, "zh_CN", [LI, MIN])
    for menu in found:
        if not menu.member:
            assert {"help", "feedback", "mine"} <= names(menu)
            assert names(menu).isdisjoint(
                {"inbox", "resolve", "ritual", "staff", "setup", "whereami", "audit"}
            )
    kos = next(menu for menu in found if menu.member == "601")
    admin = next(menu for menu in found if menu.member == "701")
    assert {"inbox", "resolve", "mine"} <= names(kos)
    assert names(kos).isdisjoint({"ritual", "staff", "setup"})
    assert {"ritual", "staff", "setup", "whereami", "inbox"} <= names(admin)


def test_each_language_has_its_own_words_and_others_the_communitys() -> None:
    found = {menu.language: dict(menu.commands) for menu in menus(HANDLERS, TEXTS, "zh_CN", [])}
    assert set(found) == {"", "zh_CN", "en"}
    assert found[""] == found["zh_CN"]
    assert found["en"]["mine"] != found["zh_CN"]["mine"]


def test_every_command_of_a_menu_is_described() -> None:
    for menu in menus(HANDLERS, TEXTS, "en", [MIN]):
        assert [name for name, words in menu.commands if not words or words.startswith("/")] == []


def test_what_was_said_in_chat_wins_over_the_config() -> None:
    gone = Grant(Platform.TELEGRAM, "601", CHAT, Role.MEMBER, "小李")
    elsewhere = Grant(Platform.WEBCHAT, "1", CONFIG, Role.KOS, "x")
    assert in_force([gone, LI, MIN, elsewhere], Platform.TELEGRAM) == (MIN,)


class Board:
    """A platform that keeps the menus it is given, and may refuse."""

    def __init__(self) -> None:
        self.published: list[Sequence[Menu]] = []
        self.refusals = 0
        self.news = asyncio.Event()

    async def publish(self, found: Sequence[Menu]) -> None:
        self.news.set()
        if self.refusals:
            self.refusals -= 1
            raise TemporaryError("not now")
        self.published.append(found)


@pytest.fixture
def board() -> Board:
    """Give an empty board."""
    return Board()


def keeper(database: Database, board: Board) -> MenuKeeper:
    return MenuKeeper(
        database, Platform.TELEGRAM, board.publish, handlers=HANDLERS, texts=TEXTS, language="zh_CN"
    )


async def test_menus_are_published_once_and_again_when_staff_change(database: Database, board: Board) -> None:
    first = keeper(database, board)
    await first.refresh()
    await first.refresh()
    await keeper(database, board).refresh()
    assert len(board.published) == 1
    board.news.clear()
    first.start()
    async with database.begin() as uow:
        await uow.staff.grant(Grant(Platform.TELEGRAM, "601", CHAT, Role.KOS, "小李"), NOW)
    await asyncio.wait_for(board.news.wait(), 5)
    await first.stop()
    assert {menu.member for menu in board.published[-1]} == {"", "601"}


async def test_a_refusal_is_not_taken_for_published(database: Database, board: Board) -> None:
    board.refusals = 1
    with pytest.raises(TemporaryError):
        await keeper(database, board).refresh()
    await keeper(database, board).refresh()
    assert len(board.published) == 1
