"""People as they are kept (storage/members.py)."""

from __future__ import annotations

import pytest

from storage.members import name_as_kept
from storage.records import Platform
from storage.uow import UnitOfWork
from tests.fakes import at

NOW = at("2026-10-12 02:00")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("张哥", "张哥"),
        ("Li  Lei", "Li  Lei"),
        ("张\n\t哥", "张 哥"),
        ("\u202e哥张\u2066", "哥张"),
        ("\u200b\u2060\u3164", ""),
        ("\u200d", ""),
        ("小雨👨‍👩‍👧‍👦", "小雨👨‍👩‍👧‍👦"),
        ("名" * 100, "名" * 39 + "…"),
        ("<b>{who}&", "<b>{who}&"),
        ("", ""),
    ],
)
def test_a_name_is_one_line_that_can_be_seen(given: str, kept: str) -> None:
    assert name_as_kept(given) == kept


async def test_a_name_that_nobody_sees_leaves_the_one_that_was_known(uow: UnitOfWork) -> None:
    await uow.members.meet(Platform.TELEGRAM, [("501", "张哥", "zhang")], NOW)
    found = await uow.members.meet(Platform.TELEGRAM, [("501", "\u200b", "zhang")], NOW)
    assert found["501"].name == "张哥"


@pytest.mark.parametrize("name", ["", "@", " "])
async def test_nobody_is_called_nothing(uow: UnitOfWork, name: str) -> None:
    await uow.members.meet(Platform.TELEGRAM, [("5", "张", "")], NOW)
    assert await uow.members.find_named(Platform.TELEGRAM, name) is None


async def test_a_whole_city_is_asked_for_at_once(uow: UnitOfWork) -> None:
    [zhang] = (await uow.members.meet(Platform.TELEGRAM, [("501", "张哥", "")], NOW)).values()
    assert list(await uow.members.list_by_id(range(zhang.id, zhang.id + 40_000))) == [zhang.id]
    assert await uow.echoes.tell_in_person("feedback:1", range(40_000)) == 0
