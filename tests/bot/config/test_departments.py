"""Tests of reading `[[departments]]` and `[[webhooks]]`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commands.check import effective, firings
from bot.config import Config, load
from storage.announcements import EVENTS
from storage.departments import Department, Place, webhook_place
from storage.records import ChatKind, Platform
from tests.fakes import at

FULL = """
[telegram]
[[staff]]
platform = "telegram"
id = 43
role = "kos"
name = "小李"
[[webhooks]]
url = "https://tracker.example.com/hook"
events = ["packet"]
[[departments]]
key = "product"
name = "产品部"
chat = "telegram:-100"
file = "packets/product"
webhook = "https://tracker.example.com/hook"
members = ["telegram:44", "小李"]
answer_within = "3d"
[[departments]]
key = "logistics"
member = "wecom:LiSi"
"""
ENVIRONMENT = {"HUIXIANG_TELEGRAM_TOKEN": "123456:AA-bb_cc", "HUIXIANG_WEBHOOK_SECRET": "do-not-print"}


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], Config]:
    def read(text: str) -> Config:
        path = tmp_path / "config.toml"
        path.write_text(text, "utf-8")
        return load(path, ENVIRONMENT)

    return read


def test_departments_arrive_as_handlers_and_rituals_want_them(read: Callable[[str], Config]) -> None:
    config = read(FULL)
    product, logistics = config.departments
    assert product == Department(
        "product", "产品部",
        (
            Place(Platform.TELEGRAM, "-100", ChatKind.GROUP),
            Place(Platform.FILE, "packets/product"),
            webhook_place("https://tracker.example.com/hook"),
        ),
        frozenset({Place(Platform.TELEGRAM, "44"), Place(Platform.TELEGRAM, "43")}),
        timedelta(days=3),
    )  # fmt: skip
    assert (logistics.name, logistics.places) == ("logistics", (Place(Platform.WECOM, "lisi"),))
    assert config.for_handlers.departments == config.for_rituals.departments == config.departments


def test_a_packet_comes_every_monday_unless_the_config_says_otherwise(read: Callable[[str], Config]) -> None:
    assert [(ritual.name, ritual.cron) for ritual in read(FULL).rituals] == [("packet", "0 10 * * mon")]
    own = FULL + '[[rituals]]\nname = "p"\nkind = "packet"\ncron = "0 9 * * fri"\n'
    config = read(own + '[[chats]]\nplatform = "telegram"\nid = -1\n')
    assert [ritual.name for ritual in config.rituals] == ["p"]
    assert config.chats[0].rituals == ()
    assert [ritual.kind for ritual in read("[telegram]\n").rituals] == []


def test_the_check_shows_departments_and_no_secret(read: Callable[[str], Config]) -> None:
    shown = "\n".join(effective(read(FULL)))
    assert 'name = "产品部"' in shown
    assert 'answer_within = "7d"  # default' in shown
    assert "do-not-print" not in shown


def test_the_check_shows_when_each_department_has_its_packet(read: Callable[[str], Config]) -> None:
    shown = list(firings(read(FULL), at("2026-10-12 00:00")))
    lines = [line for line in shown if "packet" in line]
    assert [line.partition(" · ")[0] for line in lines] == ["#   产品部", "#   logistics"]
    assert all("10:00" in line for line in lines)


def test_a_webhook_hears_everything_unless_told_otherwise(read: Callable[[str], Config]) -> None:
    [webhook] = read('[telegram]\n[[webhooks]]\nurl = "https://tracker.example.com/hook"\n').webhooks
    assert webhook.events == tuple(EVENTS)
    assert webhook.secret == "do-not-print"
    assert not webhook.allow_private
