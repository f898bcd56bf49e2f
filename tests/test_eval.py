"""`make eval DATA=folder` measures any folder of the same shape; what is missing or odd is said and skipped."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LABELLED = (
    ("充电桩怎么预约", "service", "hall"),
    ("发票抬头在哪里改", "service", "forum"),
    ("希望把仪表的字放大", "suggestion", "hall"),
    ("座椅记忆老是丢，建议修一下", "suggestion", "forum"),
    ("这次保养师傅特别细心，点赞", "praise", "hall"),
    ("提车体验太好了", "praise", "forum"),
    ("How do I change my address?", "service", "hall"),
    ("Please add a dark mode", "suggestion", "forum"),
    ("Love the new update, thank you", "praise", "hall"),
)
PAIRS = (
    ("雨刮一动就响", "雨刮动起来有响声", 1),
    ("雨刮一动就响", "雨刮太贵", 0),
    ("导航进隧道卡顿", "隧道里导航卡顿", 1),
    ("导航进隧道卡顿", "高速上风噪大", 0),
)
CHAT = ("早上好", "今天堵车吗", "周末去爬山", "这家面馆不错", "谁有多余的票", "晚安")


def evaluate(folder: Path) -> str:
    """Run the measurement as make does; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.eval", f"DATA={folder}", "quick", "rules=1"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def write(path: Path, rows: list[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def test_any_folder_of_the_same_shape_is_measured_whatever_its_files_are_called(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"text": text, "label": label, "source": source} for text, label, source in LABELLED
    ]
    write(tmp_path / "ours.jsonl", [*rows, {"text": "?", "label": "gossip", "source": "hall"}])
    write(tmp_path / "twice.jsonl", [{"a": a, "b": b, "label": same, "source": "us"} for a, b, same in PAIRS])
    write(tmp_path / "talk.jsonl", [{"chat": "g", "text": text, "source": "us"} for text in CHAT])
    printed = evaluate(tmp_path)
    assert "ours.jsonl: 1 rows of another shape were passed over" in printed
    assert "9 labelled texts, 4 pairs, 6 lines of chat" in printed
    assert "Leave-one-source-out, lexical engine" in printed
    assert "Likeness: alike from" in printed
    assert "Complaints in untagged chat" in printed


def test_what_a_folder_lacks_is_said_and_skipped(tmp_path: Path) -> None:
    write(tmp_path / "talk.jsonl", [{"chat": "g", "text": text, "source": "us"} for text in CHAT])
    printed = evaluate(tmp_path)
    assert "no labelled texts: what needs them is skipped" in printed
    assert "no pairs: what needs them is skipped" in printed
    assert "Complaints in untagged chat" in printed
    assert "Leave-one-source-out" not in printed


def test_an_empty_folder_measures_our_own_sentences_alone_and_none_at_all_is_refused(tmp_path: Path) -> None:
    assert "0 labelled texts, 0 pairs, 0 lines of chat" in evaluate(tmp_path)
    missing = tmp_path / "missing"
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.eval", f"DATA={missing}"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert "is no folder" in done.stderr


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_hands_the_folder_on(tmp_path: Path) -> None:
    done = subprocess.run(
        ["make", "-n", "eval", f"DATA={tmp_path}", "ARGS=quick"],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert f"-m benchmarks.eval DATA={tmp_path} quick" in done.stdout
