"""Tests of the doctor: what it finds in the database, and what it says to do."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.base import Finding
from bot.commands.doctor import lines, summary
from bot.config import Config, load
from bot.doctor import examine
from storage.announcements import Subscription
from storage.db import Database
from storage.departments import webhook_place
from storage.messages import Message
from storage.promises import DeliveryState
from storage.records import Chat, ChatKind, ChatState, Platform
from tests.fakes import FakeAdapter, at

NOW = at("2026-10-12 02:00")
CONFIG = """
[telegram]
[community]
data_dir = "{folder}"
[[chats]]
platform = "telegram"
id = -1001
name = "车主群"
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Give a config of one group."""
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(folder=tmp_path.as_posix()))
    return load(path, {"HUIXIANG_TELEGRAM_TOKEN": "1:a"})


@pytest.fixture
async def chat(database: Database) -> Chat:
    """Give the group, served."""
    async with database.begin() as uow:
        return await uow.chats.add(
            Platform.TELEGRAM, "-1001", ChatKind.GROUP, title="车主群", state=ChatState.SERVED, language="zh_CN",
            timezone="Asia/Shanghai",
        )  # fmt: skip


async def found(config: Config, database: Database) -> dict[str, Finding]:
    return {finding.check: finding for finding in await examine(config, database, [FakeAdapter()], NOW)}


async def test_a_bot_that_works_is_well(config: Config, database: Database, chat: Chat) -> None:
    async with database.begin() as uow:
        await uow.updates.mark_seen(Platform.TELEGRAM, ["1"], NOW)
    findings = await found(config, database)
    assert not [finding for finding in findings.values() if not finding.ok]
    assert "fake" in findings, "the platform was not asked"


async def test_what_is_wrong_is_found_with_what_to_do(config: Config, database: Database, chat: Chat) -> None:
    async with database.begin() as uow:
        await uow.updates.add_quarantined(Platform.TELEGRAM, "{", "garbage", NOW)
        late = NOW - timedelta(hours=1)
        await uow.outbox.put(chat.id, Message(("hello",)), key="late", now=late)
        await uow.chats.change(chat.id, state=str(ChatState.LEFT))
        await uow.runs.set_override("gone", chat.id, "cron", "0 9 * * *", by_id=None, now=NOW)
    findings = await found(config, database)
    wrong = {check: finding for check, finding in findings.items() if finding.ok is False}
    assert set(wrong) == {
        "doctor.quarantine", "doctor.overdue", "doctor.chat", "doctor.plan",
    }  # fmt: skip
    assert all(finding.advice for finding in wrong.values())


async def test_what_a_webhook_never_took_is_counted(config: Config, database: Database) -> None:
    place = webhook_place("https://tracker.example.com/hook")
    database.subscriptions = (Subscription(place, frozenset({"packet"}), "webhook tracker.example.com"),)
    async with database.begin() as uow:
        await uow.announcements.put("packet", "a", {}, now=NOW)
        await uow.deliveries.settle([1], DeliveryState.DEAD, "tracker.example.com answered 500")
    finding = (await found(config, database))["doctor.webhook.dead"]
    assert (finding.ok, finding.detail) == (None, "1")
    assert finding.params == {"host": "webhook tracker.example.com"}
    assert finding.advice


async def test_a_newer_database_is_not_well(config: Config, database: Database) -> None:
    async with database.begin() as uow:
        await uow.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    findings = await found(config, database)
    assert findings["doctor.revision"].ok is False
    assert "doctor.quarantine" not in findings


async def test_a_database_that_cannot_be_reached_is_not_well(config: Config) -> None:
    database = Database("postgresql://nobody:no@127.0.0.1:1/none")
    findings = await found(config, database)
    await database.close()
    assert findings["doctor.database"].ok is False
    assert findings["fake"].ok, "the platform is asked all the same"


def test_each_finding_is_one_line_and_advice_follows_what_is_not_well() -> None:
    findings = [
        Finding("a", ok=True, detail="fine", advice="none"),
        Finding("b", ok=False, advice="mend it"),
        Finding("c", ok=None),
    ]
    assert list(lines(findings)) == ["✓ a: fine", "✗ b", "    → mend it", "– c"]


def test_ids_become_words_with_their_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    finding = Finding("doctor.chat", ok=False, advice="doctor.chat.advice", params={"name": "车主群"})
    first, second = lines([finding])
    assert first == "✗ 群「车主群」"
    assert second.startswith("    → 把机器人重新加进群")


def test_the_last_line_says_what_a_dash_means(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    well, left, ill = Finding("a", ok=True), Finding("b", ok=None), Finding("c", ok=False)
    assert summary([well]) == "一切正常。"
    assert "–" in summary([well, left])
    assert summary([well, left, ill]) == "有 1 项需要处理。"


async def test_what_was_taken_back_is_missed_by_nobody_and_what_waits_is_counted(
    config: Config, database: Database, chat: Chat
) -> None:
    async with database.begin() as uow:
        for key in ("taken back", "waits", "lost"):
            await uow.outbox.put(chat.id, Message((key,)), key=key, now=NOW, is_held=True, subject=key)
        await uow.outbox.cancel("taken back")
        await uow.deliveries.settle([2], DeliveryState.WAITING, "they never pressed Start")
        await uow.deliveries.settle([3], DeliveryState.UNKNOWN, "no answer")
    findings = await found(config, database)
    assert (findings["doctor.lost"].detail, findings["doctor.waiting"].detail) == ("1", "1")
