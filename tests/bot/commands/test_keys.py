"""Tests of `huixiang keys`: making, listing and rotating what hides people."""

import asyncio
from pathlib import Path

import pytest

from bot.veil import KeyRing, key_id, new_key, read_keys
from handlers.hidden import free_mark, scope_of
from storage.db import Database
from storage.records import ChatKind, ChatState, Platform
from tests.bot.commands.conftest import NOW, Huixiang

OLD, NEW = new_key(), new_key()
ALIASES = 3


def ring(text: str) -> KeyRing:
    return KeyRing(read_keys(text))


@pytest.fixture
def hidden(filled: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a config whose database has three aliases under the old key."""
    monkeypatch.setenv("HUIXIANG_ALIAS_KEY", OLD)

    async def hide() -> None:
        database = Database(f"sqlite:///{filled.parent.as_posix()}/huixiang.db")
        async with database.begin() as uow:
            for number in range(ALIASES):
                name = f"alias:{number}"
                met = await uow.members.meet(Platform.WEBCHAT, [(name, "青石的松鼠", "")], NOW)
                await uow.chats.add(
                    Platform.WEBCHAT, name, ChatKind.PRIVATE, title="", state=ChatState.SERVED, language="en",
                    timezone="UTC",
                )  # fmt: skip
                mark = await free_mark(uow, ring(OLD), Platform.WEBCHAT, "zhang")
                await uow.veils.put(met[name].id, ring(OLD).cover("zhang", scope_of(name)), mark)
        await database.close()

    asyncio.run(hide())
    return filled


def opened_by(config: Path, keys: str) -> list[str | None]:
    """Return what these keys make of every way back."""

    async def read() -> list[str | None]:
        database = Database(f"sqlite:///{config.parent.as_posix()}/huixiang.db")
        async with database.read() as uow:
            ways = await uow.veils.list_after(0, 10)
        await database.close()
        return [ring(keys).uncover(way.covered, scope_of(way.external_id)) for way in ways]

    return asyncio.run(read())


def test_a_new_key_is_printed_and_needs_no_config(huixiang: Huixiang) -> None:
    code, out, _ = huixiang("keys", "new")
    assert code == 0
    assert len(read_keys(out)) == 1


def test_without_a_key_there_is_nothing_to_rotate(filled: Path, huixiang: Huixiang) -> None:
    code, _, err = huixiang("keys", "rotate", "--config", filled)
    assert code == 1
    assert "huixiang keys new" in err


def test_rotating_covers_everything_with_the_newest_key_so_that_the_old_may_go(
    hidden: Path, huixiang: Huixiang, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUIXIANG_ALIAS_KEY", f"{NEW},{OLD}")
    code, out, _ = huixiang("keys", "rotate", "--config", hidden)
    assert (code, f": {ALIASES}." in out) == (0, True)
    assert opened_by(hidden, NEW) == ["zhang"] * ALIASES
    assert opened_by(hidden, OLD) == [None] * ALIASES
    code, out, _ = huixiang("keys", "rotate", "--config", hidden)
    assert ": 0." in out


def test_what_no_key_opens_is_told_and_left_alone(
    hidden: Path, huixiang: Huixiang, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUIXIANG_ALIAS_KEY", NEW)
    assert huixiang("keys", "rotate", "--config", hidden)[0] == 1
    code, out, _ = huixiang("keys", "list", "--config", hidden)
    assert code == 1
    assert key_id(read_keys(OLD)[0]) in out
    assert opened_by(hidden, OLD) == ["zhang"] * ALIASES


def test_no_command_prints_a_key_that_is_in_use(hidden: Path, huixiang: Huixiang) -> None:
    for words in (("keys", "list"), ("keys", "rotate"), ("check",)):
        _, out, err = huixiang(*words, "--config", hidden)
        assert OLD not in out + err
