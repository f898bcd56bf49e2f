"""Tests of `huixiang check`."""

import asyncio
from pathlib import Path

from bot.commands.check import check, firings
from bot.config import load
from storage.db import Database
from storage.records import ChatKind, ChatState, Platform, Role
from storage.staff import CHAT, Grant
from tests.bot.commands.conftest import NOW, Huixiang
from tests.fakes import at

TELEGRAM = "[telegram]\ntoken_env = 'SOME_TOKEN'\n"


def test_the_effective_config_can_be_loaded_again(config: Path, tmp_path: Path, huixiang: Huixiang) -> None:
    code, out, err = huixiang("check", "--config", config)
    assert (code, err) == (0, "")
    again = tmp_path / "again.toml"
    again.write_text(out)
    first, second = load(config), load(again)
    assert (first.rituals, first.chats, first.for_handlers) == (
        second.rituals,
        second.chats,
        second.for_handlers,
    )
    assert 'language = "zh_CN"  # default' in out
    assert 'name = "车友会"\n' in out


def test_the_next_three_firings_are_told_in_the_groups_own_time(config: Path) -> None:
    lines = list(firings(load(config), at("2026-10-09 02:00")))
    (line,) = [line for line in lines if "morning" in line]
    # Saturday the 10th is worked, in exchange for a day of the National Day break.
    assert "车主群 · morning: Sat 10 Oct 09:00, Mon 12 Oct 09:00, Tue 13 Oct 09:00 (Asia/Shanghai)" in line


def test_a_year_without_make_up_days_is_named(config: Path) -> None:
    lines = "\n".join(firings(load(config), at("2031-01-02 00:00")))
    assert "[calendar.2031]" in lines


def test_a_wrong_config_gives_every_mistake_and_code_two(config: Path, huixiang: Huixiang) -> None:
    config.write_text(config.read_text().replace("checkin", "checkn").replace("0 9 *", "0 25 *"))
    code, out, err = huixiang("check", "--config", config)
    assert (code, out) == (2, "")
    assert f"{config}:16: rituals[1].kind" in err
    assert f"{config}:17: rituals[1].cron" in err
    assert "2 mistakes" in err


def test_a_secret_is_shown_as_set_and_never_itself(config: Path, huixiang: Huixiang, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("SOME_TOKEN", "123456:very-secret")
    config.write_text(TELEGRAM + config.read_text())
    code, out, err = huixiang("check", "--config", config)
    assert code == 0
    assert 'token_env = "SOME_TOKEN"  # set' in out
    assert "very-secret" not in out + err


def test_a_missing_secret_is_shown_and_told_after_all_the_rest(config: Path, huixiang: Huixiang) -> None:
    config.write_text(TELEGRAM + config.read_text())
    code, out, err = huixiang("check", "--config", config)
    assert code == 2
    assert 'token_env = "SOME_TOKEN"  # missing' in out
    assert "morning: " in out
    assert "export SOME_TOKEN" in err


def test_the_moment_is_an_argument(config: Path, capsys) -> None:  # type: ignore[no-untyped-def]
    assert check(config, at("2026-10-09 02:00")) == 0
    assert "Sat 10 Oct" in capsys.readouterr().out


def test_what_was_changed_in_chat_is_shown_as_such(filled: Path, capsys) -> None:  # type: ignore[no-untyped-def]
    async def change() -> None:
        database = Database(f"sqlite:///{filled.parent.as_posix()}/huixiang.db")
        async with database.begin() as uow:
            (chat,) = await uow.chats.list_served()
            await uow.runs.set_override("morning", chat.id, "time", "08:30", by_id=None, now=NOW)
            await uow.chats.add(
                Platform.WEBCHAT, "new", ChatKind.GROUP, title="新群", state=ChatState.SERVED, language="zh_CN",
                timezone="Asia/Shanghai", rituals=("morning",),
            )  # fmt: skip
            await uow.staff.grant(Grant(Platform.WEBCHAT, "li", CHAT, Role.KOS, "小李"), NOW)
        await database.close()

    asyncio.run(change())
    assert check(filled, NOW) == 0
    _, _, changed = capsys.readouterr().out.partition("# Changed in chat")
    assert "#   车主群 · morning: time = 08:30" in changed
    assert "#   车主群 · morning: Tue 13 Oct 08:30, Wed 14 Oct 08:30" in changed
    assert "#   新群 (new) was admitted by /setup, with morning" in changed
    assert "#   小李 (li) is kos" in changed


def test_an_unchanged_database_adds_nothing(filled: Path, huixiang: Huixiang) -> None:
    code, out, _ = huixiang("check", "--config", filled)
    assert code == 0
    assert "Changed in chat" not in out
