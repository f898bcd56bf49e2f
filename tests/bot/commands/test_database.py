"""Tests of `huixiang db`, `backup` and `export`."""

import csv
import json
import sqlite3
import stat
from pathlib import Path

from storage.migrations import HEAD
from tests.bot.commands.conftest import Huixiang


def test_the_revision_is_shown(filled: Path, huixiang: Huixiang) -> None:
    assert huixiang("db", "--config", filled) == (
        0,
        f"The database is at revision {HEAD}, which is current.\n",
        "",
    )


def test_a_database_that_is_not_there_is_not_made_by_looking(config: Path, huixiang: Huixiang) -> None:
    code, _, err = huixiang("db", "--config", config)
    assert code == 1
    assert "There is no database" in err
    assert not (config.parent / "huixiang.db").exists()


def test_a_database_is_migrated_when_asked(config: Path, huixiang: Huixiang) -> None:
    assert huixiang("db", "--migrate", "--config", config)[0] == 0
    assert HEAD in huixiang("db", "--config", config)[1]


def test_a_newer_database_is_told_and_left_untouched(filled: Path, huixiang: Huixiang) -> None:
    file = filled.parent / "huixiang.db"
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    code, _, err = huixiang("db", "--migrate", "--config", filled)
    assert code == 1
    assert "newer version" in err


def test_a_backup_is_a_whole_database_of_its_own(filled: Path, tmp_path: Path, huixiang: Huixiang) -> None:
    copy = tmp_path / "copy.db"
    code, out, _ = huixiang("backup", copy, "--config", filled)
    assert code == 0
    assert str(copy) in out
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    connection = sqlite3.connect(copy)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("SELECT text FROM feedback").fetchall() == [("=1+1 按钮太小",)]
    connection.close()


def test_nothing_is_written_over(filled: Path, tmp_path: Path, huixiang: Huixiang) -> None:
    there = tmp_path / "there.csv"
    there.write_text("mine")
    for command in ("backup", "export"):
        code, _, err = huixiang(command, there, "--config", filled)
        assert code == 2
        assert "is there already" in err
    assert there.read_text() == "mine"


def test_a_folder_that_is_not_there_is_told(filled: Path, tmp_path: Path, huixiang: Huixiang) -> None:
    code, _, err = huixiang("backup", tmp_path / "no" / "copy.db", "--config", filled)
    assert code == 2
    assert "no folder" in err


def test_feedback_is_exported_for_spreadsheets_without_running_in_them(
    filled: Path, tmp_path: Path, huixiang: Huixiang
) -> None:
    target = tmp_path / "all.csv"
    assert huixiang("export", target, "--config", filled)[0] == 0
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    with target.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["text"] == "'=1+1 按钮太小"
    assert (row["group"], row["contributor"], row["status"]) == ("车主群", "张哥", "received")


def test_feedback_is_exported_as_json_word_for_word(filled: Path, tmp_path: Path, huixiang: Huixiang) -> None:
    target = tmp_path / "all.json"
    code, out, _ = huixiang("export", target, "--config", filled)
    assert (code, out) == (0, f"Wrote one feedback to {target}.\n")
    (row,) = json.loads(target.read_text())
    assert row["text"] == "=1+1 按钮太小"


def test_an_export_in_another_form_is_refused(filled: Path, tmp_path: Path, huixiang: Huixiang) -> None:
    code, _, err = huixiang("export", tmp_path / "all.xlsx", "--config", filled)
    assert code == 2
    assert ".csv, .md, .html or .json" in err
