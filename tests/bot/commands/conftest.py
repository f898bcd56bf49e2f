"""A config on disk, and its database with a little in it."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.__main__ import main
from storage.db import Database
from storage.migrations import migrate
from storage.records import ChatKind, ChatState, FeedbackClass, Platform
from storage.uow import UnitOfWork
from tests.fakes import at

CONFIG = """
[community]
name = "车友会"
data_dir = "{folder}"
[webchat]
enabled = true
[[webchat.people]]
id = "zhang"
name = "张哥"
[[chats]]
platform = "webchat"
id = "owners"
name = "车主群"
[[rituals]]
name = "morning"
kind = "checkin"
cron = "0 9 * * *"
calendar = "workdays"
"""
NOW = at("2026-10-12 02:00")

Huixiang = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Give a config of the web chat in a folder of its own."""
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(folder=tmp_path.as_posix()))
    return path


@pytest.fixture
def huixiang(capsys: pytest.CaptureFixture[str]) -> Huixiang:
    """Call the command line; returns code, output and errors."""

    def call(*words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
        out, err = capsys.readouterr()
        return code, out, err

    return call


async def fill(uow: UnitOfWork) -> None:
    """Store one feedback of 张哥, which a spreadsheet would run."""
    chat = await uow.chats.add(
        Platform.WEBCHAT, "owners", ChatKind.GROUP, title="车主群", state=ChatState.SERVED, language="zh_CN",
        timezone="Asia/Shanghai", rituals=("morning",),
    )  # fmt: skip
    people = await uow.members.meet(Platform.WEBCHAT, [("zhang", "张哥", "")], NOW)
    await uow.feedback.add(
        chat_id=chat.id, contributor_id=people["zhang"].id, captured_by_id=people["zhang"].id, message_id="1",
        text="=1+1 按钮太小", tag="反馈", feedback_class=FeedbackClass.SUGGESTION, review_due=NOW, now=NOW,
    )  # fmt: skip


@pytest.fixture
def filled(config: Path, tmp_path: Path) -> Path:
    """Give the config with its database filled."""

    async def build() -> None:
        database = Database(f"sqlite:///{tmp_path.as_posix()}/huixiang.db")
        await migrate(database)
        async with database.begin() as uow:
            await fill(uow)
        await database.close()

    asyncio.run(build())
    return config
