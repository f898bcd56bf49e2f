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


@pytest.mark.parametrize(
    ("rest", "topic", "words"),
    [
        ("T7 改好了", 7, "改好了"),
        ("t7", 7, ""),
        ("Ｔ７，改好了", 7, "改好了"),
        ("T7改好了", 7, "改好了"),
        ("#T7 改好了", 7, "改好了"),
        ("话题7 改好了", 7, "改好了"),
        ("话题 T7 12月1日", 7, "12月1日"),
    ],
)
def test_a_topic_is_meant_by_its_letter_or_its_word(rest: str, topic: int, words: str) -> None:
    assert parse(rest) == (FeedbackRef(topic=topic), words)


@pytest.mark.parametrize("rest", ["T恤掉色", "T7b 太吵", "T4.3 里改好了", "测试 T7"])
def test_what_merely_looks_like_a_topic_stays_words(rest: str) -> None:
    assert parse(rest) == (FeedbackRef(None), rest)


def test_a_number_longer_than_any_we_gave_is_not_a_number() -> None:
    assert parse("9" * 40) == (FeedbackRef(None), "9" * 40)


def test_a_subject_gives_its_number_back() -> None:
    assert number_of(subject_of(128)) == 128
    assert number_of("run:31") is None
    assert number_of("feedback:") is None
    assert number_of("") is None
