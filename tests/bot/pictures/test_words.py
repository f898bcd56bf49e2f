"""Any text is made drawable, measured and cut into lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pictures.words import clean, drawable, fit, readable, width_in_ems, wrap


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("按钮太小", "按钮太小"),
        ("  两个\n\t空白 ", "两个 空白"),
        ("好耶🎉🎉！", "好耶！"),
        ("👨‍👩‍👧‍👦一家", "一家"),
        ("1️⃣ 第一", "1 第一"),
        ("abc\u202edcba", "abcdcba"),
        ("零\u200b宽\ufeff", "零宽"),
        ("\x00控\x1b[31m制", "控[31m制"),
        ("シ体驗テスト", "シ体□テスト"),
        ("שלום hi", "□ hi"),
        ("café", "café"),
        ("cafe\u0301", "café"),
        ("张喆", "张喆"),
    ],
)
def test_a_text_keeps_what_the_font_can_draw(text: str, drawn: str) -> None:
    assert clean(text) == drawn


def test_a_text_of_which_nothing_is_left_is_replaced() -> None:
    assert readable("😀", "#1") == "#1"
    assert readable("שלום", "#1") == "#1"
    assert readable("好😀", "#1") == "好"


@given(st.text())
def test_a_cleaned_text_is_drawable_throughout_and_cleaning_again_changes_nothing(text: str) -> None:
    cleaned = clean(text)

    assert all(drawable(character) for character in cleaned)
    assert clean(cleaned) == cleaned


@given(st.text(alphabet="字，。 aW1-", max_size=80), st.integers(3, 20), st.integers(1, 4))
def test_lines_are_never_wider_or_more_than_asked_and_lose_only_the_end(
    text: str, ems: int, most: int
) -> None:
    cleaned = clean(text)
    lines = wrap(cleaned, ems, most)

    assert len(lines) <= most
    assert all(width_in_ems(line) <= ems for line in lines)
    shown = "".join(lines).removesuffix("…").replace(" ", "")
    assert cleaned.replace(" ", "").startswith(shown)
    if not "".join(lines).endswith("…"):
        assert shown == cleaned.replace(" ", "")


def test_latin_words_stay_whole() -> None:
    assert wrap("A better way to resolve", 8, 3) == ["A better way to", "resolve"]


def test_no_line_begins_with_a_closing_mark() -> None:
    assert wrap("一二三四，五六", 4, 3) == ["一二三", "四，五六"]


def test_a_word_longer_than_a_line_is_broken() -> None:
    lines = wrap("w" * 20, 5, 2)

    assert len(lines) == 2
    assert lines[1].endswith("…")


def test_what_fits_is_left_alone() -> None:
    assert fit("按钮", 2) == "按钮"
    assert fit("按钮太小", 3) == "按钮…"
