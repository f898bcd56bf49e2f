"""Tests of the triage by meaning: its weights with made-up vectors, and the real thing where the extra is installed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage.records import FeedbackClass
from storage.text.meaning import LONGEST_TEXT, SIZE, Meaning
from storage.text.semantic import SHIPPED, SemanticTriage
from storage.text.triage import Triage
from tests.meanings import needs_extra, pointing
from tests.storage.text.test_triage import macro_f1, rows

TEXT = "窗户那边的事"


@pytest.fixture(scope="module")
def words() -> Triage:
    return Triage.load()


@pytest.fixture(scope="module")
def semantic() -> SemanticTriage:
    return SemanticTriage.load()


@pytest.fixture(scope="module")
def meaning() -> Meaning:
    return Meaning()


@needs_extra
@pytest.mark.parametrize(
    ("name", "language", "aim"),
    [("hand", "zh", 0.93), ("unseen", "zh", 0.88), ("unseen", "en", 0.88), ("strangers", "zh", 0.88),
     ("strangers", "en", 0.90), ("passersby", "zh", 0.90), ("passersby", "en", 0.92)],
)  # fmt: skip
def test_words_and_meaning_find_the_class(
    semantic: SemanticTriage, words: Triage, meaning: Meaning, name: str, language: str, aim: float
) -> None:
    found = rows(name, language)
    vectors = meaning.vectors([text for text, _ in found])
    pairs = [
        (kind, semantic.guess(text, vector, words).kind)
        for (text, kind), vector in zip(found, vectors, strict=True)
    ]
    assert macro_f1(pairs) >= aim


@needs_extra
def test_the_shipped_weights_are_of_the_model_that_the_extra_brings(
    semantic: SemanticTriage, meaning: Meaning
) -> None:
    assert semantic.model == meaning.name


@needs_extra
@pytest.mark.parametrize("text", ["", "\x00", "按钮" * LONGEST_TEXT, "👍", "a\ud83dx"])
def test_any_text_has_a_vector(meaning: Meaning, text: str) -> None:
    assert [len(vector) for vector in meaning.vectors([text, "按钮太小"])] == [SIZE, SIZE]


@needs_extra
def test_several_threads_that_ask_at_once_each_get_their_own_texts_vector(meaning: Meaning) -> None:
    texts = ["按钮太小", "雨刮异响", "the app crashes"]
    apart = [meaning.vectors([text])[0] for text in texts]
    with ThreadPoolExecutor(len(texts)) as pool:
        assert list(pool.map(lambda text: meaning.vectors([text])[0], texts)) == apart


def test_corrections_teach_the_meaning_and_leave_other_meanings_alone(
    semantic: SemanticTriage, words: Triage
) -> None:
    known, other = pointing(("window", 1.0)), pointing(("engine", 1.0))
    before = semantic.guess(TEXT, known, words)
    chosen = next(kind for kind in FeedbackClass if kind is not before.kind)
    taught = semantic.learn([(TEXT, known, chosen)] * 3)
    assert taught.guess(TEXT, pointing(("window", 1.0), ("door", 0.1)), words).kind is chosen
    assert semantic.guess(TEXT, known, words) == before
    untouched = semantic.guess("按钮太小了，希望放大", other, words)
    assert taught.guess("按钮太小了，希望放大", other, words).kind is untouched.kind


def test_a_saved_model_guesses_the_same(semantic: SemanticTriage, words: Triage, tmp_path: Path) -> None:
    semantic.save(tmp_path / "copy.json")
    vector = pointing(("anything", 1.0))
    copy = SemanticTriage.load(tmp_path / "copy.json")
    assert copy.guess(TEXT, vector, words) == semantic.guess(TEXT, vector, words)


@pytest.mark.parametrize("content", ["[]", '{"format": 99}'])
def test_what_is_no_model_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "broken.json").write_text(content)
    with pytest.raises(ValueError, match="not a semantic model"):
        SemanticTriage.load(tmp_path / "broken.json")


def test_no_sentence_is_shipped_with_the_weights() -> None:
    assert not any("\u3400" <= sign <= "\u9fff" for sign in SHIPPED.read_text().split('"dense_places"')[1])
