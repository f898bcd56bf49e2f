"""What a start brings in line with the config (bot/declaration.py)."""

from __future__ import annotations

from pathlib import Path

from bot.config import Config, load
from bot.declaration import declare
from storage.records import Platform, Role
from storage.uow import UnitOfWork
from tests.fakes import at

STAFFED = """
[telegram]
[[staff]]
platform = "telegram"
id = 43
role = "kos"
name = "小李"
"""


def configured(folder: Path) -> Config:
    """Load a config with one KOS."""
    (folder / "config.toml").write_text(STAFFED, "utf-8")
    return load(folder / "config.toml", {"HUIXIANG_TELEGRAM_TOKEN": "123456:AA-bb_cc"})


async def test_staff_who_never_spoke_to_us_are_known(tmp_path: Path, uow: UnitOfWork) -> None:
    await declare(configured(tmp_path), uow, at("2026-10-12 02:00"))
    [li] = await uow.members.list_staff()
    assert (li.name, li.role, li.reachable) == ("小李", Role.KOS, None)


async def test_the_name_they_go_by_is_not_taken_from_the_config_again(
    tmp_path: Path, uow: UnitOfWork
) -> None:
    config = configured(tmp_path)
    await declare(config, uow, at("2026-10-12 02:00"))
    await uow.members.meet(Platform.TELEGRAM, [("43", "李小明", "li")], at("2026-10-12 03:00"))
    await declare(config, uow, at("2026-10-12 04:00"))
    [li] = await uow.members.list_staff()
    assert (li.name, li.username) == ("李小明", "li")
