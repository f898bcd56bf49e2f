"""Tests of `huixiang retrain`, and of who guesses by what it learned."""

import asyncio
import json
from pathlib import Path

import pytest

from bot.late_triage import KIND, LateTriage
from bot.learned import Learned
from storage.db import Database
from storage.records import FeedbackClass
from storage.text.triage import SHIPPED, Triage
from tests.bot.commands.conftest import NOW, Huixiang

TEXT = "=1+1 按钮太小"


def learned_path(folder: Path) -> Path:
    return Learned(folder, KIND).path(SHIPPED)


def list_learned(folder: Path) -> list[Path]:
    return Learned(folder, KIND).list_()


def correct(folder: Path, chosen: FeedbackClass) -> None:
    """Let somebody correct the guess of the only feedback."""

    async def do() -> None:
        database = Database(f"sqlite:///{folder.as_posix()}/huixiang.db")
        async with database.begin() as uow:
            await uow.feedback.classify(await uow.feedback.get(1), chosen, NOW)
        await database.close()

    asyncio.run(do())


def test_without_corrections_there_is_nothing_to_learn(filled: Path, huixiang: Huixiang) -> None:
    code, out, _ = huixiang("retrain", "--config", filled)
    assert code == 0
    assert "nothing to learn" in out
    assert list_learned(filled.parent) == []


def test_corrections_are_learned_and_the_next_start_guesses_by_them(filled: Path, huixiang: Huixiang) -> None:
    folder = filled.parent
    before = LateTriage(folder).guess(TEXT)
    chosen = FeedbackClass.SERVICE
    assert before.kind is not chosen
    correct(folder, chosen)
    old = folder / "triage-00000000.json"
    old.write_text("{}")
    code, out, _ = huixiang("retrain", "--config", filled)
    path = learned_path(folder)
    assert (code, out) == (
        0,
        f"Learned one correction; wrote {path}. A running bot takes it up within a minute.\n",
    )
    assert list_learned(folder) == [path]
    learned = LateTriage(folder).guess(TEXT)
    assert learned == Triage.load(path).guess(TEXT)
    assert (learned.kind, learned.probability) != (before.kind, before.probability)
    assert LateTriage().guess(TEXT) == before


def test_a_running_bot_takes_up_what_is_learned_without_a_restart(tmp_path: Path) -> None:
    running = LateTriage(tmp_path)
    before = running.guess(TEXT)
    running.refresh()
    assert running.guess(TEXT) == before
    taught = Triage.load().learn([(TEXT, FeedbackClass.SERVICE)] * 3)
    Learned(tmp_path, KIND).keep(SHIPPED, taught.save)
    running.refresh()
    assert running.guess(TEXT) == taught.guess(TEXT) != before


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 1}', '{"format": 99}', "\x00"])
def test_a_broken_model_is_ignored_with_one_line_in_the_log(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    learned_path(tmp_path).write_text(content)
    triage = LateTriage(tmp_path)
    assert triage.guess(TEXT) == Triage.load().guess(TEXT)
    triage.guess(TEXT)
    assert len(caplog.records) == 1


@pytest.mark.parametrize("change", [{"dense": "!"}, {"dense": None}, {"bias": 1}, {"grams": "0000"}])
def test_a_model_with_broken_weights_is_ignored(tmp_path: Path, change: dict[str, object]) -> None:
    Triage.load().save(learned_path(tmp_path))
    stored = json.loads(learned_path(tmp_path).read_text()) | change
    learned_path(tmp_path).write_text(json.dumps(stored))
    assert LateTriage(tmp_path).guess(TEXT) == Triage.load().guess(TEXT)


def test_a_model_that_goes_on_from_another_version_is_ignored(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    taught = Triage.load().learn([(TEXT, FeedbackClass.SERVICE)] * 3)
    taught.save(tmp_path / "triage-00000000.json")
    assert LateTriage(tmp_path).guess(TEXT) == Triage.load().guess(TEXT)
    assert len(caplog.records) == 1


def test_a_database_that_is_not_there_is_told(config: Path, huixiang: Huixiang) -> None:
    code, _, err = huixiang("retrain", "--config", config)
    assert code == 1
    assert "There is no database" in err
