"""Which feedback is meant (handlers/references.py)."""

import pytest

from handlers.references import FeedbackRef, number_of, parse, subject_of


@pytest.mark.parametrize(
    ("rest", "number", "words"),
    [
        ("128 改好了", 128, "改好了"),
        ("#128 改好了", 128, "改好了"),
        ("＃１２８ 改好了", 128, "改好了"),
        ("１２８", 128, ""),
        ("128号 改好了", 128, "改好了"),
        ("#128改好了", 128, "改好了"),
        ("128，改好了", 128, "改好了"),
        ("  128\n第一行\n第二行", 128, "第一行\n第二行"),
        ("128 2026-12-01 上线", 128, "2026-12-01 上线"),
        ("128 3 个按钮改大了", 128, "3 个按钮改大了"),
    ],
)
def test_a_number_in_front_says_which_feedback_is_meant(rest: str, number: int, words: str) -> None:
    assert parse(rest) == (FeedbackRef(number), words)


@pytest.mark.parametrize(
    "rest",
    [
        "改好了",
        "改好了 128",
        "4.3 里改好了",
        "3d 上线",
        "12月1日 上线",
        "2026-12-01 上线",
        "9:00 开会",
        "",
        "#反馈 太小",
        "1,000 人",
    ],
)
def test_words_that_merely_begin_with_digits_stay_words(rest: str) -> None:
    assert parse(rest) == (FeedbackRef(None), rest)


def test_a_number_longer_than_any_we_gave_is_not_a_number() -> None:
    assert parse("9" * 40) == (FeedbackRef(None), "9" * 40)


def test_a_subject_gives_its_number_back() -> None:
    assert number_of(subject_of(128)) == 128
    assert number_of("run:31") is None
    assert number_of("feedback:") is None
    assert number_of("") is None
