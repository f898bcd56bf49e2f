"""Tests of the classifier that is read late."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from bot.late_triage import LateTriage
from storage.text.triage import Triage


def test_it_guesses_as_the_classifier_does_whether_read_ahead_or_not() -> None:
    early, late = LateTriage(), LateTriage()
    early.load()
    for text, hint in (("快递到哪了？", None), ("按钮太小了", "反馈"), ("做得真好", "表扬")):
        assert early.guess(text, hint) == late.guess(text, hint) == Triage.load().guess(text, hint)


def test_it_is_read_once_whoever_asks_first() -> None:
    triage = LateTriage()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: id(triage.load()), range(8)))
    assert len(set(found)) == 1


def test_a_start_imports_neither_the_classifier_nor_what_only_some_need() -> None:
    heavy = (
        "storage.text.triage",
        "storage.text.features",
        "jieba",
        "telegram",
        "holidays",
        "alembic",
        "babel",
        "uvicorn",
    )
    source = f"import sys, bot.commands.run; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
