"""Tests of the words of a text."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from storage.text.tokens import Tokens, fold, stem


def test_chinese_words_are_cut_for_search_so_that_parts_of_a_long_word_are_found(tokens: Tokens) -> None:
    words = tokens.tokens("方向盘加热打不开")
    assert "方向盘" in words
    assert "方向" in words


def test_punctuation_and_emoji_are_no_words(tokens: Tokens) -> None:
    assert tokens.tokens("！？……，👍 —— …") == []
    assert tokens.tokens("") == []


def test_full_width_and_case_do_not_matter(tokens: Tokens) -> None:
    assert tokens.tokens("ＡＰＰ闪退") == tokens.tokens("app闪退")
    assert "app" in tokens.tokens("ＡＰＰ闪退")


def test_forms_of_an_english_word_are_one_word(tokens: Tokens) -> None:
    assert len({stem(word) for word in ("crash", "crashes", "crashed", "crashing")}) == 1
    assert len({stem(word) for word in ("update", "updates", "updated", "updating")}) == 1
    assert len({stem(word) for word in ("stop", "stops", "stopped", "stopping")}) == 1
    assert "crash" in tokens.tokens("The app crashes")
    assert "crash" in tokens.tokens("it crashed")


@pytest.mark.parametrize("word", ["bus", "gps", "ing", "this", "is", "5s", "4.2", "string"])
def test_words_that_only_look_inflected_are_left_alone(word: str) -> None:
    assert stem(word) == word


def test_folding_keeps_what_is_not_a_letter(tokens: Tokens) -> None:
    assert fold("＃反馈 ＡＢ１") == "#反馈 ab1"


def test_loading_from_many_threads_loads_once_and_only_then_is_ready(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    words = Tokens(folder)
    assert not words.ready
    threads = [threading.Thread(target=words.load) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert words.ready
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in folder.iterdir()] == ["jieba.cache"]


def test_the_name_tells_the_segmenter_its_version_and_the_rules(tmp_path: Path) -> None:
    assert Tokens(tmp_path).name.startswith("jieba-0.42.1-search+")


def test_loading_says_nothing_and_survives_warnings_as_errors(tmp_path: Path) -> None:
    program = (
        "import sys; sys.dont_write_bytecode = True\n"
        "from pathlib import Path; from storage.text.tokens import Tokens\n"
        f"print(Tokens(Path({str(tmp_path)!r})).tokens('按钮太小'))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr == ""
    assert "按钮" in done.stdout
